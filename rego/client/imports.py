"""Boards from other programs' files."""

from __future__ import annotations

from rego.client.call import Call
from rego.wire.imports import Imported


def import_board(format: str, content: bytes) -> Call[Imported]:  # noqa: A002 - the word of the HTTP contract
    """A new board from the file `content`, such as a `trello` export; the answer says what came in and what could not."""
    return Call(method="POST", path="/boards/import", query={"format": format}, upload=content, returns=Imported)
