"""`rego doctor`: looks at everything that a server of these settings would stand on, and says what to do.

It changes nothing, but for one small file that it puts into the store of attached files and takes away again.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple
from uuid import uuid4

from rego import __version__
from rego.wire.errors import RegoError
from rego_server.core.blobs import open_store
from rego_server.core.db.postgres_tools import Tools
from rego_server.core.secret import KEY_BYTES, given
from rego_server.core.settings import Settings
from rego_server.upkeep import database
from rego_server.upkeep.findings import Finding, failed, fine, unused, warning
from rego_server.upkeep.services import check_postgres, check_redis

DISK_FREE_MIN = 1_000_000_000
FILES_BESIDE_SOCKETS = 200
SQLITE_MIN = (3, 35, 0)

Check = Callable[[Settings], Awaitable[list[Finding]]]


class Examination(NamedTuple):
    """What was looked at, under which name a check that breaks off is reported."""

    name: str
    check: Check


async def examine(settings: Settings) -> list[Finding]:
    """All findings, in a fixed order. A check that breaks off is a finding too."""
    found: list[Finding] = []
    for name, check in EXAMINATIONS:
        try:
            found += await check(settings)
        except RegoError as error:
            found.append(failed(name, error.detail, _ADVICE.get(name, "")))
    return found


async def _check_versions(_: Settings) -> list[Finding]:
    python, lite = platform.python_version(), sqlite3.sqlite_version
    sentence = f"Rego {__version__}, Python {python}, SQLite {lite}."
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        return [failed("versions", sentence, "Use a Python that is built with SQLite 3.35 or newer.")]
    return [fine("versions", sentence)]


async def _check_data_dir(settings: Settings) -> list[Finding]:
    path, name = settings.data_dir.absolute(), "data directory"
    if not path.is_dir():
        return [warning(name, f"{path} is not there yet.", "The start of a server makes it; --data-dir names another one.")]
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return [failed(name, f"{path} cannot be written.", "Give it to the user that the server runs as: chown -R.")]
    if others := path.stat().st_mode & 0o077:
        return [warning(name, f"Others on this machine may look into {path} (mode {others:03o}).", f"chmod 700 {path}")]
    free = shutil.disk_usage(path).free
    if free < DISK_FREE_MIN:
        return [warning(name, f"{path} has {free / 1e6:.0f} MB left.", "Make room, or move it to a larger disk.")]
    return [fine(name, f"{path} is private and has {free / 1e9:.0f} GB left.")]


async def _check_secret(settings: Settings) -> list[Finding]:
    secret = given(settings.secret, settings.secret_file)
    if secret and len(secret.encode()) < KEY_BYTES:
        return [failed("secret", f"The secret has fewer than {KEY_BYTES} bytes.", "openssl rand -hex 32 makes a good one.")]
    if secret:
        return [fine("secret", "The key that signs access tokens is set.")]
    if settings.redis_url or settings.redis_url_file:
        advice = "Give all of them the same REGO_SECRET or REGO_SECRET_FILE, unless they share the data directory."
        return [warning("secret", "Several servers share a Redis, and each may make a signing key of its own.", advice)]
    return [fine("secret", "The server keeps a key of its own in the data directory.")]


async def _check_database(settings: Settings) -> list[Finding]:
    if settings.sqlite_path is None:
        return await check_postgres(settings.database_url)
    several = settings.redis_url or settings.redis_url_file
    if several:
        advice = "Several servers need PostgreSQL: set REGO_DATABASE_URL to postgresql://…"
        return [failed("database", "SQLite serves one server, and there is a Redis for several.", advice)]
    return [fine("database", f"SQLite, in {settings.sqlite_path}; every commit is flushed to the disk.")]


async def _check_migrations(settings: Settings) -> list[Finding]:
    state = await database.current(settings)
    if state.state == "newer":
        sentence = f"The tables are of a newer Rego (revision {state.revision}; this one knows up to {state.newest})."
        return [failed("migrations", sentence, "Update Rego on this machine.")]
    if state.state == "current":
        return [fine("migrations", f"The tables are up to date (revision {state.revision}).")]
    sentence = "There are no tables yet." if state.revision is None else f"The tables are of revision {state.revision}."
    advice = f"rego db upgrade brings them to {state.newest}; so does the start of a server. Back up first: rego db backup."
    return [warning("migrations", sentence, advice)]


async def _check_backup_programs(settings: Settings) -> list[Finding]:
    if settings.sqlite_path is not None:
        return [unused("backup programs", "SQLite is backed up without any.")]
    tools = Tools(settings.database_url, settings.pg_bin)
    try:
        for name in ("pg_dump", "pg_restore", "psql"):
            await tools.check_fit(name)
    except RegoError as error:
        advice = "rego db backup and restore need the programs of the server's version: postgresql-client on Debian."
        return [warning("backup programs", error.detail, advice)]
    return [fine("backup programs", f"{tools.find('pg_dump')} and its companions fit the server.")]


async def _check_redis(settings: Settings) -> list[Finding]:
    url = given(settings.redis_url, settings.redis_url_file)
    return await check_redis(url) if url else [unused("redis", "None is set, and a single server needs none.")]


async def _check_blobs(settings: Settings) -> list[Finding]:
    if not settings.blob_store and not settings.data_dir.is_dir():
        return [unused("blob store", "Attached files will be in the data directory, which is not there yet.")]
    store, key = open_store(settings), f"doctor/{uuid4()}"
    written = uuid4().bytes
    await store.put(key, _once(written))
    try:
        read = b"".join([piece async for piece in await store.open(key, 0, len(written))])
    finally:
        await store.delete([key])
    if read != written:
        return [failed("blob store", "What was written does not come back.", "Look at the store's own log.")]
    if store.name == "directory" and (settings.redis_url or settings.redis_url_file):
        advice = "Share the data directory between all servers, or set REGO_BLOB_STORE to s3://BUCKET."
        return [warning("blob store", "Attached files are in this server's data directory.", advice)]
    return [fine("blob store", f"A file was written, read and deleted ({store.name}).")]


async def _check_mail(settings: Settings) -> list[Finding]:
    if not settings.smtp_host:
        return [unused("mail", "No mail server is set (REGO_SMTP_HOST); letters stand in the log.")]
    if not settings.public_url:
        return [warning("mail", "Letters do not say which server they are from.", "Set REGO_PUBLIC_URL.")]
    return [fine("mail", f"Letters leave through {settings.smtp_host}.")]


async def _check_limits(settings: Settings) -> list[Finding]:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.sockets_max + FILES_BESIDE_SOCKETS
    if settings.sockets_max and soft != resource.RLIM_INFINITY and soft < wanted:
        sentence = f"This process may open {soft} files, and REGO_SOCKETS_MAX allows {settings.sockets_max} sockets."
        return [warning("open files", sentence, f"ulimit -n {wanted}, or LimitNOFILE={wanted} in the systemd unit.")]
    return [fine("open files", f"{'Any number' if soft == resource.RLIM_INFINITY else soft} may be open.")]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


EXAMINATIONS = (
    Examination("versions", _check_versions),
    Examination("data directory", _check_data_dir),
    Examination("secret", _check_secret),
    Examination("database", _check_database),
    Examination("migrations", _check_migrations),
    Examination("backup programs", _check_backup_programs),
    Examination("redis", _check_redis),
    Examination("blob store", _check_blobs),
    Examination("mail", _check_mail),
    Examination("open files", _check_limits),
)

_ADVICE = {
    "database": "See that it runs, that the address and the password in REGO_DATABASE_URL are right, and that it lets us in.",
    "migrations": "Make the database reachable first.",
    "redis": "See that it runs and that REGO_REDIS_URL is right; until then servers hear each other once a second only.",
    "blob store": "See that the directory can be written or, for a bucket, its address, keys and rights.",
}
