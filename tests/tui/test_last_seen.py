"""Boards as they were last seen: there before the server answers, and while it is away."""

from __future__ import annotations

import asyncio
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from rego.client import boards, cards, tokens
from rego.client.credentials import Credentials
from rego.client.home import Home
from rego.client.server import Server
from rego.replica import Replica
from rego.wire.boards import Board, CreateBoard
from rego.wire.cards import UpdateCard
from rego.wire.tokens import CreateToken
from rego_tui import snapshot_cache
from rego_tui.memory import Memory
from rego_tui.screens.boards import BoardsScreen
from rego_tui.snapshot_cache import SeenBoard, SnapshotCache
from tests.conftest import Join
from tests.running import Running, Somebody
from tests.tui import boards as samples
from tests.tui.at_home import Visitor, visiting
from tests.tui.cut_off import Line

Two = tuple[Board, Somebody, Somebody]


def seen_files(home: Home) -> list[Path]:
    return sorted(path for path in home.paths.seen.rglob("*") if path.is_file())


def columns_of(visitor: Visitor) -> dict[str, str]:
    """Title of card to title of column, as the app shows them."""
    assert visitor.app.store is not None
    replica = visitor.app.store.loaded
    return {card.title: column.title for column in replica.columns_in_order() for card in replica.cards_in(column.id)}


async def see_once(line: Line) -> None:
    async with line.open():
        pass


async def test_a_board_that_was_seen_is_there_before_the_server_answers(line: Line, board: Two) -> None:
    made, _, ben = board
    await see_once(line)
    await ben.client.send(cards.update_card("OPS-2", UpdateCard(title="Bravo, renamed")))
    line.proxy.hole()
    async with visiting(line.home, line.address, ahead=True) as visitor:
        await visitor.until_seen("Bravo")
        assert "◌ connecting, as of " in visitor.text()
        await visitor.press("L")
        await visitor.until_seen("1 waiting")
        assert columns_of(visitor) == {"Alpha": "Doing", "Bravo": "Todo", "Charlie": "Todo"}
        line.proxy.heal()
        await visitor.until("it is live and done", lambda: "● live" in visitor.text() and "Bravo, renamed" in visitor.text())
        await visitor.until("all is sent", lambda: visitor.app.waiting == 0)
    card = await ben.client.send(cards.get_card("OPS-1"))
    snapshot = await ben.client.send(boards.get_snapshot(made.id))
    assert {column.id: column.title for column in snapshot.columns}[card.column_id] == "Doing"


async def test_while_the_server_is_away_the_board_is_read_and_what_is_changed_waits_for_it(line: Line, board: Two) -> None:
    _, _, ben = board
    await see_once(line)
    line.down()
    for seen in ("Alpha", "mine"):
        async with visiting(line.home, line.address, board="OPS", ahead=True) as visitor:
            await visitor.until_seen(seen)
            line.proxy.cut()
            await visitor.until_seen("○ offline, as of ")
            assert "You see the board as it was; what you change waits." in visitor.notices()
            await visitor.press("e", "ctrl+u", *"mine", "enter")
            await visitor.until("it waits", lambda: len(line.files()) >= 1 and "mine" in visitor.text())
    line.proxy.heal()
    async with line.open() as visitor:
        await visitor.until_seen("sent now.")
        await visitor.until("nothing is left on disk", lambda: not line.files() and visitor.app.waiting == 0)
        assert "as of" not in visitor.text()
    assert (await ben.client.send(cards.get_card("OPS-1"))).title == "mine"


async def test_the_list_of_boards_is_there_too(line: Line, board: Two, server: Running) -> None:
    _, ada, _ = board
    await ada.client.send(boards.create_board(CreateBoard(title="Another", key="ANO")))
    async with visiting(line.home, line.address) as visitor:
        await visitor.until_seen("Another")
        await visitor.until("it is kept", lambda: bool(seen_files(line.home)))
    line.down()
    async with visiting(line.home, line.address, ahead=True) as visitor:
        await visitor.until_seen("Another")
        assert "○ as of " in visitor.text()
        line.proxy.heal()
        await visitor.until_seen("2 boards")
    line.proxy.lead_to()
    async with visiting(line.home, line.address, ahead=True) as visitor:
        await visitor.until_seen("R tries again")
        assert "Another" in visitor.text()
        assert "○ as of " in visitor.text()
        line.proxy.lead_to(int(server.url.rpartition(":")[2]))
        screen = visitor.app.screen
        assert isinstance(screen, BoardsScreen)
        await screen._refresh()
        await visitor.until_seen("2 boards")
        assert "R tries again" not in visitor.text(), "what was said of the outage goes with it"
        line.proxy.lead_to()
        line.proxy.cut()
        await visitor.press("enter")
        await visitor.until_seen("○ offline")


