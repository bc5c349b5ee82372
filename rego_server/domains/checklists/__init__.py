"""Checklists and their items."""
