"""The tables of rules, of what they did, and of the due times that set them off."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from rego.wire import limits
from rego_server.core.db.schema import Id, Json, Timestamp, entity_columns, metadata

automations = Table(
    "automations",
    metadata,
    *entity_columns(),
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(limits.NAME_MAX), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("trigger_type", String(40), nullable=False),
    Column("trigger", Json, nullable=False),
    Column("conditions", Text),
    Column("actions", Json, nullable=False),
    # Of a rule with the trigger card.due: seconds after the due time, and the due time from which on it counts.
    Column("due_offset", Integer),
    Column("due_after", Timestamp),
    # The number of the newest run.
    Column("runs", Integer, nullable=False),
    Column("last_run_at", Timestamp),
    Column("last_outcome", String(10)),
)
_timed = automations.c.due_offset.is_not(None)
Index("ix_automations_due_offset", automations.c.due_offset, postgresql_where=_timed, sqlite_where=_timed)

automation_runs = Table(
    "automation_runs",
    metadata,
    Column("automation_id", Id, ForeignKey("automations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Timestamp, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("cause", Json, nullable=False),
    Column("changes", Json, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("error", Text),
)

# That a rule was set off by a card's due time: the row is the claim to it, so it happens once. It outlives the card, which may
# come back when its deletion is undone.
automation_firings = Table(
    "automation_firings",
    metadata,
    Column("automation_id", Id, ForeignKey("automations.id", ondelete="CASCADE"), primary_key=True),
    Column("card_id", Id, primary_key=True),
    Column("due_at", Timestamp, primary_key=True),
    Column("fired_at", Timestamp, nullable=False),
)
