"""Places in an order as 63-bit integers: a rank between two neighbours, and more room where there is none left. Pure.

Inserting takes the midpoint of its neighbours' ranks, so nothing else changes. When a gap is used up, `spread` gives new
ranks to the smallest surrounding window that is sparse enough: order-maintenance list labelling (Dietz and Sleator, "Two
algorithms for maintaining order in a list", 1987; in the simplified form of Bender, Cole, Demaine, Farach-Colton and
Zito, "Two simplified algorithms for maintaining order in a list", 2002). Order never changes by it.

    rank = between(lower, upper)                   # the neighbours' ranks; almost always enough
    if rank is None:
        room = spread(ranks, index)                # ranks: the whole column, sorted; index: where the new one goes
        ...                                        # write room.changed in one UPDATE, then use room.rank
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import count
from typing import NamedTuple

RANK_MAX = 2**63 - 1
"""The largest rank; the smallest is 0. A signed 64-bit database column holds both."""

STRIDE = 2**40
"""The step at an open end: room for four million steps in either direction, and for forty halvings in between."""

SPARSE_GAP = 2**20
"""The average gap from which the smallest window counts as sparse enough: it then takes twenty more halvings.

Each doubling of the window asks for a gap twice as wide, up to a stride. With one gap for every size, inserts that close
in on one point would rewrite the whole dense region every twenty inserts.
"""

_MIDDLE = 2**62
_WIRE_FORM = re.compile(r"[0-7][0-9a-f]{15}")


class TooNarrow(ValueError):
    """A slice with neighbours on both sides has no room for one more; take a wider slice."""


class Spread(NamedTuple):
    """The rank of the new element, and the new ranks of elements that make room, by their position in the list."""

    rank: int
    changed: dict[int, int]


def between(lower: int | None, upper: int | None) -> int | None:
    """A rank strictly between two neighbours, or None when there is none left. None as a neighbour is an open end.

    Raises ValueError when the neighbours are not in order.
    """
    if lower is not None and upper is not None and lower >= upper:
        raise ValueError(f"There is nothing between {lower} and {upper}.")
    low, high = _bounds(lower, upper, 1)
    return (low + high) // 2 if high - low > 1 else None


def initial(amount: int) -> list[int]:
    """Ranks for a new list of `amount` elements, with equal room between them and the same room at both ends."""
    low, high = _bounds(None, None, amount)
    step = (high - low) // (amount + 1)
    return [low + step * place for place in range(1, amount + 1)]


def spread(
    ranks: Sequence[int],
    index: int,
    *,
    lower: int | None = None,
    upper: int | None = None,
    avoid: Collection[int] = (),
) -> Spread:
    """Make room for a new element at `index` of the sorted `ranks`, by new ranks for as few neighbours as will do.

    `ranks` is the whole list, or the slice of it between the ranks `lower` and `upper`: None says that nothing lies on
    that side. New ranks differ from every rank in `ranks` and in `avoid`, so that one UPDATE of several
    rows never meets a unique index halfway; a caller that moves a row within the list names its old rank in `avoid`.

    Raises TooNarrow when a slice is too dense. The caller then reads a slice of twice the length. A whole list of four
    million elements is still wide enough.
    """
    taken = {*ranks, *avoid}
    for doubling in count():
        reach = 2**doubling
        first, end = max(0, index - reach), min(len(ranks), index + reach)
        low = ranks[first - 1] if first > 0 else lower
        high = ranks[end] if end < len(ranks) else upper
        sparse = min(SPARSE_GAP * reach, STRIDE)
        places = _even_places(low, high, end - first + 1, sparse, taken)
        if places is not None:
            rank = places.pop(index - first)
            return Spread(rank, dict(zip(range(first, end), places, strict=True)))
        if end - first == len(ranks):
            break
    raise TooNarrow(f"{len(ranks)} ranks between {lower} and {upper} leave no room for another.")


def to_wire(rank: int) -> str:
    """A rank as clients see it: 16 hexadecimal digits that sort as text. Raises ValueError outside the 63 bits."""
    if not 0 <= rank <= RANK_MAX:
        raise ValueError(f"{rank} is no rank.")
    return f"{rank:016x}"


def from_wire(text: str) -> int:
    """The rank that `to_wire` wrote as `text`. Raises ValueError for anything else."""
    if not _WIRE_FORM.fullmatch(text):
        raise ValueError(f"{text!r} is no rank.")
    return int(text, 16)


def _bounds(lower: int | None, upper: int | None, amount: int) -> tuple[int, int]:
    """What `amount` new ranks must lie strictly between; towards an open end they may take one stride each."""
    width = STRIDE * (amount + 1)
    if lower is None and upper is None:
        lower = _MIDDLE - width // 2
        upper = lower + width
    elif lower is None:
        assert upper is not None
        lower = upper - width
    elif upper is None:
        upper = lower + width
    return max(lower, -1), min(upper, RANK_MAX + 1)


def _even_places(lower: int | None, upper: int | None, amount: int, sparse: int, taken: set[int]) -> list[int] | None:
    """`amount` ranks with the same gap between them, none of them taken, or None when the gap would not be `sparse`."""
    low, high = _bounds(lower, upper, amount)
    step = (high - low) // (amount + 1)
    if step < sparse:
        return None
    # Each taken rank rules out one offset, and there are far more offsets than ranks.
    for offset in range(step):
        places = [low + offset + step * place for place in range(1, amount + 1)]
        if taken.isdisjoint(places):
            return places
    return None
