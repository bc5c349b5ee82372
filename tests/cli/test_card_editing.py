"""`rego cards edit` as a text: in an editor, from a file, and merged with what others did meanwhile."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from rego.card_text import CardText, joined, listed, merge, read, written
from rego.wire.errors import InvalidInput
from tests.cli.conftest import Rego
from tests.cli.pseudo_terminal import Terminal

BASE = CardText(
    {"title": "Fix", "column": "Doing", "labels": "bug", "people": "", "start": "", "due": "", "priority": "none"}, "a\nb\nc"
)


def with_(base: CardText, description: str | None = None, **fields: str) -> CardText:
    return CardText({**base.fields, **fields}, base.description if description is None else description)


def test_what_is_written_is_read_again() -> None:
    assert read(written(BASE)) == BASE
    assert read(written(with_(BASE, description=""))) == with_(BASE, description="")


@pytest.mark.parametrize("name", ["bug", "a, b", 'say "hi"', '"', ',"x'])
def test_any_name_in_a_list_comes_back(name: str) -> None:
    assert listed(joined([name, "ui"])) == sorted([name, "ui"])


def test_a_text_that_nobody_touched_changes_nothing(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-1", "--description", "-", input="\n\nA line.\n\n")
    before = json.loads(rego("cards", "show", f"{ops}-1", "--json", "version").out)
    said = rego("cards", "edit", f"{ops}-1", "--file", "-", input="---\ntitle: One\n---\nA line.\n")
    assert said.err == f"{ops}-1 was so already\n"
    assert json.loads(rego("cards", "show", f"{ops}-1", "--json", "version").out) == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: x", "must begin with the fields"),
        ("---\ntitle x\n---\n", "Line 2 must be 'field: value'"),
        ("---\ntitle: x\nowner: y\n---\n", "Line 3 must be"),
        ("---\ntitle: x\ntitle: y\n---\n", "Line 3 has title a second time"),
        ("---\ntitle: x\n---\n<<<<<<< yours\nx\n", "marks of a conflict"),
    ],
)
def test_a_text_that_is_wrong_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(says)):
        read(text)


def test_a_field_that_is_left_out_stays_and_an_empty_one_is_cleared() -> None:
    assert read("---\ntitle: New\nlabels:\n---\na\nb\nc\n").changed_since(BASE) == {"title": "New", "labels": ""}


def test_different_fields_and_lines_are_merged() -> None:
    merged = merge(BASE, with_(BASE, title="Mine", description="A\nb\nc"), with_(BASE, due="2030-01-01", description="a\nb\nC"))
    assert merged.conflicts == {}
    assert merged.text == with_(BASE, title="Mine", due="2030-01-01", description="A\nb\nC")


def test_the_same_field_is_a_conflict_and_lists_never_are() -> None:
    merged = merge(BASE, with_(BASE, title="Mine", labels="bug, ui"), with_(BASE, title="Theirs", labels=""))
    assert merged.conflicts == {"title": "Theirs"}
    assert (merged.text.fields["title"], merged.text.fields["labels"]) == ("Mine", "ui")
    assert "# Changed meanwhile by somebody else to: Theirs" in written(merged.text, merged.conflicts)


def test_a_name_with_a_comma_stands_in_quotes() -> None:
    assert listed('bug, "later, maybe" ,ui') == ["bug", "later, maybe", "ui"]


def shown(rego: Rego, card: str) -> dict[str, Any]:
    fields = "title,description,priority,due_at,labels,assignees,column"
    card_as_json: dict[str, Any] = json.loads(rego("cards", "show", card, "--json", fields).out)
    return card_as_json


def test_a_text_on_stdin_changes_all_that_it_names(rego: Rego, ops: str) -> None:
    text = "---\ntitle: New\ncolumn: Done\npeople: me\npriority: high\ndue: 2030-01-02\n---\n# Steps\n"
    result = rego("cards", "edit", f"{ops}-1", "--file", "-", input=text)
    assert (result.code, result.lines) == (0, [f"{ops}-1"])
    card = shown(rego, f"{ops}-1")
    assert (card["title"], card["column"], card["priority"], card["description"]) == ("New", "Done", "high", "# Steps")
    assert len(card["assignees"]) == 1
    assert rego("cards", "edit", f"{ops}-1", "--file", "-", input=text.replace("me", card["assignees"][0])).err == (
        f"{ops}-1 was so already\n"
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("column: Nowhere", "No column is called 'Nowhere'"),
        ("labels: nothing", "No label is called 'nothing'"),
        ("people: nobody", "Nobody called 'nobody'"),
        ("due: someday", "'someday' is no date"),
        ("priority: highest", "The priority must be one of"),
    ],
)
def test_one_wrong_name_and_nothing_is_changed(rego: Rego, ops: str, line: str, says: str) -> None:
    before = shown(rego, f"{ops}-1")
    result = rego("cards", "edit", f"{ops}-1", "--file", "-", input=f"---\ntitle: New\n{line}\n---\n")
    assert result.code in (2, 3)
    assert says in result.err
    assert shown(rego, f"{ops}-1") == before


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that is a Python script: its lines work on `text`, know `card`, and count their runs in `run`."""
    path = tmp_path / "editor.py"
    monkeypatch.setenv("EDITOR", f"{sys.executable} {path}")
    monkeypatch.setenv("TERM", "xterm-256color")
    return path


