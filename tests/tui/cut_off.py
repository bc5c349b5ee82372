"""Somebody's line to a server, which can be cut and healed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rego.client.home import Home
from rego_tui.connection import Phase
from tests.chaos.proxy import Proxy
from tests.tui.at_home import Visitor, visiting


class Line:
    """Ada's machine, and her line to the server, which can be cut."""

    def __init__(self, home: Home, proxy: Proxy) -> None:
        self.home = home
        self.proxy = proxy
        self.address = f"http://127.0.0.1:{proxy.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Visitor]:
        """Her app on the board, live."""
        async with visiting(self.home, self.address, board="OPS") as visitor:
            await visitor.until("the board is live", lambda: "● live" in visitor.text())
            await visitor.until("it is known whose it is", lambda: visitor.app.store is None or bool(visitor.app.store.me))
            yield visitor

    def down(self) -> None:
        """Cut it: what is open breaks, and nothing new gets through."""
        self.proxy.hole()
        self.proxy.cut()

    async def cut(self, visitor: Visitor) -> None:
        """Cut it, and wait until her app has noticed."""
        self.down()
        store = visitor.app.store
        assert store is not None
        await visitor.until("the board is offline", lambda: store.connection.phase is Phase.OFFLINE)

    def files(self) -> list[Path]:
        return sorted(self.home.paths.waiting.glob("*/*.json"))
