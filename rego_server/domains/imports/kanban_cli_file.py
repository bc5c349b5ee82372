"""The parts of a board file of the terminal program `kanban` that an import reads, of format version 7 and its neighbours.

Every field may be missing or null; whatever else stands in the file is passed over. The file is the program's own data file.
"""

from __future__ import annotations

from msgspec import Raw, Struct


class _Part(Struct, gc=False):
    """Common settings of all parts."""


class Board(_Part):
    id: str | None = None
    name: str | None = None
    description: str | None = None
    card_prefix: str | None = None
    card_counter: int | None = None
    completion_column_id: str | None = None
    sprint_names: list[str] | None = None
    position: int | None = None
    created_at: str | None = None


class Column(_Part):
    id: str | None = None
    board_id: str | None = None
    name: str | None = None
    position: int | None = None
    wip_limit: int | None = None
    default_status: str | None = None


class Card(_Part):
    id: str | None = None
    column_id: str | None = None
    card_number: int | None = None
    title: str | None = None
    description: str | None = None
    position: int | None = None
    priority: str | None = None
    status: str | None = None
    points: int | None = None
    due_date: str | None = None
    sprint_id: str | None = None
    sprint_logs: list[Raw] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    completed_at: str | None = None


class ArchivedCard(_Part):
    card: Card | None = None
    original_column_id: str | None = None
    original_position: int | None = None


class Sprint(_Part):
    """A time box. `name_index` points into its board's `sprint_names`."""

    id: str | None = None
    board_id: str | None = None
    name_index: int | None = None
    sprint_number: int | None = None


class Edge(_Part):
    """From one card to another; older files say by `edge_type` what newer ones say by the name of the list."""

    source: str | None = None
    target: str | None = None
    edge_type: str | None = None


class Edges(_Part):
    edges: list[Edge] | None = None


class Data(_Part):
    boards: list[Board] | None = None
    columns: list[Column] | None = None
    cards: list[Card] | None = None
    archived_cards: list[ArchivedCard] | None = None
    sprints: list[Sprint] | None = None
    graph: dict[str, Edges | None] | None = None


class File(_Part):
    version: int | None = None
    data: Data | None = None
