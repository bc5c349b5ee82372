"""`rego db current` and `rego db upgrade`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from rego_server.beacon import claimed
from rego_server.core import data_dir
from rego_server.core.db.facts import Facts, postgres_facts, sqlite_facts
from rego_server.core.db.migrate import migrate_postgres, migrate_sqlite
from rego_server.core.settings import Settings
from rego_server.migrations import REVISIONS


class DatabaseState(NamedTuple):
    """What there is at a place. `state` is empty, current, behind or newer."""

    database: str
    place: str
    revision: str | None
    newest: str
    state: str
    epoch: str | None
    people: int
    boards: int


async def facts_of(settings: Settings) -> Facts:
    """What the settings' database says of itself. Raises `Unavailable`."""
    path = settings.sqlite_path
    return await postgres_facts(settings.database_url) if path is None else sqlite_facts(path)


async def current(settings: Settings) -> DatabaseState:
    """The state of the database; a running server is not disturbed. Raises `Unavailable`."""
    facts = await facts_of(settings)
    return DatabaseState(
        database="postgresql" if settings.sqlite_path is None else "sqlite",
        place=place_of(settings),
        revision=facts.revision,
        newest=REVISIONS[-1],
        state=_state(facts.revision),
        epoch=facts.epoch,
        people=facts.people,
        boards=facts.boards,
    )


async def upgrade(settings: Settings) -> DatabaseState:
    """Bring the database up to date, as the start of a server does; the state afterwards.

    Raises `Unavailable`, and `InUse` when a server works on an SQLite file.
    """
    path = settings.sqlite_path
    if path is None:
        await migrate_postgres(settings.database_url)
    else:
        with held_alone(settings):
            data_dir.make_private(path)
            await migrate_sqlite(path)
    return await current(settings)


@contextmanager
def held_alone(settings: Settings) -> Iterator[None]:
    """Hold an SQLite database as a server would. Raises `InUse`; a background server of local mode makes way."""
    path = settings.sqlite_path
    assert path is not None
    with ExitStack() as stack:
        if not settings.database_url:
            stack.enter_context(claimed(settings.data_dir, background=False))
        data_dir.prepare(path.parent)
        stack.enter_context(data_dir.held(path.with_name(path.name + ".lock")))
        yield


def place_of(settings: Settings) -> str:
    """Where the database is, without a password."""
    if settings.sqlite_path is not None:
        return str(settings.sqlite_path)
    from rego_server.core.db.postgres_tools import way_to

    return way_to(settings.database_url).address


def _state(revision: str | None) -> str:
    if revision is None:
        return "empty"
    if revision not in REVISIONS:
        return "newer"
    return "current" if revision == REVISIONS[-1] else "behind"
