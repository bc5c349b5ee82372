"""The replica follows the log, and shows what was done here before the log says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace

from rego.replay import HANDLERS
from rego.replica import Gap, Pending, Replica
from rego.wire import events as e
from rego.wire.base import Role
from rego.wire.cards import Priority
from rego.wire.codec import encode_data, read_event
from rego.wire.columns import Color
from rego.wire.event_data import RawEvent
from tests.unit.samples import (
    ADA,
    EVENTS,
    LATER,
    a_card,
    a_column,
    a_move,
    a_rank,
    a_snapshot,
    an_event,
    changed,
    ref,
)

CHANGE_NOTHING_HERE: set[type[e.EventData]] = {
    e.InvitationCreated,
    e.InvitationRevoked,
    e.AutomationCreated,
    e.AutomationUpdated,
    e.AutomationDeleted,
}
"""Event types that a replica need not know: what they tell of is fetched by itself."""


def titles(replica: Replica, column_id: str) -> list[str]:
    return [card.title for card in replica.cards_in(column_id)]


def confirmed(replica: Replica, card_id: str, field: str) -> Any:
    return getattr(replica.cards[card_id], field)


# --- every event type ------------------------------------------------------------------------------------------------


def test_every_event_type_has_a_handler() -> None:
    assert set(HANDLERS) | CHANGE_NOTHING_HERE == set(e.EVENT_TYPES.values())
    assert not set(HANDLERS) & CHANGE_NOTHING_HERE


EFFECTS: dict[type[e.EventData], Callable[[Replica], tuple[Any, Any]]] = {
    e.BoardCreated: lambda r: (r.board.title, "New"),
    e.BoardImported: lambda r: (r.board.title, "Brought"),
    e.BoardUpdated: lambda r: ((r.board.title, r.board.version, r.board.updated_at), ("Operations", 2, LATER)),
    e.BoardDeleted: lambda r: (r.deleted, True),
    e.MemberAdded: lambda r: (list(r.members), ["ada", "ben", "cleo"]),
    e.MemberUpdated: lambda r: (r.members["ben"].role, Role.VIEWER),
    e.MemberRemoved: lambda r: (list(r.members), ["ada"]),
    e.InvitationCreated: lambda r: (r.seq, 11),
    e.InvitationRevoked: lambda r: (r.seq, 11),
    e.ColumnCreated: lambda r: ([c.id for c in r.columns_in_order()], ["a", "b", "c", "d"]),
    e.ColumnUpdated: lambda r: ((r.columns["a"].wip_limit, r.columns["a"].color), (3, Color.BLUE)),
    e.ColumnMoved: lambda r: ([c.id for c in r.columns_in_order()], ["b", "c", "a"]),
    e.ColumnDeleted: lambda r: ([c.id for c in r.columns_in_order()], ["a", "b"]),
    e.ColumnsReranked: lambda r: ([(c.id, c.version) for c in r.columns_in_order()], [("a", 1), ("b", 1), ("c", 1)]),
    e.LabelCreated: lambda r: (list(r.labels), ["bug", "ops", "new"]),
    e.LabelUpdated: lambda r: ((r.labels["bug"].name, r.labels["bug"].updated_by), ("defect", "ada")),
    e.LabelDeleted: lambda r: ((list(r.labels), r.cards["a1"].label_ids, r.cards["a1"].version), (["ops"], [], 1)),
    e.CardCreated: lambda r: (titles(r, "a"), ["a1", "a2", "a3", "a9"]),
    e.CardUpdated: lambda r: ((titles(r, "a"), confirmed(r, "a1", "priority")), (["First", "a2", "a3"], Priority.HIGH)),
    e.CardMoved: lambda r: ((titles(r, "a"), titles(r, "b")), (["a2", "a3"], ["b1", "a1"])),
    e.CardArchived: lambda r: (titles(r, "a"), ["a2", "a3"]),
    e.CardRestored: lambda r: (titles(r, "c"), ["back"]),
    e.CardDeleted: lambda r: (titles(r, "a"), ["a2", "a3"]),
    e.CardLeft: lambda r: (titles(r, "a"), ["a2", "a3"]),
    e.CardArrived: lambda r: (titles(r, "c"), ["a9"]),
    e.CardsReranked: lambda r: (titles(r, "a"), ["a3", "a1", "a2"]),
    e.CardAssigned: lambda r: (r.cards["a2"].assignee_ids, ["ben"]),
    e.CardUnassigned: lambda r: (r.cards["a1"].assignee_ids, []),
    e.CardClaimed: lambda r: (r.cards["a1"].assignee_ids, ["ben"]),
    e.CardLabelled: lambda r: (r.cards["a1"].label_ids, ["bug", "ops"]),
    e.CardUnlabelled: lambda r: (r.cards["a1"].label_ids, []),
    e.ChecklistCreated: lambda r: (r.seq, 11),
    e.ChecklistUpdated: lambda r: (r.seq, 11),
    e.ChecklistMoved: lambda r: (r.seq, 11),
    e.ChecklistsReranked: lambda r: (r.seq, 11),
    e.ChecklistDeleted: lambda r: ((r.cards["a1"].checklist_done, r.cards["a1"].checklist_total), (1, 2)),
    e.ChecklistItemCreated: lambda r: ((r.cards["a1"].checklist_done, r.cards["a1"].checklist_total), (0, 1)),
    e.ChecklistItemUpdated: lambda r: ((r.cards["a1"].checklist_done, r.cards["a1"].checklist_total), (1, 1)),
    e.ChecklistItemMoved: lambda r: (r.seq, 11),
    e.ChecklistItemsReranked: lambda r: (r.seq, 11),
    e.ChecklistItemDeleted: lambda r: ((r.cards["a1"].checklist_done, r.cards["a1"].checklist_total), (3, 4)),
    e.CommentCreated: lambda r: (r.cards["a1"].comment_count, 5),
    e.CommentUpdated: lambda r: (r.seq, 11),
    e.CommentDeleted: lambda r: (r.cards["a1"].comment_count, 4),
    e.AttachmentCreated: lambda r: (r.cards["a1"].attachment_count, 2),
    e.AttachmentUpdated: lambda r: (r.seq, 11),
    e.AttachmentDeleted: lambda r: (r.cards["a1"].attachment_count, 1),
    **dict.fromkeys(CHANGE_NOTHING_HERE, lambda r: (r.seq, 11)),
}


def as_received(data: e.EventData, seq: int = 11) -> e.Event:
    """The event as it comes out of the network, with changes as plain JSON values."""
    sent = Raw(encode_data(data))
    return read_event(RawEvent(seq=seq, board_id="b", type=e.event_type(data), at=LATER, actor=ADA, data=sent))


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_each_event_has_its_effect(data: e.EventData) -> None:
    replica = Replica(a_snapshot())
    replica.apply(as_received(data))
    shown, wanted = EFFECTS[type(data)](replica)
    assert shown == wanted


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_each_event_leaves_a_replica_like_a_fresh_one(data: e.EventData) -> None:
    replica = Replica(a_snapshot())
    replica.apply(as_received(data))
    fresh = Replica(replica.snapshot())
    assert fresh.snapshot() == replica.snapshot()
    assert all(fresh.cards_in(column_id) == replica.cards_in(column_id) for column_id in replica.columns)


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_each_event_says_what_it_touched(data: e.EventData) -> None:
    replica = Replica(a_snapshot())
    before = {column_id: replica.cards_in(column_id) for column_id in ("a", "b", "c", "d")}
    touched = replica.apply(an_event(data))
    assert bool(touched.cards or touched.columns or touched.frame) is (type(data) not in CHANGE_NOTHING_HERE)
    for column_id, cards in before.items():
        assert replica.cards_in(column_id) == cards or column_id in touched.columns
        assert replica.cards_in(column_id) == cards or replica.revision(column_id) > 0


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_no_event_fails_on_a_replica_that_holds_nothing_of_it(data: e.EventData) -> None:
    """An older client may have been unable to read the event that brought the thing in."""
    empty = Replica(replace(a_snapshot(), members=[], labels=[], columns=[], cards=[]))
    empty.apply(an_event(data))
    assert empty.seq == 11


def test_an_event_by_the_system_leaves_no_editor() -> None:
    replica = Replica(a_snapshot())
    replica.apply(an_event(e.CardUpdated(card=ref("a1"), changes=changed(title=("a1", "x")), version=2), actor=None))
    assert (replica.cards["a1"].updated_by, replica.cards["a1"].updated_at) == (None, LATER)


def test_a_description_shows_as_a_mark_only() -> None:
    replica = Replica(a_snapshot())
    replica.apply(an_event(e.CardUpdated(card=ref("a1"), changes=changed(description=("", "Why")), version=2)))
    assert replica.cards["a1"].has_description
    replica.apply(an_event(e.CardUpdated(card=ref("a1"), changes=changed(description=("Why", "")), version=3), 12))
    assert not replica.cards["a1"].has_description


def test_values_and_fields_of_a_newer_server_are_passed_over() -> None:
    replica = Replica(a_snapshot())
    newer = changed(priority=("none", "apocalyptic"), mood=(None, "good"), title=("a1", "still read"))
    replica.apply(an_event(e.CardUpdated(card=ref("a1"), changes=newer, version=2)))
    card = replica.cards["a1"]
    assert (card.title, card.priority, card.version) == ("still read", Priority.NONE, 2)


def test_an_unknown_event_counts_but_changes_nothing() -> None:
    replica = Replica(a_snapshot())
    before = replica.snapshot()
    touched = replica.apply(an_event(e.Unknown(type="card.sung", raw=Raw(b"{}"))))
    assert (touched.cards, touched.columns, touched.frame) == (set(), set(), False)
    assert replica.seq == 11
    assert replica.snapshot().cards == before.cards


# --- the order of events ---------------------------------------------------------------------------------------------


def test_an_event_that_is_already_in_is_passed_over() -> None:
    replica = Replica(a_snapshot())
    again = an_event(e.CardDeleted(card=a_card("a1", "a", 1), ref="OPS-1"), seq=10)
    assert not replica.apply(again).cards
    assert replica.card("a1") is not None


def test_a_missing_event_is_a_gap_and_nothing_is_taken_in() -> None:
    replica = Replica(a_snapshot())
    with pytest.raises(Gap) as gap:
        replica.apply(an_event(e.CardDeleted(card=a_card("a1", "a", 1), ref="OPS-1"), seq=12))
    assert (gap.value.expected, gap.value.got) == (11, 12)
    assert replica.seq == 10
    assert replica.card("a1") is not None


# --- archived cards --------------------------------------------------------------------------------------------------


def test_archived_cards_leave_and_restored_ones_come_back() -> None:
    replica = Replica(a_snapshot())
    replica.apply(an_event(e.CardArchived(card=ref("a2"), version=2)))
    assert (titles(replica, "a"), "a2" in replica.cards) == (["a1", "a3"], False)
    replica.apply(an_event(e.CardRestored(card=a_card("a2", "a", 2, version=3), ref="OPS-2"), 12))
    assert titles(replica, "a") == ["a1", "a2", "a3"]


def test_a_replica_with_archived_cards_keeps_them() -> None:
    replica = Replica(a_snapshot(archived=True))
    replica.apply(an_event(e.CardArchived(card=ref("a2"), version=2)))
    assert titles(replica, "a") == ["a1", "a2", "a3", "gone"]
    assert confirmed(replica, "a2", "archived")


def test_events_on_a_card_that_is_archived_pass_it_over() -> None:
    replica = Replica(a_snapshot())
    replica.apply(an_event(a_move("gone", ("a", a_rank(5)), ("b", a_rank(9)))))
    replica.apply(an_event(e.CardsReranked(column_id="a", ranks={"gone": a_rank(7), "a1": a_rank(1)}), 12))
    assert replica.card("gone") is None
    assert replica.position_of("gone") is None


def test_archived_columns_are_only_listed_when_asked_for() -> None:
    replica = Replica(a_snapshot())
    replica.apply(an_event(e.ColumnUpdated(column_id="b", title="b", changes=changed(archived=(False, True)), version=2)))
    assert [c.id for c in replica.columns_in_order()] == ["a", "c"]
    assert [c.id for c in replica.columns_in_order(archived=True)] == ["a", "b", "c"]


# --- looking things up -----------------------------------------------------------------------------------------------


def test_neighbours_and_positions() -> None:
    replica = Replica(a_snapshot())
    assert replica.position_of("a3") == 2
    assert replica.count_in("a") == 3
    assert replica.neighbours("a", 1) == ("a1", "a2")
    assert replica.neighbours("a", 1, without="a1") == ("a2", "a3")
    assert replica.neighbours("a", 99) == ("a3", None)
    assert replica.neighbours("a", 99, without="a3") == ("a2", None)
    assert replica.neighbours("a", 1, without="b1") == ("a1", "a2")
    assert replica.neighbours("c", 0) == (None, None)
    assert (replica.position_in("a", "a3"), replica.position_in("b", "a3"), replica.position_in("a", None)) == (2, None, None)


def test_a_card_without_a_number_has_a_reference_that_says_so() -> None:
    replica = Replica(a_snapshot())
    assert replica.ref(a_card("x", "a", 12)) == "OPS-12"
    assert replica.ref(a_card("x", "a", 1, number=0)) == "OPS-…"


def test_what_an_operation_touched_names_both_columns() -> None:
    replica = Replica(a_snapshot())
    touched = replica.pend(Pending(op_id="1", card_id="a1", changes={"column_id": "b", "rank": a_rank(9)}))
    assert (touched.cards, touched.columns, touched.frame) == ({"a1"}, {"a", "b"}, False)


def test_a_column_is_revised_when_its_cards_change_and_only_then() -> None:
    replica = Replica(a_snapshot())
    replica.pend(Pending(op_id="1", card_id="a1", changes={"column_id": "b", "rank": a_rank(9)}))
    once = [replica.revision(column_id) for column_id in ("a", "b", "c")]
    assert once[0] > 0
    assert once[1] > 0
    assert once[2] == 0
    replica.settle("1")
    assert [replica.revision(column_id) > before for column_id, before in zip("abc", once, strict=True)] == [True, True, False]


def test_a_column_that_comes_in_can_take_cards() -> None:
    replica = Replica(a_snapshot())
    replica.apply(an_event(e.ColumnCreated(column=a_column("d", 4))))
    replica.apply(an_event(a_move("a1", ("a", a_rank(1)), ("d", a_rank(1))), 12))
    assert titles(replica, "d") == ["a1"]
