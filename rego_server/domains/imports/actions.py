"""Carrying out a plan: a whole board in one transaction, or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from msgspec.structs import replace

from rego.wire.base import Role
from rego.wire.boards import Board
from rego.wire.columns import WipMode
from rego.wire.events import BoardImported
from rego.wire.imports import (
    Imported,
    Plan,
    PlannedCard,
    PlannedChecklist,
    PlannedComment,
    PlannedItem,
    PlannedPerson,
    Remark,
    Report,
)
from rego_server.core import ranking
from rego_server.core.patch import new_entity, set_fields
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.automations import actions as automations
from rego_server.domains.boards import queries as boards
from rego_server.domains.boards.actions import open_board
from rego_server.domains.boards.models import boards as boards_table
from rego_server.domains.cards import queries as cards
from rego_server.domains.checklists import queries as checklists
from rego_server.domains.columns import queries as columns
from rego_server.domains.comments import queries as comments
from rego_server.domains.imports import queries
from rego_server.domains.imports.cleaning import split_name
from rego_server.domains.imports.rule_keys import Meanings, rule_of
from rego_server.domains.labels import queries as labels
from rego_server.domains.users import queries as users

OWN_FORMAT = "rego"

Rows = list[dict[str, Any]]
Ids = dict[str, str]
"""The new id of each key of the plan."""


async def import_board(uow: UnitOfWork, source: str, plan: Plan, report: Report) -> Imported:
    """A new board as `plan` says, owned by the caller; people of the plan become placeholders on it.

    In a file of Rego's own (`source` is `rego`) the person with the caller's username is the caller.
    """
    board, remarks = await _open(uow, plan)
    report = replace(report, remarks=[*report.remarks, *remarks, *_overfull(plan)])
    people = await _add_people(uow, board.id, plan, claimed=source == OWN_FORMAT)
    label_ids = await _add_labels(uow, board.id, plan)
    column_ids = await _add_columns(uow, board.id, plan)
    await _CardWriter(uow, board.id, people, label_ids, column_ids).add(plan.cards)
    meanings = Meanings(column_ids, label_ids, people)
    await automations.bring_rules(uow, board.id, [rule_of(rule, meanings) for rule in plan.rules])
    head = uow.heads[board.id]
    head.last_number = max(head.last_number, plan.last_number)
    uow.write(queries.SET_FLOOR, floor_of=board.id, floor=1)
    await uow.flush()
    uow.emit(board.id, BoardImported(board=board, source=source, tallies=report.tallies))
    return Imported(board=replace(board, role=Role.OWNER), report=report)


async def _open(uow: UnitOfWork, plan: Plan) -> tuple[Board, list[Remark]]:
    """The board itself, under the plan's key if that is free, and what is to be said about it."""
    wanted, remarks = plan.key, []
    if wanted is not None and await uow.fetch_one(boards.KEY_IN_USE, key=wanted) is not None:
        remarks = [Remark(what="the board has another key", why="another board has this one", where=wanted)]
        wanted = None
    board = await open_board(uow, plan.title, plan.description, wanted)
    stamps = {"archived": plan.archived, "created_at": plan.created_at or uow.now}
    uow.write(set_fields(boards_table, tuple(sorted(stamps))), row_id=board.id, **stamps)
    return replace(board, **stamps), remarks


def _overfull(plan: Plan) -> list[Remark]:
    """What is to be said of columns over their hard limits: they come as they were, and take no further card."""
    held = Counter(card.column for card in plan.cards if not card.archived)
    return [
        Remark(what="a column is over its limit", why="it came with more cards and takes no further one", where=column.title)
        for column in plan.columns
        if column.wip_mode is WipMode.HARD and column.wip_limit is not None and held[column.key] > column.wip_limit
    ]


async def _add_people(uow: UnitOfWork, board_id: str, plan: Plan, *, claimed: bool) -> Ids:
    caller = uow.actor
    assert caller is not None
    mine = {person.key: caller.id for person in plan.people if claimed and person.username == caller.username}
    others = [person for person in plan.people if person.key not in mine]
    rows = [_placeholder(uow, person) for person in others]
    ids = {person.key: row["id"] for person, row in zip(others, rows, strict=True)}
    await uow.write_many(users.ADD, rows)
    await uow.write_many(
        access.ADD_MEMBER,
        [
            {"board_id": board_id, "user_id": ids[person.key], "role": person.role, "created_at": uow.now}
            for person in others
            if person.role is not None
        ],
    )
    return mine | ids


def _placeholder(uow: UnitOfWork, person: PlannedPerson) -> dict[str, Any]:
    firstname, lastname = split_name(person.name, person.lastname)
    return {
        **new_entity(uow),
        "email": None,
        "username": person.username,
        "firstname": firstname,
        "lastname": lastname,
        "password_hash": None,
        "is_active": False,
        "is_verified": False,
        "is_superuser": False,
        "placeholder": True,
    }


async def _add_labels(uow: UnitOfWork, board_id: str, plan: Plan) -> Ids:
    rows = [{**new_entity(uow), "board_id": board_id, "name": label.name, "color": label.color} for label in plan.labels]
    await uow.write_many(labels.ADD, rows)
    return {label.key: row["id"] for label, row in zip(plan.labels, rows, strict=True)}


