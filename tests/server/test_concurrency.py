"""Many at once: one gap, one counter, one key, one field, many boards, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from rego.client import boards, cards, columns
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard
from rego.wire.cards import CardSummary, CreateCard, MoveCard, UpdateCard
from rego.wire.codec import RawEvent, read_event
from rego.wire.columns import Column, CreateColumn
from rego.wire.errors import StaleVersion
from rego.wire.events import CardMoved
from tests.conftest import Join
from tests.running import Running, Somebody

MOVES = 200


class Crowd:
    """A board with two columns, and four people who work on it at once."""

    def __init__(self, people: list[Somebody]) -> None:
        self.people = people
        self.board: Board
        self.todo: Column
        self.doing: Column

    async def furnish(self) -> None:
        send = self.people[0].client.send
        self.board = await send(boards.create_board(CreateBoard(title="Crowded")))
        for person in self.people[1:]:
            await send(boards.add_member(self.board.id, AddMember(username=person.user.username, role=Role.MEMBER)))
        self.todo, self.doing = [
            await send(columns.create_column(self.board.id, CreateColumn(title=title))) for title in ("Todo", "Doing")
        ]

    async def add(self, title: str, column: Column, by: int = 0) -> CardSummary:
        return await self.people[by % len(self.people)].client.send(
            cards.create_card(self.board.id, CreateCard(title=title, column_id=column.id))
        )

    async def cards_of(self, column: Column) -> list[CardSummary]:
        snapshot = await self.people[0].client.send(boards.get_snapshot(self.board.id))
        return [card for card in snapshot.cards if card.column_id == column.id]

    async def events(self) -> list[RawEvent]:
        """The whole log."""
        found: list[RawEvent] = []
        while True:
            since = found[-1].seq if found else 0
            page = await self.people[0].client.send(boards.list_events(self.board.id, since=since, limit=200))
            if not page:
                return found
            found += page


@pytest.fixture
async def crowd(server: Running, people: Join) -> AsyncIterator[Crowd]:
    crowd = Crowd([await people(name) for name in ("ada", "ben", "cyd", "dan")])
    await crowd.furnish()
    yield crowd


async def test_two_hundred_moves_into_one_gap(crowd: Crowd) -> None:
    first, last = await crowd.add("first", crowd.doing), await crowd.add("last", crowd.doing)
    moving = [await crowd.add(f"Card {number}", crowd.todo) for number in range(MOVES)]

    async def move(number: int, card: CardSummary) -> None:
        await crowd.people[number % 4].client.send(cards.move_card(card.id, MoveCard(after_id=first.id)))

    await asyncio.gather(*(move(number, card) for number, card in enumerate(moving)))

    held = await crowd.cards_of(crowd.doing)
    assert len(held) == MOVES + 2
    assert len({card.rank for card in held}) == MOVES + 2
    assert [held[0].id, held[-1].id] == [first.id, last.id]
    events = await crowd.events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    moved = [event.data for event in map(read_event, events) if isinstance(event.data, CardMoved)]
    # Each went in just below the first card, so the last to come stands highest.
    assert [card.id for card in held[1:-1]] == [data.card.id for data in reversed(moved)]


async def test_new_cards_at_once_have_numbers_without_a_gap(crowd: Crowd) -> None:
    made = await asyncio.gather(*(crowd.add(f"Card {n}", crowd.todo, by=n) for n in range(60)))
    assert sorted(card.number for card in made) == list(range(1, 61))
    assert len({card.rank for card in made}) == 60


async def test_of_two_writers_with_the_same_stale_version_one_wins(crowd: Crowd) -> None:
    card = await crowd.add("Contested", crowd.todo)

    async def rename(person: Somebody) -> object:
        body = UpdateCard(title=f"By {person.user.username}", version=card.version)
        return await person.client.send(cards.update_card(card.id, body))

    results = await asyncio.gather(*map(rename, crowd.people), return_exceptions=True)
    assert sum(isinstance(result, StaleVersion) for result in results) == 3
    winner = next(result for result in results if not isinstance(result, BaseException))
    assert await crowd.people[0].client.send(cards.get_card(card.id)) == winner


async def test_one_key_sent_by_many_requests_at_once_is_one_card(crowd: Crowd) -> None:
    call = cards.create_card(crowd.board.id, CreateCard(title="Once", column_id=crowd.todo.id))
    made = await asyncio.gather(*(crowd.people[0].client.send(call, "the-key") for _ in range(20)))
    assert len({card.id for card in made}) == 1
    assert len(await crowd.cards_of(crowd.todo)) == 1


async def test_one_key_for_a_new_board_is_one_board(people: Join) -> None:
    eve = await people("eve")
    call = boards.create_board(CreateBoard(title="Only one"))
    made = await asyncio.gather(*(eve.client.send(call, "the-key") for _ in range(10)))
    assert len({board.id for board in made}) == 1
    assert len(await eve.client.send(boards.list_boards())) == 1


async def test_moves_in_and_out_keep_a_strict_order(crowd: Crowd) -> None:
    held = [await crowd.add(f"Card {number}", crowd.todo) for number in range(12)]

    async def shuttle(number: int, card: CardSummary) -> None:
        send = crowd.people[number % 4].client.send
        for step in range(6):
            target = crowd.doing if step % 2 == 0 else crowd.todo
            await send(cards.move_card(card.id, MoveCard(column_id=target.id)))

    await asyncio.gather(*(shuttle(number, card) for number, card in enumerate(held)))
    left = await crowd.cards_of(crowd.todo)
    assert len(left) == 12
    assert len({card.rank for card in left}) == 12
    assert all(card.version == 7 for card in left)
    events = await crowd.events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
