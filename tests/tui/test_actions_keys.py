"""The actions of the help and of the user's own keys, each done with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from rego.client.home import Home
from rego.client.paths import Paths
from rego.wire.cards import UpdateCard
from rego_tui.screens.help import HelpScreen
from tests.tui import boards
from tests.tui.desk import Desk, at_desk


async def test_app_help() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?")
        assert isinstance(desk.app.screen, HelpScreen)
        assert "the column to the left" in desk.text()


async def chosen(desk: Desk) -> str:
    """The line of the help that is lit."""
    listed = desk.app.screen.query_one("#actions")
    assert listed.highlighted is not None  # type: ignore[attr-defined]
    return str(listed.get_option_at_index(listed.highlighted).prompt)  # type: ignore[attr-defined]


async def test_help_down() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", "down")
        assert "the next card" in await chosen(desk)


async def test_help_up() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", "down", "down", "up")
        assert "the next card" in await chosen(desk)


async def test_help_page_down() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", "pagedown")
        assert "the column to the left" not in desk.text()
        await desk.press(*["pagedown"] * 9)
        assert "say how to quit" in await chosen(desk)


async def test_help_page_up() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", *["pagedown"] * 9, *["pageup"] * 9)
        assert "the column to the left" in await chosen(desk)


async def test_help_run() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", *"not done", "enter")
        assert desk.app.screen is desk.board
        await desk.until_sent()
        assert desk.peer.replica.cards[boards.card_id(1)].completed


async def test_help_close() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", *"q j", "escape")
        assert desk.app.screen is desk.board


async def test_the_help_says_when_nothing_is_called_that() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", *"zebra")
        assert "Nothing here is called that." in desk.text()
        await desk.press("enter", *["backspace"] * 5)
        assert "the column to the left" in desk.text()


@pytest.mark.parametrize("size", [(20, 5), (60, 20), (200, 50)])
async def test_the_help_in_any_size_of_terminal(size: tuple[int, int]) -> None:
    async with at_desk(boards.small(), size=size) as desk:
        await desk.press("?", "down", "pagedown", "pageup")
        await desk.pilot.resize_terminal(80, 24)
        await desk.settle()
        assert "the column to the left" in desk.text()


async def test_app_keys_file(tmp_path: Path) -> None:
    home = Home(Paths(config=tmp_path, data=tmp_path, cache=tmp_path))
    path = home.paths.keys_file
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press("f2")
        assert "is there now" in desk.notices()
        path.write_text(path.read_text().replace('#card.toggle_done = ["x"]', 'card.toggle_done = ["X", "g x"]'))
        await desk.press("f2", "x")
        assert not desk.sent(UpdateCard)
        await desk.press("g", "x")
        await desk.until_sent()
        assert desk.peer.replica.cards[boards.card_id(1)].completed
        path.write_text('card.fly = "f"')
        await desk.press("f2")
        assert "line 1: There is no action “card.fly”" in desk.notices()


async def test_a_wrong_keys_file_is_said_at_the_start_and_the_board_opens(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text("card.open = \n")
    async with at_desk(boards.small(), home=Home(Paths(config=tmp_path, data=tmp_path, cache=tmp_path))) as desk:
        assert "is not valid TOML" in desk.notices()
        assert "line 1" in desk.notices()
        await desk.press("enter")
        assert desk.app.screen is not desk.board


async def test_an_action_that_lost_its_key_is_told_at_the_start_and_by_f2(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('\ncard.open = ["x"]\n')
    async with at_desk(boards.small(), home=Home(Paths(config=tmp_path, data=tmp_path, cache=tmp_path))) as desk:
        told = "line 2: x is card.open now, so card.toggle_done (done, or not done after all) has no key."
        assert desk.notices().count(told) == 1
        await desk.press("f2")
        assert desk.notices().count(told) == 2
        await desk.press("?", *"toggle_done")
        assert "no key" in desk.text()


async def test_without_a_configuration_directory_there_is_no_keys_file() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("f2")
        assert "need a configuration directory" in desk.notices()


async def test_app_interrupt() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("ctrl+c")
        assert desk.app.is_running
        assert "q quits from the board" in desk.notices()


async def test_app_suspend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real thing, in a real terminal, is in test_leaving."""
    asked: list[bool] = []
    async with at_desk(boards.small()) as desk:
        monkeypatch.setattr(desk.app, "action_suspend_process", lambda: asked.append(True))
        await desk.press("ctrl+z")
        assert asked == [True]


async def test_the_palette_shows_the_keys_of_each_action() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press(":")
        await desk.until("the palette stands open", lambda: type(desk.app.screen).__name__ == "CommandPalette")
        await desk.pilot.press(*"do again")
        await desk.until("keys and id stand there", lambda: "U  ^R  ·  acts.redo" in desk.text())
