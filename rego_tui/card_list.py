"""The cards of a column in the order in which they are drawn, and where each of them stands. Pure."""

from __future__ import annotations

from rego.wire.cards import CardSummary


class CardList(list[CardSummary]):
    """Not changed once it is made: a column that changes gets another one. Places are worked out when one is asked for."""

    _places: dict[str, int] | None = None

    def index_of(self, card_id: str | None) -> int | None:
        """Where a card is drawn, or None."""
        if card_id is None:
            return None
        if self._places is None:
            self._places = {card.id: index for index, card in enumerate(self)}
        return self._places.get(card_id)
