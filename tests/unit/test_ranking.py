"""Ranks keep any order under any sequence of changes, and make room without rewriting much."""

from __future__ import annotations

import random
from bisect import insort
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rego_server.core.ranking import (
    RANK_MAX,
    SPARSE_GAP,
    STRIDE,
    TooNarrow,
    between,
    from_wire,
    initial,
    spread,
    to_wire,
)

RANKS = st.integers(0, RANK_MAX)


class Order:
    """A list kept by ranks beside the same list kept by Python; counts the ranks that had to be rewritten."""

    def __init__(self, ranks: list[int] | None = None) -> None:
        self.ranks = list(ranks or [])
        self.names = list(range(len(self.ranks)))
        self.rank_of = dict(zip(self.names, self.ranks, strict=True))
        self.inserted = 0
        self.rewritten = 0

    def insert(self, index: int, name: int | None = None) -> None:
        name = len(self.rank_of) if name is None else name
        lower = self.ranks[index - 1] if index > 0 else None
        upper = self.ranks[index] if index < len(self.ranks) else None
        rank = between(lower, upper)
        if rank is None:
            rank = self.make_room(index)
        self.ranks.insert(index, rank)
        self.names.insert(index, name)
        self.rank_of[name] = rank
        self.inserted += 1

    def make_room(self, index: int) -> int:
        room = spread(self.ranks, index)
        assert not set(room.changed.values()) & set(self.ranks), "one UPDATE would meet the unique index"
        for position, rank in room.changed.items():
            self.ranks[position] = self.rank_of[self.names[position]] = rank
        self.rewritten += len(room.changed)
        return room.rank

    def remove(self, index: int) -> int:
        del self.ranks[index]
        return self.names.pop(index)

    def move(self, index: int, to: int) -> None:
        self.insert(to, self.remove(index))

    def check(self) -> None:
        assert sorted(self.names, key=lambda name: self.rank_of[name]) == self.names
        assert all(a < b for a, b in pairwise(self.ranks))
        assert not self.ranks or (self.ranks[0] >= 0 and self.ranks[-1] <= RANK_MAX)


@given(RANKS, RANKS)
def test_between_two_neighbours_is_between_them_or_nothing_is(one: int, other: int) -> None:
    lower, upper = sorted((one, other))
    if lower == upper:
        with pytest.raises(ValueError, match="nothing between"):
            between(lower, upper)
        return
    rank = between(lower, upper)
    assert (rank is None) == (upper - lower == 1)
    assert rank is None or lower < rank < upper


@given(RANKS)
def test_at_an_open_end_the_rank_is_beyond_the_last_and_in_63_bits(last: int) -> None:
    after, before = between(last, None), between(None, last)
    assert (after is None) == (last == RANK_MAX)
    assert after is None or last < after <= RANK_MAX
    assert (before is None) == (last == 0)
    assert before is None or 0 <= before < last


def test_open_ends_step_by_a_stride_until_the_range_ends() -> None:
    assert between(5 * STRIDE, None) == 6 * STRIDE
    assert between(None, 5 * STRIDE) == 4 * STRIDE
    assert between(RANK_MAX - 2, None) == RANK_MAX - 1
    assert between(None, 8) == 3


def test_the_first_rank_leaves_the_same_room_on_both_sides() -> None:
    first = between(None, None)
    assert first == 2**62
    assert initial(1) == [first]


@pytest.mark.parametrize("amount", [0, 1, 2, 3, 10, 10_000])
def test_initial_ranks_are_evenly_placed(amount: int) -> None:
    ranks = initial(amount)
    assert len(ranks) == amount
    assert all(b - a == STRIDE for a, b in pairwise(ranks))
    assert all(0 <= rank <= RANK_MAX for rank in ranks)


def sequences() -> st.SearchStrategy[list[tuple[str, float, float]]]:
    part = st.floats(0, 1, exclude_max=True)
    return st.lists(st.tuples(st.sampled_from(["insert", "insert", "move", "remove"]), part, part), max_size=150)


@st.composite
def dense_lists(draw: st.DrawFn) -> list[int]:
    """Sorted ranks with hardly any room: runs of neighbours, at the ends of the range and anywhere."""
    starts = draw(st.lists(st.one_of(st.just(0), st.just(RANK_MAX), RANKS), max_size=4))
    length = draw(st.integers(1, 20))
    runs = {rank for start in starts for rank in range(start, start + length)}
    back = {rank for start in starts for rank in range(start - length, start)}
    return sorted(rank for rank in runs | back if 0 <= rank <= RANK_MAX)


@settings(max_examples=200)
@given(dense_lists(), sequences())
def test_any_sequence_of_changes_keeps_the_order(start: list[int], changes: list[tuple[str, float, float]]) -> None:
    order = Order(start)
    for kind, where, to in changes:
        size = len(order.ranks)
        if kind == "insert":
            order.insert(int(where * (size + 1)))
        elif size and kind == "move":
            order.move(int(where * size), int(to * size))
        elif size:
            order.remove(int(where * size))
        order.check()


