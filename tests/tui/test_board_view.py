"""Where the user stands while the board changes under them: the cursor, the filter, the carried card, the draft."""

from __future__ import annotations

from datetime import timedelta

from rego.query_match import Viewer
from rego.replica import Pending, Replica, Touched
from rego.wire.base import Change
from rego.wire.events import CardDeleted, ColumnDeleted, Event, EventData, LabelUpdated, event_type
from rego_tui.board_view import DRAFT_ID, BoardView, Slot
from tests.tui import boards

VIEWER = Viewer(me=boards.ADA.user_id, now=boards.NOW)
TODO, DOING = boards.column_id(1), boards.column_id(2)
A1, A2, A3, B1 = (boards.card_id(number) for number in (1, 2, 3, 4))


def a_view() -> BoardView:
    return BoardView(Replica(boards.small()))


def ids(view: BoardView, column_id: str = TODO) -> list[str]:
    return [card.id for card in view.cards(column_id)]


def happen(view: BoardView, data: EventData) -> None:
    seq = view.replica.seq + 1
    event = Event(seq=seq, board_id=boards.board_id(), type=event_type(data), at=boards.NOW, data=data)
    view.forget(view.replica.apply(event))


def moved_by_others(view: BoardView, card_id: str, column_id: str, index: int) -> None:
    rank = view.replica.rank_between(column_id, index, without=card_id)
    pending = Pending(op_id=f"{card_id}-{index}", card_id=card_id, changes={"column_id": column_id, "rank": rank})
    view.forget(view.replica.pend(pending))


def test_the_cursor_begins_on_the_first_card() -> None:
    assert (a_view().column_id, a_view().card_id) == (TODO, A1)


def test_the_cursor_stays_on_its_card_when_others_shift_it() -> None:
    view = a_view()
    view.go_to(TODO, 1)
    moved_by_others(view, A3, TODO, 0)
    assert view.card_id == A2
    view.go_down(1)
    assert view.index_of(TODO, view.card_id) == 2


def test_the_cursor_goes_with_its_card_to_another_column() -> None:
    view = a_view()
    moved_by_others(view, A1, DOING, 1)
    assert (view.column_id, view.card_id) == (DOING, A1)


def test_when_its_card_is_gone_the_cursor_stands_on_the_one_that_took_its_place() -> None:
    view = a_view()
    view.go_to(TODO, 1)
    happen(view, CardDeleted(card=view.replica.cards[A2], ref="OPS-2"))
    assert view.card_id == A3
    happen(view, CardDeleted(card=view.replica.cards[A3], ref="OPS-3"))
    assert view.card_id == A1
    happen(view, CardDeleted(card=view.replica.cards[A1], ref="OPS-1"))
    assert view.column_id == TODO
    assert view.card() is None


def test_when_its_column_is_gone_the_cursor_goes_to_the_first_one() -> None:
    view = a_view()
    view.go_to(DOING, 0)
    happen(view, CardDeleted(card=view.replica.cards[B1], ref="OPS-4"))
    happen(view, ColumnDeleted(column=view.replica.columns[DOING]))
    assert (view.column_id, view.card_id) == (TODO, A1)


def test_a_board_without_columns_has_no_cursor() -> None:
    view = BoardView(Replica(boards.snapshot([], [])))
    assert (view.column_id, view.card_id) == ("", None)
    view.go_down(3)
    assert not view.pick_up()
    assert view.column_beside(1) == ""


def test_the_filter_is_a_query() -> None:
    view = BoardView(Replica(boards.rich()))
    for words, found in (
        ("typeface", [3]),
        ("ops-2", [2]),
        ("BUG", [2, 4]),
        ("assignee:ada", [2]),
        ("assignee:me", [2]),
        ("bug infra", [4]),
        ("(label:design or has:description) -has:comments", [3]),
        ("nothing", []),
    ):
        view.set_filter(words, VIEWER)
        assert ids(view) == [boards.card_id(number) for number in found], words
    assert view.counts(TODO) == (0, 4)


