"""Boards, columns, labels and cards made by hand, for tests that need no server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rego.wire.base import Role
from rego.wire.boards import Board, Member
from rego.wire.cards import Card, CardSummary
from rego.wire.columns import Color, Column, WipMode
from rego.wire.labels import Label
from rego.wire.snapshot import Snapshot

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def id_of(number: int) -> str:
    return str(UUID(int=number))


def board(number: int = 1, title: str = "Operations", key: str = "OPS", **fields: Any) -> Board:
    entity = {"version": 1, "created_at": NOON, "updated_at": NOON, "description": "", "archived": False, "role": Role.OWNER}
    return Board(id=id_of(number), title=title, key=key, **{**entity, **fields})


def column(number: int, title: str) -> Column:
    return Column(
        id=id_of(number),
        version=1,
        created_at=NOON,
        updated_at=NOON,
        title=title,
        rank=f"{number:016x}",
        wip_limit=None,
        wip_mode=WipMode.SOFT,
        done=False,
        color=None,
        archived=False,
    )


def label(number: int, name: str, color: Color = Color.RED) -> Label:
    return Label(id=id_of(number), version=1, created_at=NOON, updated_at=NOON, name=name, color=color)


def card(number: int, title: str = "A card", column_id: str = id_of(10), **fields: Any) -> Card:
    return Card(
        **{
            "id": id_of(1000 + number),
            "version": 1,
            "created_at": NOON,
            "updated_at": NOON,
            "board_id": id_of(1),
            "column_id": column_id,
            "number": number,
            "title": title,
            "rank": f"{number:016x}",
            **fields,
        }
    )


def member(number: int, username: str, **fields: Any) -> Member:
    return Member(
        **{"user_id": id_of(number), "username": username, "firstname": "", "lastname": "", "role": Role.MEMBER, **fields}
    )


def snapshot(columns: list[Column], cards: list[CardSummary], members: list[Member] | None = None) -> Snapshot:
    return Snapshot(
        board=board(),
        seq=7,
        epoch="e",
        archived=False,
        members=members or [],
        labels=[],
        columns=columns,
        cards=cards,
    )
