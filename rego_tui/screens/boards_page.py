"""The list of the user's boards as it is: read, read again now and then, and drawn. What keys do is in `boards`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.geometry import Size
from textual.widgets import Static

from rego.client import boards
from rego.safe_text import safe_text
from rego.wire.boards import Board, BoardGlance
from rego.wire.errors import NotAuthenticated, NotFound, RegoError
from rego.wire.snapshot import Snapshot
from rego_tui.actions import Place
from rego_tui.board_rows import in_order, rows_of
from rego_tui.recent import recent_boards
from rego_tui.screens.keys import KeyScreen
from rego_tui.snapshot_cache import SeenBoard
from rego_tui.widgets.bars import BoardBar, OptionsBar
from rego_tui.widgets.card_rows import moment_text
from rego_tui.widgets.entries import Entries
from rego_tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

REFRESH = 15.0
"""Seconds between two looks at the counts and the people, while the list is on the screen."""

NOTHING = """\
You have no boards yet.

  n   makes one
  i   says how to bring one in from Trello or another program
  s   goes to another server, or to this machine
"""


class BoardsPage(KeyScreen):
    """Shows the boards. What went wrong stands above the list, which stays as it was last known."""

    place = Place.BOARDS

    def __init__(self, app: RegoApp) -> None:
        super().__init__(app)
        self.boards: list[Board] = []
        self.archived = False
        self.words = ""
        self._glances: dict[str, BoardGlance] = {}
        self._recent: list[str] = []
        self._waiting: dict[str, int] = {}
        self._told_of_waiting = ""
        self._read_at: datetime | None = None
        self._is_old = False
        self._sentence = "Connecting…"

    def compose(self) -> ComposeResult:
        yield BoardBar()
        yield Static(id="word")
        yield Entries()
        yield LineInput(line_id="filter", placeholder="words of a title, a key or a description")
        yield LineInput(line_id="answer", placeholder="")
        yield OptionsBar()

    def on_mount(self) -> None:
        self.set_interval(REFRESH, self._look_again)
        self.show_options()
        self.draw()
        self.load(straight=True)

    # --- reading -----------------------------------------------------------------------------------------------------

    def load(self, *, straight: bool) -> None:
        """Read the list; `straight`: open the board that was asked for, or the only one."""
        self.run_worker(self._load(straight), group="reading", exclusive=True)

    async def _load(self, straight: bool) -> None:
        if not self.boards:
            self.say("Connecting…")
        try:
            begun = await self._begin()
        except NotAuthenticated as error:
            self.forget()
            self.say(f"You are not logged in to {self.rego.where.name}.\n\nR asks again, s chooses a server, q quits.")
            await self.ask_for_login(error.detail)
        except RegoError as error:
            self._is_old = bool(self.boards)
            self.draw()
            self.say(f"{error.detail}\n\nR tries again, s chooses another server, q quits.")
            self._look_for_waiting()
        else:
            self.say("")
            if straight:
                self.go_straight(begun)
            self._look_for_waiting()

    async def _begin(self) -> Snapshot | SeenBoard | None:
        """Have the boards, and perhaps the one that is opened at once: as they were read while the app was loaded, or read now.

        What was last seen stands there meanwhile, and a board that is begun with is brought up to date by itself.
        """
        found = await self.rego.found_ahead()
        if found is None:
            await self._read()
            return None
        self.boards, self._read_at, self._is_old = found.boards, found.since, found.since is not None
        self.say("")
        self.draw()
        if not self._is_old:
            await (await self.rego.workspace()).keep_boards(found.boards)
        elif found.board is None:
            await self._read()
        return found.board

    async def _read(self) -> None:
        """The boards, which are shown at once, then how full they are and who is there."""
        workspace = await self.rego.workspace()
        found, self._recent = await asyncio.gather(workspace.ask(boards.list_boards()), self._read_recent())
        is_news = self._is_old or found != self.boards
        self.boards, self._read_at, self._is_old = found, self.rego.clock(), False
        self.draw()
        if is_news:
            await workspace.keep_boards(found)
        try:
            glances = await workspace.ask(boards.list_glances())
        except NotFound:
            # A server from before there were glances.
            glances = []
        self._glances = {glance.board_id: glance for glance in glances}
        self.draw()

    async def _read_recent(self) -> list[str]:
        home = self.rego.where.home
        return await asyncio.to_thread(recent_boards, home.paths.cache) if home is not None else []

    async def _look_again(self) -> None:
        """Read again what changes by itself, unless the user looks at something else."""
        if self.is_current and self.boards:
            self.run_worker(self._refresh(), group="reading", exclusive=True)

    async def _refresh(self) -> None:
        was_away = self._is_old
        try:
            await self._read()
            if was_away:
                self.say("")
            await self._tell_of_waiting()
        except NotAuthenticated:
            self.load(straight=False)
        except RegoError:
            self._is_old = True
            self.draw()

    def _look_for_waiting(self) -> None:
        self.run_worker(self._tell_of_waiting(), group="waiting", exclusive=True)

    async def _tell_of_waiting(self) -> None:
        """Mark the boards that changes wait for; say it once, and each time that a board of them is gone."""
        from rego_tui.waiting_boards import put_aside_lost, sentence_about, what_waits

        with suppress(RegoError):
            waiting = await what_waits(self.rego)
            self._waiting = {each.scope.board: len(each.files) for each in waiting}
            self.draw()
            open_board = self.rego.store.board_id if self.rego.store is not None else None
            sentence = sentence_about(waiting, self.boards, open_board)
            if sentence and self._told_of_waiting != self.rego.where.name:
                self.rego.say(sentence)
            self._told_of_waiting = self.rego.where.name if self.boards else ""
            for sentence in await put_aside_lost(self.rego, waiting, self.boards):
                self.rego.say(sentence, failed=True)

    def forget(self) -> None:
        """Nothing is known of any board here any more."""
        self.boards, self._glances, self._waiting = [], {}, {}
        self.draw()

    # --- what the page leaves to the keys ----------------------------------------------------------------------------

    async def ask_for_login(self, reason: str) -> None:
        """Nobody is logged in here."""
        raise NotImplementedError

    def go_straight(self, begun: Snapshot | SeenBoard | None) -> None:
        """The list was read for the first time, perhaps with a board."""
        raise NotImplementedError

    # --- drawing -----------------------------------------------------------------------------------------------------

    @property
    def listed(self) -> Entries:
        """The widget with the rows."""
        return self.query_one(Entries)

    def shown(self) -> list[Board]:
        """The boards in the list, from the top."""
        return in_order(self.boards, self._recent, archived=self.archived, words=self.words)

    def board(self) -> Board | None:
        """The board under the cursor."""
        key = self.listed.key
        return next((board for board in self.boards if board.id == key), None)

    def replace(self, board: Board) -> None:
        """Show a board as it is now; a new one is added."""
        self.boards = [board, *(each for each in self.boards if each.id != board.id)]
        self.draw()

    def draw(self) -> None:
        """Draw everything as it is known now."""
        if not self.is_drawable:
            return
        rows = rows_of(self.shown(), self._glances, self.size.width, away=self._is_old, waiting=self._waiting)
        self.listed.show(rows)
        self._draw_bar()
        self._draw_word()

    def say(self, sentence: str) -> None:
        """Show a sentence above the list until another one takes its place."""
        self._sentence = sentence
        if self.is_drawable:
            self._draw_word()

    def _draw_word(self) -> None:
        sentence = self._sentence
        if not sentence and not self.shown():
            archived = "" if self.archived else " A shows the archived ones."
            sentence = f"No board fits “{self.words}”.{archived}" if self.words else NOTHING
            if not self.words and self.boards:
                sentence = f"All your boards are archived.{archived}"
        word = self.query_one("#word", Static)
        word.update(Text(safe_text(sentence, multiline=True)))
        word.display = bool(sentence)

    def _draw_bar(self) -> None:
        title = f"Boards on {self.rego.where.name}{f'  /{self.words}' if self.words else ''}"
        if self._is_old and self._read_at is not None:
            self.query_one(BoardBar).show(title, (), f"○ as of {moment_text(self._read_at, self.rego.clock())}", "error")
        else:
            count = sum(not board.archived for board in self.boards)
            words = "" if not self.boards else "1 board" if count == 1 else f"{count} boards"
            self.query_one(BoardBar).show(title, (), words, "muted")

    def fit(self, _: Size) -> None:
        self.draw()
