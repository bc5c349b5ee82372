"""A whole board at one sequence number, without long texts."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from rego.wire.base import Parameters
from rego.wire.boards import Board, Member
from rego.wire.cards import CardSummary
from rego.wire.columns import Column
from rego.wire.labels import Label


class Snapshot(Struct, kw_only=True, frozen=True):
    """Everything that a client draws of a board.

    `seq` is the number of the last event that is in it, `epoch` the life of the database that counted it.
    `columns` and `cards` come in order. Archived columns are always in, archived cards only when `archived` is true.
    """

    board: Board
    seq: int
    epoch: str
    archived: bool
    members: list[Member]
    labels: list[Label]
    columns: list[Column]
    cards: list[CardSummary]


class GetSnapshot(Parameters, kw_only=True):
    archived: Annotated[bool, Meta(description="archived cards too")] = False
