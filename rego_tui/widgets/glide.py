"""Cards on their way from where a column drew them to where they are now: the pictures between. Pure; no clock, no widget."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from textual.strip import Strip

from rego.wire.cards import CardSummary
from rego_tui.card_list import CardList
from rego_tui.widgets.looks import Face, Peer

DURATION = 0.2
"""Seconds that a card is on its way."""

FRAME = 1 / 30
"""Seconds from one picture to the next."""

AT_ONCE = 8
"""Cards that may set off within the time that one is on its way. When it is more, nothing glides: it would be a flood."""


class Passing(Struct, frozen=True):
    """A card that somebody else moved, from one column to another or within one."""

    came_from: str
    went_to: str
    by: Peer


class Side(Struct, frozen=True):
    """Where the other column of a passing card is: to the left (-1), to the right (1), or it is the same (0)."""

    where: int
    by: Peer


Sides: TypeAlias = Mapping[str, Side]
"""The passing cards of a column."""


class Sight(Struct, frozen=True):
    """What a column shows: its cards, the line of the list on which each begins, and the part that is in sight.

    `first` is the line of the list that is on the first line of the widget, of whose lines there are `height`.
    """

    cards: CardList
    tops: list[int]
    first: int
    height: int

    def line_of(self, card_id: str) -> int | None:
        """The line of the widget on which a card begins; it may be out of sight."""
        index = self.cards.index_of(card_id)
        return self.tops[index] - self.first if index is not None else None

    def in_sight(self) -> Iterator[tuple[CardSummary, int, int]]:
        """The cards of which something is in sight, each with the line of the widget on which it begins, and its height."""
        for index in range(max(bisect_right(self.tops, self.first) - 1, 0), len(self.cards)):
            if self.tops[index] - self.first >= self.height:
                return
            yield self.cards[index], self.tops[index] - self.first, self.tops[index + 1] - self.tops[index]

    def begins(self) -> dict[int, CardSummary | None]:
        """The cards in sight by the line of the widget on which each begins; None begins where they end."""
        found: dict[int, CardSummary | None] = {line: card for card, line, _ in self.in_sight()}
        if (end := self.tops[-1] - self.first) < self.height:
            found[end] = None
        return found

    def near(self, line: int, height: int) -> int:
        """The line, or for one that is far out of sight the nearest at which nothing of a card is seen."""
        return max(-height, min(line, self.height))


class Flight(Struct, frozen=True):
    """One card's way: cells to the right of its place, and lines of the widget. A card that leaves brings its own face."""

    card: CardSummary
    height: int
    start: tuple[int, int]
    end: tuple[int, int]
    face: Face | None = None

    def at(self, done: float) -> tuple[int, int]:
        """Where the card is when so much of the way is done."""
        (x, y), (to_x, to_y) = self.start, self.end
        return round(x + (to_x - x) * done), round(y + (to_y - y) * done)


class Glide:
    """All cards of a column that are in sight at the beginning or the end, those on top last. `places` are where they are."""

    def __init__(self, flights: list[Flight], first: int, width: int, now: float) -> None:
        self.first = first
        self.width = width
        self.flights = flights
        # The first picture is drawn with the change, and shows already that something happens.
        self._began = now - FRAME
        self.places: list[tuple[int, int]] = []
        self.go_on(now)

    def go_on(self, now: float) -> bool:
        """Put the cards where they are at a moment; False when all are where they belong."""
        part = min(max((now - self._began) / DURATION, 0.0), 1.0)
        done = 1 - (1 - part) ** 2
        self.places = [flight.at(done) for flight in self.flights]
        return part < 1

    def place_of(self, card_id: str) -> tuple[int, int] | None:
        """Where a card is at the moment, if it is one of these."""
        places = zip(self.flights, self.places, strict=True)
        return next((place for flight, place in places if flight.card.id == card_id), None)

    def at_line(self, y: int) -> Iterator[tuple[Flight, int, int]]:
        """The cards on a line of the widget, lowest first: which line of each, and how many cells to the right."""
        for flight, (x, top) in zip(self.flights, self.places, strict=True):
            if top <= y < top + flight.height:
                yield flight, y - top, x


def glide_between(
    before: Sight, after: Sight, sides: Sides, width: int, now: float, *, former: Glide | None = None
) -> Glide | None:
    """The way from one picture to the next one; None when none of the passing cards is seen on it.

    Passing cards come in from the side of the column where they were, and leave to that of the one where they are; all others
    only move up or down. What is still on its way, in the `former` glide, goes on from where it is.
    """
    way = _Way(before, after, sides, width, former)
    flights = [*way.staying(), *way.leaving()]
    if not any(flight.card.id in sides and flight.start != flight.end for flight in flights):
        return None
    return Glide(sorted(flights, key=lambda flight: flight.card.id in sides), after.first, width, now)


class _Way(Struct, frozen=True):
    """How each card comes from one picture to the next."""

    before: Sight
    after: Sight
    sides: Sides
    width: int
    former: Glide | None

    def staying(self) -> Iterator[Flight]:
        """Cards that are in the second picture, or were in the first and are out of sight now."""
        seen = set()
        for card, line, height in self.after.in_sight():
            seen.add(card.id)
            yield Flight(card, height, self._start(card.id, line, height), (0, line))
        for card, line, height in self.before.in_sight():
            then = self.after.line_of(card.id)
            if then is not None and card.id not in seen:
                yield Flight(card, height, self._start(card.id, line, height), (0, self.after.near(then, height)))

    def leaving(self) -> Iterator[Flight]:
        """Cards that are in another column now, and those that were already leaving."""
        for card, line, height in self.before.in_sight():
            side = self.sides.get(card.id)
            if side is not None and side.where and self.after.line_of(card.id) is None:
                start = self._place(card.id) or (0, line)
                yield Flight(card, height, start, (side.where * self.width, line), Face(changed_by=side.by))
        for flight, place in zip(self.former.flights, self.former.places, strict=True) if self.former is not None else ():
            if flight.face is not None and self.after.line_of(flight.card.id) is None:
                yield Flight(flight.card, flight.height, place, flight.end, flight.face)

    def _start(self, card_id: str, line: int, height: int) -> tuple[int, int]:
        """Where a card that is in the second picture comes from."""
        if (place := self._place(card_id)) is not None:
            return place
        if (was := self.before.line_of(card_id)) is not None:
            return 0, self.before.near(was, height)
        side = self.sides.get(card_id)
        return (side.where * self.width if side is not None else 0), line

    def _place(self, card_id: str) -> tuple[int, int] | None:
        return self.former.place_of(card_id) if self.former is not None else None


def laid_over(under: Strip, over: Strip, x: int) -> Strip:
    """A line with another one of the same width on top, which is so many cells to the right, or to the left, of it."""
    width = under.cell_length
    if x >= 0:
        return Strip.join([under.crop(0, x), over.crop(0, width - x)]) if x else over
    return Strip.join([over.crop(-x), under.crop(width + x)])


def sides_of(column_id: str, order: Sequence[str], passing: Mapping[str, Passing]) -> dict[str, Side]:
    """The passing cards that come into a column or leave it, seen from there; `order` are the columns from left to right."""
    sides = {}
    for card_id, one in passing.items():
        if column_id in (one.came_from, one.went_to) and {one.came_from, one.went_to} <= {*order}:
            other = one.came_from if column_id == one.went_to else one.went_to
            here, there = order.index(column_id), order.index(other)
            sides[card_id] = Side((there > here) - (there < here), one.by)
    return sides
