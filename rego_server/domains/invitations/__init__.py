"""Inviting people to a board."""
