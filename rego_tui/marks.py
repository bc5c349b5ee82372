"""Which cards are marked for the next acts: one by one, and a range that reaches from its anchor to the cursor. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Marks:
    """`ids` are marked for good; `anchor` is the card where a range began that the cursor still draws."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.anchor: str | None = None

    def __bool__(self) -> bool:
        return bool(self.ids) or self.anchor is not None

    def toggle(self, card_id: str) -> None:
        """Mark a card, or take its mark away."""
        self.ids ^= {card_id}

    def add(self, card_ids: Iterable[str]) -> None:
        self.ids.update(card_ids)

    def begin_range(self, card_id: str) -> None:
        """Let a range reach from a card to wherever the cursor goes."""
        self.anchor = card_id

    def end_range(self, card_ids: Iterable[str]) -> None:
        """Mark for good what the range holds."""
        self.add(card_ids)
        self.anchor = None

    def clear(self) -> None:
        self.ids.clear()
        self.anchor = None

    def keep(self, is_shown: Callable[[str], bool]) -> None:
        """Drop the marks of cards that are not shown: nothing happens to what nobody sees."""
        self.ids = {card_id for card_id in self.ids if is_shown(card_id)}
        if self.anchor is not None and not is_shown(self.anchor):
            self.anchor = None

    def rename(self, provisional_id: str, card_id: str) -> None:
        """A card made here got its real id."""
        if provisional_id in self.ids:
            self.ids = self.ids - {provisional_id} | {card_id}
        if self.anchor == provisional_id:
            self.anchor = card_id
