"""Local operations show at once, settle when their event comes, and leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rego.replica import Pending, Replica
from rego.wire import events as e
from rego.wire.cards import CardSummary
from tests.unit.samples import a_card, a_column, a_label, a_move, a_rank, a_snapshot, an_event, changed, ref


def titles(replica: Replica, column_id: str) -> list[str]:
    return [card.title for card in replica.cards_in(column_id)]


def moving(op_id: str, card_id: str, column_id: str, rank: str) -> Pending:
    return Pending(op_id=op_id, card_id=card_id, changes={"column_id": column_id, "rank": rank})


def naming(op_id: str, card_id: str, title: str) -> Pending:
    return Pending(op_id=op_id, card_id=card_id, changes={"title": title})


def adding(op_id: str, replica: Replica, column_id: str, index: int) -> Pending:
    card = a_card(f"new-{op_id}", column_id, 1, number=0, version=0, rank=replica.rank_between(column_id, index))
    return Pending(op_id=op_id, card_id=card.id, new_card=card)


def test_an_operation_shows_at_once_and_the_confirmed_card_stays() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving("1", "a1", "b", a_rank(9)))
    assert (titles(replica, "a"), titles(replica, "b")) == (["a2", "a3"], ["b1", "a1"])
    assert replica.cards["a1"].column_id == "a"
    assert replica.snapshot() == a_snapshot()


def test_a_refused_operation_rolls_back() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving("1", "a1", "b", a_rank(9)))
    touched = replica.settle("1")
    assert titles(replica, "a") == ["a1", "a2", "a3"]
    assert touched.columns == {"a", "b"}
    assert not replica.pending


def test_settling_what_is_not_under_way_changes_nothing() -> None:
    replica = Replica(a_snapshot())
    touched = replica.settle("never")
    assert not touched.cards
    assert not touched.columns


def test_the_event_with_its_id_settles_an_operation() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving("1", "a1", "b", a_rank(9)))
    replica.apply(an_event(a_move("a1", ("a", a_rank(1)), ("b", a_rank(8))), op_id="1"))
    assert not replica.pending
    assert replica.cards_in("b")[-1].rank == a_rank(8)


def test_an_event_of_somebody_else_settles_nothing() -> None:
    replica = Replica(a_snapshot())
    replica.pend(naming("1", "a1", "mine"))
    replica.apply(an_event(e.CardUpdated(card=ref("a1"), changes=changed(title=("a1", "theirs")), version=2), op_id="2"))
    assert titles(replica, "a")[0] == "mine"
    replica.settle("1")
    assert titles(replica, "a")[0] == "theirs"


def test_several_operations_on_one_card_settle_one_by_one() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving("1", "a1", "b", a_rank(9)))
    replica.pend(naming("2", "a1", "First"))
    replica.pend(moving("3", "a1", "c", a_rank(1)))
    assert titles(replica, "c") == ["First"]
    replica.apply(an_event(a_move("a1", ("a", a_rank(1)), ("b", a_rank(9))), op_id="1"))
    assert titles(replica, "c") == ["First"]
    replica.settle("3")
    assert titles(replica, "b") == ["b1", "First"]
    assert [op.op_id for op in replica.pending_on("a1")] == ["2"]


def test_a_peers_move_and_a_local_title_both_show() -> None:
    replica = Replica(a_snapshot())
    replica.pend(naming("1", "a1", "mine"))
    replica.apply(an_event(a_move("a1", ("a", a_rank(1)), ("c", a_rank(1)))))
    assert titles(replica, "c") == ["mine"]


def test_archiving_hides_at_once_and_comes_back_when_refused() -> None:
    replica = Replica(a_snapshot())
    replica.pend(Pending(op_id="1", card_id="a1", changes={"archived": True}))
    assert replica.card("a1") is None
    replica.settle("1")
    assert replica.card("a1") is not None


def test_bringing_back_shows_a_card_that_the_replica_does_not_hold() -> None:
    replica = Replica(a_snapshot())
    back = a_card("back", "c", 7, archived=True)
    replica.pend(Pending(op_id="1", card_id="back", changes={"archived": False}, new_card=back))
    assert titles(replica, "c") == ["back"]
    replica.apply(an_event(e.CardRestored(card=replace(back, archived=False, version=2), ref="OPS-7"), op_id="1"))
    assert replica.cards_in("c") == [replace(back, archived=False, version=2)]


# --- several cards at once -------------------------------------------------------------------------------------------


def moving_many(op_id: str, replica: Replica, column_id: str, index: int, *card_ids: str) -> Pending:
    ranks = replica.ranks_at(column_id, index, card_ids)
    first, *others = ({"column_id": column_id, "rank": rank} for rank in ranks.values())
    return Pending(op_id=op_id, card_id=card_ids[0], changes=first, others=dict(zip(card_ids[1:], others, strict=True)))


def test_several_cards_go_together_and_come_back_together() -> None:
    replica = Replica(a_snapshot())
    touched = replica.pend(moving_many("1", replica, "b", 0, "a3", "a1"))
    assert (titles(replica, "a"), titles(replica, "b")) == (["a2"], ["a3", "a1", "b1"])
    assert (touched.cards, touched.columns) == ({"a1", "a3"}, {"a", "b"})
    assert replica.settle("1").cards == {"a1", "a3"}
    assert titles(replica, "a") == ["a1", "a2", "a3"]


def test_cards_that_move_within_their_column_are_not_counted_where_they_were() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving_many("1", replica, "a", 1, "a1", "a2"))
    assert titles(replica, "a") == ["a3", "a1", "a2"]


def test_several_cards_are_settled_by_the_event_that_has_the_id() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving_many("1", replica, "b", 1, "a1", "a2"))
    replica.apply(an_event(a_move("a1", ("a", a_rank(1)), ("b", a_rank(8)))))
    assert titles(replica, "b") == ["b1", "a1", "a2"]
    replica.apply(an_event(a_move("a2", ("a", a_rank(2)), ("b", a_rank(9))), 12, op_id="1"))
    assert (titles(replica, "b"), replica.pending) == (["b1", "a1", "a2"], {})


def test_an_operation_on_several_goes_on_with_the_real_card() -> None:
    replica = Replica(a_snapshot())
    made = adding("1", replica, "a", 1)
    replica.pend(made)
    replica.pend(Pending(op_id="2", card_id="a1", changes={"completed": True}, others={made.card_id: {"completed": True}}))
    replica.apply(an_event(e.CardCreated(card=a_card("real", "a", 9), ref="OPS-9", column_title="a"), op_id="1"))
    assert [card.id for card in replica.cards_in("a") if card.completed] == ["a1", "real"]


# --- cards that only exist here --------------------------------------------------------------------------------------


def test_a_provisional_card_gives_way_to_the_real_one() -> None:
    replica = Replica(a_snapshot())
    replica.pend(adding("1", replica, "a", 1))
    assert titles(replica, "a") == ["a1", "new-1", "a2", "a3"]
    touched = replica.apply(an_event(e.CardCreated(card=a_card("real", "a", 9), ref="OPS-9", column_title="a"), op_id="1"))
    assert titles(replica, "a") == ["a1", "a2", "a3", "real"]
    assert touched.cards == {"new-1", "real"}


def test_a_refused_provisional_card_is_gone() -> None:
    replica = Replica(a_snapshot())
    replica.pend(adding("1", replica, "a", 1))
    replica.settle("1")
    assert replica.card("new-1") is None
    assert titles(replica, "a") == ["a1", "a2", "a3"]


def test_operations_on_a_provisional_card_pass_to_the_real_one() -> None:
    replica = Replica(a_snapshot())
    replica.pend(adding("1", replica, "a", 0))
    replica.pend(naming("2", "new-1", "named since"))
    assert titles(replica, "a")[0] == "named since"
    replica.apply(an_event(e.CardCreated(card=a_card("real", "a", 9), ref="OPS-9", column_title="a"), op_id="1"))
    assert titles(replica, "a") == ["a1", "a2", "a3", "named since"]
    replica.settle("2")
    assert titles(replica, "a") == ["a1", "a2", "a3", "real"]


# --- things that vanish under an operation ---------------------------------------------------------------------------


def test_a_card_that_is_deleted_meanwhile_is_gone_for_good() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving("1", "a1", "b", a_rank(9)))
    replica.apply(an_event(e.CardDeleted(card=a_card("a1", "a", 1), ref="OPS-1")))
    assert titles(replica, "b") == ["b1"]
    replica.settle("1")
    assert replica.card("a1") is None


def test_a_column_that_is_deleted_meanwhile_gives_the_card_back() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving("1", "a1", "c", a_rank(1)))
    replica.pend(adding("2", replica, "c", 0))
    touched = replica.apply(an_event(e.ColumnDeleted(column=a_column("c", 3))))
    assert titles(replica, "a") == ["a1", "a2", "a3"]
    assert {"a1", "new-2"} <= touched.cards
    replica.settle("1")
    replica.settle("2")
    assert Replica(replica.snapshot()).cards_in("a") == replica.cards_in("a")


def test_new_ranks_leave_an_operation_shown() -> None:
    replica = Replica(a_snapshot())
    replica.pend(moving("1", "b1", "a", replica.rank_between("a", 3)))
    replica.apply(an_event(e.CardsReranked(column_id="a", ranks={"a1": a_rank(0), "a2": a_rank(1), "a3": a_rank(2)})))
    assert titles(replica, "a") == ["a1", "a2", "a3", "b1"]
    replica.apply(an_event(a_move("b1", ("b", a_rank(4)), ("a", a_rank(3))), 12, op_id="1"))
    assert titles(replica, "a") == ["a1", "a2", "a3", "b1"]


# --- provisional ranks -----------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1), max_size=60))
def test_provisional_cards_show_where_they_were_put(places: list[float]) -> None:
    replica = Replica(a_snapshot())
    wanted = titles(replica, "a")
    for number, place in enumerate(places):
        index = round(place * len(wanted))
        replica.pend(adding(str(number), replica, "a", index))
        wanted.insert(index, f"new-{number}")
    assert titles(replica, "a") == wanted


@given(st.lists(st.tuples(st.sampled_from(["a1", "a2", "a3", "b1"]), st.sampled_from("abc"), st.floats(0, 1)), max_size=40))
def test_cards_show_where_they_were_moved(moves: list[tuple[str, str, float]]) -> None:
    replica = Replica(a_snapshot())
    wanted = {column_id: titles(replica, column_id) for column_id in "abc"}
    for number, (card_id, column_id, place) in enumerate(moves):
        for names in wanted.values():
            if card_id in names:
                names.remove(card_id)
        index = round(place * len(wanted[column_id]))
        rank = replica.rank_between(column_id, index, without=card_id)
        replica.pend(moving(str(number), card_id, column_id, rank))
        wanted[column_id].insert(index, card_id)
    assert {column_id: titles(replica, column_id) for column_id in "abc"} == wanted


# --- anything, in any order ------------------------------------------------------------------------------------------


class Log:
    """A stand-in for the server: makes valid events in the log's order, some of them from the local user's operations."""

    def __init__(self, draw: st.DrawFn, replica: Replica) -> None:
        self.draw = draw
        self.replica = replica
        self.ops: list[Pending] = []
        self.made = 0

    def append(self, data: e.EventData, op_id: str | None = None) -> None:
        self.replica.apply(an_event(data, self.replica.seq + 1, op_id=op_id))

    def pick_card(self) -> CardSummary | None:
        cards = sorted(self.replica.cards.values(), key=lambda card: card.id)
        return self.draw(st.sampled_from(cards)) if cards else None

    def pick_column(self) -> str:
        return self.draw(st.sampled_from(sorted(self.replica.columns)))

    def free_rank(self) -> str:
        self.made += 1
        return a_rank(self.draw(st.integers(0, 1000)) * 1000 + self.made)

    def peer(self) -> None:
        """Somebody else does something."""
        kind = self.draw(st.sampled_from(["create", "move", "rename", "archive", "delete", "rerank", "column", "label"]))
        card = self.pick_card()
        if kind == "create" or card is None:
            self.create(None, None)
        elif kind == "move":
            self.append(self.move_of(card, self.pick_column()))
        elif kind == "rename":
            self.append(self.rename_of(card, f"peer {self.made}"))
        elif kind == "archive":
            self.append(e.CardArchived(card=ref(card.id), version=card.version + 1))
        elif kind == "delete":
            self.append(e.CardDeleted(card=card, ref="OPS-1"))
        elif kind == "rerank":
            self.rerank(card.column_id)
        elif kind == "column":
            self.change_columns()
        else:
            self.append(e.LabelDeleted(label=a_label("bug"), card_ids=[card.id]))

    def move_of(self, card: CardSummary, column_id: str) -> e.CardMoved:
        return a_move(card.id, (card.column_id, card.rank), (column_id, self.free_rank()), card.version + 1)

    def rename_of(self, card: CardSummary, title: str) -> e.CardUpdated:
        return e.CardUpdated(card=ref(card.id), changes=changed(title=(card.title, title)), version=card.version + 1)

    def create(self, column_id: str | None, op_id: str | None) -> None:
        rank = self.free_rank()
        card = a_card(f"made-{self.made}", column_id or self.pick_column(), self.made, rank=rank)
        self.append(e.CardCreated(card=card, ref="OPS-9", column_title=""), op_id)

    def rerank(self, column_id: str) -> None:
        cards = sorted((c for c in self.replica.cards.values() if c.column_id == column_id), key=lambda c: (c.rank, c.id))
        self.append(e.CardsReranked(column_id=column_id, ranks={card.id: a_rank(n) for n, card in enumerate(cards)}))

    def change_columns(self) -> None:
        used = {card.column_id for card in self.replica.cards.values()}
        empty = sorted(self.replica.columns.keys() - used)
        if empty:
            self.append(e.ColumnDeleted(column=self.replica.columns[empty[0]]))
        else:
            self.made += 1
            self.append(e.ColumnCreated(column=a_column(f"column-{self.made}", 100 + self.made)))

    def pend(self) -> None:
        """The local user presses a key."""
        shown = sorted(c.id for column_id in self.replica.columns for c in self.replica.cards_in(column_id))
        op_id = f"op-{len(self.ops)}"
        column_id = self.pick_column()
        kind = self.draw(st.sampled_from(["create", "move", "rename", "archive"]))
        if kind == "create" or not shown:
            op = adding(op_id, self.replica, column_id, self.draw(st.integers(0, 3)))
        else:
            op = self.change_of(op_id, self.draw(st.sampled_from(shown)), column_id, kind)
        self.ops.append(op)
        self.replica.pend(op)

    def change_of(self, op_id: str, card_id: str, column_id: str, kind: str) -> Pending:
        if kind == "move":
            return moving(op_id, card_id, column_id, self.replica.rank_between(column_id, 1, without=card_id))
        if kind == "rename":
            return naming(op_id, card_id, f"mine {op_id}")
        return Pending(op_id=op_id, card_id=card_id, changes={"archived": True})

    def answer(self) -> None:
        """The server takes up the oldest operation: it accepts it, or refuses it when it can not be or by chance."""
        op = next(iter(self.replica.pending.values()), None)
        if op is None:
            return
        card = self.replica.cards.get(op.card_id)
        column_id = op.new_card.column_id if op.new_card else op.changes.get("column_id", card.column_id if card else "")
        possible = column_id in self.replica.columns and (card is not None or op.new_card is not None)
        if not possible or self.draw(st.integers(0, 3)) == 0:
            self.replica.settle(op.op_id)
        elif card is None:
            self.create(column_id, op.op_id)
        else:
            self.append(self.outcome(op, card), op.op_id)

    def outcome(self, op: Pending, card: CardSummary) -> e.EventData:
        if "column_id" in op.changes:
            return self.move_of(card, op.changes["column_id"])
        if "title" in op.changes:
            return self.rename_of(card, op.changes["title"])
        return e.CardArchived(card=ref(card.id), version=card.version + 1)

    def check_shown(self) -> None:
        """Each card shows once, in the column that it says, and in the order of ranks."""
        seen: list[str] = []
        for column_id in self.replica.columns:
            cards = self.replica.cards_in(column_id)
            seen += [card.id for card in cards]
            assert all(card.column_id == column_id for card in cards)
            assert [(c.rank, c.id) for c in cards] == sorted((c.rank, c.id) for c in cards)
            assert [self.replica.position_of(card.id) for card in cards] == list(range(len(cards)))
        assert len(seen) == len(set(seen))


@pytest.mark.parametrize("archived", [False, True])
@settings(max_examples=150)
@given(data=st.data(), steps=st.lists(st.sampled_from(["peer", "pend", "pend", "answer"]), max_size=40))
def test_after_everything_settled_the_replica_is_as_fresh(archived: bool, data: Any, steps: list[str]) -> None:
    log = Log(data.draw, Replica(a_snapshot(archived=archived)))
    for step in steps:
        getattr(log, step)()
        log.check_shown()
    while log.replica.pending:
        log.answer()
    fresh = Replica(log.replica.snapshot())
    assert fresh.snapshot() == log.replica.snapshot()
    assert {c: fresh.cards_in(c) for c in fresh.columns} == {c: log.replica.cards_in(c) for c in log.replica.columns}
