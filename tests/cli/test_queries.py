"""`rego cards list --query` and `rego search` against a real server."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Person, Rego
from tests.cli.payloads import HOSTILE, steering


def test_a_list_keeps_what_fits_in_the_order_of_the_board(rego: Rego, ops: str) -> None:
    rego("cards", "move", f"{ops}-1", "Doing")
    assert rego("cards", "list", ops, "--query", "o").out == rego("cards", "list", ops, "-Q", "(one or two)").out
    assert rego("cards", "list", ops, "-q", "-Q", "one or two").lines == [f"{ops}-2", f"{ops}-1"]


def test_a_sort_is_obeyed(rego: Rego, ops: str) -> None:
    assert rego("cards", "list", ops, "-q", "-Q", "sort:title").lines == [f"{ops}-{n}" for n in (1, 3, 2)]


def test_a_query_and_a_column_both_count(rego: Rego, ops: str) -> None:
    rego("cards", "move", f"{ops}-1", "Doing")
    assert rego("cards", "list", ops, "-q", "-Q", "o", "--column", "Doing").lines == [f"{ops}-1"]


def test_labels_and_people_are_named_as_columns_are(rego: Rego, ada: Person, ops: str) -> None:
    for label in ("bug", "wish"):
        rego("labels", "add", label, "red")
    rego("cards", "label", "1", "2", "bug")
    rego("cards", "label", "2", "wish")
    rego("cards", "assign", "2", "3", "me")
    assert rego("cards", "list", ops, "--ids", "--label", "bug").lines == [f"{ops}-1", f"{ops}-2"]
    assert rego("cards", "list", ops, "--ids", "-l", "bug", "-l", "wish").lines == [f"{ops}-2"]
    assert rego("cards", "list", ops, "--ids", "--assignee", "@me").lines == [f"{ops}-2", f"{ops}-3"]
    assert rego("cards", "list", ops, "--ids", "-a", ada.username, "-Q", "three").lines == [f"{ops}-3"]
    assert rego("cards", "list", ops, "--label", "nope").code == 3
    assert rego("cards", "list", ops, "--assignee", "nobody").code == 3


def test_descriptions_are_looked_into_and_the_archive_when_asked(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-2", "--description", "the needle")
    rego("cards", "archive", f"{ops}-3")
    assert rego("cards", "list", ops, "-q", "-Q", "NEEDLE").lines == [f"{ops}-2"]
    assert rego("cards", "list", ops, "-q", "-Q", "is:archived").lines == [f"{ops}-3"]
    assert rego("cards", "list", ops, "-q", "--archived", "-Q", "-one").lines == [f"{ops}-2", f"{ops}-3"]


def test_a_day_is_a_day_here(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-2", "--due", "2027-05-05")
    assert rego("cards", "list", ops, "-q", "-Q", "due:2027-05-05").lines == [f"{ops}-2"]


@pytest.mark.parametrize("command", [("cards", "list", "-Q"), ("search",)])
def test_a_query_that_cannot_be_read_is_refused_before_anything_is_asked(rego: Rego, command: tuple[str, ...]) -> None:
    result = rego("--server", "unix:/nowhere/at/all.sock", *command, "bug due<3x")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("At character 9: due takes ")


def test_a_search_finds_cards_on_all_boards(rego: Rego, ops: str) -> None:
    (web,) = rego("boards", "add", "Website").lines
    rego("columns", "add", "Ideas", "--board", web)
    rego("cards", "add", "One more", "--board", web)
    result = rego("search", "one", "sort:title")
    assert (result.code, result.err) == (0, "")
    assert result.lines == [f"{ops}-1\tOperations\tTo do\tOne\t\t\t", f"{web}-1\tWebsite\tIdeas\tOne more\t\t\t"]
    found = json.loads(rego("search", "more", "--json", "ref,board_title,column_title,title").out)
    assert found == [{"ref": f"{web}-1", "board_title": "Website", "column_title": "Ideas", "title": "One more"}]


def test_a_search_that_is_cut_says_so(rego: Rego, ops: str) -> None:
    result = rego("search", "sort:number", "-q", "--limit", "2")
    assert result.lines == [f"{ops}-1", f"{ops}-2"]
    assert result.err == "Only the first 2; --limit 0 lists all.\n"
    for limit in ("0", "3", "50"):
        result = rego("search", "sort:number", "-q", "--limit", limit)
        assert (len(result.lines), result.err) == (3, "")


def test_a_minus_comes_after_two_dashes(rego: Rego, ops: str) -> None:
    assert rego("search", "-q", "--", "-one", "sort:number").lines == [f"{ops}-2", f"{ops}-3"]


def test_a_stranger_is_told_to_log_in(rego: Rego, server_url: str) -> None:
    result = rego("--server", server_url, "search", "one")
    assert result.code == 4
    assert "Begin a session with 'rego login'." in result.err


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_refusal_that_repeats_the_query_steers_no_terminal(rego: Rego, payload: str) -> None:
    result = rego("--server", "unix:/nowhere/at/all.sock", "search", f'is:"{payload}"')
    assert (result.code, result.out) == (2, "")
    assert steering(result.err) == []
