"""A file of the program `kanban` arrives whole: columns, statuses, archived cards, sprints and links."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from rego.wire.cards import Priority
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedCard, Report, Tally
from rego_server.domains.imports import kanban_cli
from tests.unit.imports.plan_check import check, check_report

FILE = Path(__file__).parents[2] / "data" / "kanban-cli" / "complete.json"


@pytest.fixture(scope="module")
def read() -> tuple[Plan, Report]:
    return kanban_cli.read(FILE.read_bytes())


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


def test_the_board_keeps_its_name_its_key_and_its_counter(plan: Plan) -> None:
    assert (plan.title, plan.description, plan.key, plan.last_number) == ("Harbour", "Work on the **quay**", "HAR", 11)
    assert plan.created_at == datetime(2026, 1, 2, 8, 0, 0, 123456, tzinfo=UTC)


def test_columns_stand_by_position_and_the_last_one_is_done(plan: Plan) -> None:
    assert [(column.title, column.wip_limit, column.done) for column in plan.columns] == [
        ("TODO", None, False),
        ("Doing", 3, False),
        ("Complete", None, True),
        ("(no column)", None, False),
    ]


def test_the_column_that_the_board_names_is_done() -> None:
    board = {"boards": [{"id": "b", "completion_column_id": "x"}], "cards": []}
    columns = [{"id": "x", "board_id": "b", "position": 0}, {"id": "y", "board_id": "b", "position": 1}]
    plan, _ = kanban_cli.read(msgspec.json.encode({"data": {**board, "columns": columns}}))
    assert [column.done for column in plan.columns] == [True, False]


def test_cards_stand_by_position_archived_ones_where_they_stood(plan: Plan) -> None:
    assert [(card.title, card.archived) for card in plan.cards] == [
        ("Paint the crane", False),
        ("Old plan", True),
        ("Order rope", False),
        ("Sweep [2Jthe quay", False),
        ("Buy paint", False),
        ("Same number, no column", False),
    ]


def test_fields_arrive(plan: Plan) -> None:
    crane = card(plan, "Paint the crane")
    assert (crane.number, crane.priority, crane.completed) == (1, Priority.URGENT, False)
    assert crane.due_at == datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert card(plan, "Order rope").updated_at == datetime(2026, 1, 4, 8, tzinfo=UTC)
    assert [card.title for card in plan.cards if card.completed] == ["Buy paint", "Same number, no column"]
    assert card(plan, "Same number, no column").priority is Priority.NONE


def test_sprints_and_the_status_blocked_become_labels(plan: Plan) -> None:
    assert card(plan, "Paint the crane").labels == ["sprint:first-tide", "blocked"]
    assert card(plan, "Order rope").labels == ["sprint:2"]


def test_what_has_no_place_ends_the_description(plan: Plan) -> None:
    assert card(plan, "Paint the crane").description == (
        "Two coats.\n\n## Details\n\n- Points: 3\n\n## Linked cards\n\n- Blocked by HAR-4: Buy paint"
    )
    assert card(plan, "Order rope").description == (
        "## Linked cards\n\n- Child of HAR-1: Paint the crane\n- Related to HAR-6: Old plan"
    )
    assert card(plan, "Buy paint").description == "## Details\n\n- Points: 1\n- Completed: 2026-01-05 09:30 UTC"


def test_the_tallies(report: Report) -> None:
    shown = {kind: (tally.found, tally.imported) for kind, tally in report.tallies.items()}
    assert shown == {
        "lists": (3, 4),
        "cards": (6, 6),
        "cards (archived)": (1, 1),
        "cards (todo)": (2, 2),
        "cards (inprogress)": (1, 1),
        "cards (blocked)": (1, 1),
        "cards (done)": (2, 2),
        "due dates": (1, 1),
        "points": (2, 2),
        "sprints": (2, 2),
        "links": (4, 3),
    }


@pytest.mark.parametrize(
    ("what", "count"),
    [
        ("sprints became labels", 2),
        ("sprints of cards left out", 1),
        ("sprint histories left out", 1),
        ("links became text in the description", 3),
        ("links left out", 1),
        ("points became text in the description", 2),
        ("the status Blocked became a label", 1),
        ("the status InProgress left to the column", 1),
        ("priorities dropped", 1),
        ("card numbers changed", 1),
        ("cards put into a column of their own, (no column)", 1),
        ("control characters removed", 1),
    ],
)
def test_what_cannot_come_in_is_remarked(report: Report, what: str, count: int) -> None:
    assert next(remark for remark in report.remarks if remark.what == what).count == count


def test_several_boards_become_one() -> None:
    boards = [{"id": "b", "name": "B", "position": 1, "card_prefix": "BBB"}, {"id": "a", "name": "A", "position": 0}]
    columns = [{"id": "y", "board_id": "b", "name": "Y"}, {"id": "x", "board_id": "a", "name": "X"}]
    plan, report = kanban_cli.read(msgspec.json.encode({"data": {"boards": boards, "columns": columns, "cards": []}}))
    assert (plan.title, plan.key, [column.title for column in plan.columns]) == ("A", None, ["A: X", "B: Y"])
    assert report.remarks[0].what == "boards joined into one"
    assert report.tallies["lists"] == Tally(found=2, imported=2)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{}", "This is no kanban board file: its data has no boards and no columns and no cards."),
        (b'{"data": {"boards": [], "columns": [], "cards": []}}', "The kanban board file holds no board."),
        (b"[]", "This is no kanban board file: its top level should be of type object, not array."),
    ],
)
def test_what_is_no_such_file_gets_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        kanban_cli.read(content)
    assert caught.value.detail == sentence
