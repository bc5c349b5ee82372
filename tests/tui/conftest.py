"""What tests of the app on a real server share: a board with two people on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.notifications import Notifications

from rego.client import boards, cards, columns
from rego.client.credentials import Credentials
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard
from rego.wire.cards import CreateCard
from rego.wire.columns import CreateColumn
from tests.chaos.proxy import proxy_to
from tests.conftest import Join
from tests.running import Running, Somebody
from tests.tui.at_home import empty_home
from tests.tui.cut_off import Line
from tests.tui.rest import at_rest


@pytest.fixture(autouse=True)
def _what_was_said_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice leaves the screen after some seconds, but a slow test still finds that it was shown."""
    monkeypatch.setattr(Notifications, "_reap", lambda notices: notices)
    monkeypatch.setattr(Notifications, "__delitem__", lambda notices, notice: None)


@pytest.fixture(autouse=True)
def _pilots_wait_for_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each key, until the app has dealt with it, however long that takes."""
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", at_rest)


@pytest.fixture
def database_url() -> str:
    """SQLite alone: what the databases have in common is tested where the server is."""
    return ""


@pytest.fixture
async def board(people: Join, server: Running) -> tuple[Board, Somebody, Somebody]:
    """A board of Ada's with Ben on it: two columns, three cards in the first."""
    ada, ben = await people("ada"), await people("ben")
    made = await ada.client.send(boards.create_board(CreateBoard(title="Ops", key="OPS")))
    await ada.client.send(boards.add_member(made.id, AddMember(username="ben", role=Role.MEMBER)))
    first, _ = [await ada.client.send(columns.create_column(made.id, CreateColumn(title=t))) for t in ("Todo", "Doing")]
    for title in ("Alpha", "Bravo", "Charlie"):
        await ada.client.send(cards.create_card(made.id, CreateCard(title=title, column_id=first.id)))
    return made, ada, ben


@pytest.fixture
async def line(
    server: Running, board: tuple[Board, Somebody, Somebody], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    _, ada, _ = board
    async with proxy_to(int(server.url.rpartition(":")[2])) as proxy:
        home = empty_home(tmp_path, monkeypatch)
        found = Line(home, proxy)
        home.store.save(Credentials(server=found.address, access_token=ada.token))
        yield found
