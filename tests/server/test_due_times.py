"""Due times that set rules off: when, how often, and with several servers on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rego.client import automations, boards, cards, columns, comments
from rego.wire import limits
from rego.wire.automations import (
    AnyAction,
    Automation,
    CreateAutomation,
    DoArchive,
    DoComment,
    DoComplete,
    DoMove,
    DoSetPriority,
    Outcome,
    UpdateAutomation,
    WhenCompleted,
    WhenDue,
)
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard
from rego.wire.cards import CardSummary, CreateCard, Priority, UpdateCard
from rego.wire.columns import Column, CreateColumn
from rego_server.core.events import Committed
from rego_server.domains.automations import due
from rego_server.domains.automations.actions import fire_due
from rego_server.domains.automations.due import DueTimes
from tests.board_replay import events_since
from tests.running import Running, Somebody, fast_settings, join
from tests.server.hand_clock import HandClock, running_by


class Desk:
    """A board with one column, on a server whose clock is set by hand and which does not look at due times by itself."""

    def __init__(self, server: Running, clock: HandClock, ann: Somebody, board: Board, column: Column) -> None:
        self.server = server
        self.clock = clock
        self.ann = ann
        self.board = board
        self.column = column

    async def card(self, **due_in: float) -> CardSummary:
        due_at = self.clock.now() + timedelta(**due_in)
        body = CreateCard(title="x", column_id=self.column.id, due_at=due_at)
        return await self.ann.client.send(cards.create_card(self.board.id, body))

    async def rule(self, trigger: WhenDue, *actions: AnyAction, **more: Any) -> Automation:
        body = CreateAutomation(name="Rule", trigger=trigger, actions=[*actions] or [DoComment(text="due")], **more)
        return await self.ann.client.send(automations.create_automation(self.board.id, body))

    async def look(self, **later: float) -> None:
        self.clock.advance(**later)
        await DueTimes(self.server.server.runner).round()

    async def runs(self, rule: Automation) -> int:
        return (await self.ann.client.send(automations.get_automation(rule.id))).runs


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    clock = HandClock()
    async with running_by(clock, fast_settings(tmp_path / "data", database_url)) as server:
        for chore in server.server.chores:
            await chore.stop()
        ann = await join(server.url, "ann")
        board = await ann.client.send(boards.create_board(CreateBoard(title="Ops")))
        column = await ann.client.send(columns.create_column(board.id, CreateColumn(title="A")))
        yield Desk(server, clock, ann, board, column)
        await ann.client.close()


async def test_a_rule_runs_once_when_the_due_time_has_come(desk: Desk) -> None:
    rule = await desk.rule(WhenDue(), DoSetPriority(priority=Priority.URGENT))
    card = await desk.card(minutes=10)
    seq = (await desk.ann.client.send(boards.get_snapshot(desk.board.id))).seq
    await desk.look(minutes=9)
    assert await desk.runs(rule) == 0
    for _ in range(2):
        await desk.look(minutes=1)
    (event,) = await events_since(desk.ann.client, desk.board.id, seq)
    assert (event.type, event.actor) == ("card.updated", None)
    assert event.cause is not None
    assert (event.cause.rule_id, event.cause.event_seq) == (rule.id, None)
    (run,) = await desk.ann.client.send(automations.list_runs(rule.id))
    assert (run.outcome, run.cause.trigger, run.cause.event_seq) == (Outcome.DONE, "card.due", None)
    assert (run.cause.card.id, run.cause.card.ref) == (card.id, f"{desk.board.key}-{card.number}")


@pytest.mark.parametrize(("trigger", "minutes"), [(WhenDue(before="1h"), 60), (WhenDue(after="1h"), 180)])
async def test_a_rule_runs_before_or_after_the_due_time(desk: Desk, trigger: WhenDue, minutes: int) -> None:
    rule = await desk.rule(trigger)
    await desk.card(hours=2)
    await desk.look(minutes=minutes - 1)
    assert await desk.runs(rule) == 0
    await desk.look(minutes=1)
    assert await desk.runs(rule) == 1


async def test_done_and_archived_cards_are_passed_over(desk: Desk) -> None:
    rule = await desk.rule(WhenDue())
    done, archived, _ = [await desk.card(minutes=1) for _ in range(3)]
    await desk.ann.client.send(cards.update_card(done.id, UpdateCard(completed=True)))
    await desk.ann.client.send(cards.update_card(archived.id, UpdateCard(archived=True)))
    await desk.look(minutes=1)
    assert await desk.runs(rule) == 1


async def test_a_new_due_time_is_a_new_occasion(desk: Desk) -> None:
    rule = await desk.rule(WhenDue())
    card = await desk.card(minutes=1)
    await desk.look(minutes=1)
    for due_at in (desk.clock.now() + timedelta(minutes=5), None, desk.clock.now() + timedelta(minutes=6)):
        await desk.ann.client.send(cards.update_card(card.id, UpdateCard(due_at=due_at)))
    await desk.look(minutes=5)
    assert await desk.runs(rule) == 1
    await desk.look(minutes=1)
    assert await desk.runs(rule) == 2


async def test_what_was_due_before_the_rule_waited_is_not_its_business(desk: Desk) -> None:
    await desk.card(minutes=1)
    desk.clock.advance(minutes=1)
    rule = await desk.rule(WhenDue())
    await desk.look(minutes=1)
    assert await desk.runs(rule) == 0
    await desk.ann.client.send(automations.update_automation(rule.id, UpdateAutomation(enabled=False)))
    await desk.card(minutes=1)
    desk.clock.advance(minutes=1)
    await desk.ann.client.send(automations.update_automation(rule.id, UpdateAutomation(enabled=True)))
    await desk.look(minutes=1)
    assert await desk.runs(rule) == 0


@pytest.mark.parametrize(("late", "runs"), [(limits.RULE_CATCH_UP - 1, 1), (limits.RULE_CATCH_UP, 0)])
async def test_an_outage_is_caught_up_with_if_it_was_not_too_long(desk: Desk, late: float, runs: int) -> None:
    rule = await desk.rule(WhenDue())
    await desk.card(minutes=1)
    desk.clock.advance(minutes=1)
    await desk.look(seconds=late)
    assert await desk.runs(rule) == runs


async def test_a_rule_that_fails_or_does_not_fit_is_not_tried_for_ever(desk: Desk) -> None:
    spare = await desk.ann.client.send(columns.create_column(desk.board.id, CreateColumn(title="Spare")))
    broken = await desk.rule(WhenDue(), DoMove(column=spare.id))
    choosy = await desk.rule(WhenDue(), conditions="label:bug")
    await desk.ann.client.send(columns.delete_column(spare.id))
    await desk.card(minutes=1)
    for _ in range(2):
        await desk.look(minutes=1)
    assert (await desk.runs(broken), await desk.runs(choosy)) == (1, 0)


async def test_many_due_times_are_answered_in_one_round(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "AT_ONCE", 2)
    rule = await desk.rule(WhenDue())
    for _ in range(5):
        await desk.card(minutes=1)
    await desk.look(minutes=1)
    assert await desk.runs(rule) == 5


async def test_one_that_cannot_be_answered_keeps_no_other_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "AT_ONCE", 1)
    rule = await desk.rule(WhenDue())
    first = await desk.card(minutes=1)
    second = await desk.card(minutes=2)

    async def stumble(uow: Any, automation_id: str, card_id: str) -> None:
        if card_id == first.id:
            raise KeyError("x")
        await fire_due(uow, automation_id, card_id)

    with monkeypatch.context() as patched:
        patched.setattr(due, "fire_due", stumble)
        await desk.look(minutes=2)
    assert [run.cause.card.id for run in await desk.ann.client.send(automations.list_runs(rule.id))] == [second.id]
    await desk.look()
    assert await desk.runs(rule) == 2


async def test_what_a_due_time_set_off_sets_other_rules_off(desk: Desk) -> None:
    await desk.rule(WhenDue(), DoComplete())
    body = CreateAutomation(name="Tidy", trigger=WhenCompleted(), actions=[DoArchive()])
    await desk.ann.client.send(automations.create_automation(desk.board.id, body))
    card = await desk.card(minutes=1)
    await desk.look(minutes=1)
    assert (await desk.ann.client.send(cards.get_card(card.id))).archived


async def test_several_servers_that_look_at_once_run_a_rule_once(desk: Desk) -> None:
    rules = [await desk.rule(WhenDue()), await desk.rule(WhenDue(), conditions="label:bug")]
    made = [await desk.card(minutes=1) for _ in range(5)]
    desk.clock.advance(minutes=1)
    await asyncio.gather(*(DueTimes(desk.server.server.runner).round() for _ in range(4)))
    assert [await desk.runs(rule) for rule in rules] == [5, 0]
    assert [len(await desk.ann.client.send(comments.list_comments(card.id))) for card in made] == [1] * 5


async def test_a_rule_acts_for_an_owner_who_is_there(desk: Desk) -> None:
    """Its maker may be gone from the board: the rule is the board's."""
    rule = await desk.rule(WhenDue())
    await desk.card(minutes=1)
    ben = await join(desk.server.url, "ben")
    await desk.ann.client.send(boards.add_member(desk.board.id, AddMember(role=Role.OWNER, username="ben")))
    await desk.ann.client.send(boards.remove_member(desk.board.id, desk.ann.user.id))
    await desk.look(minutes=1)
    assert (await ben.client.send(automations.get_automation(rule.id))).last_outcome is Outcome.DONE
    await ben.client.close()


class _Listener:
    def __init__(self) -> None:
        self.heard = asyncio.Event()

    def hear(self, _: Committed) -> None:
        self.heard.set()

    def missed(self) -> None:
        raise AssertionError("the bus of one process loses nothing")


async def test_a_server_looks_by_itself(desk: Desk) -> None:
    await desk.rule(WhenDue())
    card = await desk.card(minutes=1)
    desk.clock.advance(minutes=1)
    listener = _Listener()
    desk.server.server.runner.bus.listen(listener)
    due_times = DueTimes(desk.server.server.runner)
    due_times.start()
    await listener.heard.wait()
    await due_times.stop()
    assert len(await desk.ann.client.send(comments.list_comments(card.id))) == 1
