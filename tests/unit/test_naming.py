"""From what people type to what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rego.naming import card_path, find_board, find_column, find_label, find_member
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput, NotFound, RegoError
from tests.cli.samples import board, column, id_of, label, member

TODO, DOING, DONE, DONE_LATE = column(10, "To do"), column(11, "Doing"), column(12, "Done"), column(13, "Done late")
COLUMNS = [TODO, DOING, DONE, DONE_LATE]
OPS, WEB = board(1, "Operations", "OPS"), board(2, "Website", "WEB")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Doing", DOING),
        ("doing", DOING),
        ("doi", DOING),
        ("t", TODO),
        ("done", DONE),
        ("Done l", DONE_LATE),
        (id_of(13), DONE_LATE),
    ],
)
def test_a_column_by_title_beginning_or_id(name: str, found: object) -> None:
    assert find_column(COLUMNS, name) is found


def test_an_ambiguous_column_is_answered_with_the_candidates() -> None:
    with pytest.raises(InvalidInput) as refused:
        find_column(COLUMNS, "do")
    assert all(title in refused.value.detail for title in ("Doing", "Done", "Done late"))
    assert "To do" not in refused.value.detail


def test_two_columns_of_the_same_title_need_the_id() -> None:
    twins = [column(20, "Doing"), column(21, "Doing")]
    with pytest.raises(InvalidInput, match=id_of(21)):
        find_column(twins, "Doing")
    assert find_column(twins, id_of(21)) is twins[1]


@pytest.mark.parametrize("name", ["", "Somewhere", "[/]", "\x1b[2J"])
def test_an_unknown_column_is_answered_with_those_that_exist(name: str) -> None:
    with pytest.raises(NotFound, match="To do, Doing, Done"):
        find_column(COLUMNS, name)


def test_a_long_list_is_cut_with_a_count() -> None:
    with pytest.raises(NotFound, match="and 88 more"):
        find_column([column(n, f"Column {n}") for n in range(100)], "x")


@pytest.mark.parametrize("name", ["OPS", "ops", "Operations", "oper", id_of(1)])
def test_a_board_by_key_title_or_id(name: str) -> None:
    assert find_board([OPS, WEB], name) is OPS


def test_a_key_goes_before_a_title_that_is_the_same() -> None:
    copy = replace(WEB, title="Ops")
    assert find_board([copy, OPS], "ops") is OPS
    assert find_board([copy], "ops") is copy


def test_the_only_board_needs_no_name() -> None:
    assert find_board([WEB], None) is WEB


def test_without_a_name_several_boards_are_listed() -> None:
    with pytest.raises(InvalidInput, match=r"OPS \(Operations\), WEB \(Website\)"):
        find_board([OPS, WEB], None)


def test_without_any_board_the_next_step_is_said() -> None:
    with pytest.raises(NotFound, match="rego boards add"):
        find_board([], None)


def test_a_label_without_a_name_is_called_by_its_colour() -> None:
    nameless = label(30, "", Color.GREEN)
    assert find_label([nameless, label(31, "bug")], "green") is nameless


@pytest.mark.parametrize(("name", "path"), [("OPS-12", "OPS-12"), ("ops-12", "OPS-12"), (id_of(5), id_of(5))])
def test_a_card_by_reference_or_id(name: str, path: str) -> None:
    assert card_path(name) == path


@pytest.mark.parametrize(
    "name", ["", "12", "OPS", "OPS-0", "OPS-", "OPS-12/move", "../boards", "TOOLONG-1", "OPS-12\n", "\x1b"]
)
def test_what_names_no_card_is_refused_before_it_is_sent(name: str) -> None:
    with pytest.raises(InvalidInput, match="OPS-12"):
        card_path(name)


@given(st.text())
def test_any_text_finds_a_column_or_is_refused(name: str) -> None:
    try:
        assert find_column(COLUMNS, name) in COLUMNS
    except RegoError as error:
        assert error.detail


def test_a_person_by_the_whole_username_or_the_id() -> None:
    people = [member(1, "mira", placeholder=True), member(2, "Mira"), member(3, "miranda")]
    assert find_member(people, "mira") is people[1]
    assert find_member(people, "MIRANDA") is people[2]
    assert find_member(people, id_of(1)) is people[0]
    with pytest.raises(NotFound, match="Nobody called 'mir' is on this board: there are mira, Mira, miranda"):
        find_member(people, "mir")
