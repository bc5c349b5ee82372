"""What is put away: an archived board stands still, an archived column takes nothing in, and both come back as they were."""

from __future__ import annotations

from typing import Any

import pytest

from rego.client import boards, cards, columns
from rego.wire.base import Role
from rego.wire.boards import UpdateBoard, UpdateMember
from rego.wire.cards import BulkCards, CopyCard, CreateCard, MoveCard, UpdateCard
from rego.wire.columns import UpdateColumn
from rego.wire.errors import Conflict
from rego_server.app import TABLES
from tests.server.furnished import Furnished
from tests.server.route_samples import SAMPLES, Asking
from tests.server.site import Account, Site, raw

GOES_ON = {
    "PATCH /boards/{board_id}",
    "DELETE /boards/{board_id}",
    "PATCH /boards/{board_id}/members/{user_id}",
    "DELETE /boards/{board_id}/members/{user_id}",
    "DELETE /boards/{board_id}/invitations/{invitation_id}",
}
"""What may still be done to an archived board: it is restored or deleted, people leave or get another role, none are let in."""

CHANGING = [
    f"{route.method} {route.path}"
    for table in TABLES
    for route in table.routes
    if route.method != "GET" and isinstance(route.needs, Role)
]


@pytest.mark.parametrize("name", CHANGING)
async def test_an_archived_board_stands_still(site: Site, desk: Furnished, cast: list[Account], name: str) -> None:
    owner = next(account for account in cast if account.user.id == desk.owner.user.id)
    sample = await SAMPLES[name](Asking(site.url, desk, owner, may=True, letters=site.letters))
    await desk.own(boards.update_board(desk.board.id, UpdateBoard(archived=True)))
    before = await desk.snapshot(archived=True)
    answer = await raw(
        site.url,
        name.partition(" ")[0],
        sample.path,
        token=owner.token,
        body=sample.body,
        content=sample.content,
        headers={"Content-Type": sample.content_type},
    )
    if name in GOES_ON:
        assert answer.status in (200, 204), answer.body
        return
    assert (answer.status, answer.json["error_type"]) == (409, "Conflict"), answer.body
    assert "restore it" in answer.json["detail"]
    assert await desk.snapshot(archived=True) == before


async def test_an_archived_board_is_listed_last_read_and_restored(desk: Furnished) -> None:
    await desk.own(boards.update_board(desk.board.id, UpdateBoard(archived=True)))
    mine = await desk.own(boards.list_boards())
    assert next(board for board in mine if board.id == desk.board.id).archived
    assert [board.archived for board in mine] == sorted(board.archived for board in mine)
    assert (await desk.viewer.client.send(cards.get_card(desk.one.id))).title == "one"
    assert len((await desk.snapshot()).cards) == 4
    await desk.own(boards.update_member(desk.board.id, desk.viewer.user.id, UpdateMember(role=Role.MEMBER)))
    await desk.own(boards.update_board(desk.board.id, UpdateBoard(archived=False)))
    await desk.viewer.client.send(cards.update_card(desk.one.id, UpdateCard(title="uno")))


async def test_nothing_enters_an_archived_column(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(archived=True)))
    before = await desk.snapshot(archived=True)
    there = desk.doing.id
    for call in (
        cards.create_card(desk.board.id, CreateCard(title="x", column_id=there)),
        cards.move_card(desk.one.id, MoveCard(column_id=there)),
        cards.move_card(desk.one.id, MoveCard(after_id=desk.five.id)),
        cards.move_card(desk.four.id, MoveCard(column_id=there)),
        cards.copy_card(desk.one.id, CopyCard(column_id=there)),
        cards.copy_card(desk.five.id, CopyCard()),
        cards.bulk_cards(desk.board.id, BulkCards(card_ids=[desk.two.id, desk.one.id], move=MoveCard(column_id=there))),
    ):
        with pytest.raises(Conflict, match="Doing is archived; restore the column first"):
            await desk.send(call)
    assert await desk.snapshot(archived=True) == before


async def test_a_card_comes_back_only_to_a_column_that_is_there(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(archived=True)))
    with pytest.raises(Conflict, match="To do is archived"):
        await desk.send(cards.update_card(desk.four.id, UpdateCard(archived=False)))
    await desk.send(cards.move_card(desk.four.id, MoveCard(column_id=desk.spare.id)))
    await desk.send(cards.update_card(desk.four.id, UpdateCard(archived=False)))
    assert await desk.titles(desk.spare) == ["four"]


async def test_cards_in_an_archived_column_are_changed_and_taken_out(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(archived=True)))
    await desk.send(cards.update_card(desk.one.id, UpdateCard(title="uno")))
    await desk.send(cards.move_card(desk.three.id, MoveCard(before_id=desk.one.id)))
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.spare.id)))
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(archived=False)))
    assert (await desk.titles(desk.todo), await desk.titles(desk.spare)) == (["three", "uno"], ["two"])


async def test_cards_in_an_archived_column_count_as_archived(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(archived=True)))

    async def found(q: str = "", **wish: Any) -> list[str]:
        return [card.title for card in await desk.send(cards.list_cards(desk.board.id, q=q, **wish))]

    assert await found() == ["one", "two", "three"]
    assert await found("is:archived") == ["four", "five"]
    assert await found(archived=True) == ["one", "two", "three", "four", "five"]
    assert await found(column_id=desk.doing.id) == ["five"]
    for q, titles in (("five", []), ("five is:archived", ["five"])):
        assert [card.title for card in await desk.send(cards.search(q)) if card.board_id == desk.board.id] == titles
