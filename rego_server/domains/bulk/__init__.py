"""One operation on many cards."""
