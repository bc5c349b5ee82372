"""The tables' common vocabulary: one metadata, the column types that both databases store, and the columns of every entity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec
from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the server registers here; the migrations are checked against it."""

Converter = Callable[[Any], Any]


class Portable(TypeDecorator[Any]):
    """A type that PostgreSQL has and SQLite keeps as text; the two converters say how."""

    impl = Text
    cache_ok = True
    on_postgresql: ClassVar[type[TypeEngine[Any]] | TypeEngine[Any]]

    @staticmethod
    def to_sqlite(value: Any) -> Any:
        """`value` as SQLite stores it."""
        return value

    @staticmethod
    def from_sqlite(stored: Any) -> Any:
        """What `to_sqlite` stored, as it was."""
        return stored

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.on_postgresql if dialect.name == "postgresql" else Text())  # type: ignore[arg-type]


class Id(Portable):
    """A UUID, in Python always its canonical text."""

    cache_ok = True
    on_postgresql = postgresql.UUID(as_uuid=False)


class Timestamp(Portable):
    """A moment in UTC; on SQLite as ISO 8601 text of fixed width, which sorts by time."""

    cache_ok = True
    on_postgresql = postgresql.TIMESTAMP(timezone=True)

    @staticmethod
    def to_sqlite(value: datetime) -> str:
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    @staticmethod
    def from_sqlite(stored: str) -> datetime:
        return datetime.fromisoformat(stored)


class Json(Portable):
    """Lists and dictionaries that are read and written whole."""

    cache_ok = True
    on_postgresql = JSON()

    @staticmethod
    def to_sqlite(value: object) -> str:
        return msgspec.json.encode(value).decode()

    @staticmethod
    def from_sqlite(stored: str) -> Any:
        return msgspec.json.decode(stored)


def entity_columns() -> list[Column[Any]]:
    """Fresh columns for what every entity answers beside its own fields."""
    return [
        Column("id", Id, primary_key=True),
        Column("version", Integer, nullable=False),
        # The version in which each field last changed: what a stale PATCH is merged by.
        Column("field_versions", Json, nullable=False),
        Column("created_at", Timestamp, nullable=False),
        Column("updated_at", Timestamp, nullable=False),
        Column("created_by", Id, ForeignKey("users.id", ondelete="SET NULL")),
        Column("updated_by", Id, ForeignKey("users.id", ondelete="SET NULL")),
    ]
