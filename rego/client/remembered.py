"""Where what was last seen of a server's boards is kept: apart for each server and each user there, and gone at logout."""

from __future__ import annotations

import shutil
from base64 import urlsafe_b64decode
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from rego.client.paths import Paths
from rego.client.server import Server


class _Claims(Struct):
    """What matters here of an access token (RFC 7519)."""

    sub: str


def directory_for(paths: Paths, server: Server | None, token: str) -> Path:
    """The directory for whoever has the access token `token` on a server; on this machine's own (None) there may be none."""
    return _server_directory(paths, server) / _digest(_holder(token))


def forget(paths: Paths, server: Server | None) -> None:
    """Throw away what was seen of all boards on a server."""
    shutil.rmtree(_server_directory(paths, server), ignore_errors=True)


def _server_directory(paths: Paths, server: Server | None) -> Path:
    return paths.seen / _digest(server.url if server is not None else f"this machine {paths.data.absolute()}")


def _holder(token: str) -> str:
    """Whose token it is, without asking the server: a session's tokens change and their subject stays; others never change."""
    try:
        payload = token.split(".")[1]
        return msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims).sub
    except (IndexError, ValueError, msgspec.MsgspecError):
        return token


def _digest(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:32]
