"""The demo: the board that we wrote, the colleagues' minds, and the command without a terminal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from rego.client.blocking import Client
from rego.client.boards import get_snapshot, list_members
from rego.client.paths import Paths
from rego.client.updates import PresenceCame, SnapshotCame
from rego.demo.board import COLLEAGUES, Account, find_or_make, log_in, plan
from rego.demo.colleagues import DISPLACED_MAX, Mind, Step, work
from rego.wire.cards import CardSummary
from rego.wire.presence import Person as Present
from rego.wire.snapshot import Snapshot
from tests.cli.conftest import Person, Rego
from tests.cli.samples import card, column, id_of, member, snapshot

MIRA = Account(name="mira", username="mira", password="secret")
COLUMNS = [column(10, "Ideas"), column(11, "Doing"), column(12, "Done")]
MEMBERS = [member(50, "mira"), member(51, "me")]


def state(cards: list[CardSummary]) -> Snapshot:
    return snapshot(COLUMNS, cards, MEMBERS)


def mind_of(cards: list[CardSummary], seed: int = 0) -> Mind:
    mind = Mind(MIRA, Random(seed))
    mind.take(SnapshotCame(snapshot=state(cards)))
    return mind


def hers(number: int, column_id: str = id_of(10)) -> CardSummary:
    return card(number, f"Card {number}", column_id, assignee_ids=[id_of(50)])


def looks_at(card_id: str, username: str) -> PresenceCame:
    return PresenceCame(people={"c": Present(connection_id="c", user_id=id_of(51), username=username, card_id=card_id)})


def test_a_colleague_moves_its_own_cards_one_column_on() -> None:
    mine, other = hers(1), card(2)
    for seed in range(20):
        step = mind_of([mine, other], seed).next_step()
        assert step == Step(card_id=mine.id, column_id=id_of(11))


def test_a_card_in_the_last_column_goes_one_back() -> None:
    step = mind_of([hers(1, id_of(12))]).next_step()
    assert step is not None
    assert step.column_id == id_of(11)


def test_a_card_that_somebody_looks_at_is_left_alone() -> None:
    mind = mind_of([hers(1)])
    step = mind.next_step()
    assert step is not None
    mind.take(looks_at(hers(1).id, "me"))
    assert mind.next_step() is None
    assert not mind.may(step)
    mind.take(looks_at(hers(1).id, "mira"))
    assert mind.may(step)


def test_a_card_that_is_gone_is_not_moved() -> None:
    assert not mind_of([]).may(Step(card_id=hers(1).id, column_id=id_of(11)))


def test_after_a_thousand_moves_the_board_is_nearly_as_it_was() -> None:
    cards = {c.id: c for c in (hers(n) for n in range(1, 7))}
    mind, most = mind_of(list(cards.values()), seed=3), 0
    moves: Counter[str] = Counter()
    for _ in range(1000):
        step = mind.next_step()
        assert step is not None
        mind.moved(step, cards[step.card_id].column_id)
        cards[step.card_id] = hers(cards[step.card_id].number, step.column_id)
        mind.take(SnapshotCame(snapshot=state(list(cards.values()))))
        moves[step.card_id] += 1
        most = max(most, sum(c.column_id != id_of(10) for c in cards.values()))
    assert most == DISPLACED_MAX
    assert len(moves) == len(cards)


def test_the_written_board_keeps_what_the_demo_relies_on() -> None:
    written = plan()
    assert {person.key for person in written.people} == set(COLLEAGUES)
    assert {name for card in written.cards for name in card.assignees} == set(COLLEAGUES)
    assert {card.number for card in written.cards} >= {1, 3}
    assert {"Ideas", "Doing"} <= {column.title for column in written.columns}


def test_the_board_is_made_once_and_the_colleagues_are_real(ada: Person, home: Path) -> None:
    paths = Paths.of_user()
    (home / "data").mkdir()
    with Client(ada.server, ada.credentials) as client:
        made, accounts = find_or_make(client, paths)
        again, same = find_or_make(client, paths)
        members = client.send(list_members(made.id))
        snapshot = client.send(get_snapshot(made.id))
    assert (made.id, accounts) == (again.id, same)
    assert {m.username for m in members} == {ada.username, *(account.username for account in accounts)}
    assert not any(m.placeholder for m in members)
    assert {m.user_id for m in members} >= {user for card in snapshot.cards for user in card.assignee_ids} != set()
    assert (home / "data" / "demo.json").stat().st_mode & 0o777 == 0o600


async def test_a_colleague_at_work_focuses_a_card_and_moves_it(ada: Person, home: Path) -> None:
    (home / "data").mkdir()
    with Client(ada.server, ada.credentials) as client:
        board, accounts = await asyncio.to_thread(find_or_make, client, Paths.of_user())
        colleague = await asyncio.to_thread(log_in, client, accounts[0])
        seq = (await asyncio.to_thread(client.send, get_snapshot(board.id))).seq

        async def at_once(_: float) -> None:
            await asyncio.sleep(0)

        working = asyncio.create_task(work(ada.server, colleague, board.id, Random(1), sleep=at_once))
        while (now := await asyncio.to_thread(client.send, get_snapshot(board.id))).seq < seq + 3:
            assert not working.done()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
    moved_by = {c.updated_by for c in now.cards if c.updated_by is not None}
    mira = next(m.user_id for m in now.members if m.username == accounts[0].username)
    assert mira in moved_by


def test_without_a_terminal_the_board_and_the_next_commands_are_printed(rego_process: Rego, home: Path) -> None:
    try:
        first, second = rego_process("demo"), rego_process("demo", "--alone")
        listed = rego_process("cards", "list", "DEMO", "-q")
    finally:
        _stop_local_server(home / "data")
    assert (first.code, first.err) == (0, "")
    assert first.out == second.out
    assert first.lines[0] == "Welcome to Rego (DEMO)"
    assert len(listed.lines) == len(plan().cards)
    assert all(f"  {ref}  " in first.out for ref in listed.lines)
    assert "rego cards move DEMO-3 Doing --top" in first.out


def _stop_local_server(data: Path) -> None:
    os.kill(json.loads((data / "local.json").read_bytes())["pid"], signal.SIGTERM)
