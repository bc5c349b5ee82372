"""`rego serve --workers N`: processes on one port, on a real PostgreSQL and Valkey, killed, renewed and ended."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import TEMPLATE
from tests.e2e.home import PATIENCE, Home, Running, until
from tests.e2e.test_serve import refusal
from tests.ports import free_port
from tests.postgres import Postgres
from tests.valkey import Valkey


@pytest.fixture
def places(postgres: Postgres, valkey: Valkey) -> dict[str, str]:
    """Where the workers find a database of their own, and Redis."""
    with ThreadPoolExecutor(1) as thread:
        database = thread.submit(lambda: asyncio.run(postgres.create_database(f"rego_{uuid4().hex}", TEMPLATE))).result()
    return {"REGO_DATABASE_URL": database, "REGO_REDIS_URL": valkey.url, "REGO_GOAWAY_SECONDS": "0"}


@contextmanager
def crew(home: Home, places: dict[str, str], port: int) -> Iterator[Running]:
    with home.serving("--workers", "2", port=port, **places) as server:
        assert "with PostgreSQL and 2 workers" in server.stderr.lines[0]
        yield server


def workers_of(server: Running) -> set[int]:
    """The processes that `server` has started and that have not ended."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == server.process.pid and state != "Z":
            found.add(int(stat.parent.name))
    return found


def wait_for_end(handles: list[int]) -> None:
    """Wait until the processes behind pidfds have ended."""
    for handle in handles:
        assert select.select([handle], [], [], PATIENCE)[0], "a process outlived the one that started it"
        os.close(handle)


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=PATIENCE) as answer:
        return bool(answer.status == 200)


def test_a_worker_that_dies_is_replaced_and_nobody_is_left_when_they_are_told_to_end(
    home: Home, places: dict[str, str]
) -> None:
    port = free_port()
    with crew(home, places, port) as server:
        before = workers_of(server)
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        until(lambda: min(before) not in workers_of(server))
        assert answers(port), "the other one did not go on"
        until(lambda: len(workers_of(server)) == 2)
        assert max(before) in workers_of(server)
        handles = [os.pidfd_open(pid) for pid in workers_of(server)]
        assert server.stop() == 0
        wait_for_end(handles)
        server.stderr.end()
        told = [line for line in server.stderr.lines[1:] if "worker ended by itself" not in line]
        assert told == [], "it complained on its way out"


def test_workers_are_renewed_one_by_one_and_no_request_is_refused_meanwhile(home: Home, places: dict[str, str]) -> None:
    port = free_port()
    with crew(home, places, port) as server:
        before = workers_of(server)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: answers(port) and len(workers_of(server)) == 2 and not before & workers_of(server))


def test_workers_end_with_the_process_that_started_them(home: Home, places: dict[str, str]) -> None:
    with crew(home, places, free_port()) as server:
        handles = [os.pidfd_open(pid) for pid in workers_of(server)]
        server.kill()
        wait_for_end(handles)


def test_trouble_at_the_start_is_told_once(home: Home, places: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        home.environment.update(places)
        assert "is in use" in refusal(home, "serve", "--workers", "2", "--port", port)
    nowhere = f"postgresql://nobody:x@127.0.0.1:{free_port()}/rego"
    refusal(home, "serve", "--workers", "2", "--port", "0", "--database-url", nowhere)


def test_workers_need_what_they_share(home: Home) -> None:
    assert refusal(home, "serve", "--workers", "2", "--port", "0") == (
        "rego: Several workers need PostgreSQL and Redis: give --database-url postgresql://… and --redis-url redis://… too."
    )
