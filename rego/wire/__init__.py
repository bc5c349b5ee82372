"""The contract: every struct that crosses the network, and nothing that does I/O (standard library and msgspec only)."""
