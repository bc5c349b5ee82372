"""A page of a board that is a list: read from the server, filtered, kept fresh, with the details of one entry beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Input, Static

from rego.client.call import Call
from rego.safe_text import safe_text
from rego.wire import limits
from rego.wire.base import Role
from rego.wire.errors import RegoError
from rego_tui import messages
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.screens.board_frame import connection_text, people_here
from rego_tui.screens.keys import KeyScreen
from rego_tui.store import BoardStore
from rego_tui.widgets.bars import BoardBar, OptionsBar
from rego_tui.widgets.choices import Row
from rego_tui.widgets.entries import EndInSight, Entries, Entry, EntryClicked
from rego_tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

T = TypeVar("T")

WIDE = 110
"""Cells from which on the details stand beside the list instead of below it."""

TALL = 16
"""Lines from which on there is room for details below the list."""

Take: TypeAlias = Callable[[str], object]
Check: TypeAlias = Callable[[str], tuple[str, int]]
"""Says what is wrong with a line that is being typed, and where; or nothing."""


class ListPage(KeyScreen):
    """What the activity, the people and the rules of a board have in common.

    A page says what to `read`, which `entries` to list and the `details` of one; it has the keys of its place and those of
    every list. The board tells it what happens by `hear`.
    """

    place = Place.LIST
    heading = ""
    placeholder = "words"
    nothing = "There is nothing here."

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app)
        self.store = store
        self.filter = ""
        self._sentence = "Reading…"
        self._take: Take | None = None
        self._check: Check | None = None
        self._mistake = ""
        self._stale = False
        self._reading = False

    def compose(self) -> ComposeResult:
        yield BoardBar()
        yield Static(Text(self._sentence), id="word")
        with Container(id="list"):
            yield Entries()
            with VerticalScroll(id="details", can_focus=False):
                yield Static(id="detail")
        yield LineInput(line_id="filter", placeholder=self.placeholder)
        yield LineInput(line_id="answer", placeholder="", longest=limits.COMMENT_MAX)
        yield OptionsBar()

    def on_mount(self) -> None:
        self.add_class("list-page")
        self.set_interval(60, self.draw)
        self.lay_out(self.size.width, self.size.height)
        self.draw()
        self.show_options()
        self.load()

    # --- what a page says of itself --------------------------------------------------------------------------------

    async def read(self) -> str:
        """Ask the server for what the page shows; a sentence on it, or nothing. Raises a `RegoError`."""
        raise NotImplementedError

    def entries(self) -> Sequence[Entry]:
        """The list, as far as it fits the filter."""
        raise NotImplementedError

    def fitting(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries that have all words of the filter in their line."""
        words = self.filter.casefold().split()
        return [entry for entry in entries if all(word in entry.words for word in words)]

    def details(self, key: str) -> Text:
        """All that is known of an entry."""
        raise NotImplementedError

    def opened(self, key: str) -> None:
        """An entry was clicked twice."""
        raise NotImplementedError

    # --- reading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read what is shown; when that is under way, once more after it."""
        self._stale = True
        if not self._reading:
            self._reading = True
            self.run_worker(self._load(), group="reading")

    async def _load(self) -> None:
        try:
            while self._stale:
                self._stale = False
                self.say(await self.read())
        except RegoError as error:
            self.say(f"{error.detail} R tries again.")
        finally:
            self._reading = False
        self.draw()

    def change(self, call: Call[T], said: Callable[[T], str], *, then: Callable[[T], object] | None = None) -> None:
        """Have the server do something and tell what became of it; the list is read again."""
        self.run_worker(self._change(call, said, then), group="changing")

    async def _change(self, call: Call[T], said: Callable[[T], str], then: Callable[[T], object] | None) -> None:
        try:
            answer = await self.store.ask(call)
        except RegoError as error:
            self.rego.say(f"Not done: {error.detail}", failed=True)
            return
        if sentence := said(answer):
            self.rego.say(sentence)
        if then is not None:
            then(answer)
        self.load()

    def hear(self, message: Message) -> None:
        if not self.is_drawable:
            return
        match message:
            case messages.BoardChanged() | messages.BoardLoaded():
                self.board_changed()
            case messages.PresenceChanged():
                self.draw()
            case messages.ConnectionChanged():
                self.connection_changed()

    def connection_changed(self) -> None:
        """The connection is another one, or more or less waits."""
        self._draw_bar()

    def board_changed(self) -> None:
        """Something happened on the board."""
        self.load()

    @property
    def role(self) -> Role:
        """The user's own role on the board, as far as it is known."""
        replica, me = self.store.replica, self.store.me
        member = replica.members.get(me) if replica is not None and me is not None else None
        return member.role if member is not None else Role.VIEWER

    def may(self, role: Role) -> bool:
        """Whether the user may do what needs `role`; says so if not."""
        if self.role.allows(role):
            return True
        self.rego.say(
            f"You are a {self.role} of this board; this needs {'an' if role is Role.OWNER else 'a'} {role}.", failed=True
        )
        return False

    # --- drawing ---------------------------------------------------------------------------------------------------

    @property
    def listed(self) -> Entries:
        """The widget with the entries."""
        return self.query_one(Entries)

    def draw(self) -> None:
        """Draw everything as it is known now."""
        if self.is_drawable:
            self.listed.show(self.entries())
            self._draw_bar()
            self.draw_details()
            self._draw_word()
            self.show_options()

    def say(self, sentence: str) -> None:
        """Show a sentence above the list until another one takes its place."""
        self._sentence = sentence
        self._draw_word()

    def _draw_word(self) -> None:
        if not self.is_drawable:
            return
        sentence = self._sentence
        if not sentence and not any(entry.key for entry in self.listed.entries):
            sentence = f"Nothing fits “{self.filter}”." if self.filter else self.nothing_words()
        word = self.query_one("#word", Static)
        word.update(Text(safe_text(sentence)))
        word.display = bool(sentence)

    def _draw_bar(self) -> None:
        state, tone = connection_text(self.store, self.rego.clock())
        self.query_one(BoardBar).show(
            self.title_words(), people_here(self.store), state, tone, away=not self.store.connection.in_touch
        )

    def title_words(self) -> str:
        """The page and its board, and what is filtered."""
        board = f" · {self.store.replica.board.title}" if self.store.replica is not None else ""
        return f"{self.heading}{board}{f'  /{self.filter}' if self.filter else ''}"

    def draw_details(self) -> None:
        """Draw what is known of the entry under the cursor."""
        key = self.listed.key
        self.query_one("#detail", Static).update(self.details(key) if key else Text())

    def fit(self, size: Size) -> None:
        self.lay_out(size.width, size.height)
        self.draw()

    def lay_out(self, width: int, height: int) -> None:
        """The details beside the list, below it, or nowhere."""
        beside = width >= WIDE
        self.set_class(beside, "-beside")
        self.query_one("#details").display = beside or height >= TALL

    @property
    def list_width(self) -> int:
        """The cells that an entry has."""
        return self.size.width * 3 // 5 if self.size.width >= WIDE else self.size.width

    # --- keys --------------------------------------------------------------------------------------------------------

    def act_list_down(self, press: Press) -> None:
        self._move(press.count)

    def act_list_up(self, press: Press) -> None:
        self._move(-press.count)

    def act_list_page_down(self, _: Press) -> None:
        self._move(max(self.listed.page // 2, 1))

    def act_list_page_up(self, _: Press) -> None:
        self._move(-max(self.listed.page // 2, 1))

    def act_list_top(self, _: Press) -> None:
        self._move(-(10**9))

    def act_list_bottom(self, _: Press) -> None:
        self._move(10**9)

    def _move(self, count: int) -> None:
        self.listed.move(count)
        self.cursor_moved()

    def cursor_moved(self) -> None:
        """Another entry is under the cursor."""
        self.query_one("#details").scroll_home(animate=False)
        self.draw_details()
        self.show_options()

    def act_list_details_down(self, press: Press) -> None:
        self.query_one("#details").scroll_relative(y=press.count, animate=False)

    def act_list_details_up(self, press: Press) -> None:
        self.query_one("#details").scroll_relative(y=-press.count, animate=False)

    def act_list_reload(self, _: Press) -> None:
        self.load()

    def act_list_filter(self, _: Press) -> None:
        self.query_one("#filter", LineInput).open(self.filter)
        self.show_options()

    def act_list_back(self, _: Press) -> None:
        if self.filter:
            self.set_filter("")
            self.filter_kept()
        else:
            self.dismiss()

    def on_entry_clicked(self, message: EntryClicked) -> None:
        message.stop()
        self.cursor_moved()
        if message.twice:
            self.opened(message.key)

    def on_end_in_sight(self, message: EndInSight) -> None:
        message.stop()
        self.end_in_sight()

    def nothing_words(self) -> str:
        """What is said where the list is empty."""
        return self.nothing

    def end_in_sight(self) -> None:
        """The reader comes to the end of what was read."""

    def open_card(self, card_id: str) -> None:
        """Show a card over this page, if it is on the board."""
        from rego_tui.screens.card import CardScreen

        if self.store.replica is None or self.store.replica.card(card_id) is None:
            self.rego.say("That card is not on the board any more.")
        else:
            self.app.push_screen(CardScreen(self.rego, self.store, card_id))

    # --- typing ------------------------------------------------------------------------------------------------------

    def ask(self, placeholder: str, text: str, take: Take, *, check: Check | None = None) -> None:
        """Have a line typed; Enter gives it to `take`, if `check` finds nothing wrong with it. Esc leaves all as it was."""
        line = self.query_one("#answer", LineInput)
        line.placeholder = placeholder
        self._take, self._check = take, check
        line.open(text)
        self.show_options()

    def confirm(self, act: str, then: Callable[[], object]) -> None:
        """Ask whether the user wants what cannot be undone; `act` is the question without its mark."""
        from rego_tui.screens.picker import Picked, Picker

        def chosen(picked: Picked | None) -> None:
            if picked is not None and picked.one == "yes":
                then()

        rows = [Row(id="yes", text="Yes"), Row(id="no", text="No, change nothing")]
        self.app.push_screen(Picker(self.rego, f"{act}?", rows), chosen)

    def set_filter(self, text: str) -> None:
        """Show only what fits."""
        if self.filter != text:
            self.filter = text
            self.draw()

    def filter_kept(self) -> None:
        """The filter is typed to its end."""

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "filter" and event.input.display:
            self.set_filter(event.value.strip())
        elif event.input.id == "answer":
            self._mistake = self._check(event.value)[0] if self._check is not None and event.input.display else ""
            self.show_options()

    def submit_line(self, line: LineInput) -> None:
        if line.id == "filter":
            self.set_focus(None)
            line.display = False
            self.filter_kept()
        else:
            self._submit_answer(line)
        self.show_options()

    def _submit_answer(self, line: LineInput) -> None:
        mistake, position = self._check(line.value) if self._check is not None else ("", 0)
        if mistake:
            line.cursor_position = position
            self.rego.say(mistake, failed=True)
            return
        text, take = line.value.strip(), self._take
        line.close()
        if take is not None:
            take(text)

    def mode(self) -> str:
        return self._mistake

    def cancel_line(self, line: LineInput) -> None:
        if line.id == "filter":
            self.set_filter("")
            self.filter_kept()
        line.close()
        self.show_options()

    def hints(self) -> Sequence[tuple[str, str]]:
        line = self.focused
        if isinstance(line, LineInput):
            return [("Enter", "keep the filter" if line.id == "filter" else "go on"), ("Esc", "leave")]
        return super().hints()
