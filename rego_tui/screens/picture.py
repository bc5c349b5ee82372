"""A picture on a card, as large as the terminal: half blocks of two pixels a cell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from rego.client import attachments
from rego.wire.attachments import Attachment
from rego.wire.errors import InvalidInput, RegoError
from rego.wire.field_words import amount
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.screens.keys import KeyScreen
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.text_cells import cut, steady, wrap

if TYPE_CHECKING:
    from rego_tui.app import RegoApp
    from rego_tui.pictures import Picture
    from rego_tui.store import BoardStore

BYTES_MAX = 20_000_000
"""The size of a file that is still fetched to be drawn."""

_WORD_LINES = 4

MISSING = "Pictures are drawn here with the extra that is installed by: pip install 'rego[pictures]'."


class Held:
    """A small file on its way into memory."""

    def __init__(self) -> None:
        self.content = bytearray()

    def begin(self) -> None:
        self.content.clear()

    def write(self, piece: bytes) -> None:
        self.content += piece
        if len(self.content) > BYTES_MAX:
            raise InvalidInput(f"at most {amount(BYTES_MAX)} are fetched to be drawn, and it has more")


class Drawing(Widget):
    """Lines of a picture in the middle of the room that there is, or words instead."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Strip] = []
        self._words = ""

    def show(self, lines: list[Strip], words: str = "") -> None:
        self._lines, self._words = lines, words
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, ground = self.size.width, Style(bgcolor=self.rich_style.bgcolor)
        words = wrap(self._words, max(width - 2, 2), _WORD_LINES)
        lines = self._lines or [Strip([Segment(each, self.rich_style)]) for each in words]
        line = y - max((self.size.height - len(lines)) // 2, 0)
        if not 0 <= line < len(lines):
            return Strip([Segment(" " * width, ground)], width)
        left = max((width - lines[line].cell_length) // 2, 0)
        return Strip.join([Strip([Segment(" " * left, ground)], left), lines[line]]).adjust_cell_length(width, ground)


class PictureScreen(KeyScreen):
    """Answers the id of the act that the user would rather do with the file, or None when they went back."""

    place = Place.PICTURE

    def __init__(self, app: RegoApp, store: BoardStore, file: Attachment) -> None:
        super().__init__(app)
        self._store = store
        self._file = file
        self._picture: Picture | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="heading")
        yield Drawing()
        yield OptionsBar()

    def on_mount(self) -> None:
        self._head()
        self.query_one(Drawing).show([], "Fetching it…")
        self.run_worker(self._read(), name="picture", exclusive=True)
        self.show_options()

    async def _read(self) -> None:
        try:
            self._picture = await self._fetch()
        except RegoError as error:
            self.query_one(Drawing).show([], f"It is not drawn: {steady(error.detail)}.".replace("..", "."))
            return
        self._head()
        await self._draw()

    async def _fetch(self) -> Picture:
        """Fetch and decode the file; raises a `RegoError`."""
        if self._file.size > BYTES_MAX:
            raise InvalidInput(f"it has {amount(self._file.size)}, and at most {amount(BYTES_MAX)} are fetched to be drawn")
        try:
            from rego_tui.pictures import read_picture
        except ImportError as error:
            raise InvalidInput(MISSING) from error
        held = Held()
        await self._store.ask(attachments.get_attachment_content(self._file.id, held))
        return await asyncio.to_thread(read_picture, bytes(held.content))

    async def _draw(self) -> None:
        """Draw the picture as large as fits; work of a size that is old by then is thrown away."""
        drawing = self.query_one(Drawing)
        size, color = drawing.size, drawing.styles.background
        if self._picture is None or not size.area:
            return
        lines = await asyncio.to_thread(self._picture.lines, size.width, size.height, color.rgb)
        if self.is_drawable and drawing.size == size:
            drawing.show(lines)

    def _head(self) -> None:
        pixels = f"  {self._picture.size[0]} by {self._picture.size[1]}" if self._picture is not None else ""
        facts = f"  {amount(self._file.size)}{pixels}"
        name = cut(steady(self._file.filename), max(self.size.width - len(facts) - 2, 4))
        self.query_one(".heading", Static).update(Text(f" {name}{facts}"))

    def fit(self, _: Size) -> None:
        self._head()
        self.call_after_refresh(self._draw_anew)

    def _draw_anew(self) -> Worker[None]:
        return self.run_worker(self._draw, name="picture", exclusive=True, group="drawing")

    def act_picture_open(self, _: Press) -> None:
        self.dismiss("files.open")

    def act_picture_save(self, _: Press) -> None:
        self.dismiss("files.save")

    def act_picture_close(self, _: Press) -> None:
        self.dismiss(None)
