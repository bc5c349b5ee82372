"""What a socket may take of the server's patience and memory; passed in, so that a test need not wait for it."""

from __future__ import annotations

from dataclasses import dataclass

from rego.wire import limits
from rego_server.core.settings import Settings


@dataclass(frozen=True, kw_only=True)
class SocketLimits:
    """Times in seconds. The defaults are what `rego.wire.limits` tells the clients."""

    tick: float = 1.0
    """How often the hub looks at the boards' counters: what a lost hint costs at most."""

    auth_deadline: float = limits.SOCKET_AUTH_DEADLINE
    """How long a socket without an `Authorization` header may take to say who it is."""

    silence: float = limits.SERVER_SILENCE_MAX
    """How long a client may say nothing. One that is being brought up to date must take each frame within this time."""

    close: float = 5.0
    """How long a peer may take to answer a close, and to read what was sent before it, until the connection is cut."""

    backlog_bytes: int = limits.SOCKET_BACKLOG_MAX_BYTES
    """How much may wait to be sent to a live client before it is sent away."""

    total: int = 0
    """How many sockets one process holds; 0 is no limit."""

    per_user: int = 0
    """How many of them may be one person's; 0 is no limit."""

    frames_per_second: int = 0
    """How many frames a client may send; 0 is no limit."""


def limits_of(settings: Settings) -> SocketLimits:
    """The limits with what the settings say of them."""
    return SocketLimits(
        total=settings.sockets_max,
        per_user=settings.sockets_per_user,
        frames_per_second=settings.socket_frames_per_second,
    )
