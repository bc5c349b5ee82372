"""The forms of what commands print: --json with --jq and --template, --csv, --quiet and --limit, on real commands."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cli.conftest import Rego
from tests.cli.payloads import HOSTILE, steering


def test_jq_works_on_the_json_and_prints_texts_as_they_are(rego: Rego, ops: str) -> None:
    assert rego("cards", "list", "--jq", ".[].title").lines == ["One", "Two", "Three"]
    assert rego("cards", "list", "--json", "ref,title", "--jq", ".[0]").lines == [f'{{"ref":"{ops}-1","title":"One"}}']
    assert rego("cards", "show", f"{ops}-2", "--jq", ".number").out == "2\n"


def test_a_template_is_filled_in_for_each_record(rego: Rego, ops: str) -> None:
    assert rego("cards", "list", "--template", r"{{ref}}: {{title|upper}}\n").lines[2] == f"{ops}-3: THREE"
    assert rego("cards", "show", f"{ops}-1", "--template", "{% if completed %}done{% else %}open{% endif %}").out == "open"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--jq", ".["), "jq filter"),
        (("--jq", ".title"), "jq filter"),
        (("--template", "{{titel}}"), "'titel' is undefined"),
        (("--template", "{% if"), "template"),
        (("--template", "{{title.__class__.__mro__}}"), "template"),
        (("--json", "titel"), "there are id,"),
        (("--json", "ref", "--quiet"), "Give one of"),
        (("--csv", "--quiet"), "Give one of"),
        (("--csv", "--jq", "."), "Give one of"),
        (("--jq", ".", "--template", "x"), "not both"),
        (("--limit", "-1"), "0 or more"),
        (("--limit", "x"), "x"),
        (("--color", "blue"), "always, never or auto"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(rego: Rego, ops: str, arguments: tuple[str, ...], says: str) -> None:
    result = rego("cards", "list", *arguments)
    assert (result.code, result.out) == (2, "")
    assert says in result.err


def test_csv_has_headings_and_whole_cells(rego: Rego, ops: str) -> None:
    rego("cards", "add", 'She said "go", then left', "--to", "Doing")
    rows = list(csv.reader(io.StringIO(rego("cards", "list", "--csv").out)))
    assert rows[0] == ["ref", "column", "title", "state", "due", "priority", "labels", "people"]
    assert rows[-1][:3] == [f"{ops}-4", "Doing", 'She said "go", then left']


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_a_formula(rego: Rego, ops: str, formula: str) -> None:
    rego("cards", "add", "--to", "Done", "--", formula)
    assert f"'{formula}" in rego("cards", "list", "--csv").lines[-1]


def test_what_has_no_table_has_no_csv(rego: Rego, ops: str) -> None:
    assert rego("cards", "show", f"{ops}-1", "--csv").code == 2


def test_a_list_that_was_cut_says_so(rego: Rego, ops: str) -> None:
    result = rego("cards", "list", "--limit", "2", "-q")
    assert (result.lines, result.err) == ([f"{ops}-1", f"{ops}-2"], "2 of 3 shown; --limit 0 shows all.\n")
    assert rego("cards", "list", "--limit", "3", "-q").err == ""


def test_a_query_may_follow_the_short_flag(rego: Rego, ops: str) -> None:
    """`-q QUERY` filters, a bare `-q` asks for names, as the two habits of this kind of tool are."""
    rego("cards", "done", f"{ops}-2")
    assert rego("cards", "list", "-q", "is:done", "-q").lines == [f"{ops}-2"]
    assert rego("cards", "list", "-q", "-is:done", "--ids").lines == [f"{ops}-1", f"{ops}-3"]
    assert rego("cards", "list", ops, "-q").lines == [f"{ops}-{n}" for n in (1, 2, 3)]
    assert rego("columns", "list", "-q").code == 0


@pytest.mark.parametrize("payload", [text for text in HOSTILE if text.isprintable()][:12])
def test_nothing_hostile_comes_through_a_filter_or_a_template(rego: Rego, ops: str, payload: str) -> None:
    for form in (("--jq", '.[0] | .title, "\\u001b]0;owned\\u0007"'), ("--template", "{{title}}\x1b]0;owned\x07")):
        said = rego("cards", "list", *form).out
        assert [c for c in steering(said) if c != "\t"] == []
