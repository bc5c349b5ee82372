"""Where what was last seen of a server's boards is kept: apart for each server and each user there, and gone at logout."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from rego.client.credentials import Credentials
from rego.client.paths import Paths
from rego.client.server import Server


def directory_for(paths: Paths, server: Server | None, credentials: Credentials | None) -> Path:
    """The directory for whose login it is; on this machine's own server (None) there may be none."""
    return _server_directory(paths, server) / _digest(_holder(credentials) if credentials is not None else "")


def forget(paths: Paths, server: Server | None) -> None:
    """Throw away what was seen of all boards on a server."""
    shutil.rmtree(_server_directory(paths, server), ignore_errors=True)


def _server_directory(paths: Paths, server: Server | None) -> Path:
    return paths.seen / _digest(server.url if server is not None else f"this machine {paths.data.absolute()}")


def _holder(credentials: Credentials) -> str:
    """A session's tokens change and their user stays; a personal token does not say whose it is, and stays."""
    return credentials.user_id or credentials.access_token


def _digest(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:32]
