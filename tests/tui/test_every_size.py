"""Each screen in a terminal that shrinks to almost nothing and grows again: it goes on, and looks as it did before."""

from __future__ import annotations

import pytest

from rego_tui.app import RegoApp
from tests.tui.desk import running
from tests.tui.scenes import SCENES, Scene, a_busy_peer, all_here


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_a_screen_survives_twenty_cells_and_five_lines(scene: Scene) -> None:
    peer = a_busy_peer()
    async with running(peer, board="WEB", size=(120, 40)) as desk:
        await desk.until("the board is live", lambda: "● live" in desk.text())
        peer.feed(all_here())
        await desk.until("the others are here", lambda: "Mia editing" in desk.text())
        if scene.open is not None:
            assert isinstance(desk.app, RegoApp)
            scene.open(desk.app)
        await desk.press(*scene.keys)
        await desk.until("the screen is there", lambda: scene.words in desk.text())
        before = desk.text()
        for size in ((60, 20), (20, 5), (200, 50), (80, 24)):
            await desk.pilot.resize_terminal(*size)
            await desk.settle()
            lines = desk.text().split("\n")
            assert len(lines) == size[1]
            assert any(line.strip() for line in lines)
        await desk.pilot.resize_terminal(120, 40)
        await desk.until("it looks as it did", lambda: desk.text() == before)
