"""Many at once: no two cards share a place, numbers and events have no hole, and of two stale writers one wins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from rego.client import boards, cards, columns
from rego.client.imports import import_board
from rego.wire.base import Position, to_json
from rego.wire.boards import CreateBoard
from rego.wire.cards import Card, CardSummary, CreateCard, MoveCard, UpdateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import StaleVersion
from rego.wire.events import CardMoved
from rego.wire.imports import Plan, PlannedCard, PlannedColumn
from rego.wire.snapshot import Snapshot
from tests.board_replay import check_replay, events_since
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.site import Account, Site

CLIENTS = 8


@pytest.fixture
async def clients(site: Site, cast: list[Account]) -> AsyncIterator[list[Somebody]]:
    """One person on several machines."""
    async with AsyncExitStack() as stack:
        people = [cast[0].logged_in(site.url) for _ in range(CLIENTS)]
        for somebody in people:
            await stack.enter_async_context(somebody.client)
        yield people


async def _board(somebody: Somebody, sizes: dict[str, int]) -> Snapshot:
    """A new board with columns of these sizes."""
    plan = Plan(
        title="Busy",
        columns=[PlannedColumn(key=key, title=key) for key in sizes],
        cards=[PlannedCard(column=key, title=f"{key}{n}") for key, size in sizes.items() for n in range(size)],
    )
    made = await somebody.client.send(import_board("rego", to_json(plan)))
    return await somebody.client.send(boards.get_snapshot(made.board.id))


async def _check_order(site: Site, somebody: Somebody, before: Snapshot) -> Snapshot:
    """Whether ranks are a strict order and the events since `before` lead to the board as it is; gives that."""
    board_id = before.board.id
    places = await site.execute("SELECT column_id, rank FROM cards WHERE board_id = ?", board_id)
    assert len(set(places)) == len(places)
    events = await events_since(somebody.client, board_id, before.seq)
    after = await somebody.client.send(boards.get_snapshot(board_id))
    check_replay(before, events, after)
    assert after.seq == before.seq + len(events)
    stored = [seq for (seq,) in await site.execute("SELECT seq FROM event_log WHERE board_id = ? ORDER BY seq", board_id)]
    assert stored == list(range(1, after.seq + 1))
    return after


async def test_200_moves_into_one_gap(site: Site, clients: list[Somebody]) -> None:
    before = await _board(clients[0], {"a": 200, "b": 2})
    moving = [card for card in before.cards if card.title.startswith("a")]
    above, below = [card for card in before.cards if card.title.startswith("b")]
    bodies = [MoveCard(after_id=above.id) if n % 2 else MoveCard(before_id=below.id) for n in range(len(moving))]
    answers = await asyncio.gather(
        *(clients[n % CLIENTS].client.send(cards.move_card(card.id, bodies[n])) for n, card in enumerate(moving))
    )
    assert {answer.id for answer in answers} == {card.id for card in moving}
    after = await _check_order(site, clients[0], before)
    order = [card.title for card in after.cards if card.column_id == above.column_id]
    assert len(order) == 202
    assert (order[0], order[-1]) == ("b0", "b1")


async def test_200_moves_into_a_gap_of_one(site: Site, clients: list[Somebody]) -> None:
    """The same with neighbours whose ranks leave no room, so that every few moves others must make way."""
    before = await _board(clients[0], {"a": 200, "b": 20})
    standing = [card for card in before.cards if card.title.startswith("b")]
    for number, card in enumerate(standing):
        await site.execute("UPDATE cards SET rank = ? WHERE id = ?", 10_000 + number, card.id)
    made = await clients[0].client.send(columns.create_column(before.board.id, CreateColumn(title="fresh")))
    before = await clients[0].client.send(boards.get_snapshot(before.board.id))
    assert made.id in {column.id for column in before.columns}
    moving = [card for card in before.cards if card.title.startswith("a")]
    await asyncio.gather(
        *(
            clients[n % CLIENTS].client.send(cards.move_card(card.id, MoveCard(after_id=standing[n % 20].id)))
            for n, card in enumerate(moving)
        )
    )
    after = await _check_order(site, clients[0], before)
    order = [card.title for card in after.cards if card.column_id == standing[0].column_id]
    assert [title for title in order if title.startswith("b")] == [card.title for card in standing]
    assert len(order) == 220


async def test_moves_to_the_top_and_the_end_at_once(site: Site, clients: list[Somebody]) -> None:
    before = await _board(clients[0], {"a": 60, "b": 0})
    target = before.columns[1].id
    spots = (Position.TOP, Position.BOTTOM)
    await asyncio.gather(
        *(
            clients[n % CLIENTS].client.send(cards.move_card(card.id, MoveCard(column_id=target, position=spots[n % 2])))
            for n, card in enumerate(before.cards)
        )
    )
    after = await _check_order(site, clients[0], before)
    assert {card.column_id for card in after.cards} == {target}


async def test_moves_below_one_card_stand_in_the_reverse_of_their_order(site: Site, clients: list[Somebody]) -> None:
    """Commit order is sequence order: who came last stands highest."""
    before = await _board(clients[0], {"a": 60, "b": 2})
    above, *_ = [card for card in before.cards if card.title.startswith("b")]
    moving = [card for card in before.cards if card.title.startswith("a")]
    await asyncio.gather(
        *(
            clients[n % CLIENTS].client.send(cards.move_card(card.id, MoveCard(after_id=above.id)))
            for n, card in enumerate(moving)
        )
    )
    after = await _check_order(site, clients[0], before)
    events = await events_since(clients[0].client, before.board.id, before.seq)
    moved = [event.data.card.id for event in events if isinstance(event.data, CardMoved)]
    order = [card.id for card in after.cards if card.column_id == above.column_id]
    assert order[1:-1] == moved[::-1]


async def test_moves_out_and_back_count_every_version(site: Site, clients: list[Somebody]) -> None:
    before = await _board(clients[0], {"a": 12, "b": 0})

    async def shuttle(number: int, card: CardSummary) -> None:
        for step in range(6):
            target = before.columns[(step + 1) % 2]
            await clients[number % CLIENTS].client.send(cards.move_card(card.id, MoveCard(column_id=target.id)))

    await asyncio.gather(*(shuttle(number, card) for number, card in enumerate(before.cards)))
    after = await _check_order(site, clients[0], before)
    assert {(card.column_id, card.version) for card in after.cards} == {(before.columns[0].id, 7)}


async def test_cards_made_at_once_get_numbers_without_holes(site: Site, clients: list[Somebody]) -> None:
    before = await _board(clients[0], {"a": 0})
    bodies = [CreateCard(title=str(n), column_id=before.columns[0].id) for n in range(80)]
    made: list[CardSummary] = await asyncio.gather(
        *(clients[n % CLIENTS].client.send(cards.create_card(before.board.id, body)) for n, body in enumerate(bodies))
    )
    assert sorted(card.number for card in made) == list(range(1, 81))
    after = await _check_order(site, clients[0], before)
    assert [card.number for card in after.cards] == list(range(1, 81)), "numbers and places were given in one order"


async def test_changes_of_every_kind_at_once(site: Site, clients: list[Somebody]) -> None:
    before = await _board(clients[0], {"a": 40, "b": 0})

    async def work(number: int, card: CardSummary) -> None:
        client = clients[number % CLIENTS].client
        await client.send(cards.update_card(card.id, UpdateCard(title=f"renamed {number}")))
        await client.send(cards.move_card(card.id, MoveCard(column_id=before.columns[number % 2].id, position=Position.TOP)))
        if number % 4 == 0:
            await client.send(cards.update_card(card.id, UpdateCard(archived=True)))
        if number % 4 == 1:
            await client.send(cards.delete_card(card.id))

    await asyncio.gather(*(work(number, card) for number, card in enumerate(before.cards)))
    after = await _check_order(site, clients[0], before)
    assert len(after.cards) == 20


async def test_of_two_stale_writers_exactly_one_wins(clients: list[Somebody], desk: Furnished) -> None:
    version = desk.two.version
    for _ in range(10):
        outcomes = await asyncio.gather(
            *(
                somebody.client.send(cards.update_card(desk.two.id, UpdateCard(title=f"{version} {n}", version=version)))
                for n, somebody in enumerate(clients[:4])
            ),
            return_exceptions=True,
        )
        (won,) = [outcome for outcome in outcomes if isinstance(outcome, Card | CardSummary)]
        assert sum(isinstance(outcome, StaleVersion) for outcome in outcomes) == 3
        card = await desk.send(cards.get_card(desk.two.id))
        assert (card.title, card.version) == (won.title, version + 1)
        version = card.version


async def test_stale_writers_of_different_fields_both_win(clients: list[Somebody], desk: Furnished) -> None:
    version = desk.two.version
    await asyncio.gather(
        clients[0].client.send(cards.update_card(desk.two.id, UpdateCard(title="title", version=version))),
        clients[1].client.send(cards.update_card(desk.two.id, UpdateCard(description="text", version=version))),
        clients[2].client.send(cards.update_card(desk.two.id, UpdateCard(completed=True, version=version))),
    )
    card = await desk.send(cards.get_card(desk.two.id))
    assert (card.title, card.description, card.completed, card.version) == ("title", "text", True, version + 3)


async def test_16_writers_on_boards_of_their_own(site: Site, clients: list[Somebody]) -> None:
    async def work(number: int) -> None:
        client = clients[number % CLIENTS]
        board = await client.client.send(boards.create_board(CreateBoard(title=f"Board {number}")))
        column = await client.client.send(columns.create_column(board.id, CreateColumn(title="x")))
        before = await client.client.send(boards.get_snapshot(board.id))
        for n in range(10):
            await client.client.send(cards.create_card(board.id, CreateCard(title=str(n), column_id=column.id)))
        after = await _check_order(site, client, before)
        assert [card.title for card in after.cards] == [str(n) for n in range(10)]

    await asyncio.gather(*(work(number) for number in range(16)))
