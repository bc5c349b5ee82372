"""Automations: the rules of a board."""
