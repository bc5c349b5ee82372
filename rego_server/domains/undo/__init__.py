"""Undo: events that take back what other events did."""
