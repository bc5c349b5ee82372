"""Files on cards."""
