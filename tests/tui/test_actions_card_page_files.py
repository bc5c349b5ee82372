"""The actions on the files of an open card, and on its texts in the user's own editor, each done with its key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from rego.client.showing import OPENER
from rego.wire.errors import TooLarge
from rego_tui.app import RegoApp
from rego_tui.widgets.line_input import LineInput
from rego_tui.widgets.text_editor import TextEditor
from tests.tui.card_peer import CARD, CardDesk, card_desk


def line(desk: CardDesk) -> LineInput:
    return desk.app.screen.query_one("#line", LineInput)


def program(path: Path, body: str) -> Path:
    """A program of Python that gets a file's path as its argument."""
    path.write_text(f"#!{sys.executable}\nimport sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{body}\n")
    path.chmod(0o700)
    return path


async def add(desk: CardDesk, path: str) -> None:
    await desk.press("f")
    line(desk).value = path
    await desk.press("enter")


async def save_as(desk: CardDesk, path: str) -> None:
    await desk.go_to("plan.pdf")
    await desk.press("s")
    line(desk).value = path
    await desk.press("enter")


async def test_files_add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "notes.txt").write_text("hello")
    async with card_desk() as desk:
        await add(desk, "~/notes.txt")
        await desk.until("it is there", lambda: "▤ notes.txt" in desk.text() and "sending" not in desk.text())
        assert desk.peer.files[-1].filename == "notes.txt"
        assert "notes.txt is on OPS-1, 5 B." in desk.notices()


@pytest.mark.parametrize(
    ("name", "reason"), [("none.txt", "No such file"), (".", "Is a directory"), ("~nobody-here/x", "no such user")]
)
async def test_a_file_that_cannot_be_read_is_refused_and_its_path_stays(tmp_path: Path, name: str, reason: str) -> None:
    typed = name if name.startswith("~") else str(tmp_path / name)
    async with card_desk() as desk:
        await add(desk, typed)
        assert reason in desk.notices()
        assert line(desk).value == typed
        assert len(desk.peer.files) == 1


async def test_a_file_that_the_server_refuses_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "big.bin").write_text("x")
    async with card_desk() as desk:
        desk.peer.refusals.append(TooLarge("A file may have 50 MB."))
        await add(desk, str(tmp_path / "big.bin"))
        await desk.until("it is said", lambda: "big.bin was not added: A file may have 50 MB." in desk.notices())
        assert "sending" not in desk.text()


async def test_files_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = tmp_path / "shown"
    program(tmp_path / OPENER, f"pathlib.Path({str(shown)!r}).write_text(path.name + ': ' + path.read_text())")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    async with card_desk() as desk:
        await desk.go_to("plan.pdf")
        await desk.press("o")
        await desk.until("it is shown", lambda: shown.exists() and shown.read_text() == "plan.pdf: content")


async def test_what_a_machine_might_run_is_not_opened() -> None:
    async with card_desk() as desk:
        desk.peer.files = [replace(desk.peer.files[0], content_type="application/x-sh")]
        desk.peer.touch()
        await desk.until("it is read", lambda: "x-sh" in desk.text())
        await desk.go_to("plan.pdf")
        await desk.press("o")
        await desk.until("it is said", lambda: "is not opened from here" in desk.notices())


async def test_over_ssh_a_file_is_saved_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22")
    async with card_desk() as desk:
        await desk.go_to("plan.pdf")
        await desk.press("enter")
        assert "Over SSH" in desk.notices()
        assert line(desk).value == "plan.pdf"


async def test_files_save(tmp_path: Path) -> None:
    async with card_desk() as desk:
        await save_as(desk, str(tmp_path))
        await desk.until("it is saved", lambda: f"plan.pdf is in {tmp_path}" in desk.notices().replace("\n", ""))
        assert (tmp_path / "plan.pdf").read_text() == "content"


async def test_a_saved_file_overwrites_nothing(tmp_path: Path) -> None:
    there = tmp_path / "there.pdf"
    there.write_text("mine")
    async with card_desk() as desk:
        await save_as(desk, str(there))
        assert "is there already" in desk.notices()
        assert line(desk).value == str(there)
        assert there.read_text() == "mine"


async def test_a_file_is_renamed_and_deleted_at_once() -> None:
    async with card_desk() as desk:
        await desk.go_to("plan.pdf")
        desk.peer.hold()
        await desk.press("e", *"x", "enter")
        assert "plan.pdfx" in desk.text()
        await desk.press("d")
        assert "▤ plan.pdfx" not in desk.text()
        assert "Deleted plan.pdfx. Press u to undo." in desk.notices()
        desk.peer.release()
        await desk.until_sent()
        assert desk.peer.files == []


async def test_open_card_edit_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = program(tmp_path / "editor", "path.write_text(path.read_text() + 'And more.\\n')")
    monkeypatch.setattr(RegoApp, "editor", str(editor))
    async with card_desk() as desk:
        await desk.press("E")
        await desk.until("it is saved", lambda: desk.peer.description == "What is to be done.And more.")
        await desk.until_sent()


async def test_editor_external(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = program(tmp_path / "editor", "path.write_text('From outside: ' + path.read_text())")
    monkeypatch.setattr(RegoApp, "editor", str(editor))
    async with card_desk() as desk:
        await desk.press("c", *"typed", "ctrl+e")
        await desk.until("the text came back", lambda: desk.app.screen.query_one(TextEditor).text == "From outside: typed")
        await desk.press("ctrl+s")
        await desk.until_sent()
        assert desk.peer.said[-1].text == "From outside: typed"


async def test_an_editor_that_fails_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RegoApp, "editor", str(program(tmp_path / "editor", "sys.exit(3)")))
    async with card_desk() as desk:
        await desk.press("c", *"typed", "ctrl+e")
        await desk.until("it is said", lambda: "ended with code 3" in desk.notices())
        assert desk.app.screen.query_one(TextEditor).text == "typed"
        assert CARD
