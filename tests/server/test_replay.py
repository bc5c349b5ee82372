"""Old state + events = new state, for every endpoint that changes a board, on both databases."""

from __future__ import annotations

import aiohttp
import msgspec
import pytest

from rego.client import boards, cards, columns, imports
from rego.wire.base import Role
from rego.wire.boards import CreateBoard
from rego.wire.cards import CreateCard, MoveCard
from rego.wire.columns import CreateColumn, MoveColumn
from rego.wire.frames import AnyServerFrame, CloseCode, EventFrame, Hello, Resume, SnapshotFrame, decode_server_frame
from rego_server.app import TABLES
from rego_server.core import ranking
from tests.board_replay import check_replay, events_since, replay
from tests.conftest import Join
from tests.server import replay_attachment_cases as _attachment_cases  # noqa: F401 - registers its cases
from tests.server import replay_belongings_cases as _belongings_cases  # noqa: F401 - registers its cases
from tests.server import replay_board_cases as _board_cases  # noqa: F401 - registers its cases
from tests.server import replay_many_cases as _many_cases  # noqa: F401 - registers its cases
from tests.server import replay_rule_cases as _rule_cases  # noqa: F401 - registers its cases
from tests.server.furnished import Furnished
from tests.server.import_files import TRELLO
from tests.server.replay_cases import CASES, Case
from tests.server.site import Site

TESTED_APART = {"DELETE /boards/{board_id}"}
"""Nothing is left to compare after these; each has a test of its own below."""

BY_GUESTS = {"POST /invitations/accept"}
"""What changes a board without a role on it."""


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_events_are_enough(desk: Furnished, join_site: Join, case: Case) -> None:
    newcomer = await join_site("newcomer")
    done = await replay(desk.owner.client, desk.board.id, lambda: case.act(desk, newcomer))
    assert done.types == list(case.events)


def test_every_endpoint_that_changes_a_board_has_a_case() -> None:
    changing = {
        f"{route.method} {route.path}"
        for table in TABLES
        for route in table.routes
        if route.method != "GET" and isinstance(route.needs, Role)
    }
    assert changing | BY_GUESTS == {case.route for case in CASES} | TESTED_APART


async def test_every_event_names_its_actor_and_operation(desk: Furnished) -> None:
    body = MoveCard(column_id=desk.spare.id)
    done = await replay(desk.viewer.client, desk.board.id, lambda: desk.send(cards.move_card(desk.one.id, body), desk.board.id))
    (event,) = done.events
    assert event.actor is not None
    assert (event.actor.id, event.actor.username) == (desk.member.user.id, desk.member.user.username)
    assert (event.op_id, event.board_id) == (desk.board.id, desk.board.id)


# --- a used-up gap -----------------------------------------------------------------------------------------------


async def test_cards_that_make_room_are_announced(site: Site, desk: Furnished) -> None:
    for number, card in enumerate((desk.one, desk.two, desk.three, desk.four)):
        await site.execute("UPDATE cards SET rank = ? WHERE id = ?", 5_000 + number, card.id)
    fresh = await _uncached(desk)
    body = MoveCard(column_id=desk.todo.id, after_id=desk.one.id)
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(cards.move_card(fresh, body)))
    assert done.types == ["cards.reranked", "card.moved"]
    assert await desk.titles(desk.todo) == ["one", "fresh", "two", "three"]


async def test_a_card_can_move_within_a_column_without_gaps(site: Site, desk: Furnished) -> None:
    await _uncached(desk)
    for number, card in enumerate((desk.one, desk.two, desk.three, desk.four)):
        await site.execute("UPDATE cards SET rank = ? WHERE id = ?", number, card.id)
    await _uncached(desk)
    body = MoveCard(after_id=desk.one.id)
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(cards.move_card(desk.three.id, body)))
    assert done.types == ["cards.reranked", "card.moved"]
    assert await desk.titles(desk.todo) == ["one", "three", "two"]


async def test_a_card_can_be_made_where_there_is_no_gap(site: Site, desk: Furnished) -> None:
    for number, card in enumerate((desk.one, desk.two, desk.three, desk.four)):
        await site.execute("UPDATE cards SET rank = ? WHERE id = ?", number, card.id)
    await _uncached(desk)
    body = CreateCard(title="new", column_id=desk.todo.id, before_id=desk.one.id)
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(cards.create_card(desk.board.id, body)))
    assert done.types == ["cards.reranked", "card.created"]
    assert await desk.titles(desk.todo) == ["new", "one", "two", "three"]


async def test_others_do_not_make_way_to_where_the_moving_card_still_stands(site: Site, desk: Furnished) -> None:
    siblings = (desk.one, desk.two, desk.four)
    ranks = [5_000, 5_001, 5_002]
    taken = max(ranking.spread(ranks, 1).changed.values())
    for rank, card in zip((*ranks, taken), (*siblings, desk.three), strict=True):
        await site.execute("UPDATE cards SET rank = ? WHERE id = ?", rank, card.id)
    await _uncached(desk)
    body = MoveCard(after_id=desk.one.id)
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(cards.move_card(desk.three.id, body)))
    assert done.types == ["cards.reranked", "card.moved"]
    assert await desk.titles(desk.todo) == ["one", "three", "two"]


