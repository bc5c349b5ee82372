"""Three whole screens as pictures, beside the many assertions on text: a change of the look must be seen and wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from rego_tui.app import RegoApp
from tests.tui import boards
from tests.tui.desk import scripted_app
from tests.tui.scripted import ScriptedPeer

Compare = Callable[..., bool]


def a_board() -> tuple[RegoApp, ScriptedPeer]:
    peer = ScriptedPeer(boards.rich())
    return scripted_app(peer), peer


def until_live(peer: ScriptedPeer, *keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Wait for the board, put Mia on a card, and press keys."""

    async def prepare(pilot: Pilot[None]) -> None:
        async with asyncio.timeout(20):
            while not (store := getattr(pilot.app, "store", None)) or store.replica is None:
                await pilot.pause()
            peer.look_at(boards.card_id(6), editing=True)
            while not store.people:
                await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    return prepare


@pytest.mark.parametrize(
    ("size", "keys"),
    [((80, 24), ("j",)), ((200, 50), ("l", "j")), ((80, 24), ("m", "l"))],
    ids=["narrow", "wide", "move mode"],
)
def test_the_board(snap_compare: Compare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    app, peer = a_board()
    assert snap_compare(app, terminal_size=size, run_before=until_live(peer, *keys))
