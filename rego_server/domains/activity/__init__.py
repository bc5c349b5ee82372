"""Activity: the log of a board in sentences."""
