"""Ending a session: what becomes of changes that wait for that server is the user's to say first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rego.client.server import Server
from rego.client.waiting import Waiting, count, drop, said
from rego.wire.errors import InvalidInput
from rego_tui.screens.picker import Picked, Picker
from rego_tui.widgets.choices import Row

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


async def log_out(app: RegoApp, server: Server) -> str:
    """End the session and say how that went; nothing when the user stays after all. Raises a `RegoError`.

    It is called in a worker, as it may wait for the user.
    """
    assert app.where.home is not None
    waiting = await asyncio.to_thread(app.where.home.waiting, server)
    wish = await _wish(app, server, waiting) if waiting else "keep"
    if wish == "stay":
        return ""
    told = await app.where.log_out(server)
    sentence = f"Logged out of {server}." if told else f"Logged out of {server} here; it could not be told."
    if wish == "drop":
        try:
            await asyncio.to_thread(drop, waiting)
        except OSError as error:
            raise InvalidInput(f"{sentence} What waits could not be deleted: {error.strerror}.") from error
    return f"{sentence} {said(count(waiting))} until you log in again." if waiting and wish == "keep" else sentence


async def _wish(app: RegoApp, server: Server, waiting: Sequence[Waiting]) -> str:
    rows = [
        Row(id="keep", text="Log out and keep them on this machine"),
        Row(id="drop", text="Log out and let them go"),
        Row(id="stay", text="Stay logged in"),
    ]
    title = f"{said(count(waiting))} for {server}"
    picked: Picked | None = await app.push_screen_wait(Picker(app, title, rows))
    return picked.one if picked is not None else "stay"
