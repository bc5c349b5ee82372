"""Boards from files: each format's reader makes a `Plan` (pure), one action carries it out."""
