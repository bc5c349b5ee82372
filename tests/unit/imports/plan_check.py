"""The judge of cleaned plans: every field against the rules that requests obey, taken from `rego.wire` itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from rego.wire import limits
from rego.wire.base import Block, Line, SmallInt
from rego.wire.boards import BoardKey
from rego.wire.comments import CommentText
from rego.wire.imports import Plan, PlannedCard, PlannedChecklist, Report
from rego.wire.labels import LabelName
from rego.wire.text import clean_block, clean_line
from rego.wire.users import PersonName, Username
from rego_server.domains.imports.cleaning import split_name


def check(plan: Plan) -> None:
    """Fails when a request with one of the plan's fields would be refused or mended, or when a key leads nowhere."""
    check_line(plan.title)
    check_block(plan.description)
    assert plan.key is None or msgspec.convert(plan.key, BoardKey)
    check_moment(plan.created_at)
    check_people(plan)
    check_labels(plan)
    check_columns(plan)
    numbers = [msgspec.convert(card.number, SmallInt) for card in plan.cards]
    assert_unique(numbers)
    assert len(plan.cards) <= limits.IMPORT_MAX_CARDS
    for card in plan.cards:
        check_card(card, plan)


def check_people(plan: Plan) -> None:
    assert_unique(person.key for person in plan.people)
    assert_unique(person.username.lower() for person in plan.people)
    for person in plan.people:
        msgspec.convert(person.username, Username)
        assert clean_line(person.name, field="name") == person.name
        for part in split_name(person.name, person.lastname):
            assert clean_line(msgspec.convert(part, PersonName), field="name") == part


def check_labels(plan: Plan) -> None:
    assert_unique(label.key for label in plan.labels)
    for label in plan.labels:
        assert clean_line(msgspec.convert(label.name, LabelName), field="name") == label.name


def check_columns(plan: Plan) -> None:
    assert_unique(column.key for column in plan.columns)
    for column in plan.columns:
        check_line(column.title)
        msgspec.convert(column.wip_limit, SmallInt | None)


def check_card(card: PlannedCard, plan: Plan) -> None:
    people = {person.key for person in plan.people}
    check_line(card.title)
    check_block(card.description)
    assert card.column in {column.key for column in plan.columns}
    assert set(card.labels) <= {label.key for label in plan.labels}
    assert set(card.assignees) <= {person.key for person in plan.people if person.role is not None}
    assert {card.created_by, card.updated_by} <= {*people, None}
    assert_unique(card.labels)
    assert_unique(card.assignees)
    for moment in (card.due_at, card.start_at, card.created_at, card.updated_at):
        check_moment(moment)
    for checklist in card.checklists:
        check_checklist(checklist, people)
    for comment in card.comments:
        assert clean_block(msgspec.convert(comment.text, CommentText), field="text") == comment.text
        assert comment.author is None or comment.author in people
        check_moment(comment.at)
        check_moment(comment.edited_at)


def check_checklist(checklist: PlannedChecklist, people: set[str]) -> None:
    check_line(checklist.title)
    for item in checklist.items:
        check_line(item.text)
        check_moment(item.due_at)
        assert item.assignee is None or item.assignee in people


def check_line(text: str) -> None:
    assert clean_line(msgspec.convert(text, Line), field="line") == text


def check_block(text: str) -> None:
    assert clean_block(msgspec.convert(text, Block), field="block") == text


def check_moment(moment: datetime | None) -> None:
    assert moment is None or moment.tzinfo is UTC


def assert_unique(things: Iterable[object]) -> None:
    listed = list(things)
    assert len(set(listed)) == len(listed)


def check_report(report: Report) -> None:
    """Remarks go to terminals: their texts are printable lines too."""
    for remark in report.remarks:
        assert remark.count > 0
        for text in (remark.what, remark.why, remark.where):
            assert clean_line(text, field="remark") == text
