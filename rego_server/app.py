"""The composition root: settings in, a running application with all its parts out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from rego_server import schema as _schema  # noqa: F401 - every table must be known before the first statement
from rego_server.core import data_dir
from rego_server.core.blobs import open_store
from rego_server.core.bus import Bus
from rego_server.core.clock import Clock, SystemClock
from rego_server.core.db import Database
from rego_server.core.db.migrate import migrate_postgres, migrate_sqlite
from rego_server.core.events import GET_EPOCH
from rego_server.core.housekeeping import Expiry, Housekeeping
from rego_server.core.ids import NewId, uuid7
from rego_server.core.mail import Carrier, Mailroom, carrier_of
from rego_server.core.memory import Trim
from rego_server.core.ports import Alone, Ports
from rego_server.core.presence import Elsewhere
from rego_server.core.rate_limit import Limiter
from rego_server.core.retention import Retention
from rego_server.core.rounds import Rounds
from rego_server.core.secret import former_keys, given, signing_key
from rego_server.core.settings import Settings
from rego_server.core.uow import Runner
from rego_server.domains.access.routes import table as access
from rego_server.domains.activity.routes import table as activity
from rego_server.domains.admin.routes import table as admin
from rego_server.domains.attachments.depot import Depot
from rego_server.domains.attachments.routes import DEPOT
from rego_server.domains.attachments.routes import table as attachments
from rego_server.domains.attachments.sweeping import Sweep
from rego_server.domains.auth import queries as auth_queries
from rego_server.domains.auth.passwords import Cost, Passwords
from rego_server.domains.auth.routes import AUTH, Auth
from rego_server.domains.auth.routes import table as auth
from rego_server.domains.auth.tokens import AccessTokens
from rego_server.domains.automations.due import FORGOTTEN, DueTimes
from rego_server.domains.automations.routes import table as automations
from rego_server.domains.automations.running import react
from rego_server.domains.boards.routes import table as boards
from rego_server.domains.bulk.routes import table as bulk
from rego_server.domains.cards.routes import table as cards
from rego_server.domains.checklists.routes import table as checklists
from rego_server.domains.columns.routes import table as columns
from rego_server.domains.comments.routes import table as comments
from rego_server.domains.exports.routes import table as exports
from rego_server.domains.imports.routes import table as imports
from rego_server.domains.invitations import queries as invitation_queries
from rego_server.domains.invitations.routes import table as invitations
from rego_server.domains.labels.routes import table as labels
from rego_server.domains.recovery.routes import table as recovery
from rego_server.domains.reference.routes import DOCUMENT, Document
from rego_server.domains.reference.routes import table as reference
from rego_server.domains.system.routes import VITALS, Vitals
from rego_server.domains.system.routes import table as system
from rego_server.domains.tokens.routes import table as tokens
from rego_server.domains.undo.routes import table as undo
from rego_server.domains.users.routes import table as users
from rego_server.realtime.crowd import Crowd
from rego_server.realtime.hub import Hub
from rego_server.realtime.limits import SocketLimits, limits_of
from rego_server.realtime.routes import table as live
from rego_server.realtime.socket import LIVE, Live, follow_board
from rego_server.snapshots import Snapshots
from rego_server.web.admission import Admission
from rego_server.web.endpoint import SERVICES, Services, install
from rego_server.web.metrics import METRICS, Metrics
from rego_server.web.middleware import requests
from rego_server.web.traffic import TRAFFIC, Traffic

# `POST /boards/import` must be known before `/boards/{board_id}` paths of the same length.
TABLES = (
    system,
    reference,
    auth,
    recovery,
    tokens,
    users,
    admin,
    imports,
    exports,
    boards,
    live,
    access,
    invitations,
    columns,
    cards,
    bulk,
    labels,
    checklists,
    comments,
    attachments,
    automations,
    activity,
    undo,
)

EXPIRIES = (
    Expiry(auth_queries.FORGET_EXPIRED_SECRETS, timedelta(0)),
    Expiry(auth_queries.FORGET_EXPIRED_SESSIONS, timedelta(0)),
    Expiry(auth_queries.FORGET_USED_TOKENS, timedelta(days=7)),
    Expiry(invitation_queries.FORGET, timedelta(days=30)),
    Expiry(invitation_queries.FORGET_LETTERS, timedelta(days=1)),
    FORGOTTEN,
)
"""What is forgotten in time, beside what the core forgets by itself."""


@dataclass(frozen=True)
class Server:
    """A server that is ready to take requests. `chores` are what it does by itself now and then."""

    app: web.Application
    settings: Settings
    database: Database
    runner: Runner
    hub: Hub
    auth: Auth
    chores: tuple[Rounds, ...]
    epoch: str


@asynccontextmanager
async def open_server(
    settings: Settings,
    *,
    clock: Clock | None = None,
    new_id: NewId = uuid7,
    bus: Bus | None = None,
    socket_limits: SocketLimits | None = None,
    limiter: Limiter | None = None,
    carrier: Carrier | None = None,
) -> AsyncIterator[Server]:
    """Open the database, bring it up to date and build the application; everything is closed at the end.

    Raises `Unavailable` with a sentence for whoever started the server when the data cannot be used.
    """
    clock = clock or SystemClock()
    socket_limits = socket_limits or limits_of(settings)
    async with AsyncExitStack() as stack:
        data_dir.prepare(settings.data_dir)
        database = await open_database(settings, stack)
        epoch = await _epoch_of(database)
        ports = await _open_ports(settings, stack)
        bus = bus or ports.bus
        runner = Runner(database, bus, clock, new_id, react)
        hub = _open_hub(settings, database, bus, ports.elsewhere, clock, socket_limits)
        auth_part = _open_auth(settings, clock, stack)
        admission = Admission(settings, limiter or ports.limiter)
        app = web.Application(middlewares=[requests])
        app[SERVICES] = Services(runner, auth_part, admission, _open_mailroom(settings, carrier, stack))
        app[AUTH] = auth_part
        app[TRAFFIC] = Traffic()
        app[LIVE] = Live(hub, Snapshots(database, ports.shelf), database, new_id, socket_limits, Crowd.of(socket_limits))
        app[DEPOT] = depot = _open_depot(settings, epoch, new_id)
        app[VITALS] = Vitals(database, hub, ports.pulse, depot.store.name, settings.environment, settings.debug)
        app[METRICS] = Metrics(app[TRAFFIC], hub, ports.pulse, database.dialect)
        _open_doors(app)
        chores = (_housekeeping(settings, database, clock, depot), DueTimes(runner), Trim())
        _live_and_die_with(app, hub, *chores)
        yield Server(app, settings, database, runner, hub, auth_part, chores, epoch)


async def _epoch_of(database: Database) -> str:
    row = await database.glance(lambda connection: connection.fetch_one(GET_EPOCH))
    assert row is not None
    return str(row["epoch"])


def _open_hub(
    settings: Settings, database: Database, bus: Bus, elsewhere: Elsewhere, clock: Clock, socket_limits: SocketLimits
) -> Hub:
    beat, tick, goaway = settings.heartbeat_seconds, socket_limits.tick, settings.goaway_seconds
    return Hub(database, bus, elsewhere, clock, heartbeat=beat, tick=tick, goaway_within=goaway)


def _housekeeping(settings: Settings, database: Database, clock: Clock, depot: Depot) -> Housekeeping:
    return Housekeeping(database, clock, EXPIRIES, _retention(settings, database, clock), Sweep(database, depot, clock))


def _retention(settings: Settings, database: Database, clock: Clock) -> Retention:
    return Retention(database, clock, kept=settings.events_kept, days=settings.event_days)


def _live_and_die_with(app: web.Application, *parts: Hub | Rounds) -> None:
    """Start the parts that work by themselves when the application starts, and stop them when it stops."""

    async def start(_: web.Application) -> None:
        for part in parts:
            part.start()

    async def stop(_: web.Application) -> None:
        for part in parts:
            await part.stop()

    app.on_startup.append(start)
    app.on_shutdown.append(stop)


async def open_database(settings: Settings, stack: AsyncExitStack) -> Database:
    """The database that the settings name, brought up to date; it is closed with `stack`. Raises `Unavailable`."""
    path = settings.sqlite_path
    database: Database
    if path is None:
        from rego_server.core.db.postgres import PostgresDatabase

        await migrate_postgres(settings.database_url)
        database = await PostgresDatabase.open(settings.database_url)
    else:
        from rego_server.core.db.sqlite import SqliteDatabase

        data_dir.prepare(path.parent)
        stack.enter_context(data_dir.held(path.with_name(path.name + ".lock")))
        data_dir.make_private(path)
        await migrate_sqlite(path)
        database = await SqliteDatabase.open(path)
    stack.push_async_callback(database.close)
    return database


def _open_mailroom(settings: Settings, carrier: Carrier | None, stack: AsyncExitStack) -> Mailroom:
    mailroom = Mailroom(carrier or carrier_of(settings), settings.public_url)
    stack.push_async_callback(mailroom.stop)
    return mailroom


async def _open_ports(settings: Settings, stack: AsyncExitStack) -> Ports:
    """What goes through Redis, which need not answer, when the settings name one."""
    url = given(settings.redis_url, settings.redis_url_file)
    if not url:
        return Alone()
    from rego_server.core.redis.shared import open_shared

    return await stack.enter_async_context(open_shared(url))


def _open_depot(settings: Settings, epoch: str, new_id: NewId) -> Depot:
    store = open_store(settings)
    return Depot(store, epoch, new_id, settings.attachment_max_mb, settings.board_attachments_max_mb)


def _open_auth(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Auth:
    cost = Cost(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism)
    passwords = Passwords(cost)
    stack.callback(passwords.close)
    lifetime = timedelta(minutes=settings.access_token_minutes)
    return Auth(
        passwords,
        AccessTokens(signing_key(settings), lifetime, clock, former_keys(settings)),
        clock,
        session_lifetime=timedelta(days=settings.session_days),
        registration=settings.registration,
    )


def _open_doors(app: web.Application) -> None:
    """Every endpoint, what describes them, and the socket."""
    app[DOCUMENT] = Document(TABLES)
    install(app, TABLES)
    app.router.add_get("/ws/boards/{board_id}", follow_board)