@given(dense_lists(), st.floats(0, 1))
def test_spreading_never_reorders(ranks: list[int], where: float) -> None:
    index = int(where * len(ranks))
    room = spread(ranks, index)
    after = [room.changed.get(position, rank) for position, rank in enumerate(ranks)]
    after.insert(index, room.rank)
    assert after == sorted(set(after))
    assert after[0] >= 0
    assert after[-1] <= RANK_MAX
    assert not {room.rank, *room.changed.values()} & set(ranks)


def test_spreading_leaves_ranks_alone_that_a_caller_wants_avoided() -> None:
    ranks = [100, 101, 102]
    plain = spread(ranks, 1)
    wanted = {plain.rank, *plain.changed.values()}
    other = spread(ranks, 1, avoid=wanted)
    assert not wanted & {other.rank, *other.changed.values()}


def test_a_slice_spreads_within_its_bounds() -> None:
    ranks = [STRIDE + 1, STRIDE + 2, STRIDE + 3]
    room = spread(ranks, 2, lower=STRIDE, upper=STRIDE + 64 * SPARSE_GAP)
    new = sorted([room.rank, *room.changed.values()])
    assert new[0] > STRIDE
    assert new[-1] < STRIDE + 64 * SPARSE_GAP


def test_a_slice_that_is_too_dense_asks_for_a_wider_one() -> None:
    column = [*initial(8), *range(2**62 + 100 * STRIDE, 2**62 + 100 * STRIDE + 40)]
    with pytest.raises(TooNarrow, match="no room"):
        spread(column[20:30], 5, lower=column[19], upper=column[30])
    wider = spread(column[10:], 15, lower=column[9])
    assert len(wider.changed) <= len(column) - 10


SPOTS: dict[str, Callable[[int], int]] = {
    "at the top": lambda size: 0,
    "at the end": lambda size: size,
    "above the last": lambda size: size - 1,
    "below the first": lambda size: 1,
    "below one card in the middle": lambda size: 500,
    "above one card in the middle": lambda size: size - 500,
    "at both ends in turn": lambda size: 0 if size % 2 else size,
}


@pytest.mark.parametrize("spot", SPOTS)
def test_ten_thousand_inserts_at_one_spot_rewrite_less_than_one_rank_each(spot: str) -> None:
    order = Order(initial(1_000))
    for _ in range(10_000):
        order.insert(SPOTS[spot](len(order.ranks)))
    order.check()
    print(f"{spot}: {order.rewritten / order.inserted:.2f} ranks rewritten per insert")
    assert order.rewritten < order.inserted / 2


def test_inserts_that_close_in_on_a_point_stay_below_the_logarithm() -> None:
    """The worst case: each insert halves the gap that the last one left, from both sides in turn."""
    order = Order(initial(1_000))
    for _ in range(10_000):
        order.insert(len(order.ranks) // 2)
    order.check()
    print(f"closing in: {order.rewritten / order.inserted:.2f} ranks rewritten per insert")
    assert order.rewritten < order.inserted * log2(10_000)


def test_ten_thousand_moves_to_one_spot_rewrite_few_ranks() -> None:
    order = Order(initial(1_000))
    chooser = random.Random(7)
    for _ in range(10_000):
        order.move(chooser.randrange(1_000), 300)
    order.check()
    print(f"moves to one spot: {order.rewritten / order.inserted:.2f} ranks rewritten per move")
    assert order.rewritten < 5 * order.inserted


@pytest.mark.parametrize("end", ["top", "bottom"])
def test_a_list_pressed_against_an_end_of_the_range_still_takes_more(end: str) -> None:
    pressed = list(range(100)) if end == "top" else list(range(RANK_MAX - 99, RANK_MAX + 1))
    order = Order(pressed)
    for _ in range(1_000):
        order.insert(0 if end == "top" else len(order.ranks))
    order.check()
    assert order.rewritten < 2 * order.inserted


@given(st.lists(RANKS, unique=True))
def test_ranks_sort_as_text_as_they_sort_as_numbers(ranks: list[int]) -> None:
    texts: list[str] = []
    for rank in ranks:
        insort(texts, to_wire(rank))
    assert [from_wire(text) for text in texts] == sorted(ranks)
    assert all(len(text) == 16 for text in texts)


def broken_texts() -> Iterator[str]:
    yield from ("", "0", "8000000000000000", "000000000000000G", "000000000000000A", " 00000000000000000", "-000000000000001")
    yield from ("0000000000000000\n", "0x00000000000000", "\N{ARABIC-INDIC DIGIT ZERO}" * 16)


@pytest.mark.parametrize("text", broken_texts())
def test_a_text_that_is_no_rank_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no rank"):
        from_wire(text)


@pytest.mark.parametrize("rank", [-1, RANK_MAX + 1])
def test_a_number_outside_63_bits_is_no_rank(rank: int) -> None:
    with pytest.raises(ValueError, match="no rank"):
        to_wire(rank)
