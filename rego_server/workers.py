"""`rego serve --workers N`: server processes on one port, replaced when one dies and renewed one by one.

All take connections from the same listening sockets: whoever is free takes the next one, and none is lost when a process ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Any

import structlog

from rego.wire.errors import InvalidInput
from rego_server.core.settings import Settings
from rego_server.main import BACKLOG, cannot_listen, stop_signal, url_of

STOP_WITHIN = 15.0
"""Seconds that a process has to end once it has drained, after it was told to; it needs ten at most."""

SETTLED_AFTER = 10.0
"""Seconds after which a process that ends is replaced at once; one that ends sooner is replaced after a pause."""

PAUSE_MIN, PAUSE_MAX = 0.5, 30.0
READY = b"ready\n"

_log = structlog.get_logger("rego.workers")


class NotStarted(Exception):
    """A process has ended before it served, with an exit code; it has told why itself."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Worker:
    """One server process. It ends when its standard input does, so it does not outlive whoever started it."""

    def __init__(self, process: Process, stop_within: float) -> None:
        self._stop_within = stop_within
        self.pid = process.pid
        self.leaving = False
        self._process = process
        self._born = asyncio.get_running_loop().time()

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return asyncio.get_running_loop().time() - self._born

    async def ready(self) -> bool:
        """Wait until it serves; false when it has ended instead."""
        assert self._process.stdout is not None
        return await self._process.stdout.readline() == READY

    async def ended(self) -> int:
        """Wait for its end; gives the exit code, a negative one for a signal."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Let it end in order, or without when that takes too long."""
        self.leaving = True
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(self._stop_within):
                await self.ended()
        except TimeoutError:
            _log.warning("worker killed, because it did not end", pid=self.pid)
            with suppress(ProcessLookupError):
                self._process.kill()
            await self.ended()


class Crew:
    """The server processes, and what becomes of them."""

    def __init__(self, listeners: Sequence[socket.socket], environment: Mapping[str, str], drain: float) -> None:
        self._stop_within = drain + STOP_WITHIN
        self._descriptors = [each.fileno() for each in listeners]
        self._environment = environment
        self._workers: list[Worker] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pause = 0.0
        self._stopping = False
        self._renewing = asyncio.Lock()

    async def hire(self) -> Worker:
        """Add a process, and wait until it serves. Raises `NotStarted` when it has ended instead."""
        command = (sys.executable, "-m", "rego_server.worker", *map(str, self._descriptors))
        descriptors = self._descriptors
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, pass_fds=descriptors, env=self._environment
        )
        worker = Worker(process, self._stop_within)
        self._workers.append(worker)
        if await worker.ready():
            self._spawn(self._watch(worker))
            return worker
        self._workers.remove(worker)
        raise NotStarted(await worker.ended() or 1)

    def renew(self) -> None:
        """Put a new process in the place of each, one after the other, each ready before the old one ends."""
        self._spawn(self._renew())

    async def stop(self) -> None:
        """End all processes."""
        self._stopping = True
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self, worker: Worker) -> None:
        code = await worker.ended()
        self._workers.remove(worker)
        if self._stopping or worker.leaving:
            return
        _log.warning("worker ended by itself", pid=worker.pid, code=code)
        self._pause = 0.0 if worker.age > SETTLED_AFTER else max(self._pause, PAUSE_MIN)
        await self._replace()

    async def _replace(self) -> None:
        while not self._stopping:
            await asyncio.sleep(self._pause)
            self._pause = min(max(self._pause * 2, PAUSE_MIN), PAUSE_MAX)
            with suppress(NotStarted):
                await self.hire()
                return

    async def _renew(self) -> None:
        async with self._renewing:
            for worker in tuple(self._workers):
                try:
                    new = await self.hire()
                except NotStarted:
                    _log.warning("the new worker did not start; the old ones go on")
                    return
                # One that has died meanwhile is replaced as any other, so that the new one would be one too many.
                await (worker if worker in self._workers else new).stop()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """A task that the event loop does not lose: it holds tasks only weakly."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def supervise(settings: Settings, environment: Mapping[str, str]) -> int:
    """Run the processes until told to stop; SIGHUP renews them. Gives the exit code."""
    _check(settings)
    with ExitStack() as stack:
        stop = stop_signal()
        listeners = [stack.enter_context(each) for each in _listen(settings.host, settings.port)]
        crew = Crew(listeners, environment, settings.drain_seconds)
        try:
            # One first, which brings the database up to date, and whose trouble is told once.
            await crew.hire()
            await asyncio.gather(*(crew.hire() for _ in range(settings.workers - 1)))
            if not os.isatty(0):
                # With a terminal SIGHUP means that it was closed.
                asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, crew.renew)
            url = url_of(listeners[0].getsockname())
            print(
                f"Rego is on {url} with PostgreSQL and {settings.workers} workers. Ctrl+C stops it.",
                file=sys.stderr,
                flush=True,
            )
            await stop.wait()
        except NotStarted as error:
            return error.code
        finally:
            await crew.stop()
    return 0


def _check(settings: Settings) -> None:
    if settings.sqlite_path or not (settings.redis_url or settings.redis_url_file):
        raise InvalidInput(
            "Several workers need PostgreSQL and Redis: give --database-url postgresql://… and --redis-url redis://… too.",
            field="workers",
        )


def _listen(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of `host`. Raises `Unavailable` with what to do when that cannot be."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [socket.create_server(place[4][:2], family=place[0], backlog=BACKLOG) for place in dict.fromkeys(places)]
    except OSError as error:
        raise cannot_listen(host, port, error) from error
