"""What people do with cards all day: add many, start one, name a branch, read one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rego.branches import LONGEST, branch_name
from rego.cli.card_views import way_back
from rego.client import cards
from rego.client.call import Call
from rego.wire.cards import Card, CreateCard
from tests.cli.conftest import Person, Rego
from tests.cli.payloads import HOSTILE, steering
from tests.cli.pseudo_terminal import COLUMNS, Terminal

UTF8 = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8:strict"}
STYLE = re.compile("\x1b\\[[0-9;]*m")


def test_titles_from_stdin_become_cards_in_their_order(rego: Rego, ops: str) -> None:
    result = rego("cards", "add", "-", "--to", "Doing", input="First\n\n  Second \n")
    assert (result.code, result.lines) == (0, [f"{ops}-4", f"{ops}-5"])
    assert rego("cards", "list", "--column", "Doing", "--jq", "[.[].title]").out == '["First","Second"]\n'
    rego("cards", "add", "-", "--to", "Doing", "--top", input="A\nB\n")
    assert rego("cards", "list", "--column", "Doing", "--jq", "[.[].title]").out == '["A","B","First","Second"]\n'


def test_no_titles_and_a_bad_one_are_told(rego: Rego, ops: str) -> None:
    assert rego("cards", "add", "-", input="\n").code == 2
    result = rego("cards", "add", "-", input=f"Good\n{'x' * 600}\n")
    assert result.code == 2
    assert "1 of 2 cards were added, then 'xxx" in result.err
    assert result.lines == [f"{ops}-4"]


@pytest.mark.parametrize("form", [("--jq", ".["), ("--template", "{{"), ("--template", "{{nope}}"), ("--json", "nope")])
def test_a_form_that_makes_no_sense_is_told_before_anything_is_done(rego: Rego, ops: str, form: tuple[str, str]) -> None:
    result = rego("cards", "add", "Never", "--board", ops, *form)
    assert (result.code, result.out) == (2, "")
    assert rego("api", "POST", "/boards", "-f", "title=Never", "--jq", ".[").code == 2
    assert "Never" not in rego("cards", "list", ops).out
    assert "Never" not in rego("boards", "list").out


def test_ctrl_c_among_many_titles_says_which_were_added(rego: Rego, ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    create = cards.create_card
    asked: list[str] = []

    def interrupted(board: str, body: CreateCard) -> Call[Card]:
        asked.append(body.title)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return create(board, body)

    monkeypatch.setattr(cards, "create_card", interrupted)
    result = rego("cards", "add", "-", input="A\nB\nC\nD\n")
    assert (result.code, result.lines) == (130, [f"{ops}-4", f"{ops}-5"])
    assert "2 of 4 cards were added before that, and perhaps one more." in result.err


def test_a_new_card_is_assigned(rego: Rego, ada: Person, ops: str) -> None:
    card = json.loads(rego("cards", "add", "Mine", "--assign", "me", "--start", "today", "--json").out)
    assert len(card["assignee_ids"]) == 1
    assert card["start_at"] is not None
    assert rego("cards", "add", "x", "--assign", "nobody").code == 3


def test_starting_a_card_takes_it_to_where_work_is_done(
    rego: Rego, ada: Person, ops: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = rego("cards", "start", f"{ops}-2")
    assert (result.code, result.lines) == (0, [f"{ops}-2"])
    shown = json.loads(rego("cards", "show", f"{ops}-2", "--json", "column,assignees").out)
    assert shown == {"column": "Doing", "assignees": [ada.username]}
    assert rego("cards", "start", f"{ops}-2").code == 0
    monkeypatch.setenv("REGO_START", "Done")
    rego("cards", "start", f"{ops}-2")
    assert json.loads(rego("cards", "show", f"{ops}-2", "--json", "column").out) == {"column": "Done"}


def test_where_work_is_done_must_be_known(rego: Rego, ops: str) -> None:
    rego("columns", "rename", "Doing", "Kitchen")
    result = rego("cards", "start", f"{ops}-1")
    assert result.code == 3
    assert "rego config set start COLUMN" in result.err


def test_a_card_is_found_by_its_number_and_by_the_beginning_of_its_id(rego: Rego, ops: str) -> None:
    whole = json.loads(rego("cards", "show", "2", "--json", "id,ref").out)
    assert whole["ref"] == f"{ops}-2"
    assert rego("cards", "show", whole["id"][:30], "-q").lines == [f"{ops}-2"]
    several = rego("cards", "show", whole["id"][:4])
    assert (several.code, f"{ops}-1" in several.err) == (2, True)
    assert rego("cards", "show", "0000").code == 3
    assert rego("cards", "show", "99").code == 3


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fix login", "ops-12-fix-login"),
        ("Größe & Æther: $(rm -rf)", "ops-12-groe-ther-rm-rf"),
        ("日本語", "ops-12"),
        ("x" * 300, "ops-12"),
        ("word " * 40, "ops-12" + "-word" * 10),
    ],
)
def test_a_branch_name_is_plain(title: str, name: str) -> None:
    assert branch_name("OPS-12", title) == name
    assert len(name) <= LONGEST


def test_a_branch_is_created(rego: Rego, ops: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert rego("cards", "branch", f"{ops}-1", "--create").code == 2
    subprocess.run(["git", "init", "-q", "."], check=True)
    result = rego("cards", "branch", f"{ops}-1", "--create")
    assert (result.code, result.lines) == (0, [f"{ops.lower()}-1-one"])
    head = subprocess.run(["git", "symbolic-ref", "--short", "HEAD"], check=True, capture_output=True, text=True)
    assert head.stdout.strip() == f"{ops.lower()}-1-one"


def test_a_card_on_a_terminal_is_rendered(rego: Rego, ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.delenv("COLUMNS")
    text = f"# Steps\n\n- [link](https://example.com)\n\n&#27;]0;owned&#7; {HOSTILE}"
    rego("cards", "edit", f"{ops}-1", "--description", text)
    terminal = Terminal("cards", "show", f"{ops}-1")
    assert terminal.end() == 0
    plain = STYLE.sub("", terminal.text).replace("\r\n", "\n")
    assert "Steps" in plain
    assert "# Steps" not in plain
    assert "https://example.com" in plain
    assert steering(plain) == []
    assert max(map(len, plain.splitlines())) <= COLUMNS


def test_the_next_card_is_claimed_and_given_back(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-2", "--priority", "high")
    result = rego("cards", "claim", "-q", "priority>=high", "--for", "30m")
    assert (result.code, result.lines) == (0, [f"{ops}-2"])
    assert f"{ops}-2 is yours until" in result.err
    nothing = rego("cards", "claim", "-q", "priority>=high")
    assert (nothing.code, nothing.out) == (3, "")
    assert "no open card" in nothing.err
    claim = json.loads(rego("cards", "claim", "1", "--json", "ref,description,until").out)
    assert (claim["ref"], claim["description"]) == (f"{ops}-1", "")
    assert rego("cards", "claim", f"{ops}-2", "--release").lines == [f"{ops}-2"]
    assert rego("cards", "claim", "--query", "priority>=high", "--quiet").lines == [f"{ops}-2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1", "-q", "x"), "not both"),
        (("--release",), "Name it"),
        (("--for", "soon"), "30m, 4h"),
        (("--for", "5w"), "ttl"),
        (("-q", "label:"), "label"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(rego: Rego, ops: str, words: tuple[str, ...], said: str) -> None:
    result = rego("cards", "claim", *words)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_card_is_copied_here_and_to_another_board(rego: Rego, ops: str) -> None:
    assert (
        rego("cards", "copy", "1", "Doing", "--title", "Again").err == f"{ops}-4 is a copy of {ops}-1: Again{way_back(ops)}\n"
    )
    (other,) = rego("boards", "add", "Website").lines
    rego("columns", "add", "Inbox", "--board", other)
    assert rego("cards", "copy", f"{ops}-1", "--to-board", other).lines == [f"{other}-1"]
    assert rego("cards", "list", other, "--jq", "[.[].title]").out == '["One"]\n'


def test_a_card_goes_to_another_board(rego: Rego, ops: str) -> None:
    (other,) = rego("boards", "add", "Website").lines
    rego("columns", "add", "Inbox", "--board", other)
    result = rego("cards", "move", f"{ops}-2", "--to-board", other)
    assert (result.lines, result.err) == ([f"{other}-1"], f"{ops}-2 is now {other}-1 in Inbox on Website: Two\n")
    assert rego("cards", "show", f"{ops}-2").code == 3
    assert rego("cards", "move", f"{ops}-1", f"{ops}-3", "Inbox", "--to-board", other).code == 2


def test_bytes_that_are_no_text_are_told_apart_from_a_bug(ops: str, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\n")
    for words in (("cards", "add", "-"), ("cards", "edit", f"{ops}-1", "--description", "-")):
        with (tmp_path / "bytes").open("rb") as file:
            command = [sys.executable, "-m", "rego", *words]
            done = subprocess.run(command, stdin=file, capture_output=True, check=False, timeout=30, env=os.environ | UTF8)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"stdin cannot be read as text" in done.stderr