async def test_columns_that_make_room_are_announced(site: Site, desk: Furnished) -> None:
    for number, column in enumerate((desk.todo, desk.doing, desk.spare)):
        await site.execute("UPDATE board_columns SET rank = ? WHERE id = ?", 70 + number, column.id)
    await _uncached(desk)
    body = MoveColumn(after_id=desk.todo.id)
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(columns.move_column(desk.spare.id, body)))
    assert done.types == ["columns.reranked", "column.moved"]
    snapshot = await desk.snapshot()
    assert [column.title for column in snapshot.columns] == ["To do", "Spare", "Doing"]


async def _uncached(desk: Furnished) -> str:
    """Make a card, so that the server reads the board anew after it was changed behind its back; gives the card's id."""
    card = await desk.send(cards.create_card(desk.board.id, CreateCard(title="fresh", column_id=desk.spare.id)))
    return card.id


# --- from the beginning ------------------------------------------------------------------------------------------


async def test_a_created_board_is_rebuilt_from_its_first_event(site: Site, desk: Furnished) -> None:
    """The log from 0 leads from the board as it was when it was made to the board as it is."""
    client = desk.owner.client
    made = await client.send(boards.create_board(CreateBoard(title="Other", description="text")))
    first = await client.send(boards.get_snapshot(made.id))
    column = await desk.own(columns.create_column(made.id, CreateColumn(title="A")))
    await desk.own(cards.create_card(made.id, CreateCard(title="x", column_id=column.id)))
    events = await events_since(client, made.id, 0)
    assert [event.type for event in events] == ["board.created", "column.created", "card.created"]
    blank = msgspec.structs.replace(first, seq=0)
    check_replay(blank, events, await client.send(boards.get_snapshot(made.id)))
    hello, *_ = await _frames(site, desk.owner.token, made.id, 0, 4)
    assert isinstance(hello, Hello)
    assert hello.resume is Resume.REPLAY


async def test_a_follower_of_a_created_board_gets_its_events(site: Site, desk: Furnished) -> None:
    made = await desk.own(boards.create_board(CreateBoard(title="Other")))
    hello, created = await _frames(site, desk.owner.token, made.id, 0, 2)
    assert isinstance(hello, Hello)
    assert isinstance(created, EventFrame)
    assert (hello.resume, created.event.type, created.event.seq) == (Resume.REPLAY, "board.created", 1)


async def test_a_follower_of_an_imported_board_gets_a_reset(site: Site, desk: Furnished) -> None:
    """The cards of an import are in no event, so its log from 0 must not be replayed."""
    made = await desk.own(imports.import_board("trello", TRELLO["complete"]))
    hello, snapshot = await _frames(site, desk.owner.token, made.board.id, 0, 2)
    assert isinstance(hello, Hello)
    assert isinstance(snapshot, SnapshotFrame)
    assert hello.resume is Resume.RESET
    assert snapshot.snapshot == await desk.own(boards.get_snapshot(made.board.id))


async def test_events_after_an_import_are_replayed(desk: Furnished) -> None:
    made = await desk.own(imports.import_board("trello", TRELLO["complete"]))
    snapshot = await desk.own(boards.get_snapshot(made.board.id))
    card = snapshot.cards[0]
    target = next(column for column in snapshot.columns if column.id != card.column_id)
    move = cards.move_card(card.id, MoveCard(column_id=target.id))
    done = await replay(desk.owner.client, made.board.id, lambda: desk.own(move))
    assert done.types == ["card.moved"]


async def test_followers_of_a_deleted_board_hear_so(site: Site, desk: Furnished) -> None:
    """`DELETE /boards/{board_id}`: the event is the last frame; then there is neither board nor log."""
    headers = {"Authorization": f"Bearer {desk.viewer.token}"}
    async with aiohttp.ClientSession() as session, session.ws_connect(_ws(site, desk.board.id), headers=headers) as socket:
        await _next_frame(socket)
        await _next_frame(socket)
        await desk.own(boards.delete_board(desk.board.id))
        heard: list[str] = []
        async for message in socket:
            frame = decode_server_frame(message.data)
            if isinstance(frame, EventFrame):
                heard.append(frame.event.type)
        assert heard == ["board.deleted"]
        assert socket.close_code == CloseCode.BOARD_GONE
    assert await site.execute("SELECT 1 FROM event_log WHERE board_id = ?", desk.board.id) == []
    assert await site.execute("SELECT 1 FROM cards WHERE board_id = ?", desk.board.id) == []


def _ws(site: Site, board_id: str) -> str:
    return f"{site.url}/ws/boards/{board_id}"


async def _next_frame(socket: aiohttp.ClientWebSocketResponse) -> AnyServerFrame:
    frame = decode_server_frame(await socket.receive_str())
    assert frame is not None
    return frame


async def _frames(site: Site, token: str, board_id: str, since: int, amount: int) -> list[AnyServerFrame]:
    """The first frames of a socket that asks for the events after `since`."""
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{_ws(site, board_id)}?since={since}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=headers) as socket:
        return [await _next_frame(socket) for _ in range(amount)]
