"""Where something goes in an order, as flags say it."""

from __future__ import annotations

from msgspec import Struct

from rego.wire.base import Place, Position
from rego.wire.cards import CardSummary
from rego.wire.errors import InvalidInput


class Where(Struct, frozen=True):
    """An end of an order, or a neighbour under the name that the person typed; at most one of the three."""

    position: Position | None = None
    after: str | None = None
    before: str | None = None

    @property
    def given(self) -> bool:
        """Whether any place was named."""
        return self != Where()


def fill_place(body: Place, place: Where, neighbour: CardSummary | None) -> None:
    """Write the place into the body of a request; `neighbour` is the card that it names."""
    body.position = place.position
    if neighbour is not None:
        body.after_id = neighbour.id if place.after else None
        body.before_id = neighbour.id if place.before else None


def where(*, first: bool, last: bool, after: str | None, before: str | None) -> Where:
    """The place that the flags name; raises `InvalidInput` when they name several."""
    if sum((first, last, after is not None, before is not None)) > 1:
        raise InvalidInput("Give one place, not several.")
    position = Position.TOP if first else Position.BOTTOM if last else None
    return Where(position=position, after=after, before=before)
