"""Screens: they ask the store, fill widgets, and run the actions of the keymap."""
