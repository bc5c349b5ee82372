"""From rows to the parts of a plan. Keys are numbers in order (`p1`, `l1`, `c1`), so that equal boards make equal files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from rego.wire.base import Role
from rego.wire.cards import Priority
from rego.wire.columns import Color, WipMode
from rego.wire.imports import (
    PlannedCard,
    PlannedChecklist,
    PlannedColumn,
    PlannedComment,
    PlannedFile,
    PlannedItem,
    PlannedLabel,
    PlannedPerson,
    PlannedRule,
)
from rego_server.core.db import Row
from rego_server.domains.imports.cleaning import split_name
from rego_server.domains.imports.rule_keys import Meanings
from rego_server.domains.imports.texts import Usernames

Keys = dict[str, str]
"""The key of each id, in the order of the plan."""


class Belongings(NamedTuple):
    """What hangs on a page of cards."""

    checklists: Sequence[Row]
    items: Sequence[Row]
    comments: Sequence[Row]
    files: Sequence[Row]


def planned_people(rows: Iterable[Row]) -> tuple[Keys, list[PlannedPerson]]:
    """Everybody by username. Where several have the same, an owner keeps it, and the others get a number after it."""
    usernames = Usernames()
    in_rank = sorted(rows, key=lambda row: (row["username"], row["role"] != Role.OWNER, row["id"]))
    named = sorted(((usernames.claim(row["username"]), row) for row in in_rank), key=lambda pair: pair[0])
    keys = _keys((row for _, row in named), "p")
    return keys, [_person(keys[row["id"]], username, row) for username, row in named]


def planned_labels(rows: Sequence[Row]) -> tuple[Keys, list[PlannedLabel]]:
    """The labels, in the order in which they were made."""
    keys = _keys(rows, "l")
    return keys, [PlannedLabel(key=keys[row["id"]], name=row["name"], color=Color(row["color"])) for row in rows]


def planned_columns(rows: Sequence[Row]) -> tuple[Keys, list[PlannedColumn]]:
    """The columns in their order, archived ones included."""
    keys = _keys(rows, "c")
    return keys, [_column(keys[row["id"]], row) for row in rows]


def planned_rules(rows: Iterable[Row], meanings: Meanings) -> list[PlannedRule]:
    """The automation rules, with `meanings` that lead from ids to keys."""
    return [
        PlannedRule(
            name=row["name"],
            trigger=meanings.put_into(row["trigger"]),
            actions=[meanings.put_into(action) for action in row["actions"]],
            conditions=row["conditions"],
            enabled=row["enabled"],
        )
        for row in rows
    ]


class Cards:
    """Makes cards out of rows; it knows the keys of what they refer to."""

    def __init__(self, people: Keys, labels: Keys, columns: Keys) -> None:
        self._people = people
        self._labels = labels
        self._columns = columns

    def planned(self, rows: Sequence[Row], belongings: Belongings) -> list[PlannedCard]:
        """The cards in `rows` with what of `belongings` is theirs."""
        items = _grouped(belongings.items, "checklist_id")
        checklists = _grouped(belongings.checklists, "card_id")
        comments = _grouped(belongings.comments, "card_id")
        files = _grouped(belongings.files, "card_id")
        return [
            replace(
                self._card(row),
                checklists=[self._checklist(each, items[each["id"]]) for each in checklists[row["id"]]],
                comments=[self._comment(each) for each in comments[row["id"]]],
                files=[_file(each) for each in files[row["id"]]],
            )
            for row in rows
        ]

    def _card(self, row: Row) -> PlannedCard:
        unchanged = (row["updated_at"], row["updated_by"]) == (row["created_at"], row["created_by"])
        return PlannedCard(
            column=self._columns[row["column_id"]],
            title=row["title"],
            number=row["number"],
            description=row["description"],
            due_at=row["due_at"],
            start_at=row["start_at"],
            priority=Priority(row["priority"]),
            completed=row["completed"],
            archived=row["archived"],
            created_at=row["created_at"],
            created_by=self._people.get(row["created_by"]),
            updated_at=None if unchanged else row["updated_at"],
            updated_by=None if unchanged else self._people.get(row["updated_by"]),
            labels=_in_order(self._labels, row["label_ids"]),
            assignees=_in_order(self._people, row["assignee_ids"]),
        )

    def _checklist(self, row: Row, items: Iterable[Row]) -> PlannedChecklist:
        return PlannedChecklist(title=row["title"], items=[self._item(item) for item in items])

    def _item(self, row: Row) -> PlannedItem:
        return PlannedItem(
            text=row["text"], done=row["done"], assignee=self._people.get(row["assignee_id"]), due_at=row["due_at"]
        )

    def _comment(self, row: Row) -> PlannedComment:
        edited_at = None if row["updated_at"] == row["created_at"] else row["updated_at"]
        return PlannedComment(
            text=row["text"],
            author=self._people.get(row["created_by"]),
            at=row["created_at"],
            edited_at=edited_at,
            rule=row["rule"],
        )


def _person(key: str, username: str, row: Row) -> PlannedPerson:
    name = f"{row['firstname']} {row['lastname']}".strip()
    told_by_the_name = split_name(name, None) == (row["firstname"], row["lastname"])
    return PlannedPerson(
        key=key,
        username=username,
        name=name,
        lastname=None if told_by_the_name else row["lastname"],
        role=Role(row["role"]) if row["role"] else None,
    )


def _file(row: Row) -> PlannedFile:
    return PlannedFile(filename=row["filename"], size=row["size"], sha256=row["sha256"])


def _column(key: str, row: Row) -> PlannedColumn:
    return PlannedColumn(
        key=key,
        title=row["title"],
        wip_limit=row["wip_limit"],
        wip_mode=WipMode(row["wip_mode"]),
        done=row["done"],
        color=Color(row["color"]) if row["color"] else None,
        archived=row["archived"],
    )


def _keys(rows: Iterable[Row], letter: str) -> Keys:
    return {row["id"]: f"{letter}{number}" for number, row in enumerate(rows, 1)}


def _in_order(keys: Keys, ids: Iterable[str]) -> list[str]:
    """The keys of `ids` in the order of the plan."""
    wanted = set(ids)
    return [key for id_, key in keys.items() if id_ in wanted] if wanted else []


def _grouped(rows: Iterable[Row], owner: str) -> defaultdict[str, list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[owner]].append(row)
    return groups
