"""The table of columns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from rego.wire import limits
from rego_server.core.db.schema import Id, entity_columns, metadata

columns = Table(
    "board_columns",
    metadata,
    *entity_columns(),
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), nullable=False),
    Column("title", String(limits.TITLE_MAX), nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("wip_limit", Integer),
    Column("wip_mode", String(10), nullable=False),
    Column("done", Boolean, nullable=False),
    Column("color", String(10)),
    Column("archived", Boolean, nullable=False),
    UniqueConstraint("board_id", "rank"),
)
