"""What the first screen needs, read in a thread while the rest of the program is still being loaded.

It comes off the disk, as it was last seen, where that is enough to begin with; else from the server. Only what is light may
be imported here: the thread begins before Textual is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Thread

from msgspec import Struct

from rego.client import boards
from rego.client.blocking import Client
from rego.wire.boards import Board
from rego.wire.errors import RegoError
from rego.wire.snapshot import Snapshot
from rego_tui.snapshot_cache import OpenCache, SeenBoard, no_cache


class Found(Struct, frozen=True, kw_only=True):
    """The user's boards, and the one that is opened at once, if there is one.

    They are as they were at `since`; None when the server gave them just now.
    """

    boards: list[Board]
    board: Snapshot | SeenBoard | None
    since: datetime | None = None


class HeadStart:
    """Begins to read as soon as it is made. What opens is called in the thread, and the client is closed there."""

    def __init__(self, open_client: Callable[[], Client], wanted: str | None, open_cache: OpenCache = no_cache) -> None:
        self._open_client = open_client
        self._open_cache = open_cache
        self._wanted = wanted
        self._found: Found | None = None
        self._thread = Thread(target=self._read, name="head start", daemon=True)
        self._thread.start()

    def result(self) -> Found | None:
        """What was read, once it is; None when that failed, and the usual way may find out how."""
        self._thread.join()
        return self._found

    def _read(self) -> None:
        with suppress(RegoError):
            self._found = found = self._from_disk()
            if found is None or (found.board is None and self._opens_one(found.boards)):
                self._found = self._from_server()

    def _opens_one(self, listed: Sequence[Board]) -> bool:
        return self._wanted is not None or opened_at_once(listed, None) is not None

    def _from_disk(self) -> Found | None:
        cache = self._open_cache()
        listed = cache.boards() if cache is not None else None
        if cache is None or listed is None:
            return None
        board = opened_at_once(listed.boards, self._wanted)
        return Found(boards=listed.boards, board=cache.board(board.id) if board is not None else None, since=listed.at)

    def _from_server(self) -> Found:
        with self._open_client() as client:
            listed = client.send(boards.list_boards())
            board = opened_at_once(listed, self._wanted)
            return Found(boards=listed, board=client.send(boards.get_snapshot(board.id)) if board is not None else None)


def opened_at_once(listed: Sequence[Board], wanted: str | None) -> Board | None:
    """The board of an id, a key or a title, or the only one in use where none is wanted."""
    if wanted is None:
        used = [board for board in listed if not board.archived]
        return used[0] if len(used) == 1 else None
    named = (b for b in listed if wanted == b.id or wanted.casefold() in (b.key.casefold(), b.title.casefold()))
    return next(named, None)
