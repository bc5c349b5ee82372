"""Operations that come twice: done once, answered twice, and a key belongs to one request of one person."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from rego.client import boards, cards, columns
from rego.wire.base import Position, Role
from rego.wire.boards import CreateBoard, UpdateMember
from rego.wire.cards import CopyCard, CreateCard, MoveCard, UpdateCard
from rego.wire.columns import UpdateColumn, WipMode
from rego.wire.errors import Conflict, Forbidden, KeyReused, NotFound
from rego_server.app import TABLES
from tests.board_replay import replay
from tests.conftest import Join
from tests.server.furnished import Furnished, furnish
from tests.server.route_samples import SAMPLES, Asking, Sample
from tests.server.site import Account, RawAnswer, Site, raw

SHOWN_ONCE = {"POST /boards/{board_id}/invitations"}
"""A repeat is refused, because the answer held a secret that is not kept."""

CHANGING = [
    f"{route.method} {route.path}"
    for table in TABLES
    for route in table.routes
    if route.method != "GET" and isinstance(route.needs, Role) and f"{route.method} {route.path}" not in SHOWN_ONCE
]


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


async def test_a_repeat_of_every_change_is_answered(site: Site, desk: Furnished, cast: list[Account]) -> None:
    """Every endpoint that changes a board; what deletes does so on a board of its own."""
    for name in sorted(CHANGING, key=lambda name: name.startswith("DELETE")):
        board = await furnish(desk.owner, desk.member, desk.viewer) if name.startswith("DELETE") else desk
        sample = await SAMPLES[name](Asking(site.url, board, cast[0], may=True, letters=site.letters))
        headers = {"Idempotency-Key": uuid4().hex, "Content-Type": sample.content_type}
        first, seq = await _send(site, cast[0], name, sample, headers), await _seq(board)
        again = await _send(site, cast[0], name, sample, headers)
        assert first.status in (200, 201, 204), (name, first.body)
        assert (again.status, again.body) == (first.status, first.body), name
        assert again.headers.get("Location") == first.headers.get("Location")
        assert await _seq(board) == seq, f"the repeat of {name} made events"


async def _send(site: Site, account: Account, name: str, sample: Sample, headers: dict[str, str]) -> RawAnswer:
    method = name.partition(" ")[0]
    return await raw(
        site.url, method, sample.path, token=account.token, body=sample.body, content=sample.content, headers=headers
    )


async def _seq(desk: Furnished) -> int | None:
    """How far the board is; None when it is gone."""
    try:
        return (await desk.snapshot()).seq
    except NotFound:
        return None


async def test_who_is_off_the_board_hears_no_answer_again(site: Site, desk: Furnished, cast: list[Account]) -> None:
    """Every endpoint that changes a board then answers as it does without the key; only to delete the board can be repeated."""
    sent = []
    for name in sorted(CHANGING, key=lambda name: name.startswith("DELETE")):
        board = await furnish(desk.owner, desk.member, desk.viewer) if name.startswith("DELETE") else desk
        sample = await SAMPLES[name](Asking(site.url, board, cast[0], may=True, letters=site.letters))
        headers = {"Idempotency-Key": uuid4().hex, "Content-Type": sample.content_type}
        assert (await _send(site, cast[0], name, sample, headers)).status < 300
        sent.append((name, sample, headers))
    await site.execute("DELETE FROM board_members WHERE user_id = ?", cast[0].user.id)
    for name, sample, headers in sent:
        again = await _send(site, cast[0], name, sample, headers)
        assert again.status == (204 if name == "DELETE /boards/{board_id}" else 404), (name, again.body)


async def test_who_has_lost_the_right_hears_no_answer_again(desk: Furnished) -> None:
    call = cards.delete_card(desk.two.id)
    await desk.send(call, desk.board.id)
    await desk.own(boards.update_member(desk.board.id, desk.member.user.id, UpdateMember(role=Role.VIEWER)))
    with pytest.raises(Forbidden):
        await desk.send(call, desk.board.id)


async def test_leaving_a_board_can_be_repeated(desk: Furnished) -> None:
    leave = boards.remove_member(desk.board.id, desk.member.user.id)
    await desk.send(leave, desk.board.id)
    await desk.send(leave, desk.board.id)
    with pytest.raises(NotFound):
        await desk.send(leave)


async def test_a_copy_on_a_board_that_one_is_off_since_is_not_shown_again(desk: Furnished) -> None:
    there = await furnish(desk.owner, desk.member, desk.viewer)
    copy = cards.copy_card(desk.two.id, CopyCard(board_id=there.board.id, column_id=there.todo.id))
    first = await desk.send(copy, desk.board.id)
    assert await desk.send(copy, desk.board.id) == first
    await desk.own(boards.remove_member(there.board.id, desk.member.user.id))
    with pytest.raises(NotFound):
        await desk.send(copy, desk.board.id)
    assert (await there.titles(there.todo)).count("two") == 2, "and it is not made again"


async def test_a_change_of_a_card_that_went_to_another_board_is_not_made_again(desk: Furnished) -> None:
    there = await furnish(desk.owner, desk.member, desk.viewer)
    rename = cards.update_card(desk.two.id, UpdateCard(title="once"))
    first = await desk.send(rename, desk.board.id)
    await desk.own(cards.move_card(desk.two.id, MoveCard(board_id=there.board.id, column_id=there.todo.id)))
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="twice")))
    assert await desk.send(rename, desk.board.id) == first
    assert "twice" in await there.titles(there.todo)


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
    seq = (await desk.snapshot()).seq
    move = cards.move_card(desk.one.id, MoveCard(position=Position.TOP))
    answers = await asyncio.gather(*(desk.send(move, desk.board.id) for _ in range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert (await desk.snapshot()).seq == seq


async def test_a_key_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for key in ["", "x" * 65, "two words", "ü"]:
        headers = {"Idempotency-Key": key}
        answer = await raw(site.url, "DELETE", f"/cards/{desk.one.id}", token=desk.member.token, headers=headers)
        assert answer.status == 400
        assert (await desk.send(cards.get_card(desk.one.id))).id == desk.one.id
