"""Texts that were typed and not saved yet: kept when an editor is left, when a card goes, when a save is refused, at the end.

Each is a file of its own in a directory of the user's, so that two programs, or one that is killed, lose none.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from rego.client.paths import write_private_file
from rego.wire.errors import InvalidInput
from rego.wire.filenames import clean_filename


class Draft(Struct, frozen=True, kw_only=True):
    """A text, and what it was written on: the text that was there, at which version of the card or comment."""

    text: str
    base: str = ""
    version: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was typed that is not there already."""
        return self.text.strip() != self.base.strip()


class _Kept(Struct, frozen=True, kw_only=True):
    """A draft as its file has it."""

    card_id: str
    part: str
    draft: Draft


class Drafts:
    """Drafts by card and by what the text is for. Without a directory they live as long as the app."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._kept: dict[tuple[str, str], Draft] = {}
        for path in sorted(directory.glob("*.json")) if directory is not None else ():
            with suppress(OSError, msgspec.MsgspecError):
                kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
                self._kept[(kept.card_id, kept.part)] = kept.draft

    def get(self, card_id: str, part: str) -> Draft | None:
        return self._kept.get((card_id, part))

    def keep(self, card_id: str, part: str, draft: Draft) -> None:
        """Keep a draft, or forget it when there is nothing in it that is not there already."""
        if not draft.changed:
            self.drop(card_id, part)
        elif self._kept.get((card_id, part)) != draft:
            self._kept[(card_id, part)] = draft
            if (path := self._file(card_id, part)) is not None:
                # A disk that takes nothing, or a text that is none, is no reason to lose what is in memory.
                with suppress(OSError, UnicodeEncodeError):
                    write_private_file(path, msgspec.json.encode(_Kept(card_id=card_id, part=part, draft=draft)))

    def drop(self, card_id: str, part: str) -> None:
        """Forget a draft: it was saved, or is not wanted."""
        if self._kept.pop((card_id, part), None) is not None and (path := self._file(card_id, part)) is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def put_aside(self, name: str, text: str) -> Path:
        """Put a text into a file of its own that people can read, and say where; raises `InvalidInput` when that fails."""
        directory = self._directory.parent / "texts" if self._directory is not None else Path(tempfile.gettempdir())
        path = directory / f"{clean_filename(name)}-{os.urandom(4).hex()}.md"
        try:
            write_private_file(path, text.encode("utf-8", "replace"))
        except OSError as error:
            raise InvalidInput(f"{path} cannot be written: {error.strerror}. Your text is still here.") from error
        return path

    def on(self, card_id: str) -> frozenset[str]:
        """What a card has drafts of."""
        return frozenset(part for card, part in self._kept if card == card_id)

    def rename(self, provisional_id: str, card_id: str) -> None:
        """A card that was made here has its real id."""
        for part in self.on(provisional_id):
            draft = self._kept[(provisional_id, part)]
            self.drop(provisional_id, part)
            self.keep(card_id, part, draft)

    def _file(self, card_id: str, part: str) -> Path | None:
        if self._directory is None:
            return None
        return self._directory / f"{sha256(f'{card_id} {part}'.encode()).hexdigest()[:32]}.json"
