"""One card with its long texts: beside the board on a wide terminal, over it on a narrow one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Markdown, Static

from rego.safe_text import safe_text
from rego.wire.cards import CardSummary, Priority
from rego.wire.errors import RegoError
from rego_tui import card_acts, messages
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.screens.keys import KeyScreen
from rego_tui.store import BoardStore, CardDetail
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.card_lines import due_text
from rego_tui.widgets.looks import LABEL_COLORS

if TYPE_CHECKING:
    from datetime import datetime

    from rego.replica import Replica
    from rego_tui.app import RegoApp


class CardScreen(KeyScreen):
    """Reads a card and follows it: what is on the board changes at once, the long texts are read again."""

    place = Place.CARD

    def __init__(self, app: RegoApp, store: BoardStore, card_id: str) -> None:
        super().__init__(app)
        self.store = store
        self.card_id = card_id
        self._seen: CardSummary | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="card"):
            with VerticalScroll(can_focus=False):
                yield Static(id="title")
                yield Static(id="facts")
                yield Static(Text("Reading the card…"), id="word")
                yield Markdown(id="description", open_links=False)
                yield Static(id="lists")
                yield Static(id="comments")
            yield OptionsBar()

    def on_mount(self) -> None:
        self.show_options()
        self._draw()
        self.load()

    # --- what changes ------------------------------------------------------------------------------------------------

    def hear(self, message: Message) -> None:
        """The board screen passes on what the store told it."""
        if isinstance(message, messages.CardNumbered) and message.provisional_id == self.card_id:
            self.card_id = message.card_id
        if isinstance(message, messages.BoardChanged) and self.card_id in message.touched.cards and self.is_mounted:
            self._draw()
            self.load()

    def load(self) -> None:
        """Read the long texts."""
        if self._card() is not None:
            self.run_worker(self._load(), exclusive=True)

    async def _load(self) -> None:
        try:
            detail = await self.store.read_card(self.card_id)
        except RegoError as error:
            self._say(f"{error.detail} R tries again.")
            return
        self._say("")
        await self._show(detail)

    def _card(self) -> CardSummary | None:
        return self.store.replica.card(self.card_id) if self.store.replica is not None else None

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Draw what the board itself knows of the card; a card that is gone stays as it was last seen."""
        replica, card = self.store.replica, self._card()
        if replica is None:
            return
        if card is None:
            self._say("This card is not on the board any more. Esc goes back.")
            return
        self._seen = card
        title = Text(safe_text(card.title), Style(bold=True, strike=card.completed))
        self.query_one("#title", Static).update(title)
        self.query_one("#facts", Static).update(facts_text(replica, card, self.rego.clock()))

    async def _show(self, detail: CardDetail) -> None:
        await self.query_one("#description", Markdown).update(safe_text(detail.card.description, multiline=True))
        self.query_one("#lists", Static).update(checklists_text(detail))
        self.query_one("#comments", Static).update(comments_text(detail, self.rego.clock()))

    def _say(self, sentence: str) -> None:
        word = self.query_one("#word", Static)
        word.update(Text(safe_text(sentence)))
        word.display = bool(sentence)

    # --- keys --------------------------------------------------------------------------------------------------------

    def act_page_down(self, press: Press) -> None:
        self._scroll(press.count)

    def act_page_up(self, press: Press) -> None:
        self._scroll(-press.count)

    def act_page_half_down(self, _: Press) -> None:
        self._scroll(max(self.size.height // 2, 1))

    def act_page_half_up(self, _: Press) -> None:
        self._scroll(-max(self.size.height // 2, 1))

    def act_page_top(self, _: Press) -> None:
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def act_page_bottom(self, _: Press) -> None:
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def _scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def act_open_card_toggle_done(self, _: Press) -> None:
        if self.store.replica is not None and (card := self._card()) is not None:
            self.store.perform(card_acts.complete_cards(self.store.replica, [card.id], not card.completed))

    def act_open_card_reload(self, _: Press) -> None:
        self.load()

    def act_open_card_close(self, _: Press) -> None:
        self.dismiss()


def facts_text(replica: Replica, card: CardSummary, now: datetime) -> Text:
    """Where the card stands, its labels, its people, its dates, one line each."""
    column = replica.columns.get(card.column_id)
    text = Text(f"{replica.ref(card)} in {safe_text(column.title) if column else 'no column'}", "dim")
    if card.completed:
        text.append("  ✓ done", "green")
    if card.priority is not Priority.NONE:
        text.append(f"  {card.priority} priority")
    labels = [replica.labels[x] for x in card.label_ids if x in replica.labels]
    for number, label in enumerate(labels):
        text.append("  " if number else "\n").append("● ", LABEL_COLORS[label.color])
        text.append(safe_text(label.name) or label.color.value)
    if people := [safe_text(replica.members[x].name) for x in card.assignee_ids if x in replica.members]:
        text.append(f"\n{', '.join(people)}")
    if card.due_at is not None:
        text.append(f"\n{due_text(card.due_at, now)}", "red" if card.due_at < now and not card.completed else "")
    return text


def checklists_text(detail: CardDetail) -> Text:
    """The checklists with their items and how far they are."""
    text = Text()
    for checklist in detail.checklists:
        done = sum(item.done for item in checklist.items)
        text.append(f"\n{safe_text(checklist.title)}", "bold").append(f"  {done}/{len(checklist.items)}\n", "dim")
        for item in checklist.items:
            text.append("  ✓ " if item.done else "  · ", "green" if item.done else "dim")
            text.append(f"{safe_text(item.text)}\n", "dim" if item.done else "")
    return text


def comments_text(detail: CardDetail, now: datetime) -> Text:
    """The comments, oldest first, as plain text."""
    text = Text()
    if detail.comments:
        text.append("\nComments\n", "bold")
    for comment in detail.comments:
        at = comment.created_at.astimezone(now.tzinfo)
        text.append(f"\n{safe_text(comment.author)}", "bold").append(f"  {at:%d %b %Y %H:%M}\n", "dim")
        text.append(f"{safe_text(comment.text, multiline=True)}\n")
    return text
