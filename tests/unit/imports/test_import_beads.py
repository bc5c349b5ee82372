"""A beads file arrives whole: statuses as columns, types as labels, agents as people, tombstones left out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedCard, Report
from rego_server.domains.imports import beads
from tests.unit.imports.plan_check import check, check_report

CONTENT = (Path(__file__).parents[2] / "data" / "beads" / "complete.jsonl").read_bytes()


@pytest.fixture(scope="module")
def read() -> tuple[Plan, Report]:
    return beads.read(CONTENT)


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


def test_statuses_become_columns_and_tombstones_stay_out(plan: Plan) -> None:
    titles = {column.key: column.title for column in plan.columns}
    assert plan.title == "Issues of har"
    assert list(titles.values()) == ["Open", "In progress", "Hooked", "In orbit", "Closed"]
    assert [column.title for column in plan.columns if column.done] == ["Closed"]
    assert [(titles[card.column], card.title, card.completed) for card in plan.cards] == [
        ("Closed", "Closed later", True),
        ("Closed", "Buy paint", True),
        ("Open", "Paint the crane", False),
        ("Hooked", "Sweep [2Jthe quay", False),
        ("In orbit", "Of a status of its own", False),
    ]


def test_fields_arrive(plan: Plan) -> None:
    crane = card(plan, "Paint the crane")
    assert crane.priority is Priority.URGENT
    assert (crane.due_at, crane.start_at) == (datetime(2026, 2, 1, 12, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC))
    assert crane.created_at == datetime(2026, 1, 2, 16, 0, 0, 123450, tzinfo=UTC)
    assert crane.updated_at == datetime(2026, 1, 3, 16, tzinfo=UTC)
    priorities = [card(plan, title).priority for title in ("Buy paint", "Closed later", "Of a status of its own")]
    assert priorities == [Priority.NONE, Priority.NONE, Priority.LOW]


def test_agents_become_people(plan: Plan) -> None:
    crane = card(plan, "Paint the crane")
    assert [(person.username, person.name) for person in plan.people] == [
        ("mayor", "mayor"),
        ("harbour-crew-emma", "harbour/crew/emma"),
    ]
    assert (crane.created_by, crane.assignees) == ("mayor", ["harbour/crew/emma"])
    assert [(comment.author, comment.text) for comment in crane.comments] == [
        ("harbour/crew/emma", "Started\n- ladder"),
        ("mayor", "Good"),
    ]


def test_labels_and_types_become_labels(plan: Plan) -> None:
    assert card(plan, "Paint the crane").labels == ["outside", "height", "type:feature"]
    assert card(plan, "Sweep [2Jthe quay").labels == ["type:task", "ephemeral"]
    assert next(label for label in plan.labels if label.name == "type:bug").color is Color.RED


def test_what_has_no_place_ends_the_description(plan: Plan) -> None:
    assert card(plan, "Paint the crane").description == (
        "Two coats.\n\n## Design\n\nRed.\n\n## Acceptance criteria\n\nIt shines.\n\n## Notes\n\nMind the wind.\n\n"
        "## Linked cards\n\n- Blocked by har-3: Buy paint\n- Child of har-4: The harbour\n- Related to gone-1\n\n"
        "## Details\n\n- Beads id: har-1\n- Owner: member01\n- External reference: gh-7\n- Estimate: 90 minutes\n"
        "- Await type: gh:run"
    )
    assert card(plan, "Buy paint").description == (
        "## Details\n\n- Beads id: har-3\n- Closed: 2026-01-05 09:30 UTC\n- Close reason: Bought"
    )


def test_the_tallies(report: Report) -> None:
    assert {kind: (tally.found, tally.imported) for kind, tally in report.tallies.items()} == {
        "cards": (6, 5),
        "issues (closed)": (2, 2),
        "issues (hooked)": (1, 1),
        "issues (in_orbit)": (1, 1),
        "issues (open)": (1, 1),
        "issues (tombstone)": (1, 0),
        "label uses": (4, 3),
        "dependencies": (3, 3),
        "comments": (3, 2),
        "due dates": (1, 1),
        "members": (2, 2),
    }


@pytest.mark.parametrize(
    ("what", "count"),
    [
        ("tombstones left out", 1),
        ("dependencies became text in the description", 3),
        ("types became labels", 5),
        ("owners became text in the description", 1),
        ("other fields became text in the description", 1),
        ("other fields left out", 1),
        ("priorities dropped", 1),
        ("usernames changed", 1),
        ("control characters removed", 1),
    ],
)
def test_what_cannot_come_in_is_remarked(report: Report, what: str, count: int) -> None:
    assert next(remark for remark in report.remarks if remark.what == what).count == count


def test_an_array_of_issues_is_read_too(plan: Plan) -> None:
    array = b"[" + b",\n".join(line for line in CONTENT.splitlines() if line) + b"]"
    assert beads.read(array)[0] == plan


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"lists": [], "cards": []}', "This is no beads issue file: nothing in it has an id, a title and a status."),
        (
            CONTENT[:-20],
            "The beads issue file (line 7) is cut off: it ends in the middle of its JSON, after byte 153; export it again.",
        ),
        (CONTENT + b"<<<<<<< HEAD", "This is no beads issue file (line 8): JSON is malformed: invalid character (byte 0)."),
    ],
    ids=["another object", "cut off", "a merge conflict"],
)
def test_what_is_no_such_file_gets_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        beads.read(content)
    assert caught.value.detail == sentence
