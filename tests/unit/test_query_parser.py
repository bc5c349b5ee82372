"""The query language as text: what it means as terms, what is wrong with it and where, and that it prints as it parses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rego.wire import limits
from rego.wire import query_terms as q
from rego.wire.cards import Priority
from rego.wire.errors import InvalidInput
from rego.wire.query import parse
from tests import queries

A, B, C = q.Word("a"), q.Word("b"), q.Word("c")

MEANINGS: dict[str, q.Node | None] = {
    "": None,
    " \t\n ": None,
    "a": A,
    "(((a)))": A,
    "a b": q.And((A, B)),
    "a and b": q.And((A, B)),
    "a AND (b)": q.And((A, B)),
    "a or b": q.Or((A, B)),
    "a or b or c": q.Or((A, B, C)),
    "a b or c": q.Or((q.And((A, B)), C)),
    "a (b or c)": q.And((A, q.Or((B, C)))),
    "a(b)c": q.And((A, B, C)),
    "(a)or(b)": q.Or((A, B)),
    "-a": q.Not(A),
    "--a": q.Not(q.Not(A)),
    "-(a b)": q.Not(q.And((A, B))),
    "a-b": q.Word("a-b"),
    "order android": q.And((q.Word("order"), q.Word("android"))),
    '"or" "and"': q.And((q.Word("or"), q.Word("and"))),
    '"a b" "-c"': q.And((q.Word("a b"), q.Word("-c"))),
    r'"say \"hi\" \\"': q.Word('say "hi" \\'),
    r"back\slash": q.Word(r"back\slash"),
    "12:30": q.Word("12:30"),
    "100%": q.Word("100%"),
    "u\u0308ber": q.Word("über"),
    "assignee:me": q.AssignedToMe(),
    "ASSIGNEE:ME": q.AssignedToMe(),
    'assignee:"me"': q.AssignedTo("me"),
    "assignee:none": q.HasNo(q.Thing.ASSIGNEES),
    "assignee=ada": q.AssignedTo("ada"),
    "label:bug": q.Labelled("bug"),
    "label:None": q.HasNo(q.Thing.LABELS),
    'label:"none"': q.Labelled("none"),
    "label:a:b": q.Labelled("a:b"),
    'column:"In progress"': q.InColumn("In progress"),
    "column:none": q.InColumn("none"),
    "priority:High": q.Prioritised(q.Op.IS, Priority.HIGH),
    "priority=none": q.Prioritised(q.Op.IS, Priority.NONE),
    "priority>=high": q.Prioritised(q.Op.AT_LEAST, Priority.HIGH),
    "due<3d": q.When(q.TimeField.DUE, q.Op.BELOW, "3d"),
    "due<=-2W": q.When(q.TimeField.DUE, q.Op.AT_MOST, "-2w"),
    "start:Today": q.When(q.TimeField.START, q.Op.IS, "today"),
    "created>2026-01-01": q.When(q.TimeField.CREATED, q.Op.ABOVE, "2026-01-01"),
    "updated>=2026-01-01T17:00+02:00": q.When(q.TimeField.UPDATED, q.Op.AT_LEAST, "2026-01-01t17:00+02:00"),
    "due:overdue": q.Overdue(),
    "due:none": q.HasNo(q.Thing.DUE),
    "start:none": q.HasNo(q.Thing.START),
    "is:open": q.Is(q.State.OPEN),
    "has:checklist": q.Has(q.Thing.CHECKLIST),
}


@pytest.mark.parametrize("text", MEANINGS)
def test_what_a_text_means(text: str) -> None:
    assert parse(text) == q.Query(MEANINGS[text])


@pytest.mark.parametrize("text", MEANINGS)
def test_it_prints_as_it_parses_and_not_longer(text: str) -> None:
    query = parse(text)
    assert parse(str(query)) == query
    assert len(str(query)) <= len(text)


def test_sorts_are_gathered_and_the_first_of_a_field_counts() -> None:
    due, number = q.Sort(q.SortField.DUE, True), q.Sort(q.SortField.NUMBER)
    assert parse("sort:-due a sort:number sort:due b") == q.Query(q.And((A, B)), (due, number))
    assert str(parse("sort:-due a SORT:Number")) == "a sort:-due sort:number"


def test_only_a_query_that_names_the_archive_looks_there() -> None:
    assert [text for text in ("a", "is:done", "-is:archived", "(a or -(b is:archived))") if parse(text).asks_for_archived] == [
        "-is:archived",
        "(a or -(b is:archived))",
    ]


ERRORS: list[tuple[str, int, str]] = [
    ("a" * 1001, 1000, "at most 1000 characters"),
    ("ab\x00", 2, "the control character U+0000"),
    ("a \ud800", 2, "the control character U+D800"),
    ('a "b', 2, "this quote is never closed"),
    ('label:"b', 6, "this quote is never closed"),
    ('a ""', 2, "these quotes are empty"),
    ('label:" "', 6, "these quotes are empty"),
    ("a (b", 2, "this bracket is never closed"),
    ("(a (b)", 0, "this bracket is never closed"),
    ("a) b", 1, "this bracket was never opened"),
    ("a ()", 2, "these brackets are empty"),
    ("or a", 0, "'or' stands between two terms"),
    ("a or", 2, "'or' stands between two terms"),
    ("a or or b", 2, "'or' stands between two terms"),
    ("(a or) b", 3, "'or' stands between two terms"),
    ("a or sort:due", 2, "'or' stands between two terms"),
    ("and a", 0, "'and' stands between two terms"),
    ("a and", 2, "'and' stands between two terms"),
    ("a - b", 2, "a minus stands right before what it negates"),
    ("-", 0, "a minus stands right before what it negates"),
    ("(-)", 1, "a minus stands right before what it negates"),
    ("a foo:b", 2, "there is no field foo; there are assignee, label,"),
    ("http://x", 0, "Quote it to look for text"),
    ("label:", 6, "label needs a value right behind it, such as label:bug"),
    ("due< 3d", 4, "due needs a value right behind it, such as due<3d"),
    ("(label:)", 7, "label needs a value"),
    ("label<bug", 5, "label cannot be compared with <; write label:bug"),
    ("a is>=done", 4, "is cannot be compared with >=; write is:done"),
    ("due<none", 3, "due cannot be compared with <; write due:none"),
    ("due>overdue", 3, "due cannot be compared with >; write due:overdue"),
    ("sort<due", 4, "sort cannot be compared with <; write sort:due"),
    ("priority:hi", 9, "priority takes none, low, medium, high or urgent, not hi"),
    ("is:foo", 3, "is takes archived, done or open, not foo"),
    ("has:cake", 4, "has takes checklist,"),
    ("sort:-foo", 5, "sort takes due, start, created, updated, priority, number or title, not -foo"),
    ("a due<3x", 6, "due takes 2026-11-30, 2026-11-30T17:00, today,"),
    ("due:2026-02-30", 4, "not 2026-02-30"),
    ("due:2026-11-30T25:00", 4, "not 2026-11-30T25:00"),
    ("due:0001-01-01", 4, "not 0001-01-01"),
    ("due:99999d", 4, "not 99999d"),
    ("due:٣d", 4, "not ٣d"),
    ("start:overdue", 6, "start takes"),
    ("created:none", 8, "created takes"),
    ("(sort:due)", 1, "sort: orders the whole list"),
    ("-sort:due", 1, "sort: orders the whole list"),
    ("a " * 50 + "a", 100, "at most 50 terms"),
    ("(" * 21 + "a" + ")" * 21, 21, "nest at most 20 deep"),
    ("-" * 21 + "a", 21, "nest at most 20 deep"),
    ("label<" + "x" * 100, 5, "x" * 39 + "…."),
]


@pytest.mark.parametrize(("text", "position", "sentence"), ERRORS)
def test_what_is_wrong_and_where(text: str, position: int, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    error = caught.value
    assert error.detail.startswith(f"At character {position + 1}: ")
    assert sentence in error.detail
    assert (error.field, error.data) == ("q", {"position": position})


def test_the_bounds_themselves_are_allowed() -> None:
    for text in ("a" * 1000, "a " * 50, "(" * 20 + "a" + ")" * 20, "-" * 20 + "a"):
        assert len(text) <= limits.QUERY_MAX
        assert parse(text).where is not None


@given(queries.queries)
def test_every_query_prints_as_a_text_that_parses_to_it(query: q.Query) -> None:
    assert parse(str(query)) == query


PIECES = [
    "a",
    "or",
    "and",
    "-",
    "(",
    ")",
    '"',
    " ",
    "\\",
    ":",
    "<",
    "label:",
    "due<",
    "3d",
    "sort:",
    "none",
    "me",
    "is:open",
    "ü",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=40))
def test_whatever_is_typed_parses_or_is_refused_with_a_place_in_it(text: str) -> None:
    try:
        query = parse(text)
    except InvalidInput as error:
        assert 0 <= error.data["position"] <= len(text)
        return
    assert parse(str(query)) == query
