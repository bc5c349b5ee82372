"""The real command in a pseudo-terminal: tables, prompts, the progress bar."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Person, Rego
from tests.cli.payloads import steering
from tests.cli.pseudo_terminal import COLUMNS, Terminal
from tests.running import PASSWORD

STYLE = re.compile("\x1b\\[[0-9;]*m")
PROGRESS = re.compile("\x1b\\[[0-9;?]*[A-Za-z]|\r")

TRELLO = Path(__file__).parents[1] / "data" / "trello" / "complete.json"


@pytest.fixture(autouse=True)
def _xterm(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLUMNS")


def test_a_list_is_a_table_in_the_width_of_the_terminal(rego: Rego, ops: str) -> None:
    rego("cards", "add", "x" * 300)
    terminal = Terminal("cards", "list")
    assert terminal.end() == 0
    lines = STYLE.sub("", terminal.text).splitlines()
    assert lines[0].split()[:3] == ["REF", "COLUMN", "TITLE"]
    assert len(lines) == 5
    assert max(map(len, lines)) <= COLUMNS
    assert "…" in lines[4]
    assert steering(STYLE.sub("", terminal.text).replace("\r\n", "\n")) == []


def test_no_color_is_obeyed(ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal("cards", "list")
    terminal.end()
    assert not re.search("\x1b\\[3", terminal.text)


def test_json_is_indented_for_people(ops: str) -> None:
    terminal = Terminal("boards", "list", "--json", "key")
    terminal.end()
    assert terminal.text == f'[\r\n  {{\r\n    "key": "{ops}"\r\n  }}\r\n]\r\n'


def test_a_password_is_asked_for_and_not_shown(ada: Person, server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGO_TOKEN")
    terminal = Terminal("login", "--server", server_url)
    terminal.read_until(lambda text: "Username: " in text)
    terminal.type(ada.username)
    terminal.read_until(lambda text: "Password: " in text)
    terminal.type(PASSWORD)
    assert terminal.end() == 0
    assert f"Logged in to {server_url} as {ada.username}." in terminal.text
    assert PASSWORD not in terminal.text


def test_two_different_passwords_register_nobody(server_url: str) -> None:
    terminal = Terminal("register", "--server", server_url, "-u", "nobody", "--email", "nobody@example.com")
    terminal.read_until(lambda text: "Password: " in text)
    terminal.type(PASSWORD)
    terminal.read_until(lambda text: "Again: " in text)
    terminal.type(f"{PASSWORD}!")
    assert terminal.end() == 2
    assert "The two passwords differ; nothing was done." in terminal.text


def test_a_new_password_is_asked_for_twice_and_not_shown(ada: Person) -> None:
    terminal = Terminal("password")
    for question, answer in (("Current password: ", PASSWORD), ("New password: ", f"{PASSWORD}!"), ("Again: ", f"{PASSWORD}!")):
        terminal.read_until_it_says(question)
        terminal.type(answer)
    assert terminal.end() == 0
    assert "Your password is changed" in terminal.text
    assert PASSWORD not in terminal.text


def test_an_import_shows_that_it_works_and_then_its_report(ada: Person) -> None:
    terminal = Terminal("import", "trello", str(TRELLO))
    assert terminal.end() == 0
    assert "Importing complete.json" in terminal.text
    assert "KIND" in terminal.text
    assert "IN THE FILE" in terminal.text
    assert "Imported as the board " in terminal.text


def test_a_file_shows_its_way_and_text_is_shown_harmless(ops: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    Path("notes.txt").write_text("\x1b[2J\u202edesrever\n\ttab\r\nend\n")
    Path("big.bin").write_bytes(b"\xff" * 3_000_000)
    for name, size in (("notes.txt", "26 B"), ("big.bin", "3.0 MB")):
        terminal = Terminal("attachments", "add", f"{ops}-1", name)
        assert terminal.end() == 0
        assert PROGRESS.search(terminal.text)
        assert f"{name} added to {ops}-1, {size}." in terminal.text
    terminal = Terminal("attachments", "get", f"{ops}-1", "notes.txt", "-o", "-")
    assert terminal.end() == 0
    assert terminal.text == "␛[2J<U+202E>desrever\r\n\ttab\r\nend\r\n"
    terminal = Terminal("attachments", "get", f"{ops}-1", "big.bin", "-o", "-")
    assert terminal.end() == 2
    assert "which no terminal shows" in terminal.text
    terminal = Terminal("attachments", "get", f"{ops}-1", "big.bin", "-o", "copy")
    assert terminal.end() == 0
    assert PROGRESS.search(terminal.text)
    assert Path("copy").read_bytes() == Path("big.bin").read_bytes()


@pytest.mark.parametrize("kind", ["json", "csv", "md"])
def test_an_export_to_a_terminal_steers_nothing(rego: Rego, ada: Person, kind: str) -> None:
    hostile = "\u202edesrever \u2066 text\n\ttab"
    board = {"title": "x", "description": hostile, "cards": [{"column": "", "title": "y", "description": hostile}]}
    (key,) = rego("import", "rego", "-", "-q", input=json.dumps(board)).lines
    terminal = Terminal("export", key, "-f", kind)
    assert terminal.end() == 0
    assert "desrever" in terminal.text
    assert steering(PROGRESS.sub("", terminal.text)) == []
