"""What happened on a board, newest first and live: to read, to go to the card, to take one's own acts back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace
from rich.text import Text

from rego.client import history
from rego.dates import ago
from rego.safe_text import safe_text
from rego.wire import limits
from rego.wire.activity import Activity
from rego.wire.errors import RegoError
from rego.wire.field_words import person, quoted
from rego_tui.actions import Place
from rego_tui.activity_filter import PLACEHOLDER, ActivityFilter, Asked
from rego_tui.keymap import Press
from rego_tui.screens.listing import WIDE, ListPage
from rego_tui.store import BoardStore
from rego_tui.widgets.entries import Entry, Tone

if TYPE_CHECKING:
    from rego.replica import Replica
    from rego_tui.app import RegoApp

PAGES_AT_ONCE = 10
"""Pages that are read without a key press while nothing in them fits the filter."""


class ActivityPage(ListPage):
    """Reads the log page by page as one goes down, and what is new as the board tells of it."""

    place = Place.ACTIVITY
    heading = "Activity"
    placeholder = PLACEHOLDER
    nothing = "Nothing has happened here yet."

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self._known: dict[int, Activity] = {}
        self._asked: Asked | None = None
        self._read_up_to = 0
        self._all_read = False
        self._reading_on = False
        self._pages_left = PAGES_AT_ONCE
        self._unseen = 0

    # --- reading ---------------------------------------------------------------------------------------------------

    async def read(self) -> str:
        """What is new; or the latest of it all, when something else is asked for now or too much was missed."""
        wanted = self._wanted()
        up_to = self.store.replica.seq if self.store.replica is not None else 0
        if wanted != self._asked or not self._known:
            await self._read_anew(wanted)
        elif up_to > self._read_up_to:
            since = max(self._known)
            news = await self._page(wanted, since=since)
            if len(news) == limits.LIST_MAX:
                await self._read_anew(wanted)
            elif wanted == self._asked:
                self._add(news)
                self._unseen = self._unseen + len(news) if not self.listed.at_top else 0
        self._read_up_to = max(up_to, max(self._known, default=0))
        return ""

    async def _read_anew(self, wanted: Asked) -> None:
        found = await self._page(wanted)
        self._asked, self._known = wanted, {}
        self._all_read = len(found) < limits.LIST_MAX
        self._pages_left, self._unseen = PAGES_AT_ONCE, 0
        self._add(found)

    async def _page(self, wanted: Asked, *, since: int | None = None, before: int | None = None) -> list[Activity]:
        call = history.list_activity(
            self.store.board_id,
            card=wanted.card,
            actor=wanted.actor,
            type=wanted.type,
            since=since,
            before=before,
            limit=limits.LIST_MAX,
        )
        return await self.store.ask(call)

    def _add(self, found: list[Activity]) -> None:
        """Keep entries; a taking back among them changes what it takes back."""
        self._known |= {entry.seq: entry for entry in found}
        for entry in found:
            if entry.reverts in self._known:
                self._known[entry.reverts] = replace(self._known[entry.reverts], reverted_by=entry.seq)

    def end_in_sight(self) -> None:
        if not self._all_read and not self._reading_on and self._known and self._pages_left:
            self._reading_on = True
            self._pages_left -= 1
            self.run_worker(self._read_on(), group="reading on")

    async def _read_on(self) -> None:
        wanted = self._asked or Asked()
        try:
            found = await self._page(wanted, before=min(self._known))
        except RegoError as error:
            self.say(f"{error.detail} R tries again.")
            return
        finally:
            self._reading_on = False
        if wanted == self._asked:
            self._all_read = len(found) < limits.LIST_MAX
            self._add(found)
            self.draw()

    def _wanted(self) -> Asked:
        return ActivityFilter.read(self.filter).asked(self.store.replica)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def entries(self) -> Sequence[Entry]:
        wanted, asked = ActivityFilter.read(self.filter), self._asked or Asked()
        now, wide = self.rego.clock(), self.size.width >= WIDE
        fitting = [
            entry
            for _, entry in sorted(self._known.items(), reverse=True)
            if wanted.fits(entry, asked, self.store.me, self.store.replica)
        ]
        shown: list[Entry] = []
        for day, entries in groupby(fitting, key=lambda entry: day_words(entry.at, now)):
            shown.append(Entry("", ((day, Tone.MUTED),)))
            shown += [entry_line(entry, now, wide=wide) for entry in entries]
        return shown

    def details(self, key: str) -> Text:
        return entry_details(self._known[int(key)], self.store.replica, self.rego.clock())

    def title_words(self) -> str:
        new = f"  ↑ {self._unseen} new" if self._unseen else ""
        return super().title_words() + new

    def _entry(self) -> Activity | None:
        key = self.listed.key
        return self._known.get(int(key)) if key else None

    def hints(self) -> Sequence[tuple[str, str]]:
        entry = self._entry()
        unfit = {
            "open card": entry is None or entry.card_id is None,
            "take back": entry is None or not self._is_own(entry) or entry.reverted_by is not None,
        }
        return [(key, word) for key, word in super().hints() if not unfit.get(word)]

    def _is_own(self, entry: Activity) -> bool:
        return entry.actor is not None and entry.actor.id == self.store.me and entry.cause is None

    # --- keys --------------------------------------------------------------------------------------------------------

    def act_activity_open_card(self, _: Press) -> None:
        entry = self._entry()
        if entry is not None:
            self.opened(str(entry.seq))

    def opened(self, key: str) -> None:
        """Show the card that an entry is about."""
        card_id = self._known[int(key)].card_id
        if card_id is None:
            self.rego.say("This is about no card.")
        else:
            self.open_card(card_id)

    def act_activity_take_back(self, _: Press) -> None:
        entry = self._entry()
        if entry is None:
            return
        if not self._is_own(entry):
            self.rego.say("This was not you. You can take back what you did yourself.", failed=True)
        elif entry.reverted_by is not None:
            self.rego.say(f"This was taken back already, by event {entry.reverted_by}.", failed=True)
        else:
            self.run_worker(self.store.take_back(entry), group="changing")

    def act_list_reload(self, press: Press) -> None:
        self._asked = None
        super().act_list_reload(press)

    def cursor_moved(self) -> None:
        self._pages_left = PAGES_AT_ONCE
        if self.listed.at_top:
            self._unseen = 0
            self._draw_bar()
        super().cursor_moved()

    def filter_kept(self) -> None:
        """The server is asked where the filter names a person, a type or a card; else what is read is enough."""
        if self._wanted() != self._asked:
            self.load()


def day_words(at: datetime, now: datetime) -> str:
    """The day of an entry as a heading, in the reader's time zone."""
    day = at.astimezone(now.tzinfo).date()
    days = (now.date() - day).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return f"{day:%A}, {day.day} {day:%B}{f' {day.year}' if day.year != now.year else ''}"


