"""People who add, move and edit cards while everything falls down, and remember which of it they were told is saved."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from msgspec import Struct

from rego.client import aio, cards, columns
from rego.client.call import Call
from rego.wire.base import Position
from rego.wire.cards import Card, CardSummary, CreateCard, MoveCard, UpdateCard
from rego.wire.columns import CreateColumn, MoveColumn, UpdateColumn
from rego.wire.errors import NotFound, RegoError

T = TypeVar("T")

ATTEMPTS = 12
PATIENT = 0.8
"""How many of the writes are tried again when nobody knows what became of them."""


class Board(Struct, frozen=True):
    """The board that all write on."""

    id: str
    columns: list[str]
    label_id: str
    guest_id: str


class Writer:
    """One person. A title is written once; what became of it is in `acknowledged` or in `unknown`. Edits add words to it."""

    def __init__(self, name: str, client: aio.Client, board: Board, seed: int) -> None:
        self.acknowledged: list[str] = []
        self.unknown: list[str] = []
        self.errors: Counter[str] = Counter()
        self._name = name
        self._client = client
        self._board = board
        self._random = random.Random(seed)
        self._mine: list[Card] = []
        self._column_id = ""
        self._stopping = False

    def stop(self) -> None:
        """Begin nothing more; what is under way comes to its end."""
        self._stopping = True

    async def run(self) -> None:
        number = 0
        while not self._stopping:
            number += 1
            dice = self._random.random()
            if dice < 0.1:
                await self._change_column(number)
            elif dice < 0.5 and self._mine:
                await self._change(self._random.choice(self._mine), number)
            else:
                await self._add(f"{self._name}-{number}")
            await asyncio.sleep(self._random.uniform(0.0, 0.1))

    async def _add(self, title: str) -> None:
        column_id, position = self._random.choice(self._board.columns), self._random.choice(list(Position))
        body = CreateCard(column_id=column_id, title=title, position=position)
        call, key = cards.create_card(self._board.id, body), uuid4().hex
        attempts = ATTEMPTS if self._random.random() < PATIENT else 1
        for _ in range(attempts):
            try:
                made: Card = await self._client.send(call, key)
            except RegoError as error:
                self.errors[type(error).__name__] += 1
            else:
                self.acknowledged.append(title)
                self._mine.append(made)
                return
        self.unknown.append(title)

    async def _change(self, card: Card, number: int) -> None:
        try:
            await self._try(self._random.choice([self._move, self._edit, self._label, self._assign])(card, number))
        except NotFound:
            if await self._is_gone(card):
                raise AssertionError(f"the acknowledged card {card.title} is gone") from None

    async def _change_column(self, number: int) -> None:
        """A column of one's own: made first, then changed and moved."""
        if not self._column_id:
            made = await self._try(columns.create_column(self._board.id, CreateColumn(title=self._name)))
            self._column_id = made.id if made else ""
        elif self._random.random() < 0.5:
            await self._try(
                columns.update_column(self._column_id, UpdateColumn(title=f"{self._name} {number}", wip_limit=number))
            )
        else:
            await self._try(columns.move_column(self._column_id, MoveColumn(position=self._random.choice(list(Position)))))

    async def _try(self, call: Call[T]) -> T | None:
        """Ask once. Raises `NotFound`; None when anything else went wrong."""
        try:
            return await self._client.send(call, uuid4().hex)
        except NotFound:
            raise
        except RegoError as error:
            self.errors[type(error).__name__] += 1
            return None

    async def _is_gone(self, card: Card) -> bool:
        """Whether it was the card that was not found, and not the person to put on it."""
        try:
            await self._client.send(cards.get_card(card.id))
        except NotFound:
            return True
        except RegoError:
            return False
        return False

    def _move(self, card: Card, _: int) -> Call[CardSummary]:
        column_id, position = self._random.choice(self._board.columns), self._random.choice(list(Position))
        return cards.move_card(card.id, MoveCard(column_id=column_id, position=position))

    def _edit(self, card: Card, number: int) -> Call[Card]:
        due = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        return cards.update_card(card.id, UpdateCard(title=f"{card.title} {number}", due_at=due, completed=number % 2 == 0))

    def _label(self, card: Card, number: int) -> Call[CardSummary]:
        change = cards.label_card if number % 3 else cards.unlabel_card
        return change(card.id, self._board.label_id)

    def _assign(self, card: Card, number: int) -> Call[CardSummary]:
        change = cards.assign_card if number % 3 else cards.unassign_card
        return change(card.id, self._board.guest_id)
