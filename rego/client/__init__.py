"""The SDK: requests as values (one function per endpoint), two transports that send them, and the live socket."""