def test_while_a_filter_is_half_typed_the_last_whole_one_works_on() -> None:
    view = BoardView(Replica(boards.rich()))
    view.set_filter("bug", VIEWER)
    view.set_filter("bug (", VIEWER)
    assert ids(view) == [boards.card_id(2), boards.card_id(4)]
    assert (view.filter, view.filter_error.startswith("At character 5:")) == ("bug (", True)
    view.set_filter("", VIEWER)
    assert (len(ids(view)), view.filter_error, view.filtered) == (4, "", False)


def test_a_filter_on_dates_moves_with_the_time() -> None:
    view = BoardView(Replica(boards.rich()))
    view.set_filter("due:overdue", VIEWER)
    assert ids(view, DOING) == [boards.card_id(7)]
    view.look_as(Viewer(me=None, now=boards.NOW + timedelta(days=2)))
    assert ids(view, DOING) == [boards.card_id(6), boards.card_id(7)]


def test_a_filter_sees_labels_that_are_renamed() -> None:
    view = BoardView(Replica(boards.rich()))
    view.set_filter("label:defect", VIEWER)
    assert ids(view) == []
    changes = {"name": Change(before="bug", after="Defect")}
    happen(view, LabelUpdated(label_id=boards.label_id(1), name="bug", changes=changes, version=2))
    assert ids(view) == [boards.card_id(2), boards.card_id(4)]


def test_a_card_put_down_under_a_filter_lands_beside_its_visible_neighbour() -> None:
    view = BoardView(Replica(boards.rich()))
    view.set_filter("bug", VIEWER)
    assert ids(view) == [boards.card_id(2), boards.card_id(4)]
    view.go_to(TODO, 0)
    assert view.pick_up()
    view.carry(down=1)
    carried = view.put_down()
    assert carried is not None
    assert view.place_in_board(carried[1], without=carried[0]) == 3, "below OPS-4, not at the second place of all"


def test_above_the_first_visible_card_is_just_above_it() -> None:
    view = BoardView(Replica(boards.rich()))
    view.set_filter("mail", VIEWER)
    assert view.place_in_board(Slot(TODO, None, 0)) == 3


def test_a_carried_card_keeps_its_place_by_its_neighbour() -> None:
    view = a_view()
    view.go_to(DOING, 0)
    view.pick_up()
    view.carry_to(TODO, 2)
    assert ids(view) == [A1, A2, B1, A3]
    moved_by_others(view, A1, TODO, 2)
    assert ids(view) == [A2, B1, A3, A1]


def test_a_carried_card_that_is_deleted_is_let_go_of() -> None:
    view = a_view()
    view.pick_up()
    happen(view, CardDeleted(card=view.replica.cards[A1], ref="OPS-1"))
    assert ids(view) == [A2, A3]
    assert view.put_down() is None


def test_a_carried_card_whose_column_is_gone_is_back_where_it_was() -> None:
    view = a_view()
    view.pick_up()
    view.carry_to(DOING, 0)
    happen(view, CardDeleted(card=view.replica.cards[B1], ref="OPS-4"))
    happen(view, ColumnDeleted(column=view.replica.columns[DOING]))
    assert view.carried is None
    assert ids(view) == [A1, A2, A3]
    assert (view.column_id, view.card_id) == (TODO, A1)


def test_a_draft_stands_below_its_neighbour_and_does_not_count() -> None:
    view = a_view()
    view.draft = view.slot_at(TODO, 1)
    view.forget()
    assert ids(view) == [A1, DRAFT_ID, A2, A3]
    assert view.counts(TODO) == (3, 3)
    moved_by_others(view, A1, TODO, 2)
    assert ids(view) == [A2, A3, A1, DRAFT_ID]


def test_only_the_lists_of_touched_columns_are_built_anew() -> None:
    view = a_view()
    kept = view.cards(DOING)
    view.forget(Touched({A1}, {TODO}))
    assert view.cards(DOING) is kept
