"""Parts of an action that may fail by themselves: a savepoint on both databases, and what the unit of work takes back."""

from __future__ import annotations

import pytest

from rego.client import boards, cards, columns
from rego.wire.boards import Board, CreateBoard
from rego.wire.cards import CreateCard
from rego.wire.codec import read_event
from rego.wire.columns import Column, CreateColumn
from rego.wire.errors import Conflict
from rego.wire.events import Cause
from rego_server.core.uow import Caller, Operation, UnitOfWork
from rego_server.domains.cards.actions import create_card
from tests.board_replay import events_since
from tests.conftest import Join
from tests.running import Running, Somebody

CAUSE = Cause(rule_id="00000000-0000-7000-8000-000000000000", rule_name="Rule", event_seq=1)


class Stage:
    """A board with one column, and actions on it that are made of several."""

    def __init__(self, server: Running, ann: Somebody, board: Board, column: Column) -> None:
        self.runner = server.server.runner
        self.ann = ann
        self.board = board
        self.column = column

    async def add(self, uow: UnitOfWork, title: str) -> None:
        await create_card(uow, self.board.id, CreateCard(title=title, column_id=self.column.id))

    async def fail(self, uow: UnitOfWork, title: str) -> None:
        await self.add(uow, title)
        raise Conflict("No.")

    async def titles(self) -> list[tuple[int, str]]:
        snapshot = await self.ann.client.send(boards.get_snapshot(self.board.id))
        return [(card.number, card.title) for card in snapshot.cards]

    async def log(self) -> list[tuple[str, bool, str | None]]:
        """Each event after the board's first two: type, whether somebody did it, and its operation."""
        events = await events_since(self.ann.client, self.board.id, 2)
        return [(event.type, event.actor is not None, event.op_id) for event in events]


@pytest.fixture
async def stage(server: Running, people: Join) -> Stage:
    ann = await people("ann")
    board = await ann.client.send(boards.create_board(CreateBoard(title="Ops")))
    return Stage(server, ann, board, await ann.client.send(columns.create_column(board.id, CreateColumn(title="A"))))


async def test_what_fails_takes_only_itself_back(stage: Stage) -> None:
    async def action(uow: UnitOfWork) -> None:
        await stage.add(uow, "before")
        with pytest.raises(Conflict):
            await uow.attempt(lambda: stage.fail(uow, "lost"))
        await uow.attempt(lambda: stage.add(uow, "kept"))
        await stage.add(uow, "after")

    await stage.runner.run(action, Caller(stage.ann.user.id), None)
    assert await stage.titles() == [(1, "before"), (2, "kept"), (3, "after")]
    assert [kind for kind, *_ in await stage.log()] == ["card.created"] * 3


async def test_attempts_nest(stage: Stage) -> None:
    async def inner(uow: UnitOfWork) -> None:
        await stage.add(uow, "outer")
        with pytest.raises(Conflict):
            await uow.attempt(lambda: stage.fail(uow, "inner"))

    async def doomed(uow: UnitOfWork) -> None:
        await uow.attempt(lambda: stage.add(uow, "inside"))
        raise Conflict("No.")

    async def action(uow: UnitOfWork) -> None:
        await uow.attempt(lambda: inner(uow))
        with pytest.raises(Conflict):
            await uow.attempt(lambda: doomed(uow))

    await stage.runner.run(action, Caller(stage.ann.user.id), None)
    assert await stage.titles() == [(1, "outer")]


async def test_a_board_that_was_entered_in_vain_is_as_if_it_was_not(stage: Stage) -> None:
    async def action(uow: UnitOfWork) -> list[str]:
        with pytest.raises(Conflict):
            await uow.attempt(lambda: stage.fail(uow, "lost"))
        return list(uow.heads)

    assert await stage.runner.run(action, Caller(stage.ann.user.id), None) == []
    assert await stage.log() == []


async def test_a_cause_stands_instead_of_an_actor_and_the_operation_on_what_the_caller_did(stage: Stage) -> None:
    async def action(uow: UnitOfWork) -> None:
        await stage.add(uow, "mine")
        uow.cause = CAUSE
        await uow.attempt(lambda: stage.add(uow, "the rule's"))

    await stage.runner.run(action, Caller(stage.ann.user.id), Operation("op", "fingerprint"))
    assert await stage.log() == [("card.created", True, "op"), ("card.created", False, None)]
    mine, rules = map(read_event, await stage.ann.client.send(boards.list_events(stage.board.id, since=2)))
    assert (mine.cause, rules.cause) == (None, CAUSE)
    snapshot = await stage.ann.client.send(boards.get_snapshot(stage.board.id))
    assert [card.created_by for card in snapshot.cards] == [stage.ann.user.id, None]
    assert (await stage.ann.client.send(cards.get_card(f"{stage.board.key}-2"))).updated_by is None