def edits(editor: Path, body: str) -> None:
    editor.write_text(
        dedent("""\
        import subprocess, sys
        from pathlib import Path
        path, runs = Path(sys.argv[1]), Path(__file__).with_suffix(".runs")
        text, card = path.read_text(), path.stem
        run = len(runs.read_text()) if runs.exists() else 0
        runs.write_text("x" * (run + 1))
        def rego(*words): subprocess.run([sys.executable, "-m", "rego", *words], check=True, capture_output=True)
        """)
        + dedent(body)
        + "\npath.write_text(text)\n"
    )


def test_a_card_in_the_editor(rego: Rego, ops: str, editor: Path) -> None:
    edits(editor, 'text = text.replace("title: One", "title: First") + "More."')
    terminal = Terminal("cards", "edit", f"{ops}-1")
    assert terminal.end() == 0
    assert f"{ops}-1: title, description changed" in terminal.text
    assert shown(rego, f"{ops}-1")["description"] == "More."


def test_what_others_did_in_other_places_is_merged(rego: Rego, ops: str, editor: Path) -> None:
    rego("cards", "edit", f"{ops}-1", "--description", "a\nb\nc")
    edits(editor, 'rego("cards", "edit", card, "-t", "Theirs", "-d", "a\\nb\\nC"); text = text.replace("\\na\\n", "\\nA\\n")')
    terminal = Terminal("cards", "edit", f"{ops}-1")
    assert terminal.end() == 0
    assert "merged" in terminal.text
    card = shown(rego, f"{ops}-1")
    assert (card["title"], card["description"]) == ("Theirs", "A\nb\nC")


def test_the_same_place_comes_up_again_with_both_texts(rego: Rego, ops: str, editor: Path) -> None:
    edits(
        editor,
        """
        if run == 0:
            rego("cards", "edit", card, "-t", "Theirs")
            text = text.replace("title: One", "title: Mine")
        else:
            assert "title: Mine" in text and "to: Theirs" in text
            text = text.replace("title: Mine", "title: Both")
        """,
    )
    terminal = Terminal("cards", "edit", f"{ops}-1")
    terminal.read_until_it_says("[y/N]")
    terminal.type("y")
    assert terminal.end() == 0
    assert shown(rego, f"{ops}-1")["title"] == "Both"


def test_who_gives_up_keeps_the_text(rego: Rego, ops: str, editor: Path) -> None:
    edits(editor, 'text = text.replace("priority: none", "priority: enormous")')
    terminal = Terminal("cards", "edit", f"{ops}-1")
    terminal.read_until_it_says("[y/N]")
    terminal.type("n")
    assert terminal.end() == 2
    kept = re.search(r"kept in (\S+\.md)", terminal.text)
    assert kept is not None
    assert "priority: enormous" in Path(kept[1]).read_text()
    assert shown(rego, f"{ops}-1")["priority"] == "none"


def test_an_editor_that_is_not_there_or_fails_changes_nothing(ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for editor, says in (("/nowhere/editor", "cannot be run"), ("false", "ended with code 1")):
        monkeypatch.setenv("EDITOR", editor)
        terminal = Terminal("cards", "edit", f"{ops}-1")
        assert terminal.end() == 2
        assert says in terminal.text
        assert "kept" not in terminal.text
