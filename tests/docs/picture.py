"""The pictures in the documentation, taken of the real thing: `python -m tests.docs.picture --write`.

For README a server with the demo board, the two colleagues on it through the SDK, and the TUI. For the page on the TUI its
screens as `tests/tui/test_pictures.py` keeps them.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import structlog

from rego.client import boards
from rego.client.aio import Client
from rego.client.blocking import Client as BlockingClient
from rego.client.credentials import Credentials
from rego.client.live import LiveBoard
from rego.client.paths import Paths
from rego.client.server import Server
from rego.client.updates import PresenceCame
from rego.demo.board import Account, find_or_make, log_in
from rego.wire.boards import Board
from rego_server.app import open_server
from rego_server.main import address_of, listen, start
from rego_tui.app import Connect, RegoApp
from tests.docs.pages import ROOT
from tests.running import fast_settings, join
from tests.tui.rest import at_rest
from tests.tui.scenes import SCENES
from tests.tui.seen import screen_text, until

README = ROOT / "README.md"
SVG = ROOT / "docs" / "images" / "board.svg"
SCREENS = ROOT / "tests" / "tui" / "__snapshots__" / "test_pictures"
SIZE, WIDE = (108, 30), (132, 30)

_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""Where the picture would fetch a font from the web; it is drawn with one that the reader has."""

_IN_README = re.compile(r"(?<=<!-- picture -->\n```text\n).*?(?=```\n<!-- end of picture -->)", re.DOTALL)

LOOKING_AT = {"mira": 9, "jonas": 12}
"""The number of the card that each colleague looks at."""


class Picture(NamedTuple):
    """The board as text, without blanks at the ends of lines, and as an SVG."""

    text: str
    svg: str


async def take() -> Picture:
    """Take the picture; nothing on it depends on the time or on chance."""
    with tempfile.TemporaryDirectory() as folder:
        async with _server(Path(folder)) as url:
            you = await join(url, "you")
            async with you.client:
                return await _take(url, you.token, Paths(config=Path(folder), data=Path(folder), cache=Path(folder)))


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[str]:
    """A server whose ids only count up: by them the labels of a card are ordered."""
    ids = count(1)
    async with open_server(fast_settings(folder / "data"), new_id=lambda: str(UUID(int=next(ids)))) as server:
        runner = await start(server)
        try:
            await listen(runner, "127.0.0.1", 0)
            yield address_of(runner)
        finally:
            await runner.cleanup()


async def _take(url: str, token: str, paths: Paths) -> Picture:
    address = Server.parse(url)
    credentials = Credentials(server=url, access_token=token)

    def make() -> tuple[Board, list[Account]]:
        with BlockingClient(address, credentials) as client:
            return find_or_make(client, paths)

    async def connect() -> Client:
        return Client(address, credentials)

    board, accounts = await asyncio.to_thread(make)
    app = RegoApp(Connect(client=connect, board=board.key))
    async with AsyncExitStack() as colleagues, app.run_test(size=SIZE) as pilot:
        for account in accounts:
            await colleagues.enter_async_context(_colleague(address, account, board))
        await until(pilot, "all colleagues are seen", lambda: _seen(app) == set(LOOKING_AT))
        await pilot.press("l")
        await at_rest()
        text = screen_text(app).rstrip()
        await pilot.resize_terminal(*WIDE)
        await at_rest()
        return Picture(text, _FONT.sub("", app.export_screenshot(title="rego demo")))


def _seen(app: RegoApp) -> set[str]:
    """Who looks at a card, as far as the TUI knows."""
    return {person.username for person in app.store.people.values() if person.card_id} if app.store is not None else set()


@asynccontextmanager
async def _colleague(address: Server, account: Account, board: Board) -> AsyncIterator[None]:
    """A colleague who looks at their card."""

    def begin() -> Credentials:
        with BlockingClient(address) as client:
            return log_in(client, account).credentials

    async with Client(address, await asyncio.to_thread(begin)) as client, LiveBoard(client, board.id) as live:
        snapshot = await client.send(boards.get_snapshot(board.id))
        card = next(card for card in snapshot.cards if card.number == LOOKING_AT[account.name])
        async for update in live:
            if isinstance(update, PresenceCame):
                break
        await live.focus(card.id)
        yield


def screens() -> Iterator[Picture]:
    """The picture of each screen in a small terminal; its text is the file's name."""
    for scene in SCENES:
        svg = (SCREENS / f"test_a_screen[{scene.name}-80x24].svg").read_text(encoding="utf-8")
        yield Picture(f"screen-{scene.name.replace(' ', '-')}.svg", _FONT.sub("", svg))


def in_readme() -> str:
    """The picture that stands in README."""
    found = _IN_README.search(README.read_text(encoding="utf-8"))
    assert found is not None, "README has no place for the picture"
    return found[0].rstrip()


def main(arguments: list[str]) -> int:
    """Print the picture, or put it in its places; returns the exit code."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    picture = asyncio.run(take())
    if "--write" not in arguments:
        print(picture.text)
        return 0
    SVG.parent.mkdir(parents=True, exist_ok=True)
    SVG.write_text(picture.svg, encoding="utf-8")
    for screen in screens():
        SVG.with_name(screen.text).write_text(screen.svg, encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(_IN_README.sub(lambda _: f"{picture.text}\n", text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
