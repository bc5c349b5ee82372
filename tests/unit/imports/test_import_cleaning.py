"""Cleaning mends every field, says so, and loses no card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rego.wire import limits
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.imports import (
    Plan,
    PlannedCard,
    PlannedChecklist,
    PlannedColumn,
    PlannedComment,
    PlannedItem,
    PlannedLabel,
    PlannedPerson,
    PlannedRule,
    Remark,
    Report,
)
from rego_server.domains.imports.cleaning import clean
from rego_server.domains.imports.remarks import Remarks
from tests.unit.imports.plan_check import check, check_report

HOSTILE = [
    "\x1b]0;owned\x07",
    "\x9b31m",
    "a\x00b",
    "\u202eexe.cod",
    "half \ud83d pair",
    "line\r\nbreak\ttab\u2028",
    "\u200e",
    "\u200b\ufeff",
    "e\u0301",
    "[/]",
    " ",
    "",
    "x" * 200_000,
]


def cleaned(plan: Plan) -> tuple[Plan, list[Remark]]:
    remarks = Remarks()
    result = clean(plan, remarks)
    check(result)
    check_report(Report(remarks=remarks.listed()))
    assert_clean(result)
    return result, remarks.listed()


def assert_clean(plan: Plan) -> None:
    """Cleaning again mends nothing: an export of what was imported is imported as it is."""
    remarks = Remarks()
    assert clean(plan, remarks) == plan
    assert remarks.listed() == []


def board_of(*cards: PlannedCard, **fields: object) -> Plan:
    columns = [PlannedColumn(key="c", title="Column")]
    return Plan(**{"title": "Board", "columns": columns, "cards": list(cards), **fields})  # type: ignore[arg-type]


def plan_full_of(text: str, number: int | None, moment: datetime | None) -> Plan:
    """A plan with the same text in every field that takes one, keys included."""
    item = PlannedItem(text=text, assignee=text, due_at=moment)
    card = PlannedCard(
        column=text,
        title=text,
        number=number,
        description=text,
        due_at=moment,
        start_at=moment,
        created_at=moment,
        created_by=text,
        updated_at=moment,
        updated_by="?",
        labels=[text, text, "?"],
        assignees=[text, "?"],
        checklists=[PlannedChecklist(title=text, items=[item, item])],
        comments=[PlannedComment(text=text, author=text, at=moment, edited_at=moment), PlannedComment(text=text, author="?")],
    )
    return Plan(
        title=text,
        description=text,
        key=text,
        created_at=moment,
        last_number=number or 0,
        people=[PlannedPerson(key=text, username=text, name=text, lastname=text[-9:], role=None)] * 3,
        labels=[PlannedLabel(key=text, name=text, color=Color.RED)] * 2,
        columns=[PlannedColumn(key=text, title=text, wip_limit=number)] * 2,
        cards=[card, card, PlannedCard(column="?", title=text, number=number)],
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_is_mended(text: str) -> None:
    plan, _ = cleaned(plan_full_of(text, 1, None))
    assert len(plan.cards) == 3


@settings(deadline=None)
@given(
    st.text(max_size=80) | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Mn", "Zs", "Zl"]), max_size=20),
    st.none() | st.integers(),
    st.none() | st.datetimes() | st.datetimes(timezones=st.timezones()),
)
def test_any_text_number_and_time_is_mended(text: str, number: int | None, moment: datetime | None) -> None:
    plan, _ = cleaned(plan_full_of(text, number, moment))
    assert len(plan.cards) == 3


def test_a_clean_plan_stays_as_it_is() -> None:
    card = PlannedCard(
        column="c", title="Höhe · 高さ · 👩‍🔧", number=7, description="a\n\tb \u202eRTL in a text\u202c", labels=["l"]
    )
    plan = board_of(card, labels=[PlannedLabel(key="l", name="", color=Color.SKY)])
    assert cleaned(plan) == (plan, [])


@pytest.mark.parametrize(
    ("title", "expected", "what"),
    [
        ("a\nb\r\n\tc", "a b c", "line breaks and tabs in titles became spaces"),
        ("\x1b[31mred", "[31mred", "control characters removed"),
        ("left\u202eright", "leftright", "invisible direction marks removed from titles"),
        ("\u200b", "(untitled)", "empty or invisible titles became (untitled)"),
        ("\u3164", "(untitled)", "empty or invisible titles became (untitled)"),
        ("\u0301", "(untitled)", "empty or invisible titles became (untitled)"),
    ],
)
def test_each_mending_is_remarked(title: str, expected: str, what: str) -> None:
    plan, remarks = cleaned(board_of(PlannedCard(column="c", title=title)))
    assert plan.cards[0].title == expected
    assert what in [remark.what for remark in remarks]


def test_separators_keep_their_title() -> None:
    plan, remarks = cleaned(board_of(PlannedCard(column="c", title=" --- ")))
    assert (plan.cards[0].title, remarks) == ("---", [])


def test_a_remark_counts_and_gives_the_first_example() -> None:
    _, remarks = cleaned(board_of(*(PlannedCard(column="c", title=f"{name}\x07") for name in ("first", "second"))))
    assert remarks == [
        Remark(what="control characters removed", why="terminals would obey them", count=2, where="first"),
    ]


def test_a_long_title_is_whole_in_the_description() -> None:
    title = "word " * 200 + "end"
    plan, remarks = cleaned(board_of(PlannedCard(column="c", title=title, description="Text.")))
    card = plan.cards[0]
    assert card.title == title[: limits.TITLE_MAX - 1] + "…"
    assert card.description == f"{title}\n\nText."
    assert [remark.what for remark in remarks] == ["long titles cut"]


def test_a_long_item_is_whole_in_the_description() -> None:
    item = "i" * 600
    checklist = PlannedChecklist(title="List", items=[PlannedItem(text=item, done=True)])
    plan, _ = cleaned(board_of(PlannedCard(column="c", title="Card", description="Text.", checklists=[checklist])))
    card = plan.cards[0]
    assert card.description == f"Text.\n\n## Texts that were too long for their checklist\n\n- {item}"
    assert card.checklists[0].items == [PlannedItem(text="i" * 511 + "…", done=True)]


def test_long_texts_are_cut_with_a_note() -> None:
    card = PlannedCard(
        column="c",
        title="Card",
        description="d" * (limits.DESCRIPTION_MAX + 1),
        comments=[PlannedComment(text="k" * (limits.COMMENT_MAX + 1)), PlannedComment(text=" ")],
    )
    plan, remarks = cleaned(board_of(card))
    description, (long, empty) = plan.cards[0].description, plan.cards[0].comments
    assert len(description) == limits.DESCRIPTION_MAX
    assert description.endswith("d\n\n(cut: the whole text had 131,073 characters)")
    assert long.text.endswith("k\n\n(cut: the whole text had 65,537 characters)")
    assert empty.text == "(no text)"
    assert [remark.what for remark in remarks] == ["long texts cut", "long texts cut", "empty comments became (no text)"]


@pytest.mark.parametrize(
    ("username", "name", "expected"),
    [
        ("ann", "Ann", "ann"),
        ("Ánn Öberg", "", "Ann-Oberg"),
        ("", "Bo Lind", "Bo-Lind"),
        ("-_.", "山田", "member"),
        ("x", "Xu", "Xu"),
        ("@octo[bot]", "", "octo-bot"),
        ("u" * 40, "", "u" * 32),
    ],
)
def test_usernames_become_valid(username: str, name: str, expected: str) -> None:
    plan, _ = cleaned(board_of(people=[PlannedPerson(key="p", username=username, name=name)]))
    assert plan.people[0].username == expected


def test_usernames_become_unique_whatever_their_case() -> None:
    names = ["ann", "Ann", "ann-2", "ann", "n" * 32, "n" * 32]
    people = [PlannedPerson(key=str(key), username=name) for key, name in enumerate(names)]
    plan, remarks = cleaned(board_of(people=people))
    assert [person.username for person in plan.people] == ["ann", "Ann-2", "ann-2-2", "ann-3", "n" * 32, "n" * 30 + "-2"]
    assert remarks[0].count == 4


def test_references_that_lead_nowhere_are_dropped_but_no_card() -> None:
    card = PlannedCard(column="gone", title="Stray", labels=["gone"], assignees=["gone", "p", "p"])
    plan, remarks = cleaned(board_of(card, people=[PlannedPerson(key="p", username="pat")]))
    assert [column.title for column in plan.columns] == ["Column", "(no column)"]
    assert (plan.cards[0].column, plan.cards[0].labels, plan.cards[0].assignees) == (plan.columns[1].key, [], ["p"])
    assert [(remark.what, remark.where) for remark in remarks] == [
        ("cards put into a column of their own, (no column)", "Stray"),
        ("references to unknown labels dropped", "Stray"),
        ("people that a card names twice", "Stray"),
        ("references to unknown people dropped", "Stray"),
    ]


def test_repeated_keys_mean_the_first() -> None:
    columns = [
        PlannedColumn(key="c", title="One"),
        PlannedColumn(key="c", title="Two"),
        PlannedColumn(key="new-1", title="Three"),
    ]
    plan, remarks = cleaned(board_of(PlannedCard(column="c", title="Card"), columns=columns))
    assert [(column.key, column.title) for column in plan.columns] == [("c", "One"), ("new-2", "Two"), ("new-1", "Three")]
    assert remarks == [Remark(what="repeated keys told apart", why="references go to the first", where="c")]


def test_numbers_are_kept_where_they_can_be() -> None:
    numbers = [5, None, 5, 0, -3, 2**40, 2]
    plan, remarks = cleaned(board_of(*(PlannedCard(column="c", title="Card", number=number) for number in numbers)))
    assert [card.number for card in plan.cards] == [5, 6, 7, 8, 9, 10, 2]
    assert [(remark.what, remark.count) for remark in remarks] == [("card numbers changed", 4)]


def test_wip_limits_out_of_range_are_dropped() -> None:
    columns = [PlannedColumn(key=str(limit), title="Column", wip_limit=limit) for limit in (0, -1, 1, 2**31 - 1, 2**31)]
    plan, remarks = cleaned(board_of(columns=columns))
    assert [column.wip_limit for column in plan.columns] == [None, None, 1, 2**31 - 1, None]
    assert remarks[0].count == 3


def test_times_become_utc() -> None:
    east = timezone(timedelta(hours=2))
    card = PlannedCard(
        column="c",
        title="Card",
        due_at=datetime(2024, 1, 1, 12, tzinfo=east),
        start_at=datetime(2024, 1, 1, 12),  # noqa: DTZ001 - a file may hold one
        created_at=datetime(1, 1, 1, tzinfo=east),
    )
    plan, remarks = cleaned(board_of(card))
    assert plan.cards[0].due_at == datetime(2024, 1, 1, 10, tzinfo=UTC)
    assert plan.cards[0].start_at == datetime(2024, 1, 1, 12, tzinfo=UTC)
    assert plan.cards[0].created_at is None
    assert [remark.what for remark in remarks] == ["dates dropped"]


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (
            board_of(cards=[PlannedCard(column="c", title="x")] * 20_001),
            "The file holds 20,001 cards; one board takes at most 20,000.",
        ),
        (
            board_of(columns=[PlannedColumn(key="c", title="x")] * 201),
            "The file holds 201 columns; one board takes at most 200.",
        ),
        (
            board_of(labels=[PlannedLabel(key="l", name="x", color=Color.RED)] * 1_001),
            "The file holds 1,001 labels; one board takes at most 1,000.",
        ),
    ],
    ids=["cards", "columns", "labels"],
)
def test_a_plan_too_large_for_a_board_is_refused(plan: Plan, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(plan, Remarks())
    assert caught.value.detail == sentence


# --- rules -----------------------------------------------------------------------------------------------------------


def _plan_with(*rules: PlannedRule) -> Plan:
    column = PlannedColumn(key="c", title="Column")
    people = [PlannedPerson(key="p", username="ada"), PlannedPerson(key="q", username="bea", role=None)]
    return Plan(title="Board", columns=[column], people=people, rules=[*rules])


def _rule(**fields: Any) -> PlannedRule:
    return PlannedRule(**{"name": "x", "trigger": {"type": "card.created"}, "actions": [{"type": "complete"}], **fields})


SOUND = _rule(trigger={"type": "card.moved", "to": "c"}, actions=[{"type": "assign_member", "user": "p"}], conditions="is:open")


def test_a_sound_rule_stays_as_it_is() -> None:
    remarks = Remarks()
    assert clean(_plan_with(SOUND), remarks).rules == [SOUND]
    assert remarks.listed() == []


@pytest.mark.parametrize(
    "rule",
    [
        _rule(name=""),
        _rule(name="a\x1bb"),
        _rule(trigger={"type": "card.exploded"}),
        _rule(trigger={}),
        _rule(trigger={"type": "card.moved", "to": 7}),
        _rule(trigger={"type": "card.moved", "to": ["c"]}),
        _rule(actions=[]),
        _rule(conditions="due<<"),
        _rule(conditions="sort:due"),
    ],
)
def test_what_is_no_rule_is_left_out(rule: PlannedRule) -> None:
    remarks = Remarks()
    assert clean(_plan_with(rule, SOUND), remarks).rules == [SOUND]
    assert [(remark.what, remark.count) for remark in remarks.listed()] == [("automation rules left out", 1)]


@pytest.mark.parametrize(
    "parts",
    [
        {"trigger": {"type": "card.moved", "to": "z"}},
        {"trigger": {"type": "card.moved", "to": ""}},
        {"actions": [{"type": "complete"}, {"type": "move_card", "column": "p"}]},
        {"actions": [{"type": "assign_member", "user": "q"}]},
    ],
)
def test_a_rule_that_names_what_is_not_on_the_board_is_switched_off(parts: dict[str, Any]) -> None:
    remarks = Remarks()
    assert clean(_plan_with(_rule(**parts), SOUND), remarks).rules == [_rule(**parts, enabled=False), SOUND]
    assert [(remark.what, remark.where) for remark in remarks.listed()] == [("automation rules switched off", "x")]


def test_no_more_rules_come_than_a_board_has_room_for() -> None:
    remarks = Remarks()
    assert len(clean(_plan_with(*[SOUND] * (limits.RULES_MAX + 2)), remarks).rules) == limits.RULES_MAX
    assert [remark.count for remark in remarks.listed()] == [2]
