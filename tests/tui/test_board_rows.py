"""The rows of the list of boards, as text, in terminals of every width."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from rego.wire.base import Role
from rego.wire.boards import Board, BoardGlance
from rego.wire.presence import Person
from rego_tui.board_rows import rows_of
from tests.tui import boards

OPS = Board(
    id="b",
    key="OPS",
    title="The operations of the whole house",
    description="",
    archived=False,
    role=Role.OWNER,
    version=1,
    created_at=boards.NOW,
    updated_at=boards.NOW,
)
HERE = [Person(connection_id=name, user_id=name, username=name) for name in ("ada", "ben", "mia", "zoe")]
GLANCE = BoardGlance(board_id="b", cards=12, done=3, overdue=2, people=HERE)


def line(width: int, *, away: bool = False) -> str:
    row = rows_of([OPS], {"b": GLANCE}, width, away=away)[1]
    return "".join(text for text, _ in (*row.left, *row.right))


@pytest.mark.parametrize(
    ("width", "there"),
    [(200, "● ada, ben, mia, zoe"), (80, "● ada, ben +2"), (60, "● ada, ben +2"), (40, "● 4"), (30, "● 4")],
)
def test_who_is_there_is_told_at_every_width(width: int, there: str) -> None:
    assert line(width).rstrip().endswith(there)
    assert cell_len(line(width).rstrip()) <= width - 3


def test_the_bar_goes_before_the_people_and_the_title_keeps_its_room() -> None:
    assert "▰▱▱▱▱ 3/12" in line(80)
    assert "3/12" in line(60)
    assert "▰" not in line(60)
    assert "The operations of" in line(60)
    assert "The operations of…" in line(40)


def test_a_terminal_of_twenty_cells_still_shows_the_title() -> None:
    assert line(20).split() == ["OPS", "The", "o…"]


def test_a_description_stands_behind_everything_else_where_there_is_room() -> None:
    about = replace(OPS, description="All that has to do\nwith the house")
    head, row = rows_of([about], {"b": GLANCE}, 200)
    assert "".join(text for text, _ in row.left).endswith("● ada, ben, mia, zoe   All that has to do with the house")
    assert "".join(text for text, _ in head.left).index("done") == "".join(text for text, _ in row.left).index("▰")


def test_while_the_server_does_not_answer_those_who_were_there_have_no_dot() -> None:
    assert line(200, away=True).rstrip().endswith("○ ada, ben, mia, zoe")
