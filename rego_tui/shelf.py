"""Changes that wait, on disk: whoever quits, or is killed, while the server is away has them again at the next start.

Each is a file of its own in a directory for one server, user and board, so that two programs lose none of each other's. They
keep their idempotency keys: what two programs send, or what was done before the answer was lost, is done once.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import time_ns

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from rego.client.paths import write_private_file
from rego.client.waiting import FORMAT, Scope
from rego_tui.drafts import Drafts
from rego_tui.kept import TEXTS, Kept
from rego_tui.review import Row


class _Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file: a change that waits, or one that waits for the user's word.

    Where there is no `scope` the file is from before there were any; nobody noted then whether a change was sent.
    """

    format: int
    scope: Scope | None = None
    kept: Kept | None = None
    row: Row | None = None


class Shelf:
    """The changes of one user on one board that are not done yet. A disk that takes nothing is no reason to stop."""

    def __init__(self, directory: Path, drafts: Drafts, scope: Scope) -> None:
        self._directory = directory / scope.directory
        self._scope = scope
        self._drafts = drafts
        self._paths: dict[str, Path] = {}
        self._written: dict[str, bytes] = {}

    def __contains__(self, op_id: str) -> bool:
        return op_id in self._paths

    def read(self) -> tuple[list[Kept], list[Row]]:
        """What is there, oldest first; what cannot be read is left where it is."""
        kept, rows = [], []
        for path in sorted(self._directory.glob("*.json")):
            with suppress(OSError, msgspec.MsgspecError):
                entry = msgspec.json.decode(path.read_bytes(), type=_Entry)
                if entry.format == FORMAT and (one := entry.kept or (entry.row.kept if entry.row else None)):
                    self._paths[one.op_id] = path
                    if entry.scope is None:
                        entry = self._brought_up(entry, one.op_id)
                    kept += [entry.kept] if entry.kept else []
                    rows += [entry.row] if entry.row else []
        return kept, rows

    def put(self, kept: Kept) -> None:
        """Keep a change, in its old place if it has one. The draft that it is a text of is not needed beside it."""
        self._write(kept.op_id, _Entry(format=FORMAT, scope=self._scope, kept=kept))
        draft = self._drafts.get(kept.card_id, kept.part) if kept.part and kept.op_id in self else None
        if draft is not None and draft.text.strip() in {str(text).strip() for text in _texts(kept)}:
            self._drafts.drop(kept.card_id, kept.part)

    def ask(self, row: Row) -> None:
        """Keep a change about which the user is asked."""
        self._write(row.kept.op_id, _Entry(format=FORMAT, scope=self._scope, row=row))

    def drop(self, op_id: str) -> None:
        """A change is done, or let go."""
        self._written.pop(op_id, None)
        if (path := self._paths.pop(op_id, None)) is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _brought_up(self, entry: _Entry, op_id: str) -> _Entry:
        """An entry from before there were scopes as one of today, in its file too."""
        written = datetime.fromtimestamp(self._paths[op_id].stat().st_mtime, UTC)
        kept = replace(entry.kept, tried=written) if entry.kept is not None else None
        entry = replace(entry, scope=self._scope, kept=kept)
        self._write(op_id, entry)
        return entry

    def _write(self, op_id: str, entry: _Entry) -> None:
        path = self._paths.get(op_id) or self._directory / f"{time_ns():020}-{op_id}.json"
        with suppress(OSError, UnicodeEncodeError):
            content = msgspec.json.encode(entry)
            if content != self._written.get(op_id):
                write_private_file(path, content)
                self._paths[op_id], self._written[op_id] = path, content


def _texts(kept: Kept) -> Iterable[object]:
    return ((kept.body or {}).get(name) for name in TEXTS)
