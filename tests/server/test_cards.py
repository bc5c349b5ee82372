"""Cards: three-state changes, merges by version, places of every kind, references, limits and lists."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from rego.client import boards, cards, columns
from rego.wire.base import Position
from rego.wire.boards import CreateBoard
from rego.wire.cards import Card, CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.columns import CreateColumn, UpdateColumn, WipMode
from rego.wire.errors import Conflict, InvalidInput, NotFound, StaleVersion
from tests.board_replay import replay
from tests.server.furnished import Furnished
from tests.server.site import Site, raw

DUE = datetime(2027, 1, 2, 3, 4, tzinfo=UTC)


async def _add(desk: Furnished, title: str, *, column_id: str | None = None, op_id: str | None = None) -> str:
    body = CreateCard(title=title, column_id=column_id or desk.todo.id)
    return (await desk.send(cards.create_card(desk.board.id, body), op_id)).id


# --- changing -----------------------------------------------------------------------------------------------------------


async def test_an_absent_field_stays_a_null_clears_and_a_value_sets(site: Site, desk: Furnished) -> None:
    await desk.send(cards.update_card(desk.two.id, UpdateCard(due_at=DUE, start_at=DUE, priority=Priority.HIGH)))
    changed = await raw(
        site.url, "PATCH", f"/cards/{desk.two.id}", token=desk.member.token, body={"due_at": None, "title": "renamed"}
    )
    assert changed.status == 200
    card = await desk.send(cards.get_card(desk.two.id))
    assert (card.title, card.due_at, card.start_at, card.priority) == ("renamed", None, DUE, Priority.HIGH)


async def test_what_cannot_be_empty_cannot_be_cleared(site: Site, desk: Furnished) -> None:
    for field in ["title", "description", "priority", "completed", "archived"]:
        answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, body={field: None})
        assert (answer.status, answer.json["error_type"], answer.json["field"]) == (400, "InvalidInput", field)


async def test_an_answer_equals_what_is_read_afterwards(desk: Furnished) -> None:
    body = CreateCard(title="new", column_id=desk.todo.id, description="text", due_at=DUE, label_ids=[desk.label.id])
    made = await desk.send(cards.create_card(desk.board.id, body))
    read = await desk.send(cards.get_card(made.id))
    assert {name: getattr(read, name) for name in made.__struct_fields__} == {
        name: getattr(made, name) for name in made.__struct_fields__
    }
    assert (read.description, read.has_description, read.version, read.created_by) == ("text", True, 1, desk.member.user.id)


async def test_a_change_counts_the_version_and_names_its_author(desk: Furnished) -> None:
    changed = await desk.own(cards.update_card(desk.two.id, UpdateCard(title="renamed")))
    assert (changed.version, changed.updated_by, changed.created_by) == (2, desk.owner.user.id, desk.owner.user.id)
    assert changed.updated_at > changed.created_at


async def test_moments_are_answered_in_utc(site: Site, desk: Furnished) -> None:
    sent = {"due_at": "2027-01-02T05:04:00+02:00"}
    answer = await raw(site.url, "PATCH", f"/cards/{desk.two.id}", token=desk.member.token, body=sent)
    assert answer.json["due_at"] == "2027-01-02T03:04:00Z"
    assert (await desk.send(cards.get_card(desk.two.id))).due_at == DUE


NO_MOMENTS = [
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",  # infinity for PostgreSQL
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-12:00",
    "2027-01-02T03:04:05",
    "soon",
    7,
]


async def test_a_moment_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for moment in NO_MOMENTS:
        answer = await raw(site.url, "PATCH", f"/cards/{desk.two.id}", token=desk.member.token, body={"due_at": moment})
        assert (answer.status, answer.json["field"]) == (400, "due_at"), moment


async def test_far_moments_are_kept(site: Site, desk: Furnished) -> None:
    for moment in ["0002-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z"]:
        await raw(site.url, "PATCH", f"/cards/{desk.two.id}", token=desk.member.token, body={"due_at": moment})
        answer = await raw(site.url, "GET", f"/cards/{desk.two.id}", token=desk.member.token)
        assert answer.json["due_at"] == moment


# --- versions -----------------------------------------------------------------------------------------------------------


async def test_a_stale_change_of_other_fields_is_merged(desk: Furnished) -> None:
    seen = desk.two.version
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="theirs", version=seen)))
    await desk.send(cards.update_card(desk.two.id, UpdateCard(description="mine", version=seen)))
    card = await desk.send(cards.get_card(desk.two.id))
    assert (card.title, card.description, card.version) == ("theirs", "mine", seen + 2)


async def test_a_stale_change_of_the_same_field_is_refused_with_the_card_as_it_is(site: Site, desk: Furnished) -> None:
    seen = desk.two.version
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="theirs", description="long", version=seen)))
    body = {"title": "mine", "priority": "high", "version": seen}
    answer = await raw(site.url, "PATCH", f"/cards/{desk.two.id}", token=desk.member.token, body=body)
    assert (answer.status, answer.json["error_type"], answer.json["field"]) == (409, "StaleVersion", "title")
    current = (await raw(site.url, "GET", f"/cards/{desk.two.id}", token=desk.member.token)).json
    assert answer.json["data"] == current
    assert (current["title"], current["description"], current["priority"]) == ("theirs", "long", "none")


async def test_a_stale_change_to_what_it_already_is_is_no_conflict(desk: Furnished) -> None:
    seen = desk.two.version
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="same", version=seen)))
    done = await replay(
        desk.owner.client,
        desk.board.id,
        lambda: desk.send(cards.update_card(desk.two.id, UpdateCard(title="same", version=seen))),
    )
    assert done.types == []
    assert done.answer.version == seen + 1


async def test_a_version_from_the_future_is_a_conflict(desk: Furnished) -> None:
    with pytest.raises(StaleVersion):
        await desk.send(cards.update_card(desk.two.id, UpdateCard(title="x", version=99)))


async def test_a_move_never_conflicts_with_an_edit(desk: Furnished) -> None:
    seen = desk.two.version
    await desk.own(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    await desk.own(cards.label_card(desk.two.id, desk.label.id))
    changed = await desk.send(cards.update_card(desk.two.id, UpdateCard(title="mine", archived=True, version=seen)))
    assert (changed.title, changed.column_id, changed.version) == ("mine", desk.doing.id, seen + 3)


async def test_making_room_does_not_change_versions(site: Site, desk: Furnished) -> None:
    for number, card in enumerate((desk.one, desk.two, desk.three, desk.four)):
        await site.execute("UPDATE cards SET rank = ? WHERE id = ?", number, card.id)
    await _add(desk, "fresh")
    await desk.send(cards.move_card(desk.three.id, MoveCard(position=Position.TOP)))
    assert (await desk.send(cards.get_card(desk.one.id))).version == desk.one.version


# --- places -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ({"position": "top"}, ["three", "one", "two"]),
        ({"position": "bottom"}, ["one", "two", "three"]),
        ({}, ["one", "two", "three"]),
        ({"after": "one"}, ["one", "three", "two"]),
        ({"before": "one"}, ["three", "one", "two"]),
        ({"before": "two"}, ["one", "three", "two"]),
        ({"after": "two"}, ["one", "two", "three"]),
    ],
)
async def test_a_move_within_a_column(desk: Furnished, body: dict[str, str], titles: list[str]) -> None:
    await desk.send(cards.move_card(desk.three.id, _place(desk, body)))
    assert await desk.titles(desk.todo) == titles


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ({"position": "top"}, ["five", "one", "two", "three"]),
        ({}, ["one", "two", "three", "five"]),
        ({"after": "one"}, ["one", "five", "two", "three"]),
        ({"before": "three"}, ["one", "two", "five", "three"]),
    ],
)
async def test_a_move_to_another_column(desk: Furnished, body: dict[str, str], titles: list[str]) -> None:
    await desk.send(cards.move_card(desk.five.id, _place(desk, body, column_id=desk.todo.id)))
    assert await desk.titles(desk.todo) == titles
    assert await desk.titles(desk.doing) == []


def _place(desk: Furnished, body: dict[str, str], *, column_id: str | None = None) -> MoveCard:
    ids: dict[str, Any] = {f"{name}_id": getattr(desk, title).id for name, title in body.items() if name != "position"}
    return MoveCard(column_id=column_id, position=Position(body["position"]) if "position" in body else None, **ids)


async def test_a_neighbour_names_the_column_too(desk: Furnished) -> None:
    moved = await desk.send(cards.move_card(desk.one.id, MoveCard(before_id=desk.five.id)))
    assert moved.column_id == desk.doing.id
    assert await desk.titles(desk.doing) == ["one", "five"]


async def test_a_place_beside_an_archived_card_counts(desk: Furnished) -> None:
    await desk.send(cards.update_card(desk.two.id, UpdateCard(archived=True)))
    await desk.send(cards.move_card(desk.five.id, MoveCard(after_id=desk.two.id)))
    await desk.send(cards.update_card(desk.two.id, UpdateCard(archived=False)))
    assert await desk.titles(desk.todo) == ["one", "two", "five", "three"]


async def test_a_card_is_no_neighbour_of_itself(site: Site, desk: Furnished) -> None:
    for name in ["after_id", "before_id"]:
        answer = await raw(site.url, "POST", f"/cards/{desk.one.id}/move", token=desk.member.token, body={name: desk.one.id})
        assert (answer.status, answer.json["field"]) == (400, name)


async def test_a_neighbour_must_be_in_the_column_that_is_named(site: Site, desk: Furnished) -> None:
    for name in ["after_id", "before_id"]:
        body = {"column_id": desk.spare.id, name: desk.five.id}
        answer = await raw(site.url, "POST", f"/cards/{desk.one.id}/move", token=desk.member.token, body=body)
        assert (answer.status, answer.json["field"]) == (400, name)


async def test_a_neighbour_that_is_nowhere_is_refused(desk: Furnished) -> None:
    nowhere = str(uuid4())
    for name, body in (("after_id", MoveCard(after_id=nowhere)), ("before_id", MoveCard(before_id=nowhere))):
        with pytest.raises(InvalidInput, match=name):
            await desk.send(cards.move_card(desk.one.id, body))


async def test_only_one_place_may_be_named(site: Site, desk: Furnished) -> None:
    body = {"after_id": desk.two.id, "position": "top"}
    answer = await raw(site.url, "POST", f"/cards/{desk.one.id}/move", token=desk.member.token, body=body)
    assert answer.status == 400
    assert "not several" in answer.json["detail"]


async def test_two_moves_in_a_row_of_one_client_both_succeed(desk: Furnished) -> None:
    first = desk.send(cards.move_card(desk.one.id, MoveCard(position=Position.BOTTOM)))
    second = desk.send(cards.move_card(desk.two.id, MoveCard(position=Position.BOTTOM)))
    await asyncio.gather(first, second)
    assert sorted(await desk.titles(desk.todo)) == ["one", "three", "two"]
    assert (await desk.titles(desk.todo))[0] == "three"


# --- limits -------------------------------------------------------------------------------------------------------------


async def test_a_hard_limit_refuses_the_next_card(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)))
    with pytest.raises(Conflict, match="Doing is full: its limit is 1"):
        await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id)))
    with pytest.raises(Conflict, match="full"):
        await _add(desk, "new", column_id=desk.doing.id)
    assert await desk.titles(desk.doing) == ["five"]


async def test_a_full_column_can_be_reordered_and_left(desk: Furnished) -> None:
    await _add(desk, "six", column_id=desk.doing.id)
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)))
    await desk.send(cards.move_card(desk.five.id, MoveCard()))
    assert await desk.titles(desk.doing) == ["six", "five"]
    await desk.send(cards.move_card(desk.five.id, MoveCard(column_id=desk.spare.id)))
    assert await desk.titles(desk.doing) == ["six"]


async def test_archived_cards_do_not_fill_a_column(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)))
    await desk.send(cards.update_card(desk.five.id, UpdateCard(archived=True)))
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id)))
    assert await desk.titles(desk.doing) == ["one"]


async def test_a_hard_limit_refuses_a_card_that_comes_back_from_the_archive(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(wip_limit=3, wip_mode=WipMode.HARD)))
    with pytest.raises(Conflict, match="full"):
        await desk.send(cards.update_card(desk.four.id, UpdateCard(archived=False)))
    assert (await desk.send(cards.get_card(desk.four.id))).archived


async def test_a_soft_limit_refuses_nothing(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.SOFT)))
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id)))
    assert await desk.titles(desk.doing) == ["five", "one"]


async def test_a_hard_limit_holds_against_many_at_once(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.spare.id, UpdateColumn(wip_limit=3, wip_mode=WipMode.HARD)))
    made = await asyncio.gather(
        *(_add(desk, f"card {number}", column_id=desk.spare.id) for number in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Conflict) for outcome in made) == 5
    assert len(await desk.titles(desk.spare)) == 3


# --- names --------------------------------------------------------------------------------------------------------------


async def test_a_card_is_found_by_its_reference_in_any_case(desk: Furnished) -> None:
    for name in (f"{desk.board.key}-1", f"{desk.board.key.lower()}-1", desk.one.id.upper()):
        card = await desk.send(cards.get_card(name))
        assert (card.id, card.title) == (desk.one.id, "one")


async def test_a_reference_serves_for_every_change(desk: Furnished) -> None:
    ref = await desk.ref(desk.one)
    await desk.send(cards.update_card(ref, UpdateCard(title="renamed")))
    await desk.send(cards.move_card(ref, MoveCard(column_id=desk.spare.id)))
    await desk.send(cards.label_card(ref, desk.other_label.id))
    assert await desk.titles(desk.spare) == ["renamed"]
    await desk.send(cards.delete_card(ref))
    with pytest.raises(NotFound):
        await desk.send(cards.get_card(desk.one.id))


async def test_a_name_that_is_none_is_not_found(desk: Furnished) -> None:
    for name in ["OPS-0", "OPS-01", "OPS-9999999999", "OPS", "O-1", "OPERATI-1", "OPS-1-1", "1", "-1", "💥"]:
        with pytest.raises(NotFound):
            await desk.send(cards.get_card(name))


async def test_numbers_of_deleted_cards_are_not_given_again(desk: Furnished) -> None:
    last = await desk.send(cards.create_card(desk.board.id, CreateCard(title="x", column_id=desk.todo.id)))
    await desk.send(cards.delete_card(last.id))
    after = await desk.send(cards.create_card(desk.board.id, CreateCard(title="y", column_id=desk.todo.id)))
    assert after.number == last.number + 1


# --- lists --------------------------------------------------------------------------------------------------------------


async def test_cards_are_listed_page_by_page(desk: Furnished) -> None:
    call = cards.list_cards(desk.board.id, limit=2)
    assert [card.title async for card in desk.member.client.pages(call)] == ["one", "two", "three", "five"]


async def test_cards_of_one_column_are_listed(desk: Furnished) -> None:
    found = await desk.send(cards.list_cards(desk.board.id, column_id=desk.doing.id))
    assert [card.title for card in found] == ["five"]


async def test_a_list_that_cannot_be_is_refused(site: Site, desk: Furnished) -> None:
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=-1",
        "cursor=x",
        "cursor=9007199254740993",
        "cursor=2147483648",
        "column_id=x",
    ]:
        answer = await raw(site.url, "GET", f"/boards/{desk.board.id}/cards?{query}", token=desk.member.token)
        assert (answer.status, answer.json["field"]) == (400, query.partition("=")[0])


async def test_the_last_possible_cursor_gives_an_empty_page(site: Site, desk: Furnished) -> None:
    answer = await raw(site.url, "GET", f"/boards/{desk.board.id}/cards?cursor=2147483647", token=desk.member.token)
    assert (answer.status, answer.json) == (200, [])


# --- two boards ---------------------------------------------------------------------------------------------------------


async def test_a_card_cannot_be_made_in_or_moved_to_another_board(desk: Furnished) -> None:
    other = await desk.send(boards.create_board(CreateBoard(title="Other")))
    column = await desk.send(columns.create_column(other.id, CreateColumn(title="There")))
    theirs = await desk.send(cards.create_card(other.id, CreateCard(title="theirs", column_id=column.id)))
    with pytest.raises(NotFound):
        await _add(desk, "x", column_id=column.id)
    with pytest.raises(NotFound):
        await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=column.id)))
    with pytest.raises(InvalidInput):
        await desk.send(cards.move_card(desk.one.id, MoveCard(after_id=theirs.id)))
    assert [card.title for card in (await desk.send(boards.get_snapshot(other.id))).cards] == ["theirs"]
    assert await desk.titles(desk.todo) == ["one", "two", "three"]


def test_the_sdk_calls_a_full_card_a_card() -> None:
    assert cards.get_card("OPS-1").returns is Card
