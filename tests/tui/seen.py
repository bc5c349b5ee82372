"""What stands on the screen of a running app, and waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot


def screen_text(app: App[None]) -> str:
    """The lines of the topmost screen, without blanks at their ends."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def notices(app: App[None]) -> str:
    """The sentences that were shown."""
    return "\n".join(notice.message for notice in app._notifications)


async def until(pilot: Pilot[None], what: str, condition: Callable[[], bool]) -> None:
    """Wait until a condition holds on a drawn screen; `what` names it when it never does.

    A screen is on top before its first frame is drawn: nothing stands on it then, and nothing is asked of it.
    """
    app = pilot.app
    try:
        async with asyncio.timeout(20):
            while not (_is_drawn(app) and condition()):
                await pilot.pause(0.005)
    except TimeoutError:
        raise AssertionError(f"never came true: {what}\n{screen_text(app)}\n{notices(app)}") from None
    await pilot.pause()


def _is_drawn(app: App[None]) -> bool:
    return not app.is_running or bool(app.screen_stack and screen_text(app).strip())