async def _add_columns(uow: UnitOfWork, board_id: str, plan: Plan) -> Ids:
    rows = [
        {
            **new_entity(uow),
            "board_id": board_id,
            "title": column.title,
            "rank": rank,
            "wip_limit": column.wip_limit,
            "wip_mode": column.wip_mode,
            "done": column.done,
            "color": column.color,
            "archived": column.archived,
        }
        for column, rank in zip(plan.columns, ranking.initial(len(plan.columns)), strict=True)
    ]
    await uow.write_many(columns.ADD, rows)
    return {column.key: row["id"] for column, row in zip(plan.columns, rows, strict=True)}


class _CardWriter:
    """Collects the rows of all cards, so that each table is written in one go."""

    def __init__(self, uow: UnitOfWork, board_id: str, people: Ids, label_ids: Ids, column_ids: Ids) -> None:
        self._uow = uow
        self._board_id = board_id
        self._people = people
        self._label_ids = label_ids
        self._column_ids = column_ids
        self._rows: defaultdict[str, Rows] = defaultdict(list)

    async def add(self, planned: Sequence[PlannedCard]) -> None:
        """Write all cards with everything that hangs on them."""
        for card, number, rank in zip(planned, _numbers(planned), self._ranks(planned), strict=True):
            self._add_card(card, number, rank)
        head = self._uow.heads[self._board_id]
        head.last_number = max((row["number"] for row in self._rows["cards"]), default=0)
        for name, statement in (
            ("cards", cards.ADD),
            ("card_labels", cards.ADD_LABEL),
            ("card_assignees", cards.ADD_ASSIGNEE),
            ("checklists", checklists.ADD),
            ("items", checklists.ADD_ITEM),
            ("comments", comments.ADD),
        ):
            await self._uow.write_many(statement, self._rows[name])

    def _ranks(self, planned: Sequence[PlannedCard]) -> Iterable[int]:
        """A rank for each card, in the order of its column."""
        sizes: defaultdict[str, int] = defaultdict(int)
        for card in planned:
            sizes[card.column] += 1
        ranks = {column: iter(ranking.initial(size)) for column, size in sizes.items()}
        return (next(ranks[card.column]) for card in planned)

    def _add_card(self, card: PlannedCard, number: int, rank: int) -> None:
        items = [item for checklist in card.checklists for item in checklist.items]
        row = {
            **self._card_entity(card),
            "board_id": self._board_id,
            "column_id": self._column_ids[card.column],
            "number": number,
            "title": card.title,
            "rank": rank,
            "due_at": card.due_at,
            "start_at": card.start_at,
            "priority": card.priority,
            "completed": card.completed,
            "archived": card.archived,
            "has_description": bool(card.description),
            "label_ids": sorted({self._label_ids[key] for key in card.labels}),
            "assignee_ids": sorted({self._people[key] for key in card.assignees}),
            "checklist_done": sum(item.done for item in items),
            "checklist_total": len(items),
            "comment_count": len(card.comments),
            "attachment_count": 0,
            "description": card.description,
        }
        self._rows["cards"].append(row)
        self._rows["card_labels"] += [{"card_id": row["id"], "label_id": x} for x in row["label_ids"]]
        self._rows["card_assignees"] += [{"card_id": row["id"], "user_id": x} for x in row["assignee_ids"]]
        self._add_checklists(row["id"], card.checklists)
        self._rows["comments"] += [self._comment(row["id"], comment) for comment in card.comments]

    def _add_checklists(self, card_id: str, planned: Sequence[PlannedChecklist]) -> None:
        for checklist, rank in zip(planned, ranking.initial(len(planned)), strict=True):
            row = {**new_entity(self._uow), "card_id": card_id, "title": checklist.title, "rank": rank}
            self._rows["checklists"].append(row)
            ranks = ranking.initial(len(checklist.items))
            self._rows["items"] += [
                self._item(row["id"], item, item_rank) for item, item_rank in zip(checklist.items, ranks, strict=True)
            ]

    def _item(self, checklist_id: str, item: PlannedItem, rank: int) -> dict[str, Any]:
        return {
            **new_entity(self._uow),
            "checklist_id": checklist_id,
            "text": item.text,
            "rank": rank,
            "done": item.done,
            "assignee_id": self._person(item.assignee),
            "due_at": item.due_at,
        }

    def _comment(self, card_id: str, comment: PlannedComment) -> dict[str, Any]:
        made_at = comment.at or self._uow.now
        author = self._person(comment.author)
        return {
            **new_entity(self._uow),
            "created_at": made_at,
            "updated_at": comment.edited_at or made_at,
            "created_by": author,
            "updated_by": author,
            "card_id": card_id,
            "text": comment.text,
            # What was said elsewhere, and long ago, tells nobody here.
            "mentions": [],
            "rule": comment.rule,
        }

    def _card_entity(self, card: PlannedCard) -> dict[str, Any]:
        entity = new_entity(self._uow)
        if card.created_at is not None:
            author = self._person(card.created_by)
            entity |= {"created_at": card.created_at, "created_by": author, "updated_at": card.created_at, "updated_by": author}
        if card.updated_at is not None:
            entity |= {"updated_at": card.updated_at, "updated_by": self._person(card.updated_by)}
        return entity

    def _person(self, key: str | None) -> str | None:
        return None if key is None else self._people[key]


def _numbers(planned: Sequence[PlannedCard]) -> Iterable[int]:
    """The cards' own numbers, and fresh ones above them for cards that have none."""
    fresh = count(max((card.number or 0 for card in planned), default=0) + 1)
    return (card.number or next(fresh) for card in planned)
