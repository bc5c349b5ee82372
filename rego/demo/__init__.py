"""The demo: a small board that teaches the keys, and two simulated colleagues who work on it."""
