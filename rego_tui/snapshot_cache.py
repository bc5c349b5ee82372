"""Boards as they were last seen, on disk: the first frame needs no server, and what was seen can be read while it is away.

One directory holds what one user saw on one server. All of it can be thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from rego import __version__
from rego.client.home import Home
from rego.client.paths import write_private_file
from rego.client.server import Server
from rego.wire.boards import Board
from rego.wire.cards import CardSummary
from rego.wire.snapshot import Snapshot

MARK = f"rego board 1 {__version__}\n".encode()
"""How each file begins: what another version wrote may lack what this one shows, and is passed over."""

BOARDS_MAX = 30
"""How many boards are kept; those that were not seen for longest go first."""

SIZE_MAX = 64 * 1024 * 1024
"""Bytes of the largest file that is read."""

_CARDS = msgspec.json.Decoder(CardSummary)
_encode = msgspec.json.Encoder().encode


class SeenBoard(Struct, frozen=True, kw_only=True):
    """A board at a point in time, and the id of the user who saw it."""

    at: datetime
    me: str
    snapshot: Snapshot


class SeenList(Struct, frozen=True, kw_only=True):
    """The user's boards at a point in time."""

    at: datetime
    boards: list[Board]


class SnapshotCache:
    """The boards that one user saw on one server. It blocks; a disk that takes or gives nothing is no misfortune."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @classmethod
    def of(cls, home: Home, server: Server | None) -> SnapshotCache | None:
        """That of who is logged in there; None when nobody is. Raises `InvalidInput` for a broken file."""
        directory = home.seen_boards(server)
        return cls(directory) if directory is not None else None

    def boards(self) -> SeenList | None:
        """The list of boards."""
        with suppress(msgspec.MsgspecError):
            return msgspec.json.decode(_content(self._list), type=SeenList)
        return None

    def keep_boards(self, boards: Sequence[Board], at: datetime) -> None:
        """Keep the list of boards, and of each board that is not in it any more nothing."""
        _write(self._list, [MARK, msgspec.json.encode(SeenList(at=at, boards=list(boards)))])
        known = {self._file(board.id) for board in boards}
        for path in self._files():
            if path not in known:
                _unlink(path)

    def board(self, board_id: str) -> SeenBoard | None:
        """A board as it was last seen."""
        content = _content(self._file(board_id))
        with suppress(ValueError, msgspec.MsgspecError):
            head, _, cards = content.partition(b"\n")
            seen = msgspec.json.decode(head, type=SeenBoard)
            if seen.snapshot.board.id == board_id:
                return replace(seen, snapshot=replace(seen.snapshot, cards=_CARDS.decode_lines(cards)))
        return None

    def keep(self, seen: SeenBoard) -> None:
        """Keep a board instead of what was kept of it."""
        _write(self._file(seen.snapshot.board.id), _lines(seen))
        for path in sorted(self._files(), key=_age)[:-BOARDS_MAX]:
            _unlink(path)

    @property
    def _list(self) -> Path:
        return self._directory / "list"

    def _file(self, board_id: str) -> Path:
        return self._directory / f"{sha256(board_id.encode()).hexdigest()[:32]}.board"

    def _files(self) -> list[Path]:
        return list(self._directory.glob("*.board"))


OpenCache: TypeAlias = Callable[[], SnapshotCache | None]
"""Opens the cache, or answers None where nothing is kept; it blocks, and may raise a `RegoError`."""


def no_cache() -> SnapshotCache | None:
    """Keep nothing."""
    return None


def _lines(seen: SeenBoard) -> Iterator[bytes]:
    """The file of a board, in which each card has a line: a large board takes little memory to write."""
    snapshot = seen.snapshot
    yield MARK
    yield _encode(replace(seen, snapshot=replace(snapshot, cards=[])))
    for card in snapshot.cards:
        yield b"\n" + _encode(card)


def _content(path: Path) -> bytes:
    """What stands behind the mark; nothing when it is another one, or none."""
    with suppress(OSError), path.open("rb") as file:
        if file.read(len(MARK)) == MARK:
            return file.read(SIZE_MAX)
    return b""


def _write(path: Path, content: Iterable[bytes]) -> None:
    with suppress(OSError):
        write_private_file(path, content)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0
