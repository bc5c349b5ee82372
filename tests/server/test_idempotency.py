"""Operations that come twice: done once, answered twice, and a key belongs to one request of one person."""

from __future__ import annotations

import asyncio

import pytest

from rego.client import boards, cards, columns
from rego.wire.base import Position
from rego.wire.boards import CreateBoard
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.columns import UpdateColumn, WipMode
from rego.wire.errors import Conflict, KeyReused
from tests.board_replay import replay
from tests.conftest import Join
from tests.server.furnished import Furnished
from tests.server.site import Site, raw


async def _add(desk: Furnished, title: str, *, column_id: str | None = None, op_id: str | None = None) -> str:
    body = CreateCard(title=title, column_id=column_id or desk.todo.id)
    return (await desk.send(cards.create_card(desk.board.id, body), op_id)).id


async def test_a_repeat_gets_the_first_answer_and_changes_nothing(desk: Furnished) -> None:
    body = CreateCard(title="once", column_id=desk.spare.id)
    first = await desk.send(cards.create_card(desk.board.id, body), desk.board.id)
    await desk.send(cards.update_card(first.id, UpdateCard(title="changed since")))
    done = await replay(
        desk.owner.client, desk.board.id, lambda: desk.send(cards.create_card(desk.board.id, body), desk.board.id)
    )
    assert done.types == []
    assert done.answer == first
    assert await desk.titles(desk.spare) == ["changed since"]


async def test_a_repeat_of_every_kind_of_change_is_answered(site: Site, desk: Furnished) -> None:
    requests: list[tuple[str, str, object]] = [
        ("PATCH", f"/cards/{desk.one.id}", {"title": "renamed", "version": desk.one.version}),
        ("POST", f"/cards/{desk.one.id}/move", {"position": "bottom"}),
        ("PUT", f"/cards/{desk.one.id}/labels/{desk.other_label.id}", None),
        ("DELETE", f"/cards/{desk.one.id}/labels/{desk.other_label.id}", None),
        ("DELETE", f"/cards/{desk.one.id}", None),
        ("POST", "/boards", {"title": "A board"}),
        ("DELETE", f"/columns/{desk.spare.id}", None),
        ("DELETE", f"/boards/{desk.board.id}/members/{desk.member.user.id}", None),
    ]
    for number, (method, path, body) in enumerate(requests):
        key = {"Idempotency-Key": f"{number}-{desk.board.id}"}
        first, again = [await raw(site.url, method, path, token=desk.member.token, body=body, headers=key) for _ in range(2)]
        assert first.status in (200, 201, 204), (method, path, first.body)
        assert (again.status, again.body) == (first.status, first.body), (method, path)
        assert again.headers.get("Location") == first.headers.get("Location")


async def test_a_key_with_another_body_is_refused(desk: Furnished) -> None:
    await _add(desk, "first", op_id=desk.board.id)
    with pytest.raises(KeyReused):
        await _add(desk, "second", op_id=desk.board.id)


async def test_a_key_for_another_endpoint_is_refused(desk: Furnished) -> None:
    await desk.send(cards.delete_card(desk.two.id), desk.board.id)
    with pytest.raises(KeyReused):
        await desk.send(cards.delete_card(desk.one.id), desk.board.id)


async def test_a_key_is_ones_own(desk: Furnished) -> None:
    body = CreateCard(title="x", column_id=desk.spare.id)
    await desk.send(cards.create_card(desk.board.id, body), desk.board.id)
    await desk.own(cards.create_card(desk.board.id, body), desk.board.id)
    assert await desk.titles(desk.spare) == ["x", "x"]


async def test_a_refused_change_does_not_use_up_its_key(desk: Furnished) -> None:
    move = cards.move_card(desk.one.id, MoveCard(column_id=desk.spare.id))
    await desk.send(columns.update_column(desk.spare.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)))
    blocker = await _add(desk, "blocker", column_id=desk.spare.id)
    with pytest.raises(Conflict):
        await desk.send(move, desk.board.id)
    await desk.send(cards.delete_card(blocker))
    await desk.send(move, desk.board.id)
    assert await desk.titles(desk.spare) == ["one"]


async def test_two_at_once_with_one_key_make_one_card(desk: Furnished) -> None:
    made = await asyncio.gather(*(_add(desk, "once", column_id=desk.spare.id, op_id=desk.board.id) for _ in range(6)))
    assert len(set(made)) == 1
    assert await desk.titles(desk.spare) == ["once"]


async def test_many_at_once_with_one_key_make_one_board(join_site: Join) -> None:
    ann = await join_site("ann")
    call = boards.create_board(CreateBoard(title="Only one"))
    made = await asyncio.gather(*(ann.client.send(call, "one") for _ in range(10)))
    assert len({board.id for board in made}) == 1
    assert len(await ann.client.send(boards.list_boards())) == 1


async def test_two_at_once_with_one_key_that_change_nothing_agree(desk: Furnished) -> None:
    move = cards.move_card(desk.one.id, MoveCard(position=Position.TOP))
    answers = await asyncio.gather(*(desk.send(move, desk.board.id) for _ in range(6)))
    assert all(answer == answers[0] for answer in answers)


async def test_a_key_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for key in ["", "x" * 65, "two words", "ü"]:
        headers = {"Idempotency-Key": key}
        answer = await raw(site.url, "DELETE", f"/cards/{desk.one.id}", token=desk.member.token, headers=headers)
        assert answer.status == 400
        assert (await desk.send(cards.get_card(desk.one.id))).id == desk.one.id
