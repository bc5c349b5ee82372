"""People who add and move cards while everything falls down, and remember which of it they were told is saved."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from uuid import uuid4

from rego.client import aio, cards
from rego.wire.base import Position
from rego.wire.cards import Card, CreateCard, MoveCard
from rego.wire.errors import NotFound, RegoError

ATTEMPTS = 12
PATIENT = 0.8
"""How many of the writes are tried again when nobody knows what became of them."""


class Writer:
    """One person. A title is written once; what became of it is in `acknowledged` or in `unknown`."""

    def __init__(self, name: str, client: aio.Client, board_id: str, columns: list[str], seed: int) -> None:
        self.acknowledged: list[str] = []
        self.unknown: list[str] = []
        self.errors: Counter[str] = Counter()
        self._name = name
        self._client = client
        self._board_id = board_id
        self._columns = columns
        self._random = random.Random(seed)
        self._mine: list[str] = []
        self._stopping = False

    def stop(self) -> None:
        """Begin nothing more; what is under way comes to its end."""
        self._stopping = True

    async def run(self) -> None:
        number = 0
        while not self._stopping:
            number += 1
            if self._mine and self._random.random() < 0.4:
                await self._move(self._random.choice(self._mine))
            else:
                await self._add(f"{self._name}-{number}")
            await asyncio.sleep(self._random.uniform(0.0, 0.1))

    async def _add(self, title: str) -> None:
        column_id, position = self._random.choice(self._columns), self._random.choice(list(Position))
        body = CreateCard(column_id=column_id, title=title, position=position)
        call, key = cards.create_card(self._board_id, body), uuid4().hex
        attempts = ATTEMPTS if self._random.random() < PATIENT else 1
        for _ in range(attempts):
            try:
                made: Card = await self._client.send(call, key)
            except RegoError as error:
                self.errors[type(error).__name__] += 1
            else:
                self.acknowledged.append(title)
                self._mine.append(made.id)
                return
        self.unknown.append(title)

    async def _move(self, card_id: str) -> None:
        body = MoveCard(column_id=self._random.choice(self._columns), position=self._random.choice(list(Position)))
        try:
            await self._client.send(cards.move_card(card_id, body), uuid4().hex)
        except NotFound:
            raise AssertionError(f"the acknowledged card {card_id} is gone") from None
        except RegoError as error:
            self.errors[type(error).__name__] += 1