def who_words(entry: Activity) -> str:
    """Who did it, as the sentence begins."""
    if entry.cause is not None:
        return f"The rule {quoted(entry.cause.rule_name)}"
    return person(entry.actor.username, entry.actor.agent) if entry.actor is not None else ""


def entry_line(entry: Activity, now: datetime, *, wide: bool) -> Entry:
    """An entry in one line: who in bold, what, and when."""
    who = who_words(entry)
    who = who if entry.sentence.startswith(who) else ""
    gone = entry.reverted_by is not None
    left = [(who, Tone.MUTED if gone else Tone.TITLE), (entry.sentence[len(who) :], Tone.MUTED if gone else Tone.PLAIN)]
    if wide:
        left.insert(0, (f"{entry.at.astimezone(now.tzinfo):%H:%M}  ", Tone.MUTED))
    back = "taken back · " if gone else ""
    return Entry(str(entry.seq), tuple(left), ((f"{back}{ago(entry.at, now)}", Tone.MUTED),))


def entry_details(entry: Activity, replica: Replica | None, now: datetime) -> Text:
    """An entry whole: the sentence, the moment, and what became of it."""
    at = entry.at.astimezone(now.tzinfo)
    text = Text(f"{safe_text(entry.sentence)}\n\n")
    text.append(f"{at:%A}, {at.day} {at:%B %Y %H:%M:%S}  {ago(entry.at, now)}\n", "dim")
    card = replica.cards.get(entry.card_id or "") if replica is not None else None
    if replica is not None and card is not None:
        column = replica.columns.get(card.column_id)
        where = f" in {safe_text(column.title)}" if column is not None else ""
        text.append(f"{replica.ref(card)} {safe_text(card.title)} is{where} now\n", "dim")
    elif entry.card_id is not None:
        text.append("The card is not on the board any more.\n", "dim")
    if entry.reverts is not None:
        text.append(f"It takes back event {entry.reverts}.\n", "dim")
    if entry.reverted_by is not None:
        text.append(f"It was taken back by event {entry.reverted_by}.\n", "dim")
    return text.append(f"event {entry.seq} · {entry.type}", "dim")
