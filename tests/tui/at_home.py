"""The app as `rego tui` starts it: with a user's own directories, and real servers to go to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from rego.client.blocking import Client
from rego.client.home import Home
from rego.client.paths import Paths
from rego.client.retry import ONCE
from rego.client.server import Server
from rego_tui.app import Connect, RegoApp
from rego_tui.head_start import HeadStart
from rego_tui.snapshot_cache import SnapshotCache
from tests.tui.seen import notices, screen_text, until


def empty_home(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A user without any setting or login, who works in a directory of their own."""
    monkeypatch.chdir(directory)
    for name in ("REGO_THEME", "REGO_SERVER", "REGO_TOKEN", "REGO_PROFILE", "SSH_CONNECTION", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    return Home(Paths(config=directory / "config", data=directory / "data", cache=directory / "cache"))


class Visitor:
    """Somebody in front of the app."""

    def __init__(self, app: RegoApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, *lines: str) -> None:
        """Type lines, each with Enter at its end."""
        for line in lines:
            await self.press(*line, "enter")

    async def until(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds; `what` names it when it never does."""
        await until(self.pilot, what, condition)

    async def until_seen(self, words: str) -> None:
        """Wait until words stand on the screen; where it breaks the line does not matter."""
        await self.until(f"“{words}” is seen", lambda: words in " ".join(self.text().split()))

    def text(self) -> str:
        return screen_text(self.app)

    def notices(self) -> str:
        return notices(self.app)


@asynccontextmanager
async def visiting(
    home: Home, address: str | None, *, size: tuple[int, int] = (80, 24), board: str | None = None, ahead: bool = False
) -> AsyncIterator[Visitor]:
    """The app at a server, or on this machine, as far as it gets; `ahead`: it begins with what is read before it is there."""
    server = Server.parse(address) if address is not None else None
    begun = None
    if ahead:
        begun = HeadStart(lambda: Client(*home.way_in(server), policy=ONCE), board, partial(SnapshotCache.of, home, server))
    app = RegoApp(Connect(client=partial(home.client, server), board=board, ahead=begun, home=home, server=server))
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Visitor(app, pilot)
