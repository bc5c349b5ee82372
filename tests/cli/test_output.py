"""What reaches stdout: tables, plain lines, JSON; and nothing that steers a terminal."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rego.cli.boards import BOARD
from rego.cli.card_views import CARD_ROW, CardRow, CardSheet, sheet_lines
from rego.cli.output import Form, Output, escaped
from rego.cli.tables import fit, print_table
from rego.wire.cards import Priority
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.columns import Color
from rego.wire.comments import Comment
from rego.wire.errors import InvalidInput
from tests.cli.payloads import HOSTILE, steering
from tests.cli.samples import NOON, board, card, column, id_of, label, member


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def row(title: str = "Fix login") -> CardRow:
    return CardRow(
        card=card(3, title, due_at=NOON, priority=Priority.HIGH),
        ref="OPS-3",
        column="Doing",
        labels=[label(30, "bug", Color.RED), label(31, "", Color.GREEN)],
        assignees=["ada", "bob"],
    )


def table(rows: list[CardRow], width: int = 100) -> str:
    out = Terminal()
    print_table(out, CARD_ROW.cells, rows, width=width)
    return out.getvalue()


def test_a_pipe_gets_whole_lines_with_tabs_and_no_heading() -> None:
    out = io.StringIO()
    Output(out, io.StringIO()).many(CARD_ROW, [row("x" * 400)], Form())
    assert out.getvalue() == f"OPS-3\tDoing\t{'x' * 400}\t\t2026-11-23\thigh\tbug, green\tada, bob\n"


def test_a_terminal_gets_headings_and_one_line_a_card_in_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    lines = re.sub("\x1b\\[[0-9;]*m", "", table([row("x" * 400), row()], width=90)).splitlines()
    assert lines[0].split() == ["REF", "COLUMN", "TITLE", "DUE", "PRIORITY", "LABELS", "PEOPLE"]
    assert len(lines) == 3
    assert all(len(line) <= 90 for line in lines)
    assert lines[1].startswith("OPS-3  Doing")
    assert "…" in lines[1]


def test_what_says_nothing_gives_way_where_there_is_no_room_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "STATE" in table([row()])
    assert "STATE" not in table([row("x" * 100)])
    assert "STATE" in table([row("x" * 100), done(row())])


def done(row: CardRow) -> CardRow:
    return replace(row, card=replace(row.card, completed=True))


def test_no_color_means_no_escape_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[3" not in table([row()])


@pytest.mark.parametrize(
    ("colors", "environment", "colored"),
    [
        (None, {}, False),
        (None, {"CLICOLOR_FORCE": "1"}, True),
        (None, {"CLICOLOR_FORCE": "0"}, False),
        (None, {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
        (False, {"CLICOLOR_FORCE": "1"}, False),
        (True, {"NO_COLOR": "1"}, True),
    ],
)
def test_a_pipe_is_coloured_only_where_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch, colors: bool | None, environment: dict[str, str], colored: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = io.StringIO()
    Output(out, io.StringIO(), colors).many(CARD_ROW, [row()], Form())
    assert ("\x1b[31mbug\x1b[0m" in out.getvalue()) is colored


def test_an_empty_list_is_silent_in_a_pipe_and_a_sentence_on_a_terminal() -> None:
    for stream, said in ((io.StringIO(), ""), (Terminal(), "Nothing here.\n")):
        err = io.StringIO()
        Output(stream, err).many(CARD_ROW, [], Form(), none="Nothing here.")
        assert (stream.getvalue(), err.getvalue()) == ("", said)


def test_json_has_the_fields_that_were_asked_for_in_their_order() -> None:
    out = io.StringIO()
    Output(out, io.StringIO()).many(CARD_ROW, [row()], Form(json=CARD_ROW.named_fields("title,ref,labels")))
    assert out.getvalue() == '[{"title":"Fix login","ref":"OPS-3","labels":["bug","green"]}]\n'


def test_json_without_names_has_all_fields() -> None:
    out = io.StringIO()
    Output(out, io.StringIO()).many(BOARD, [board()], Form(json=()))
    assert list(json.loads(out.getvalue())[0]) == BOARD.fields()


def test_an_unknown_json_field_is_answered_with_those_that_exist() -> None:
    with pytest.raises(InvalidInput, match=r"no JSON field titel; there are id, version, .*\bref\b"):
        CARD_ROW.named_fields("ref,titel")


def test_quiet_prints_the_names_that_other_commands_take() -> None:
    out = io.StringIO()
    Output(out, io.StringIO()).many(CARD_ROW, [row()], Form(quiet=True))
    assert out.getvalue() == "OPS-3\n"


@pytest.mark.parametrize(
    ("stream", "form", "out", "err"),
    [
        (Terminal, Form(), "", "Done.\n"),
        (io.StringIO, Form(), "OPS-3\n", "Done.\n"),
        (Terminal, Form(quiet=True), "OPS-3\n", ""),
        (io.StringIO, Form(json=("ref",)), '{"ref":"OPS-3"}\n', ""),
    ],
)
def test_a_change_is_told_to_the_person_and_named_for_the_script(
    stream: type[io.StringIO], form: Form, out: str, err: str
) -> None:
    said = Output(stream(), io.StringIO())
    said.changed(CARD_ROW, row(), form, "Done.")
    assert isinstance(said.out, io.StringIO)
    assert isinstance(said.err, io.StringIO)
    assert (said.out.getvalue(), said.err.getvalue()) == (out, err)


@pytest.mark.parametrize("payload", HOSTILE)
@pytest.mark.parametrize("form", [Form(), Form(quiet=True), Form(json=())])
def test_hostile_text_only_shows(payload: str, form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    hostile = CardRow(
        card=card(3, payload), ref="OPS-3", column=payload, labels=[label(30, payload)], assignees=[payload, payload]
    )
    pipe, terminal = io.StringIO(), Terminal()
    Output(pipe, io.StringIO()).many(CARD_ROW, [hostile], form)
    Output(terminal, io.StringIO()).many(CARD_ROW, [hostile], form)
    assert steering(pipe.getvalue()) == []
    assert len(pipe.getvalue().splitlines()) == 1
    assert [c for c in steering(terminal.getvalue()) if c != "\x1b"] == []
    assert "\x1b]" not in terminal.getvalue()


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_table_row_stays_one_row_whatever_its_text(payload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    drawn = table([row(payload)])
    assert len(drawn.splitlines()) == 2
    assert [c for c in steering(drawn) if c != "\x1b"] == []


def test_markup_in_a_title_is_shown_not_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "[red]x[/] :smile:" in table([row("[red]x[/] :smile:")], width=120)


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_sheet_is_safe_in_every_field(payload: str) -> None:
    entity: dict[str, Any] = {"version": 1, "created_at": NOON, "updated_at": NOON}
    item = ChecklistItem(
        id=id_of(40), checklist_id=id_of(41), text=payload, rank="8", done=True, assignee_id=None, due_at=None, **entity
    )
    sheet = CardSheet(
        card=card(3, payload, description=payload),
        board=board(title=payload),
        column=column(10, payload),
        labels=[label(30, payload)],
        assignees=[member(50, payload, firstname=payload)],
        checklists=[Checklist(id=id_of(41), card_id=id_of(3), title=payload, rank="8", items=[item], **entity)],
        comments=[Comment(id=id_of(42), card_id=id_of(3), text=payload, author=payload, **entity)],
    )
    text = "\n".join(sheet_lines(sheet))
    assert [c for c in steering(text) if c != "\t"] == []
    assert text.splitlines()[0].startswith("OPS-3  ")


@given(st.text())
def test_escaped_json_means_the_same(text: str) -> None:
    encoded = escaped(json.dumps({"title": text}, ensure_ascii=False))
    assert json.loads(encoded) == {"title": text}
    assert steering(encoded) == []


@pytest.mark.parametrize(
    ("naturals", "long", "available", "widths"),
    [
        ([5, 40], [False, True], 100, [5, 40]),
        ([5, 400], [False, True], 100, [5, 95]),
        ([5, 400, 20], [False, True, True], 100, [5, 75, 20]),
        ([5, 400, 400], [False, True, True], 105, [5, 50, 50]),
        ([5, 400, 400], [False, True, True], 21, [5, 8, 8]),
        ([5, 400, 400], [False, True, True], 15, [5, 5, 5]),
        ([6, 10, 400, 12], [False, False, True, False], 30, [6, 8, 8, 8]),
        ([6, 400, 400], [False, True, True], 3, [6, 3, 3]),
        ([50], [False], 10, [50]),
    ],
)
def test_long_columns_give_way_to_short_ones(naturals: list[int], long: list[bool], available: int, widths: list[int]) -> None:
    assert fit(naturals, long, available) == widths
