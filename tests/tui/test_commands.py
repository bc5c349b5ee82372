"""The command that `!` shows does in a shell what the keys did: played on a twin of the board, it comes to the same cards."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rego.cli.main import run
from rego.client import boards, cards, columns, labels
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard
from rego.wire.cards import CreateCard
from rego.wire.columns import Color, CreateColumn
from rego.wire.labels import CreateLabel
from tests.conftest import Join
from tests.running import Running, Somebody
from tests.tui.seat import Seat, seated

ACTS: list[tuple[list[str], str]] = [
    (["n", *"-x 'new' $HOME", "enter", "escape"], "rego cards add --board OPS --to Todo -- '-x '\"'\"'new'\"'\"' $HOME'"),
    (["g", "g", "o", *"below", "enter", "escape"], "rego cards add --board OPS --after OPS-1 below"),
    (["g", "g", "O", *"top", "enter", "escape"], "rego cards add --board OPS --to Todo --top top"),
    (["j", "L"], "rego cards move OPS-1 Doing"),
    (["h", "g", "g", "L"], "rego cards move --top OPS-6 Doing"),
    (["J"], "rego cards move OPS-6 Doing"),
    (["x"], "rego cards done OPS-6"),
    (["x"], "rego cards done --undo OPS-6"),
    (["t", *"ops and", "enter"], "rego cards label OPS-6 'ops and more'"),
    (["t", "1", "enter"], "rego cards label --remove OPS-6 'ops and more'"),
    (["a", *"ben", "enter"], "rego cards assign OPS-6 ben"),
    (["D", *"2030-12-01", "enter"], "rego cards edit --due 2030-12-01 OPS-6"),
    (["D", *"none", "enter"], "rego cards edit --no-due OPS-6"),
    (["D", *"2030-12-01T09:30", "enter"], "rego cards edit --due 2030-12-01T09:30"),
    (["p", "2"], "rego cards edit --priority high OPS-6"),
    (["e", *"-and", "enter"], "rego cards edit --title top-and OPS-6"),
    (["h", "g", "g", "v", "j", "x"], "rego cards done OPS-5 OPS-2"),
    (["t", "1", "enter"], "rego cards label OPS-5 OPS-2 'ops and more'"),
    (["D", *"+1w", "enter"], "rego cards edit --due"),
    (["J"], "rego cards move --after OPS-3 OPS-5 OPS-2"),
    (["L"], "rego cards move --after OPS-1 OPS-5 OPS-2"),
    (["d"], "rego cards archive OPS-5 OPS-2"),
]


@pytest.fixture
async def twins(people: Join) -> tuple[Somebody, Board, Board]:
    """Two boards of Ada's with the same in them."""
    ada, _ = await people("ada"), await people("ben")
    made = []
    for key in ("OPS", "TWO"):
        board = await ada.client.send(boards.create_board(CreateBoard(title=key.lower(), key=key)))
        await ada.client.send(boards.add_member(board.id, AddMember(username="ben", role=Role.MEMBER)))
        await ada.client.send(labels.create_label(board.id, CreateLabel(name="ops and more", color=Color.RED)))
        first, _ = [await ada.client.send(columns.create_column(board.id, CreateColumn(title=t))) for t in ("Todo", "Doing")]
        for title in ("Alpha", "Bravo", "Charlie"):
            await ada.client.send(cards.create_card(board.id, CreateCard(title=title, column_id=first.id)))
        made.append(board)
    return ada, made[0], made[1]


@pytest.fixture
def shell(server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A shell in which `rego` is at the server."""
    monkeypatch.setenv("REGO_SERVER", server.url)
    monkeypatch.setenv("REGO_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    yield monkeypatch


async def test_each_act_says_the_command_that_equals_it(
    server: Running, twins: tuple[Somebody, Board, Board], shell: pytest.MonkeyPatch
) -> None:
    ada, board, twin = twins
    said = []
    async with seated(server, ada, board) as seat:
        for keys, command in ACTS:
            await _press(seat, keys)
            said.append(seat.store.last_command())
            assert command in said[-1]
        await seat.until("all is sent", lambda: seat.store.waiting == 0 and not seat.store.loaded.pending)
    shell.setenv("REGO_TOKEN", ada.token)
    for line in "\n".join(said).splitlines():
        _, *words = shlex.split(line.replace("OPS", "TWO"))
        assert await asyncio.to_thread(run, words) == 0, line
    assert await _looks(ada, twin) == await _looks(ada, board)


async def _press(seat: Seat, keys: list[str]) -> None:
    """Press keys, and let the server number what was made, so that the next command can name it."""
    await seat.press(*keys)
    await seat.until("cards have numbers", lambda: all(card.number for card in seat.store.loaded._shown.values()))


async def _looks(ada: Somebody, board: Board) -> list[dict[str, Any]]:
    """What a board shows of its cards, in their order."""
    snapshot = await ada.client.send(boards.get_snapshot(board.id, archived=True))
    places = {column.id: (column.rank, column.title) for column in snapshot.columns}
    names = {label.id: label.name for label in snapshot.labels}
    return [
        {
            "number": card.number,
            "title": card.title,
            "column": places[card.column_id][1],
            "done": (card.completed, card.archived, card.priority, card.due_at),
            "labels": [names[label_id] for label_id in card.label_ids],
            "people": card.assignee_ids,
        }
        for card in sorted(snapshot.cards, key=lambda card: (places[card.column_id], card.rank))
    ]


async def test_what_was_done_to_several_is_taken_back_by_one_key(server: Running, twins: tuple[Somebody, Board, Board]) -> None:
    ada, board, _ = twins
    before = await _looks(ada, board)
    async with seated(server, ada, board) as seat:
        await seat.press("v", "j", "j", "L", "x")
        await seat.until("both are sent", lambda: seat.store.waiting == 0 and not seat.store.loaded.pending)
        assert [card["done"][0] for card in await _looks(ada, board)] == [True] * 3
        await seat.press("u", "u")
        await seat.until("all is back", lambda: all(seat.column_of(t) == "Todo" for t in ("Alpha", "Bravo", "Charlie")))
        await seat.until("nothing waits", lambda: seat.said("moved"))
    assert await _looks(ada, board) == before
