"""What an operator does to a database beside the server: looking at it, bringing it up to date, backing it up, restoring it."""
