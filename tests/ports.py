"""A port for a server that a test starts by its number, perhaps more than once."""

from __future__ import annotations

import random
import socket

PORTS = range(20_000, 32_000)
"""Below those that systems give to connections by themselves: none takes a port away while its server starts or is gone."""

_CHANCE = random.SystemRandom()  # tests and their libraries seed the common one, in all processes alike


def free_port() -> int:
    """A port of loopback where nobody listens."""
    while not _is_free(port := _CHANCE.choice(PORTS)):
        pass
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
