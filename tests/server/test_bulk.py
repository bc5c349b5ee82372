"""One operation on many cards: done to all in their order, or to none, and what is no such operation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from rego.client import boards, cards, columns, labels
from rego.wire import limits
from rego.wire.base import Position
from rego.wire.boards import CreateBoard
from rego.wire.cards import BulkCards, CardSummary, CreateCard, MoveCard, Priority, UpdateCards
from rego.wire.columns import Color, CreateColumn, UpdateColumn, WipMode
from rego.wire.errors import Conflict, NotFound
from rego.wire.labels import CreateLabel
from tests.board_replay import events_since
from tests.server.furnished import Furnished
from tests.server.site import Site, raw


async def _bulk(desk: Furnished, *chosen: CardSummary, op_id: str | None = None, **operation: Any) -> list[CardSummary]:
    body = BulkCards(card_ids=[card.id for card in chosen], **operation)
    return await desk.send(cards.bulk_cards(desk.board.id, body), op_id)


@pytest.mark.parametrize(
    ("place", "titles"),
    [
        ({}, ["two", "three", "one"]),
        ({"position": Position.TOP}, ["three", "one", "two"]),
        ({"position": Position.BOTTOM}, ["two", "three", "one"]),
        ({"after_id": "two"}, ["two", "three", "one"]),
        ({"before_id": "two"}, ["three", "one", "two"]),
    ],
)
async def test_cards_stand_in_the_order_in_which_they_are_named(
    desk: Furnished, place: dict[str, Any], titles: list[str]
) -> None:
    place = {name: desk.two.id if value == "two" else value for name, value in place.items()}
    moved = await _bulk(desk, desk.three, desk.one, move=MoveCard(**place))
    assert [card.title for card in moved] == ["three", "one"]
    assert await desk.titles(desk.todo) == titles


async def test_cards_of_several_columns_go_to_one(desk: Furnished) -> None:
    await _bulk(desk, desk.five, desk.three, desk.one, move=MoveCard(column_id=desk.spare.id))
    assert await desk.titles(desk.spare) == ["five", "three", "one"]


async def test_cards_go_to_another_board_together(desk: Furnished) -> None:
    board = await desk.send(boards.create_board(CreateBoard(title="Other")))
    column = await desk.send(columns.create_column(board.id, CreateColumn(title="There")))
    await desk.send(cards.create_card(board.id, CreateCard(title="last", column_id=column.id)))
    place = MoveCard(board_id=board.id, column_id=column.id, position=Position.TOP)
    await _bulk(desk, desk.five, desk.one, move=place)
    assert [card.title for card in (await desk.send(boards.get_snapshot(board.id))).cards] == ["five", "one", "last"]
    assert (await desk.titles(desk.todo), await desk.titles(desk.doing)) == (["two", "three"], [])


async def test_the_answer_is_the_cards_as_they_are_then(desk: Furnished) -> None:
    lower: dict[str, Any] = {"update": UpdateCards(priority=Priority.LOW)}
    belonging = ({"label": desk.other_label.id}, {"assign": desk.viewer.user.id})
    for operation in ({"complete": True}, lower, {"archive": True}, *belonging):
        answer = await _bulk(desk, desk.two, desk.four, **operation)
        now = {card.id: card for card in (await desk.snapshot(archived=True)).cards}
        assert answer == [now[desk.two.id], now[desk.four.id]]
    assert await _bulk(desk, desk.two, desk.four, delete=True) == []
    assert {card.title for card in (await desk.snapshot(archived=True)).cards} == {"one", "three", "five"}


async def test_all_or_nothing(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(wip_limit=2, wip_mode=WipMode.HARD)))
    before = await desk.snapshot(archived=True)
    with pytest.raises(Conflict, match="Doing is full: its limit is 2"):
        await _bulk(desk, desk.one, desk.two, move=MoveCard(column_id=desk.doing.id))
    with pytest.raises(NotFound):
        await _bulk(desk, desk.one, desk.two, label=str(uuid4()))
    assert await desk.snapshot(archived=True) == before


async def test_fields_are_changed_cleared_or_left_alone(desk: Furnished) -> None:
    due = datetime(2030, 1, 2, tzinfo=UTC)
    first = await _bulk(desk, desk.one, desk.two, update=UpdateCards(due_at=due, priority=Priority.HIGH))
    second = await _bulk(desk, desk.one, desk.two, update=UpdateCards(due_at=None))
    assert [(card.due_at, card.priority) for card in first + second] == [(due, Priority.HIGH)] * 2 + [(None, Priority.HIGH)] * 2


async def test_labels_and_people_are_added_and_removed_beside_those_that_stay(desk: Furnished) -> None:
    change = UpdateCards(
        add_label_ids=[desk.other_label.id, desk.label.id],
        add_assignee_ids=[desk.viewer.user.id],
        remove_assignee_ids=[desk.member.user.id],
        priority=Priority.LOW,
    )
    for card in await _bulk(desk, desk.one, desk.two, update=change):
        assert sorted(card.label_ids) == sorted([desk.label.id, desk.other_label.id])
        assert (card.assignee_ids, card.priority) == ([desk.viewer.user.id], Priority.LOW)
    before = await desk.snapshot()
    with pytest.raises(NotFound, match="no such label"):
        await _bulk(desk, desk.one, desk.two, update=UpdateCards(remove_label_ids=[desk.label.id, str(uuid4())]))
    assert await desk.snapshot() == before


async def test_every_card_must_be_on_the_board(site: Site, desk: Furnished) -> None:
    other = await desk.send(boards.create_board(CreateBoard(title="Other")))
    column = await desk.send(columns.create_column(other.id, CreateColumn(title="There")))
    theirs = await desk.send(cards.create_card(other.id, CreateCard(title="theirs", column_id=column.id)))
    label = await desk.send(labels.create_label(other.id, CreateLabel(name="x", color=Color.RED)))
    before = await desk.snapshot(archived=True)
    for operation in (
        {"label": label.id},
        {"unlabel": label.id},
        {"assign": str(uuid4())},
        {"move": MoveCard(column_id=column.id)},
    ):
        with pytest.raises(NotFound):
            await _bulk(desk, desk.one, desk.two, **operation)
    for stranger in (theirs.id, str(uuid4())):
        body = {"card_ids": [desk.one.id, stranger], "delete": True}
        answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/cards/bulk", token=desk.member.token, body=body)
        assert (answer.status, answer.json["field"]) == (404, "card_ids")
        assert stranger in answer.json["detail"]
    assert await desk.snapshot(archived=True) == before
    assert (await desk.send(cards.get_card(theirs.id))).title == "theirs"


async def test_a_repeat_is_answered_and_the_last_event_bears_the_key(desk: Furnished) -> None:
    seq = (await desk.snapshot()).seq
    first, again = [await _bulk(desk, desk.one, desk.two, op_id=desk.board.id, archive=True) for _ in range(2)]
    assert first == again
    assert [event.op_id for event in await events_since(desk.member.client, desk.board.id, seq)] == [None, desk.board.id]


async def test_as_many_as_may_be(desk: Furnished) -> None:
    made = [
        await desk.send(cards.create_card(desk.board.id, CreateCard(title=str(n), column_id=desk.spare.id)))
        for n in range(limits.BULK_MAX)
    ]
    await _bulk(desk, *made, move=MoveCard(column_id=desk.doing.id, position=Position.TOP))
    assert await desk.titles(desk.doing) == [card.title for card in made] + ["five"]


ONE = "00000000-0000-7000-8000-000000000001"
TWO = "00000000-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "card_ids"),
        ({"card_ids": [ONE]}, "move"),
        ({"card_ids": [], "delete": True}, "card_ids"),
        ({"card_ids": [ONE, ONE], "delete": True}, "card_ids"),
        ({"card_ids": [ONE], "delete": False}, "delete"),
        ({"card_ids": [ONE], "delete": True, "archive": True}, "move"),
        ({"card_ids": [ONE], "move": {"after_id": ONE}}, "move"),
        ({"card_ids": [ONE], "move": {"after_id": ONE, "before_id": TWO}}, "after_id"),
        ({"card_ids": [ONE], "move": {"position": "middle"}}, "move.position"),
        ({"card_ids": [ONE], "move": {}, "rename": "x"}, "rename"),
        ({"card_ids": ["OPS-1"], "archive": True}, "card_ids[0]"),
        ({"card_ids": ONE, "archive": True}, "card_ids"),
        ({"card_ids": [ONE], "archive": "yes"}, "archive"),
        ({"card_ids": [ONE], "assign": "\x00"}, "assign"),
        ({"card_ids": [ONE], "update": {"add_label_ids": [ONE], "remove_label_ids": [ONE]}}, "add_label_ids"),
        ({"card_ids": [ONE], "update": {"remove_assignee_ids": ["ada"]}}, "update.remove_assignee_ids[0]"),
        ({"card_ids": [ONE, TWO], "update": {"add_label_ids": [ONE] * 501}}, "update"),
        ({"card_ids": [str(uuid4()) for _ in range(limits.BULK_MAX + 1)], "delete": True}, "card_ids"),
    ],
)
async def test_what_is_no_operation_is_refused(site: Site, desk: Furnished, body: dict[str, Any], field: str) -> None:
    before = await desk.snapshot(archived=True)
    answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/cards/bulk", token=desk.member.token, body=body)
    assert (answer.status, answer.json.get("field")) == (400, field), answer.body
    assert "regex" not in answer.json["detail"]
    assert await desk.snapshot(archived=True) == before
