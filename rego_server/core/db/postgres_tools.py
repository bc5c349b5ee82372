"""PostgreSQL's programs `pg_dump`, `pg_restore` and `psql`: found, of a fitting version, run without a password in sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from rego.wire.errors import InvalidInput, Unavailable
from rego_server.core.db.facts import connect_postgres
from rego_server.core.db.migrate import ADVISORY_LOCK

_WHOLE_SCHEMA = """
SELECT pg_catalog.pg_advisory_xact_lock({lock});
DO $$
DECLARE each record;
BEGIN
    FOR each IN SELECT schemaname, tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE %I.%I CASCADE', each.schemaname, each.tablename);
    END LOOP;
END $$;
"""

_NEW_LIFE = """
UPDATE {schema}.instance SET epoch = '{epoch}';
"""


class Way(NamedTuple):
    """How the programs reach the database: an address without a password, and the environment that has it."""

    address: str
    environment: dict[str, str]


class Tools:
    """The programs of one directory, or those on PATH."""

    def __init__(self, url: str, directory: str) -> None:
        self._url = url
        self._directory = directory

    async def dump(self, target: Path) -> None:
        """Write the whole database to `target`, as it is at one moment. Raises `Unavailable`."""
        await self.check_fit("pg_dump")
        way = way_to(self._url)
        self._run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}", way.address], way)

    async def restore(self, dump: Path, epoch: str) -> None:
        """Replace all tables by those of `dump`, under a new epoch, in one transaction. Raises `Unavailable`."""
        await self.check_fit("psql")
        script = dump.with_name("restore.sql")
        self._run("pg_restore", ["--no-owner", "--no-privileges", f"--file={script}", str(dump)])
        schema = await self._schema()
        before, after = dump.with_name("before.sql"), dump.with_name("after.sql")
        before.write_text(_WHOLE_SCHEMA.format(lock=ADVISORY_LOCK))
        after.write_text(_NEW_LIFE.format(schema=schema, epoch=epoch))
        way = way_to(self._url)
        once = ["--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        self._run("psql", [*once, *(f"--file={each}" for each in (before, script, after)), way.address], way)

    def check_dump(self, dump: Path) -> None:
        """Raises `InvalidInput` for a dump that `pg_restore` cannot read."""
        try:
            self._run("pg_restore", ["--list", str(dump)])
        except Unavailable as error:
            raise InvalidInput(f"The database in this backup is damaged, or of a newer pg_dump: {error.detail}") from error

    async def servers(self) -> int:
        """How many other connections Rego servers have to the database."""
        connection = await connect_postgres(self._url)
        try:
            return int(
                await connection.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rego' AND datname = current_database()"
                )
            )
        finally:
            await connection.close()

    def find(self, name: str) -> str:
        """The path of a program. Raises `Unavailable` with what to do."""
        found = shutil.which(name, path=self._directory or None)
        if found is None:
            where = f"in {self._directory}" if self._directory else "on PATH"
            raise Unavailable(
                f"{name} is not {where}; install PostgreSQL's client programs, or name their directory with REGO_PG_BIN."
            )
        return found

    def major(self, name: str) -> int:
        """The major version of a program."""
        answer = self._run(name, ["--version"])
        number = re.search(r"\(PostgreSQL\) (\d+)", answer)
        if number is None:
            raise Unavailable(f"{self.find(name)} does not say which PostgreSQL it is of.")
        return int(number[1])

    async def check_fit(self, name: str) -> None:
        """Raises `Unavailable` when a program is missing or older than the database's server."""
        connection = await connect_postgres(self._url)
        try:
            server = connection.get_server_version().major
        finally:
            await connection.close()
        if (own := self.major(name)) < server:
            raise Unavailable(
                f"{self.find(name)} is of PostgreSQL {own}, the server of {server}: install the client programs of "
                f"PostgreSQL {server} or newer, or name their directory with REGO_PG_BIN."
            )

    async def _schema(self) -> str:
        connection = await connect_postgres(self._url)
        try:
            return str(await connection.fetchval("SELECT quote_ident(current_schema())"))
        finally:
            await connection.close()

    def _run(self, name: str, arguments: Sequence[str], way: Way | None = None) -> str:
        environment = {**os.environ, "LC_ALL": "C", **(way.environment if way else {})}
        try:
            done = subprocess.run(  # noqa: S603 - a program of the operator's choice, never a shell
                [self.find(name), *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise Unavailable(f"{name} cannot be run: {error.strerror}.") from error
        if done.returncode:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            raise Unavailable(f"{name} failed: {(lines or ['it said nothing'])[0].rstrip('.')}.")
        return done.stdout


def way_to(url: str) -> Way:
    """The address without its password, which other users of the machine could read in the list of processes."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    password = query.pop("password", None) or (unquote(parts.password) if parts.password else None)
    user, _, host = parts.netloc.rpartition("@")
    netloc = f"{user.partition(':')[0]}@{host}" if user else host
    address = parts._replace(netloc=netloc, query=urlencode(query)).geturl()
    return Way(address, {"PGPASSWORD": password} if password else {})
