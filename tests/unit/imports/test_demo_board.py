"""The demo board is a valid board file that needs no mending, and it tells the truth about itself."""

from __future__ import annotations

from importlib.resources import files

import pytest

from rego.wire.columns import WipMode
from rego.wire.imports import Plan
from rego_server.domains.imports import rego_format
from tests.unit.imports.plan_check import check


@pytest.fixture(scope="module")
def board() -> Plan:
    plan, report = rego_format.read(files("rego").joinpath("demo", "board.json").read_bytes())
    assert report.remarks == []
    assert all(tally.found == tally.imported for tally in report.tallies.values())
    return plan


def test_it_is_within_all_limits_and_all_keys_resolve(board: Plan) -> None:
    check(board)
    assert len(board.columns) == 5
    assert 14 <= len(board.cards) <= 18


@pytest.mark.parametrize("key", ["h", "j", "k", "l", "L", "H", "J", "K", "2L", "m", "n", "e", "Enter", "x", "d", "?", "q"])
def test_it_teaches_each_key(board: Plan, key: str) -> None:
    assert any(f"`{key}`" in card.description for card in board.cards)


def test_its_cards_are_where_their_texts_say(board: Plan) -> None:
    columns = {column.key: column for column in board.columns}
    assert [column.title for column in board.columns if column.done] == ["Done"]
    doing = next(column for column in board.columns if column.title == "Doing")
    assert (doing.wip_limit, doing.wip_mode) == (3, WipMode.SOFT)
    moved = next(card for card in board.cards if card.number == 3)
    assert columns[moved.column].title == "Next"
    stride = next(card for card in board.cards if "2L" in card.title)
    assert columns[stride.column].title == "Next"


def test_both_colleagues_take_part(board: Plan) -> None:
    people = {person.key for person in board.people}
    assert people == {"mira", "jonas"}
    assert {comment.author for card in board.cards for comment in card.comments} == people
    assert {key for card in board.cards for key in card.assignees} == people
