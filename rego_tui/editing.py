"""The user's own editor on a text: it gets the whole terminal, while the board beneath goes on living."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rego.editor import Scratch, scratch

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


async def edit_outside(app: RegoApp, name: str, text: str) -> str:
    """What `text` has become in the user's editor, in a file called `name`; raises `InvalidInput` when that cannot be run."""
    with scratch(app.editor, name, app.say) as paper:
        return await edit_on(app, paper, text)


async def edit_on(app: RegoApp, paper: Scratch, text: str) -> str:
    """The same on a file that is kept for another time."""
    with _terminal_of(app):
        return await asyncio.to_thread(paper.edit, text)


@contextmanager
def _terminal_of(app: RegoApp) -> Iterator[None]:
    """Leave the terminal to somebody else: nothing is read from it nor drawn on it. Without a terminal that is nothing."""
    if app.is_headless:
        yield
        return
    with app.batch_update(), app.suspend():
        yield
    app.refresh(layout=True)
