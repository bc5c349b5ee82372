"""Columns: places, limits, what archiving keeps and what deleting refuses."""

from __future__ import annotations

import json

import pytest

from rego.client import boards, cards, columns
from rego.wire.base import Position
from rego.wire.cards import CreateCard
from rego.wire.columns import Color, CreateColumn, MoveColumn, UpdateColumn, WipMode
from rego.wire.errors import Conflict, NotFound, StaleVersion
from tests.server.furnished import Furnished
from tests.server.site import Site, raw


async def _order(desk: Furnished) -> list[str]:
    return [column.title for column in await desk.send(columns.list_columns(desk.board.id))]


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ({}, ["To do", "Doing", "Spare", "New"]),
        ({"position": "top"}, ["New", "To do", "Doing", "Spare"]),
        ({"after": "todo"}, ["To do", "New", "Doing", "Spare"]),
        ({"before": "spare"}, ["To do", "Doing", "New", "Spare"]),
    ],
)
async def test_a_column_is_made_at_its_place(site: Site, desk: Furnished, body: dict[str, str], order: list[str]) -> None:
    named = {f"{k}_id": getattr(desk, v).id for k, v in body.items() if k != "position"}
    sent = {"title": "New", **named, **({"position": "top"} if "position" in body else {})}
    answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/columns", token=desk.member.token, body=sent)
    assert answer.status == 201
    assert answer.headers["Location"] == f"/columns/{answer.json['id']}"
    assert await _order(desk) == order


@pytest.mark.parametrize(
    ("body", "order"),
    [
        (MoveColumn(), ["Doing", "Spare", "To do"]),
        (MoveColumn(position=Position.TOP), ["To do", "Doing", "Spare"]),
    ],
)
async def test_a_column_moves_to_an_end(desk: Furnished, body: MoveColumn, order: list[str]) -> None:
    await desk.send(columns.move_column(desk.todo.id, body))
    assert await _order(desk) == order


async def test_a_column_moves_beside_another(desk: Furnished) -> None:
    await desk.send(columns.move_column(desk.todo.id, MoveColumn(after_id=desk.doing.id)))
    assert await _order(desk) == ["Doing", "To do", "Spare"]
    await desk.send(columns.move_column(desk.spare.id, MoveColumn(before_id=desk.doing.id)))
    assert await _order(desk) == ["Spare", "Doing", "To do"]


async def test_a_column_is_no_neighbour_of_itself_or_of_a_card(site: Site, desk: Furnished) -> None:
    for wrong in (desk.todo.id, desk.one.id):
        answer = await raw(site.url, "POST", f"/columns/{desk.todo.id}/move", token=desk.member.token, body={"after_id": wrong})
        assert (answer.status, answer.json["field"]) == (400, "after_id")


async def test_fields_are_set_kept_and_cleared(desk: Furnished) -> None:
    body = UpdateColumn(wip_limit=2, wip_mode=WipMode.HARD, color=Color.SKY, done=True)
    await desk.send(columns.update_column(desk.todo.id, body))
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(wip_limit=None, title="Next")))
    column = await desk.send(columns.get_column(desk.todo.id))
    assert (column.title, column.wip_limit, column.wip_mode, column.color, column.done, column.version) == (
        "Next",
        None,
        WipMode.HARD,
        Color.SKY,
        True,
        3,
    )


async def test_a_stale_change_carries_the_column_as_it_is(desk: Furnished) -> None:
    current = await desk.own(columns.update_column(desk.todo.id, UpdateColumn(title="theirs", version=1)))
    with pytest.raises(StaleVersion) as refused:
        await desk.send(columns.update_column(desk.todo.id, UpdateColumn(title="mine", version=1)))
    assert refused.value.data["id"] == current.id
    assert refused.value.data["title"] == "theirs"
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(color=Color.RED, version=1)))


async def test_a_limit_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for limit in [0, -1, 2**31, 2**70, "3", 1.5, True]:
        answer = await raw(
            site.url, "PATCH", f"/columns/{desk.todo.id}", token=desk.member.token, content=_json({"wip_limit": limit})
        )
        assert (answer.status, answer.json["field"]) == (400, "wip_limit")


def _json(value: dict[str, object]) -> bytes:
    return json.dumps(value).encode()


async def test_an_empty_column_can_be_deleted_and_a_used_one_cannot(desk: Furnished) -> None:
    await desk.send(columns.delete_column(desk.spare.id))
    with pytest.raises(NotFound):
        await desk.send(columns.get_column(desk.spare.id))
    with pytest.raises(Conflict, match="To do still holds 4 cards, archived ones included"):
        await desk.send(columns.delete_column(desk.todo.id))
    assert await _order(desk) == ["To do", "Doing"]


async def test_an_archived_column_stays_in_the_snapshot_with_its_cards(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(archived=True)))
    snapshot = await desk.send(boards.get_snapshot(desk.board.id))
    assert [column.archived for column in snapshot.columns] == [True, False, False]
    assert await desk.titles(desk.todo) == ["one", "two", "three"]


async def test_a_title_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for title in ["", " ", "\x1b[31m", "x" * 513, "a\nb"]:
        for method, path in (("POST", f"/boards/{desk.board.id}/columns"), ("PATCH", f"/columns/{desk.todo.id}")):
            answer = await raw(site.url, method, path, token=desk.member.token, body={"title": title})
            assert (answer.status, answer.json["field"]) == (400, "title")


async def test_thousands_of_inserts_at_one_spot_keep_the_order(desk: Furnished) -> None:
    """Always at the top, and always into the same gap: ranks never run out."""
    first = await desk.send(columns.create_column(desk.board.id, CreateColumn(title="first")))
    expected: list[str] = []
    for number in range(120):
        body = CreateCard(title=str(number), column_id=first.id, position=Position.TOP)
        await desk.send(cards.create_card(desk.board.id, body))
        expected.insert(0, str(number))
    assert await desk.titles(first) == expected
