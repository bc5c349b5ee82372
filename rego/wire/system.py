"""What a server says of itself."""

from __future__ import annotations

from msgspec import Struct


class SocketCounts(Struct, kw_only=True):
    total_boards: int
    total_connections: int


class Health(Struct, kw_only=True):
    """`status` is healthy, degraded or unhealthy; a part that is not in use says so instead of up or down. `blobs` is where
    attached files lie: directory or s3.
    """

    status: str
    environment: str
    debug: bool
    database: str
    postgres: str
    redis: str
    subscriber: str
    blobs: str
    websocket: SocketCounts
    version: str
    server: str = "rego"
