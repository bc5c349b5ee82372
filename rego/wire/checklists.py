"""Checklists and their items."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, UnsetType

from rego.wire.base import Entity, Id, Line, Patch, Place, Rank
from rego.wire.cards import Moment


class ChecklistItem(Entity, kw_only=True, frozen=True):
    checklist_id: str
    text: str
    rank: Rank
    done: bool
    assignee_id: str | None
    due_at: datetime | None


class Checklist(Entity, kw_only=True, frozen=True):
    card_id: str
    title: str
    rank: Rank
    items: list[ChecklistItem]


class CreateChecklist(Place, kw_only=True):
    """A new checklist; without a place it goes to the end of its card."""

    line_fields = ("title",)

    title: Line


class UpdateChecklist(Patch, kw_only=True):
    line_fields = ("title",)

    title: Line | UnsetType = UNSET


class MoveChecklist(Place, kw_only=True):
    """A new place among the card's checklists; without one, the end."""


class CreateChecklistItem(Place, kw_only=True):
    """A new item; without a place it goes to the end of its checklist."""

    line_fields = ("text",)
    moment_fields = ("due_at",)

    text: Line
    assignee_id: Id | None = None
    due_at: Moment | None = None


class UpdateChecklistItem(Patch, kw_only=True):
    line_fields = ("text",)
    moment_fields = ("due_at",)

    text: Line | UnsetType = UNSET
    done: bool | UnsetType = UNSET
    assignee_id: Id | UnsetType | None = UNSET
    due_at: Moment | UnsetType | None = UNSET


class MoveChecklistItem(Place, kw_only=True):
    """A new place for an item; without `checklist_id` within its checklist, without a neighbour or position at the end."""

    checklist_id: Id | None = None
