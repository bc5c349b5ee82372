"""The actions of the settings screen, each done with its key: what changes is seen at once and kept in the user's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from rego.client.config import save_settings
from rego.client.home import Home
from rego.client.paths import Paths
from rego_tui.screens.settings import SettingsScreen
from tests.tui import boards
from tests.tui.desk import Desk, at_desk


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A user without any setting."""
    monkeypatch.chdir(tmp_path)
    for name in ("REGO_THEME", "REGO_DENSITY", "REGO_MOUSE", "REGO_PROFILE", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    return Home(Paths(config=tmp_path / "config", data=tmp_path / "data", cache=tmp_path / "cache"))


def kept(home: Home) -> str:
    """What the user's file says."""
    path = home.paths.config_file
    return path.read_text() if path.exists() else ""


async def closed(desk: Desk) -> None:
    """Leave the settings, and wait until all is written."""
    await desk.press("escape")
    await desk.until("all is written", lambda: not any(worker.group == "settings" for worker in desk.app.workers))
    assert not isinstance(desk.app.screen, SettingsScreen)


async def test_app_settings(home: Home) -> None:
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press(",")
        assert isinstance(desk.app.screen, SettingsScreen)
        assert "◂    rego-dark     ▸" in desk.text()


async def test_settings_next(home: Home) -> None:
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press(",", "l")
        assert desk.app.theme == "rego-light"
        await closed(desk)
        assert 'theme = "rego-light"' in kept(home)


async def test_settings_previous(home: Home) -> None:
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press(",", "l", "h")
        assert desk.app.theme == "rego-dark"


async def test_settings_down(home: Home) -> None:
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press(",", "j", "l")
        assert desk.app.preferences.density == "full"
        assert "How much of each card" in desk.text()


async def test_settings_up(home: Home) -> None:
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press(",", "3", "j", "9", "k", "l")
        assert desk.app.theme == "rego-light"


async def test_settings_reset(home: Home) -> None:
    save_settings(home.paths, None, {"theme": "nord"})
    async with at_desk(boards.small(), home=home) as desk:
        assert desk.app.theme == "nord"
        await desk.press(",", "x")
        assert desk.app.theme == "rego-dark"
        await closed(desk)
        assert "theme" not in kept(home)


async def test_settings_close(home: Home) -> None:
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press(",")
        await closed(desk)
        assert kept(home) == ""


async def test_what_a_variable_says_is_not_changed_here(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGO_THEME", "dracula")
    async with at_desk(boards.small(), home=home) as desk:
        assert desk.app.theme == "dracula"
        await desk.press(",", "l")
        assert desk.app.theme == "dracula"
        assert "REGO_THEME decides this here." in desk.notices()


async def test_values_that_make_no_sense_are_named_and_passed_over(home: Home) -> None:
    save_settings(home.paths, None, {"theme": "[bold]no", "density": "thick"})
    async with at_desk(boards.small(), home=home) as desk:
        assert "There is no theme “[bold]no”" in desk.notices()
        assert "density must be one of compact, normal, full" in desk.notices()
        assert (desk.app.theme, desk.app.preferences.density) == ("rego-dark", "normal")


async def test_a_file_that_cannot_be_written_is_a_sentence(home: Home) -> None:
    async with at_desk(boards.small(), home=home) as desk:
        home.paths.config.write_text("not a directory")
        await desk.press(",", "l")
        await desk.until("it says so", lambda: "Not kept:" in desk.notices())


@pytest.mark.parametrize(("said", "remote", "level"), [("auto", "", "full"), ("auto", "1 2", "none"), ("on", "1 2", "full")])
async def test_nothing_glides_over_ssh_unless_that_is_wanted(
    home: Home, monkeypatch: pytest.MonkeyPatch, said: str, remote: str, level: str
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", remote)
    save_settings(home.paths, None, {"animation": said})
    async with at_desk(boards.small(), home=home) as desk:
        assert desk.app.animation_level == level


async def test_quitting_wants_the_key_twice_where_that_is_wished(home: Home) -> None:
    save_settings(home.paths, None, {"confirm_quit": "on"})
    async with at_desk(boards.small(), home=home) as desk:
        await desk.press("q")
        assert "Quit again" in desk.notices()
        assert desk.app.is_running
        await desk.press("q")
        assert not desk.app.is_running


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (20, 5)])
async def test_every_size_shows_the_row_under_the_cursor(home: Home, size: tuple[int, int]) -> None:
    async with at_desk(boards.small(), home=home, size=(80, 24)) as desk:
        await desk.press(",")
        await desk.pilot.resize_terminal(*size)
        await desk.press("9", "j")
        assert "▌ confirm" in desk.text()
