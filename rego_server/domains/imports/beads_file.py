"""The parts of an issue of the issue tracker `beads` that an import reads; a file holds one issue a line.

Every field may be missing or null; fields that are named nowhere here are kept as text as far as they can be.
"""

from __future__ import annotations

from msgspec import Struct


class Dependency(Struct, gc=False):
    """What the issue has to do with another one."""

    depends_on_id: str | None = None
    type: str | None = None


class Comment(Struct, gc=False):
    author: str | None = None
    text: str | None = None
    created_at: str | None = None


class Issue(Struct, gc=False):
    """An issue. `status` may be one of the project's own; a tombstone is what is left of a deleted one."""

    id: str | None = None
    title: str | None = None
    description: str | None = None
    design: str | None = None
    acceptance_criteria: str | None = None
    notes: str | None = None
    status: str | None = None
    priority: int | None = None
    issue_type: str | None = None
    assignee: str | None = None
    owner: str | None = None
    created_by: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    closed_at: str | None = None
    close_reason: str | None = None
    due_at: str | None = None
    defer_until: str | None = None
    external_ref: str | None = None
    estimated_minutes: int | None = None
    ephemeral: bool | None = None
    labels: list[str] | None = None
    dependencies: list[Dependency] | None = None
    comments: list[Comment] | None = None
