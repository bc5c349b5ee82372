"""What waits on disk for boards that are not open: how much for which, and what becomes of it when a board is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rego.client import auth, boards
from rego.client.waiting import Waiting, said
from rego.wire.boards import Board
from rego.wire.errors import NotFound
from rego_tui.drafts import Drafts
from rego_tui.kept import TEXTS, Kept
from rego_tui.shelf import Shelf

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


async def what_waits(app: RegoApp) -> list[Waiting]:
    """What the user's boards wait for here. Raises a `RegoError`."""
    home, server = app.where.home, app.where.server
    if home is None:
        return []
    found = await asyncio.to_thread(home.waiting, server)
    if found and server is None:
        me = await (await app.workspace()).ask(auth.me())
        found = [each for each in found if each.scope.user == me.id]
    return found


def sentence_about(waiting: Sequence[Waiting], listed: Sequence[Board], open_board: str | None) -> str:
    """Which boards have to be opened for what waits to be sent; nothing when that is none but the open one."""
    keys = {board.id: board.key for board in listed}
    here = [each for each in waiting if each.scope.board in keys and each.scope.board != open_board]
    if len(here) == 1:
        scope, number = here[0].scope, len(here[0].files)
        return f"{said(number)} for {keys[scope.board]}; open that board to send {'it' if number == 1 else 'them'}."
    named = ", ".join(f"{keys[each.scope.board]} ({len(each.files)})" for each in here)
    return f"Changes wait for other boards, to be sent when you open them: {named}." if here else ""


async def put_aside_lost(app: RegoApp, waiting: Sequence[Waiting], listed: Sequence[Board]) -> list[str]:
    """Write down for the user what waits for boards that are gone, instead of keeping it for ever; a sentence on each.

    Raises a `RegoError`.
    """
    home, known = app.where.home, {board.id for board in listed}
    lost = [each for each in waiting if each.scope.board not in known]
    if not lost or home is None or not await asyncio.to_thread(home.sees_all_boards, app.where.server):
        return []
    workspace = await app.workspace()
    told = []
    for each in lost:
        try:
            await workspace.ask(boards.get_board(each.scope.board))
        except NotFound:
            told.append(await asyncio.to_thread(_put_aside, app.drafts, home.paths.waiting, each))
    return [sentence for sentence in told if sentence]


def _put_aside(drafts: Drafts, directory: Path, waiting: Waiting) -> str:
    shelf = Shelf(directory, drafts, waiting.scope)
    kept, rows = shelf.read()
    acts = [*kept, *(one for row in rows for one in (row.kept, *row.then))]
    if not acts:
        return ""
    title = waiting.scope.title
    path = drafts.put_aside(f"not-done-{title}", f"“{title}” is gone. What waited for it was not done:\n\n{_listed(acts)}")
    for act in acts:
        shelf.drop(act.op_id)
    return f"“{title}” is gone. What waited for it ({'1 change' if len(acts) == 1 else f'{len(acts)} changes'}) is in {path}"


def _listed(acts: Sequence[Kept]) -> str:
    return "\n\n".join("\n".join([f"- {act.failure}", *_texts_of(act)]) for act in acts) + "\n"


def _texts_of(act: Kept) -> list[str]:
    """What was typed for an act, where its sentence may not say it."""
    return [f"  {line}" for name in TEXTS for line in _lines((act.body or {}).get(name)) if line not in act.failure]


def _lines(value: object) -> list[str]:
    return value.splitlines() if isinstance(value, str) else []
