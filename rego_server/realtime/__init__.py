"""Live boards: the hub that delivers events in order, the sockets, and who is there."""
