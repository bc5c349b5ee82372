"""Changes made in the TUI that wait on disk for a server: whose they are, and for which boards; not what they are."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from rego.client.server import Server

FORMAT = 1
"""Files of another format are left alone."""


class Scope(Struct, frozen=True, kw_only=True):
    """Where changes belong: a server by its name in sentences, a user and a board by their ids. `title` is the board's."""

    server: str
    user: str
    board: str
    title: str = ""

    @property
    def directory(self) -> str:
        """The name of the directory that has the files of the changes, one for each."""
        return sha256(f"{self.server}\n{self.user}\n{self.board}".encode()).hexdigest()[:32]


class Waiting(Struct, frozen=True, kw_only=True):
    """The changes of one user that wait for one board."""

    scope: Scope
    files: list[Path]


class _Head(Struct):
    """What a file says of where it belongs."""

    format: int
    scope: Scope | None = None


def name_of(server: Server | None) -> str:
    """A server, or this machine when that is None, in a word for a sentence."""
    return str(server) if server is not None else "this machine"


def waiting_for(directory: Path, server: str, user: str | None) -> list[Waiting]:
    """What waits for a server, by board: of a user by their id, or of everybody on this machine when that is None."""
    found: dict[tuple[str, str], Waiting] = {}
    for path in sorted(directory.glob("*/*.json")):
        scope = _scope_of(path)
        if scope is not None and scope.server == server and user in (None, scope.user):
            found.setdefault((scope.user, scope.board), Waiting(scope=scope, files=[])).files.append(path)
    return list(found.values())


def count(waiting: Iterable[Waiting]) -> int:
    """How many changes that are."""
    return sum(len(each.files) for each in waiting)


def said(number: int) -> str:
    """So many changes that wait, as a sentence begins with them."""
    return "1 change waits" if number == 1 else f"{number} changes wait"


def drop(waiting: Iterable[Waiting]) -> None:
    """Let changes go, as their user wished. Raises `OSError`."""
    for each in waiting:
        for path in each.files:
            path.unlink(missing_ok=True)


def _scope_of(path: Path) -> Scope | None:
    with suppress(OSError, msgspec.MsgspecError):
        head = msgspec.json.decode(path.read_bytes(), type=_Head)
        return head.scope if head.format == FORMAT else None
    return None
