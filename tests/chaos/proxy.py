"""A small TCP proxy in front of the servers: a balancer while it is whole, and all that can happen to a network when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

PIECE = 16_384
CONNECTS_WITHIN = 1.0


class Proxy:
    """Connections go to the ports in turn, past those where nobody answers.

    `bytes_per_second` slows each direction of each connection down. While `holed` nothing goes through and nobody is told.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self.port = 0
        self.bytes_per_second: int | None = None
        self._ports = ports
        self._turn = 0
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    def lead_to(self, *ports: int) -> None:
        """Send new connections elsewhere; without a port, nobody answers them."""
        self._ports = ports

    def cut(self) -> None:
        """End every connection, without a goodbye. New ones are let in."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def hole(self) -> None:
        """Swallow everything from now on."""
        self._open.clear()

    def heal(self) -> None:
        """Let everything through again, as fast as it goes."""
        self.bytes_per_second = None
        self._open.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        mine = {writer}
        self._writers.add(writer)
        try:
            await self._open.wait()
            there = await self._connect()
            mine.add(there[1])
            self._writers.add(there[1])
            await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer), return_exceptions=True)
        except OSError:
            pass
        finally:
            for each in mine:
                each.transport.abort()
            self._writers -= mine

    async def close(self) -> None:
        """End everything that goes on, and wait until it has ended."""
        self.heal()
        await asyncio.sleep(0)  # whoever was let in just before has not begun yet
        while self._tasks:
            self.cut()
            await asyncio.wait(self._tasks, timeout=CONNECTS_WITHIN)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Raises `OSError` when nobody answers at any port."""
        for _ in self._ports:
            self._turn += 1
            port = self._ports[self._turn % len(self._ports)]
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECTS_WITHIN):
                    return await asyncio.open_connection("127.0.0.1", port)
        raise OSError("nobody answers")

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Carry bytes to the end of the source, which becomes the end of the sink."""
        try:
            while piece := await source.read(min(PIECE, self.bytes_per_second or PIECE)):
                await self._open.wait()
                if self.bytes_per_second:
                    await asyncio.sleep(len(piece) / self.bytes_per_second)
                sink.write(piece)
                await sink.drain()
        finally:
            sink.close()


@asynccontextmanager
async def proxy_to(*ports: int) -> AsyncIterator[Proxy]:
    """A proxy on a free port."""
    proxy = Proxy(ports)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
