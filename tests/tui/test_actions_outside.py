"""A card in the user's own editor, which is a small script here: what it writes is sent, merged, or kept in a file."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rego.client.home import Home
from rego.client.paths import Paths
from rego.wire.cards import UpdateCard
from rego.wire.errors import NotFound, RegoError, StaleVersion, Unreachable
from rego_tui.screens.picker import Picker
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

FIRST = boards.card_id(1)


class Editing:
    """The app, and the editor that `E` opens."""

    def __init__(self, desk: Desk, script: Path) -> None:
        self.desk = desk
        self._script = script

    def does(self, *replacements: tuple[str, str]) -> None:
        """What the editor does to a text from now on."""
        self._script.write_text(
            "import sys\npath = sys.argv[-1]\ntext = open(path).read()\n"
            f"for before, after in {replacements!r}:\n    text = text.replace(before, after)\nopen(path, 'w').write(text)\n"
        )


@asynccontextmanager
async def editing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str = "") -> AsyncIterator[Editing]:
    script = tmp_path / "editor.py"
    monkeypatch.setenv("REGO_EDITOR", command or f"{sys.executable} {script}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with at_desk(boards.small(), home=Home(Paths(config=tmp_path, data=tmp_path, cache=tmp_path))) as desk:
        desk.peer.details[FIRST] = ("One line", [], [])
        yield Editing(desk, script)


def kept(tmp_path: Path) -> list[str]:
    """The texts that were kept."""
    return [path.read_text() for path in tmp_path.glob("rego-*/*.md")]


async def test_card_edit_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with editing(tmp_path, monkeypatch) as at:
        at.does(("title: A1", "title: Renamed"), ("One line", "Two\nlines"))
        await at.desk.press("E")
        await at.desk.until("it is renamed", lambda: at.desk.titles(1)[0] == "Renamed")
        await at.desk.until("it says so", lambda: "OPS-1: title, description changed. Press u" in at.desk.notices())
        assert at.desk.sent(UpdateCard) == [UpdateCard(title="Renamed", description="Two\nlines", version=1)]
        assert kept(tmp_path) == []


async def test_a_text_that_nobody_touched_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with editing(tmp_path, monkeypatch) as at:
        at.does()
        await at.desk.press("E")
        await at.desk.until("it says so", lambda: "OPS-1 stays as it was." in at.desk.notices())
        assert not at.desk.sent(UpdateCard)


async def test_what_others_changed_meanwhile_is_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with editing(tmp_path, monkeypatch) as at:
        at.does(("One line", "My line"))
        at.desk.peer.refusals.append(StaleVersion("OPS-1 was changed meanwhile."))
        await at.desk.press("E")
        await at.desk.until("it is sent again", lambda: "OPS-1: description changed" in at.desk.notices())
        assert [body.description for body in at.desk.sent(UpdateCard) if isinstance(body, UpdateCard)] == ["My line"] * 2


async def test_a_text_that_is_wrong_is_looked_at_again_or_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with editing(tmp_path, monkeypatch) as at:
        at.does(("priority: none", "priority: highest"))
        await at.desk.press("E")
        await at.desk.until("it asks", lambda: isinstance(at.desk.app.screen, Picker))
        assert "The priority must be one of" in at.desk.text()
        at.does(("highest", "higher"))
        await at.desk.press("1")
        await at.desk.until("it asks again", lambda: "not 'higher'" in at.desk.text())
        await at.desk.press("2")
        await at.desk.until("the text is kept", lambda: "Your text is kept in" in at.desk.notices())
        assert ["priority: higher" in text for text in kept(tmp_path)] == [True]
        assert not at.desk.sent(UpdateCard)


@pytest.mark.parametrize("error", [Unreachable("The server is away."), NotFound("There is no such card.")])
async def test_a_text_that_cannot_be_sent_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: RegoError) -> None:
    async with editing(tmp_path, monkeypatch) as at:
        at.does(("One line", "My line"))
        at.desk.peer.refusals.append(error)
        await at.desk.press("E")
        await at.desk.until("both are said", lambda: error.detail in at.desk.notices())
        assert ["My line" in text for text in kept(tmp_path)] == [True]


async def test_an_editor_that_cannot_be_run_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with editing(tmp_path, monkeypatch, "/nowhere/editor") as at:
        await at.desk.press("E")
        await at.desk.until("it says so", lambda: "'/nowhere/editor' cannot be run" in at.desk.notices())
        assert kept(tmp_path) == []
