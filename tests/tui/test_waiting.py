"""What waits outlives the program: quit or killed while the server is away, it is there again and is done exactly once."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from rego.client import boards, cards
from rego.replica import Replica
from rego.wire.boards import Board
from rego.wire.cards import UpdateCard
from rego.wire.snapshot import Snapshot
from rego_tui import card_acts, card_changes, operations
from rego_tui.card_acts import LABELS
from rego_tui.kept import keep, revive
from rego_tui.operations import Known, Operation
from rego_tui.screens.review import ReviewPage
from tests.running import Somebody
from tests.tui import boards as samples
from tests.tui.card_peer import LIST, CardPeer, checklist, item
from tests.tui.cut_off import Line

NOW = samples.NOW
LAUNCH = checklist(LIST, "Launch", item(1, "Write"))
_PEER = CardPeer(samples.rich())
COMMENT, FILE = _PEER.said[0], _PEER.files[0]


async def seen_by(somebody: Somebody, board: Board) -> Snapshot:
    return await somebody.client.send(boards.get_snapshot(board.id))


async def test_what_waited_is_done_once_after_a_kill(
    line: Line, board: tuple[Board, Somebody, Somebody], tmp_path: Path
) -> None:
    made, _, ben = board
    async with line.open() as visitor:
        await line.cut(visitor)
        await visitor.press("L", "h", "e", "ctrl+u", *"renamed", "enter", "n", *"new", "enter", "escape", "x")
        assert len(line.files()) == 4
        assert {stat.S_IMODE(path.stat().st_mode) for path in line.files()} == {0o600}
        shutil.copytree(line.home.paths.waiting, tmp_path / "as it was when it was killed")
    shutil.rmtree(line.home.paths.waiting)
    shutil.copytree(tmp_path / "as it was when it was killed", line.home.paths.waiting)
    line.proxy.heal()
    async with line.open() as visitor:
        await visitor.until_seen("4 changes that waited are sent now.")
        await visitor.until("nothing is left on disk", lambda: not line.files())
    snapshot = await seen_by(ben, made)
    titles = {column.id: column.title for column in snapshot.columns}
    assert sorted((card.title, titles[card.column_id], card.completed) for card in snapshot.cards) == [
        ("Alpha", "Doing", False),
        ("Charlie", "Todo", False),
        ("new", "Todo", True),
        ("renamed", "Todo", False),
    ]


async def test_a_text_that_was_written_twice_is_no_conflict_with_itself_after_a_kill(
    line: Line, board: tuple[Board, Somebody, Somebody], tmp_path: Path
) -> None:
    _, _, ben = board
    card = await ben.client.send(cards.get_card("OPS-1"))
    async with line.open() as visitor:
        await line.cut(visitor)
        assert visitor.app.store is not None
        for text in ("first", "second"):
            visitor.app.store.perform(card_changes.describe(card.id, text, card.version).operation)
        shutil.copytree(line.home.paths.waiting, tmp_path / "as it was when it was killed")
    shutil.rmtree(line.home.paths.waiting)
    shutil.copytree(tmp_path / "as it was when it was killed", line.home.paths.waiting)
    line.proxy.heal()
    async with line.open() as visitor:
        await visitor.until("nothing is left on disk", lambda: not line.files() and visitor.app.waiting == 0)
        assert visitor.app.store is not None
        assert not visitor.app.store.review
    assert (await ben.client.send(cards.get_card("OPS-1"))).description == "second"


async def test_what_was_done_before_the_end_is_not_done_again(
    line: Line, board: tuple[Board, Somebody, Somebody], tmp_path: Path
) -> None:
    made, _, ben = board
    async with line.open() as visitor:
        await line.cut(visitor)
        await visitor.press("n", *"new", "enter", "escape")
        await visitor.until("it is kept", lambda: len(line.files()) == 1)
        shutil.copytree(line.home.paths.waiting, tmp_path / "before")
        line.proxy.heal()
        await visitor.until("it is done", lambda: not line.files() and visitor.app.waiting == 0)
    shutil.copytree(tmp_path / "before", line.home.paths.waiting, dirs_exist_ok=True)
    async with line.open() as visitor:
        await visitor.until("it is answered", lambda: not line.files() and visitor.app.waiting == 0)
    assert [card.title for card in (await seen_by(ben, made)).cards].count("new") == 1


async def test_what_met_another_change_meanwhile_is_asked_about_after_the_next_start_and_the_one_after_it(
    line: Line, board: tuple[Board, Somebody, Somebody]
) -> None:
    made, _, ben = board
    async with line.open() as visitor:
        await line.cut(visitor)
        await visitor.press("e", "ctrl+u", *"mine", "enter", "q")
        await visitor.until("it ends; all is kept, so nothing is asked", lambda: not visitor.app.is_running)
    await ben.client.send(cards.update_card("OPS-1", UpdateCard(title="theirs")))
    line.proxy.heal()
    for _ in range(2):
        async with line.open() as visitor:
            await visitor.until("it is asked about", lambda: isinstance(visitor.app.screen, ReviewPage))
            await visitor.until_seen("ben renamed")
    async with line.open() as visitor:
        await visitor.until("it is asked about", lambda: isinstance(visitor.app.screen, ReviewPage))
        await visitor.press("m")
        await visitor.until("it is done", lambda: not line.files() and visitor.app.waiting == 0)
    assert "mine" in [card.title for card in (await seen_by(ben, made)).cards]


def every_kind() -> list[Operation]:
    """One operation of each kind that the screens send."""
    replica = samples_replica()
    one, two = samples.card_id(1), samples.card_id(2)
    acts = [
        operations.create_card(replica, samples.column_id(1), 1, "new", NOW),
        operations.rename_card(replica, one, "other", 1),
        card_acts.move_cards(replica, [one], samples.column_id(2), 0),
        card_acts.move_cards(replica, [one, two], samples.column_id(2), 0),
        card_acts.complete_cards(replica, [one], True),
        card_acts.archive_cards(replica, [one, two]),
        card_acts.schedule_cards(replica, [one, two], NOW),
        card_acts.schedule_cards(replica, [one], NOW),
        card_acts.hang_on_cards(replica, [one], LABELS, [samples.label_id(1)], []),
        card_acts.hang_on_cards(replica, [one, two], LABELS, [], [samples.label_id(1)]),
    ]
    changes = [
        card_changes.describe(one, "text", 1),
        card_changes.add_list(one, "list", NOW),
        card_changes.rename_list(one, LAUNCH, "Start"),
        card_changes.move_list(one, LAUNCH, [], 0),
        card_changes.delete_list(one, LAUNCH),
        card_changes.add_item(one, LAUNCH, "Rest", 1, NOW),
        card_changes.edit_item(one, LAUNCH.items[0], "Write it"),
        card_changes.tick_item(one, LAUNCH.items[0], True),
        card_changes.move_item(one, LAUNCH.items[0], LAUNCH, 0),
        card_changes.delete_item(one, LAUNCH.items[0]),
        card_changes.add_comment(one, "said", "ada", None, NOW),
        card_changes.edit_comment(one, two, "said otherwise", 2),
        card_changes.delete_comment(one, COMMENT),
        card_changes.rename_file(one, FILE, "plan-2.pdf"),
        card_changes.delete_file(one, FILE),
    ]
    return [*acts, *(change.operation for change in changes)]


def samples_replica() -> Replica:
    return Replica(samples.rich())


@pytest.mark.parametrize("operation", every_kind(), ids=lambda operation: operation.failure[:40])
def test_an_operation_is_the_same_when_it_was_kept(operation: Operation) -> None:
    kept = keep(operation, Known())
    assert kept is not None
    again = revive(kept)
    assert again.call(Known()) == operation.call(Known())
    assert again.pending == operation.pending
    assert again.failure == operation.failure
