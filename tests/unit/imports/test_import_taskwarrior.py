"""A Taskwarrior export arrives whole: statuses as columns, tags and projects as labels, annotations as comments."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rego.wire.cards import Priority
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedCard, Report
from rego_server.domains.imports import taskwarrior
from tests.unit.imports.plan_check import check, check_report

CONTENT = (Path(__file__).parents[2] / "data" / "taskwarrior" / "complete.json").read_bytes()


@pytest.fixture(scope="module")
def read() -> tuple[Plan, Report]:
    return taskwarrior.read(CONTENT)


@pytest.fixture(scope="module")
def plan(read: tuple[Plan, Report]) -> Plan:
    return read[0]


@pytest.fixture(scope="module")
def report(read: tuple[Plan, Report]) -> Report:
    return read[1]


def card(plan: Plan, title: str) -> PlannedCard:
    return next(card for card in plan.cards if card.title == title)


def test_the_plan_is_within_all_limits(plan: Plan, report: Report) -> None:
    check(plan)
    check_report(report)


def test_statuses_become_columns_and_deleted_tasks_stay_out(plan: Plan) -> None:
    titles = {column.key: column.title for column in plan.columns}
    assert list(titles.values()) == ["To do", "Doing", "Waiting", "Recurring", "Done"]
    assert [column.title for column in plan.columns if column.done] == ["Done"]
    assert [(titles[card.column], card.title, card.completed) for card in plan.cards] == [
        ("To do", "Paint the crane", False),
        ("Doing", "Sweep [2Jthe quay", False),
        ("Waiting", "Ask for rope", False),
        ("Done", "Buy paint", True),
        ("Recurring", "Water the plants", False),
        ("To do", "(untitled)", False),
    ]


def test_fields_arrive(plan: Plan) -> None:
    crane = card(plan, "Paint the crane")
    assert crane.priority is Priority.HIGH
    assert crane.labels == ["project:harbour.crane", "outside", "height"]
    assert (crane.due_at, crane.start_at) == (datetime(2026, 2, 1, 12, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC))
    assert (crane.created_at, crane.updated_at) == (datetime(2026, 1, 2, 8, tzinfo=UTC), datetime(2026, 1, 3, 9, tzinfo=UTC))
    assert [(comment.text, comment.at) for comment in crane.comments] == [
        ("two coats", datetime(2026, 1, 2, 8, 15, tzinfo=UTC)),
        ("then dry", datetime(2026, 1, 2, 8, 30, tzinfo=UTC)),
    ]


def test_what_has_no_place_ends_the_description(plan: Plan) -> None:
    assert card(plan, "Paint the crane").description == (
        "## Linked cards\n\n- Depends on Buy paint\n- Depends on 00000000-0000-4000-8000-00000000000f\n\n"
        "## Details\n\n- Githuburl: https://example.org/1\n- Estimate: 4"
    )
    assert card(plan, "Ask for rope").description == (
        "## Details\n\n- Waits until: 2026-03-01 00:00 UTC\n- Expires: 2027-03-01 00:00 UTC"
    )
    assert card(plan, "Water the plants").description == "## Details\n\n- Recurs: weekly"


def test_the_tallies(report: Report) -> None:
    assert {kind: (tally.found, tally.imported) for kind, tally in report.tallies.items()} == {
        "cards": (7, 6),
        "tasks (pending)": (2, 2),
        "tasks (waiting)": (1, 1),
        "tasks (recurring)": (1, 1),
        "tasks (completed)": (1, 1),
        "tasks (deleted)": (1, 0),
        "tag uses": (4, 3),
        "priorities": (4, 3),
        "projects": (1, 1),
        "dependencies": (4, 4),
        "comments": (2, 2),
        "due dates": (2, 1),
    }


@pytest.mark.parametrize(
    ("what", "count"),
    [
        ("deleted tasks left out", 1),
        ("dependencies became text in the description", 4),
        ("fields of your own became text in the description", 2),
        ("fields of your own left out", 1),
        ("priorities dropped", 1),
        ("unknown statuses taken for pending", 1),
        ("dates dropped", 1),
    ],
)
def test_what_cannot_come_in_is_remarked(report: Report, what: str, count: int) -> None:
    assert next(remark for remark in report.remarks if remark.what == what).count == count


def test_one_task_a_line_is_read_too(plan: Plan) -> None:
    lines = b"\n".join(line.removesuffix(b",") for line in CONTENT.splitlines()[1:-1])
    assert taskwarrior.read(lines)[0] == plan


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[]", "This is no Taskwarrior export: nothing in it has a description and a uuid."),
        (b"[\n]", "This is no Taskwarrior export: nothing in it has a description and a uuid."),
        (b'{"lists": [], "cards": []}', "This is no Taskwarrior export: nothing in it has a description and a uuid."),
        (b'{\n "lists": []\n}', "This is no Taskwarrior export: its top level should be of type array, not object."),
        (
            b'{"uuid": "a", "description": "x"}\n{"description": 5}',
            "This is no Taskwarrior export (line 2): $.description should be of type str or null, not int.",
        ),
    ],
)
def test_what_is_no_such_file_gets_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        taskwarrior.read(content)
    assert caught.value.detail == sentence
