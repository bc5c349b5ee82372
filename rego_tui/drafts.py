"""Texts that were typed and not saved yet: kept when an editor is left, when a card goes, and when a save is refused."""

from __future__ import annotations

from msgspec import Struct


class Draft(Struct, frozen=True, kw_only=True):
    """A text, and what it was written on: the text that was there, at which version of the card or comment."""

    text: str
    base: str = ""
    version: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was typed that is not there already."""
        return self.text.strip() != self.base.strip()


class Drafts:
    """The drafts of the boards that were opened, by card and by what the text is for."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Draft] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, card_id: str, part: str) -> Draft | None:
        return self._kept.get((card_id, part))

    def keep(self, card_id: str, part: str, draft: Draft) -> None:
        """Keep a draft, or forget it when there is nothing in it that is not there already."""
        if draft.changed:
            self._kept[(card_id, part)] = draft
        else:
            self.drop(card_id, part)

    def drop(self, card_id: str, part: str) -> None:
        """Forget a draft: it was saved, or is not wanted."""
        self._kept.pop((card_id, part), None)

    def on(self, card_id: str) -> frozenset[str]:
        """What a card has drafts of."""
        return frozenset(part for card, part in self._kept if card == card_id)

    def rename(self, provisional_id: str, card_id: str) -> None:
        """A card that was made here has its real id."""
        for (card, part), draft in list(self._kept.items()):
            if card == provisional_id:
                del self._kept[(card, part)]
                self._kept[(card_id, part)] = draft
