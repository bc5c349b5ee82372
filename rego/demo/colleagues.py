"""Two simulated colleagues: they look at cards, and now and then move one, through the same SDK as everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

from msgspec import Struct

from rego.client.aio import Client
from rego.client.cards import move_card
from rego.client.live import EventCame, LiveBoard, PresenceCame, SnapshotCame, Update
from rego.client.server import Server
from rego.demo.board import Account, Colleague
from rego.replica import Gap, Replica
from rego.wire.base import Position
from rego.wire.cards import CardSummary, MoveCard
from rego.wire.errors import RegoError
from rego.wire.presence import Person

PACE = (2.0, 4.5)
"""Seconds, least and most, that a colleague takes to turn to a card, and again to act on it."""

DISPLACED_MAX = 2
"""How many cards a colleague leaves away from where it found them: the board must look the same after a week of demos."""


class Step(Struct, frozen=True, kw_only=True):
    """A card and the column that it goes to."""

    card_id: str
    column_id: str


class Mind:
    """What a colleague knows and what it will do next; pure but for the random numbers that it is given."""

    def __init__(self, account: Account, random: Random) -> None:
        self._account = account
        self._random = random
        self._replica: Replica | None = None
        self._people: dict[str, Person] = {}
        self._origins: dict[str, str] = {}

    def take(self, update: Update) -> None:
        """Learn from an update of the live board."""
        match update:
            case SnapshotCame(snapshot=snapshot):
                self._replica = Replica(snapshot)
            case EventCame(event=event) if self._replica is not None:
                with suppress(Gap):
                    self._replica.apply(event)
            case PresenceCame(people=people):
                self._people = people
            case _:
                pass

    def next_step(self) -> Step | None:
        """A card to move and where to, or None when every card is in somebody's hands."""
        if self._replica is None:
            return None
        self._forget_settled(self._replica)
        if self._origins and (len(self._origins) == DISPLACED_MAX or self._random.random() < 0.5):
            return self._way_back()
        card = self._pick(self._replica)
        return None if card is None else self._way_on(self._replica, card)

    def may(self, step: Step) -> bool:
        """Whether the card is still there and nobody else looks at it."""
        return (
            self._replica is not None and self._replica.card(step.card_id) is not None and step.card_id not in self._watched()
        )

    def moved(self, step: Step, from_column: str) -> None:
        """Remember where a card came from, until it is back."""
        self._origins.setdefault(step.card_id, from_column)

    def column_of(self, card_id: str) -> str | None:
        """Where a card is now."""
        card = self._replica.card(card_id) if self._replica else None
        return card.column_id if card else None

    def _forget_settled(self, replica: Replica) -> None:
        """Let go of cards that are back where they were, or gone."""
        for card_id, origin in list(self._origins.items()):
            card = replica.card(card_id)
            if card is None or card.column_id == origin:
                del self._origins[card_id]

    def _way_back(self) -> Step | None:
        homeless = [card_id for card_id in self._origins if card_id not in self._watched()]
        if not homeless:
            return None
        card_id = self._random.choice(homeless)
        return Step(card_id=card_id, column_id=self._origins[card_id])

    def _pick(self, replica: Replica) -> CardSummary | None:
        """A card that nobody looks at: one of this colleague's own, so that the cards that teach stay where they are."""
        mine = {member.user_id for member in replica.members.values() if member.username == self._account.username}
        columns = replica.columns_in_order()
        free = [c for column in columns for c in replica.cards_in(column.id) if c.id not in self._watched()]
        own = [card for card in free if mine & set(card.assignee_ids) and card.id not in self._origins]
        return self._random.choice(own) if own else None

    def _way_on(self, replica: Replica, card: CardSummary) -> Step | None:
        """One column on, or one back from the last."""
        ids = [column.id for column in replica.columns_in_order()]
        if len(ids) < 2 or card.column_id not in ids:
            return None
        at = ids.index(card.column_id)
        return Step(card_id=card.id, column_id=ids[at + 1] if at + 1 < len(ids) else ids[at - 1])

    def _watched(self) -> set[str]:
        """The cards that others look at."""
        return {p.card_id for p in self._people.values() if p.card_id is not None and p.username != self._account.username}


async def work(
    server: Server,
    colleague: Colleague,
    board_id: str,
    random: Random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Be that colleague until cancelled, or until the server sends them away."""
    mind = Mind(colleague.account, random)
    async with Client(server, colleague.credentials) as client, LiveBoard(client, board_id) as live:
        acting = asyncio.create_task(_act(mind, client, live, random, sleep))
        try:
            async for update in live:
                mind.take(update)
        finally:
            acting.cancel()
            with suppress(asyncio.CancelledError):
                await acting


async def _act(mind: Mind, client: Client, live: LiveBoard, random: Random, sleep: Callable[[float], Awaitable[None]]) -> None:
    """Look at a card, think, move it, and begin again."""
    while True:
        await sleep(random.uniform(*PACE))
        step = mind.next_step()
        if step is None:
            continue
        await live.focus(step.card_id)
        await sleep(random.uniform(*PACE))
        # A refusal or an outage is no news to a colleague: there is always a next card.
        with suppress(RegoError):
            await _carry_out(mind, client, step)


async def _carry_out(mind: Mind, client: Client, step: Step) -> None:
    origin = mind.column_of(step.card_id)
    if origin is not None and mind.may(step):
        await client.send(move_card(step.card_id, MoveCard(column_id=step.column_id, position=Position.TOP)))
        mind.moved(step, origin)
