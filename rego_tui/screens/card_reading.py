"""An open card as it is read: its rows, the cursor on one of them, and what others change meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from rego.safe_text import safe_text
from rego.wire.cards import CardSummary
from rego.wire.errors import RegoError
from rego_tui import messages
from rego_tui.actions import Place
from rego_tui.card_changes import Change
from rego_tui.keymap import Press, key_label
from rego_tui.open_card import OpenCard
from rego_tui.screens.board_frame import connection_text, looks_of, people_here
from rego_tui.screens.keys import KeyScreen
from rego_tui.store import BoardStore
from rego_tui.widgets.bars import BoardBar, OptionsBar
from rego_tui.widgets.card_page import CardPage, RowClicked
from rego_tui.widgets.card_rows import ACTIVITY, COMMENTS, DESCRIPTION, FILES, HEAD, LISTS, MORE, SECTIONS, Shown, card_rows
from rego_tui.widgets.line_input import LineInput
from rego_tui.widgets.text_editor import TextEditor

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

PANEL_MIN, PANEL_MAX = 80, 110
"""Cells that the card has beside the board: half of the terminal, within these bounds."""

BESIDE_MIN = 30
"""Cells that are left to the board at least; where they are not, the card has the terminal for itself."""

GONE = "This card is not on the board any more."

_AT_HEADS = {
    DESCRIPTION: ("open_card.act", "edits"),
    LISTS: ("lists.new", "adds one"),
    FILES: ("files.add", "adds one"),
    COMMENTS: ("comments.write", "writes one"),
    ACTIVITY: ("open_card.act", "reads it"),
}
"""What can be done at the head of each section, and in which word."""


class Asked(Struct, frozen=True):
    """What a line of text is typed for: a word for the options line, and what is done with it.

    With `again` the line stays open for the next one.
    """

    mode: str
    take: Callable[[str], object]
    again: bool = False


class CardReading(KeyScreen):
    """Shows a card and follows it. All that it knows comes from the store's replica and from an `OpenCard`."""

    place = Place.CARD

    def __init__(self, app: RegoApp, store: BoardStore, card_id: str) -> None:
        super().__init__(app)
        self.store = store
        self.open_card = OpenCard(store, card_id, self._changed)
        self.sending: dict[str, str] = {}
        self.saving: set[str] = set()
        self._asked: Asked | None = None
        self._seen: CardSummary | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="card"):
            yield BoardBar()
            yield Static(Text("Reading the card…"), id="word")
            yield CardPage()
            yield TextEditor(editor_id="text")
            yield Static(id="names")
            yield LineInput(line_id="line", placeholder="")
            yield OptionsBar()

    def on_mount(self) -> None:
        self.page.cursor = HEAD
        self.query_one("#names").display = False
        self.draw()
        self.open_card.load()

    def on_unmount(self) -> None:
        self.open_card.close()

    def fit(self, size: Size) -> None:
        """Lie beside the screen below, which moves together, or over all of it."""
        panel = min(max(size.width // 2, PANEL_MIN), PANEL_MAX)
        alone = size.width < panel + BESIDE_MIN
        self.set_class(alone, "narrow")
        self.query_one("#card").styles.width = size.width if alone else panel
        below = self.app.screen_stack[self.app.screen_stack.index(self) - 1]
        if isinstance(below, KeyScreen):
            below.make_room(0 if alone else panel)
        self._draw_bar()

    @property
    def page(self) -> CardPage:
        """The widget with the card's rows."""
        return self.query_one(CardPage)

    @property
    def card_id(self) -> str:
        """The card's id, which is provisional while the server does not know it."""
        return self.open_card.card_id

    @property
    def card(self) -> CardSummary | None:
        """The card as the board has it, or None when it is not there any more."""
        return self.store.replica.card(self.card_id) if self.store.replica is not None else None

    @property
    def ref(self) -> str:
        """How people write the card."""
        return self.store.loaded.ref(self._seen) if self._seen is not None else "the card"

    # --- what changes ------------------------------------------------------------------------------------------------

    def hear(self, message: Message) -> None:
        """The board screen passes on what the store told it."""
        if not self.is_drawable:
            return
        if isinstance(message, messages.CardNumbered) and message.provisional_id == self.card_id:
            self.open_card.card_id = message.card_id
            self.rego.drafts.rename(message.provisional_id, message.card_id)
        if isinstance(message, messages.BoardChanged) and self.card_id in message.touched.cards:
            self.open_card.load()
        if isinstance(message, messages.BoardLoaded):
            self.open_card.load()
        self.draw()

    def _changed(self) -> None:
        if self.is_drawable:
            self.draw()

    def perform(self, change: Change) -> None:
        """Show a change and send it."""
        self.open_card.perform(change)

    def say_deleted(self, what: str) -> None:
        """Say what is gone, and how it comes back."""
        self.rego.say(f"Deleted {what}. Press u to undo.")

    # --- drawing -----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw what is known of the card; a card that is gone stays as it was last seen."""
        if self.store.replica is None:
            return
        self._seen = self.card or self._seen
        if self._seen is not None:
            self.page.show(card_rows(self._shown(self._seen)), self.store.real_id)
        self._draw_bar()
        self._say(self._word())
        self.show_options()

    def _shown(self, card: CardSummary) -> Shown:
        replica = self.store.loaded
        return Shown(
            card=card,
            ref=replica.ref(card),
            column=replica.columns.get(card.column_id),
            looks=looks_of(replica, self.rego.clock()),
            detail=self.open_card.detail,
            activity=self.open_card.activity,
            more_activity=self.open_card.more_activity,
            busy=self.open_card.busy,
            drafts=self.rego.drafts.on(self.card_id) - self.saving,
            peers=tuple(self._peers()),
            hints=self._hints_at_heads(),
            sending=tuple(self.sending.items()),
        )

    def _peers(self) -> list[str]:
        """The others who look at the card, each once, and whether they edit it."""
        here = {p.user_id: p for p in sorted(self.store.people.values(), key=lambda p: p.editing) if p.card_id == self.card_id}
        names = dict(people_here(self.store))
        away = "" if self.store.connection.in_touch else ", when last heard"
        return sorted(f"{names.get(who, p.username)}{' is editing' if p.editing else ''}{away}" for who, p in here.items())

    def _hints_at_heads(self) -> dict[str, str]:
        found = {}
        read_only = bool(self.rego.why_not())
        for row, (action_id, word) in _AT_HEADS.items():
            keys = self.rego.keymap.actions[action_id].keys
            idle = self.open_card.activity is not None if row == ACTIVITY else read_only
            if keys and not idle:
                found[row] = f"{key_label(keys[0])} {word}"
        return found

    def _draw_bar(self) -> None:
        """What card it is, and the connection where the bar of the screen below does not show it."""
        state, tone = connection_text(self.store, self.rego.clock())
        self.query_one(BoardBar).show(self.ref, (), state if self.has_class("narrow") else "", tone)

    def _word(self) -> str:
        """A sentence above the card, when there is something wrong with it."""
        if self._gone:
            return f"{GONE} Esc goes back."
        if self.open_card.word:
            return f"{self.open_card.word} R tries again."
        return "" if self.open_card.detail is not None else "Reading the card…"

    @property
    def _gone(self) -> bool:
        return self.card is None

    def _say(self, sentence: str) -> None:
        word = self.query_one("#word", Static)
        word.update(Text(safe_text(sentence)))
        word.display = bool(sentence)

    # --- the cursor --------------------------------------------------------------------------------------------------

    def act_page_down(self, press: Press) -> None:
        self.page.step(press.count)
        self.show_options()

    def act_page_up(self, press: Press) -> None:
        self.page.step(-press.count)
        self.show_options()

    def act_page_half_down(self, _: Press) -> None:
        self.page.scroll_pages(1)
        self.show_options()

    def act_page_half_up(self, _: Press) -> None:
        self.page.scroll_pages(-1)
        self.show_options()

    def act_page_top(self, _: Press) -> None:
        self.page.go_to_end(last=False)
        self.show_options()

    def act_page_bottom(self, _: Press) -> None:
        self.page.go_to_end(last=True)
        self.show_options()

    def act_page_next_section(self, _: Press) -> None:
        self._go_to_section(1)

    def act_page_previous_section(self, _: Press) -> None:
        self._go_to_section(-1)

    def _go_to_section(self, direction: int) -> None:
        """Put the cursor on the head of the section after, or before, the row that it is on."""
        rows = self.page.row_ids()
        at = rows.index(self.page.cursor) if self.page.cursor in rows else 0
        heads = [number for number, row in enumerate(rows) if row in SECTIONS]
        beyond = [n for n in heads if n > at] if direction > 0 else [n for n in reversed(heads) if n < at]
        if beyond:
            self.page.go_to(rows[beyond[0]])
            self.show_options()

    def on_row_clicked(self, message: RowClicked) -> None:
        message.stop()
        if self.place is Place.CARD and self._asked is None:
            self.page.go_to(message.row_id)
            self.show_options()
            if message.twice:
                self.act_open_card_act(Press(self.rego.keymap.actions["open_card.act"]))

    def act_open_card_act(self, _: Press) -> None:
        """What Enter does: here only to what is read."""
        if self.page.cursor in (ACTIVITY, MORE):
            self.run_worker(self._read_activity(), name="activity", exclusive=True, group="activity")

    async def _read_activity(self) -> None:
        """Read the latest entries, or with the cursor on the last row those before, and bring them into sight."""
        known = self.open_card.activity
        if self.page.cursor == ACTIVITY and known is not None:
            return
        try:
            await self.open_card.read_activity()
        except RegoError as error:
            self.rego.say(f"The activity cannot be read: {error.detail}", failed=True)
            return
        rows = self.page.row_ids()
        first_new = rows.index(ACTIVITY) + 1 + len(known or ())
        if self.page.cursor in (ACTIVITY, MORE, "") and first_new < len(rows):
            self.page.go_to(rows[first_new], at_top=True)
            self.show_options()

    # --- lines of text ---------------------------------------------------------------------------------------------------

    def ask_line(
        self, mode: str, take: Callable[[str], object], *, text: str = "", hint: str = "", again: bool = False
    ) -> None:
        """Let the user type a line below the card; `take` is called with it."""
        line = self.query_one("#line", LineInput)
        self._asked = Asked(mode, take, again)
        line.placeholder = hint
        line.open(text)
        self.store.focus(self.card_id, editing=True)
        self.show_options()

    def submit_line(self, line: LineInput) -> None:
        asked, text = self._asked, line.value.strip()
        if asked is None:
            return
        if asked.again and text:
            line.value = ""
        else:
            self.cancel_line(line)
        if text:
            asked.take(text)

    def cancel_line(self, line: LineInput) -> None:
        line.close()
        self._asked = None
        self.store.focus(self.card_id)
        self.show_options()

    # --- other keys ------------------------------------------------------------------------------------------------------

    def mode(self) -> str:
        if self._asked is not None:
            return self._asked.mode
        return "LOOK ONLY" if self.rego.why_not() else ""

    def hints(self) -> Sequence[tuple[str, str]]:
        if self._asked is not None:
            return [("Enter", "add, and type the next" if self._asked.again else "take it"), ("Esc", "leave")]
        return super().hints()

    def act_open_card_reload(self, _: Press) -> None:
        self.open_card.load()

    def act_open_card_close(self, _: Press) -> None:
        self.dismiss()

    def act_open_card_undo(self, _: Press) -> None:
        self.run_worker(self.store.undo(), name="undo")

    def act_open_card_redo(self, _: Press) -> None:
        self.run_worker(self.store.redo(), name="redo")
