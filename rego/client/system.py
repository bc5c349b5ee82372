"""What a server says of itself."""

from __future__ import annotations

from rego.client.call import Call
from rego.wire.system import Health


def health() -> Call[Health]:
    """How the server is; raises `Unavailable` when it cannot serve."""
    return Call(method="GET", path="/health", returns=Health, authenticated=False)
