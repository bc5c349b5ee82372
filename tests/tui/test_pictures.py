"""The ten screens as pictures, in the smallest and in a roomy terminal: a change of the look must be seen and wanted.

They are in `__snapshots__`; `pytest tests/tui/test_pictures.py --snapshot-update` takes them anew. The many assertions on text
say what must stand there, these only that it looks as it did.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from rego_tui.app import RegoApp
from tests.tui.desk import scripted_app
from tests.tui.scenes import SCENES, Scene, a_busy_peer, all_here
from tests.tui.scripted import ScriptedPeer
from tests.tui.seen import screen_text, until

Compare = Callable[..., bool]


def arrange(scene: Scene, peer: ScriptedPeer) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Wait for the board, put Mia on a card, press the scene's keys, and wait for its words."""

    async def until_seen(pilot: Pilot[None], words: str) -> None:
        await until(pilot, f"“{words}” is seen", lambda: words in screen_text(pilot.app))

    async def prepare(pilot: Pilot[None]) -> None:
        await until_seen(pilot, "● live")
        peer.feed(all_here())
        await until_seen(pilot, "Mia editing")
        if scene.open is not None and isinstance(pilot.app, RegoApp):
            scene.open(pilot.app)
        await pilot.press(*scene.keys)
        await until_seen(pilot, scene.words)
        await pilot.pause()

    return prepare


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_screen(snap_compare: Compare, scene: Scene, size: tuple[int, int]) -> None:
    peer = a_busy_peer()
    assert snap_compare(scripted_app(peer, board="WEB"), terminal_size=size, run_before=arrange(scene, peer))