async def test_who_lost_the_board_meanwhile_sees_it_go_and_nothing_of_it_is_kept(line: Line, board: Two) -> None:
    made, ada, _ = board
    await see_once(line)
    assert len(seen_files(line.home)) == 2
    await ada.client.send(boards.delete_board(made.id))
    async with visiting(line.home, line.address, ahead=True) as visitor:
        await visitor.until("the boards stand there", lambda: isinstance(visitor.app.screen, BoardsScreen))
        await visitor.until_seen("You have no boards yet.")
        await visitor.until("it is gone", lambda: len(seen_files(line.home)) == 1)


async def test_logging_out_throws_away_what_was_seen(line: Line) -> None:
    await see_once(line)
    files = seen_files(line.home)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    await asyncio.to_thread(line.home.log_out, Server.parse(line.address))
    assert files
    assert not seen_files(line.home)


async def test_each_login_has_its_own(line: Line, board: Two, people: Join) -> None:
    _, ada, _ = board
    server = Server.parse(line.address)
    places = set()
    for person in (ada, await people("cyn")):
        line.home.store.save(Credentials(server=line.address, access_token=person.token))
        places.add(line.home.seen_boards(server))
    script = await ada.client.send(tokens.create_token(CreateToken(name="a script")))
    line.home.store.save(Credentials(server=line.address, access_token=script.token))
    places.add(line.home.seen_boards(server))
    assert len(places) == 3
    line.home.store.forget(server)
    assert line.home.seen_boards(server) is None


def a_cache(directory: Path) -> SnapshotCache:
    return SnapshotCache(directory / "of ada")


def a_board(number: int) -> Board:
    return replace(samples.board(), id=samples.board_id(number))


def seen(number: int, at: datetime = samples.NOW) -> SeenBoard:
    return SeenBoard(at=at, me=samples.ADA.user_id, snapshot=replace(samples.small(), board=a_board(number)))


def test_what_another_version_wrote_and_what_is_broken_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = a_cache(tmp_path)
    cache.keep(seen(1))
    assert cache.board(samples.board_id(1)) == seen(1)
    [path] = (tmp_path / "of ada").iterdir()
    whole = path.read_bytes()
    for broken in (whole[:-10], whole[:5], b"", whole.replace(b'"snapshot"', b'"snapshop"')):
        path.write_bytes(broken)
        assert cache.board(samples.board_id(1)) is None
    path.write_bytes(whole)
    with monkeypatch.context() as later:
        later.setattr(snapshot_cache, "MARK", b"rego board 1 99.0\n")
        assert cache.board(samples.board_id(1)) is None
    assert cache.board(samples.board_id(1)) is not None
    path.unlink()
    path.mkdir()
    assert cache.board(samples.board_id(1)) is None
    cache.keep(seen(1))  # a disk that takes nothing is no misfortune


def test_the_boards_that_were_not_seen_for_longest_go_first(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    for number in range(1, snapshot_cache.BOARDS_MAX + 3):
        cache.keep(seen(number))
        for path in (tmp_path / "of ada").iterdir():
            os.utime(path, (path.stat().st_mtime - 1,) * 2)
    kept = [number for number in range(1, snapshot_cache.BOARDS_MAX + 3) if cache.board(samples.board_id(number))]
    assert kept == list(range(3, snapshot_cache.BOARDS_MAX + 3))


def test_a_board_that_is_not_in_the_list_any_more_is_not_kept(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    for number in (1, 2):
        cache.keep(seen(number))
    cache.keep_boards([a_board(2)], samples.NOW)
    assert cache.board(samples.board_id(1)) is None
    assert cache.board(samples.board_id(2)) is not None
    listed = cache.boards()
    assert listed is not None
    assert [board.id for board in listed.boards] == [samples.board_id(2)]


def test_no_name_of_a_board_leads_out_of_the_directory(tmp_path: Path) -> None:
    strange = replace(samples.board(), id="../../strange")
    a_cache(tmp_path).keep(replace(seen(1), snapshot=replace(samples.small(), board=strange)))
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "of ada"]


async def test_a_board_that_changes_is_kept_again_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = a_cache(tmp_path)
    memory = Memory(samples.board_id(1), lambda: cache)
    replica = Replica(seen(1).snapshot)
    memory.keep_if_due(replica, samples.ADA.user_id)
    await memory.open()
    assert await memory.recall() is None, "nothing is kept before the cache is open"

    async def kept_at() -> int | None:
        await memory.settled()
        found = await memory.recall()
        return found.snapshot.seq if found is not None else None

    first = replica.seq
    memory.keep_if_due(replica, None)
    assert await kept_at() is None, "nor before it is known who sees it"
    memory.keep_if_due(replica, samples.ADA.user_id)
    assert await kept_at() == first
    replica.seq += 1
    memory.keep_if_due(replica, samples.ADA.user_id)
    assert await kept_at() == first
    monkeypatch.setattr(memory, "_due_at", 0.0)
    memory.keep_if_due(replica, samples.ADA.user_id)
    assert await kept_at() == first + 1
    memory.keep(replica, samples.ADA.user_id, datetime(2026, 11, 24, tzinfo=UTC))
    found = await memory.recall()
    assert found is not None
    assert found.at == datetime(2026, 11, 24, tzinfo=UTC)
