"""A PostgreSQL of one's own that can be stopped as by a crash and started again on the same data."""

from __future__ import annotations

import os
import pwd
import select
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.guarded import SERVER_USER
from tests.postgres import Postgres, start_postgres

READY_WITHIN = 60.0


class Outage:
    """Power over one cluster."""

    def __init__(self, cluster: Postgres, data: Path) -> None:
        self._cluster = cluster
        self._data = data
        self._command = shlex.split((data / "postmaster.opts").read_text())
        self._server: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Stop the server at once, in the middle of whatever it does, and wait until it is gone."""
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        handle = os.pidfd_open(pid)
        try:
            os.kill(pid, signal.SIGQUIT)
            # Readable when the process is gone.
            select.select([handle], [], [], READY_WITHIN)
        finally:
            os.close(handle)

    def end(self) -> None:
        """Start the server again on the same data and the same port."""
        user = {"user": SERVER_USER, "group": pwd.getpwnam(SERVER_USER).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        log = (self._data.parent / "again.log").open("wb")
        self._server = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self._data.parent,
            **user,  # type: ignore[call-overload]
        )
        log.close()

    def close(self) -> None:
        """Stop the server that was started again."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(READY_WITHIN)


@contextmanager
def own_postgres() -> Iterator[tuple[Postgres, Outage]]:
    """A cluster that keeps what it acknowledged, and the power to stop it."""
    with start_postgres(durable=True) as cluster:
        assert cluster._directory is not None
        outage = Outage(cluster, cluster._directory / "data")
        try:
            yield cluster, outage
        finally:
            outage.close()
