"""What waited and was not simply done: each with both values and what others did, and the user's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from rego.client import history
from rego.safe_text import safe_text
from rego.wire import limits
from rego.wire.activity import Activity
from rego.wire.errors import RegoError
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.operations import name_of
from rego_tui.review import Row, values, why_impossible
from rego_tui.screens.listing import ListPage
from rego_tui.value_words import field_word, shown
from rego_tui.widgets.entries import Entry, Tone

if TYPE_CHECKING:
    from rego_tui.app import RegoApp
    from rego_tui.store import BoardStore

UNKNOWN = "It is not known who did what to it."


class ReviewPage(ListPage):
    """Nothing in it is sent, and nothing is dropped, before the user says so; leaving it keeps all of it."""

    place = Place.REVIEW
    heading = "What was not done"
    nothing = "All that waited is done or decided."

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self._meanwhile: dict[str, str] = {}

    async def read(self) -> str:
        """What others did to each card since the change was made."""
        for row in self.store.review:
            if row.kept.op_id not in self._meanwhile:
                self._meanwhile[row.kept.op_id] = await self._told_of(row)
                self.draw()
        return ""

    async def _told_of(self, row: Row) -> str:
        if row.kept.creates:
            return ""
        call = history.list_activity(self.store.board_id, card=row.kept.card_id, since=row.kept.seq, limit=limits.LIST_MAX)
        try:
            entries = await self.store.ask(call)
        except RegoError:
            return UNKNOWN
        return "; ".join(entry.sentence for entry in _of_others(entries, self.store.me)[:3]) or UNKNOWN

    def board_changed(self) -> None:
        self.draw()

    def entries(self) -> Sequence[Entry]:
        rows = self.store.review
        return self.fitting(
            Entry(row.kept.op_id, ((row.kept.failure, Tone.TITLE), (f": {self._why(row)}", Tone.MUTED))) for row in rows
        )

    def _why(self, row: Row) -> str:
        meanwhile = self._meanwhile.get(row.kept.op_id, "")
        return meanwhile if meanwhile and meanwhile != UNKNOWN else row.reason

    def _row(self, key: str) -> Row | None:
        return self.store.under_way.review.get(key)

    def details(self, key: str) -> Text:
        row, replica = self._row(key), self.store.replica
        if row is None or replica is None:
            return Text()
        text = Text()
        _paragraph(text, row.kept.failure, "bold")
        _paragraph(text, row.reason)
        for value in values(row, replica):
            many = f"{name_of(replica, value.card_id)}: " if row.kept.pending.others else ""
            _paragraph(text, f"{many}{field_word(value.field)}", "bold")
            _paragraph(text, f"yours   {shown(value.mine, replica)}")
            _paragraph(text, "theirs  not there" if row.kept.creates else f"theirs  {shown(value.theirs, replica)}")
        if row.then:
            _paragraph(text, f"{len(row.then)} more of your changes to it go with it.")
        if meanwhile := self._meanwhile.get(key):
            _paragraph(text, f"Meanwhile: {meanwhile}")
        if why := why_impossible(row, replica, self.store.me):
            _paragraph(text, f"Yours cannot be done any more. {why}")
        return text

    def opened(self, key: str) -> None:
        if (row := self._row(key)) is not None:
            self.open_card(self.store.real_id(row.kept.card_id))

    # --- the user's word -------------------------------------------------------------------------------------------

    def act_review_open_card(self, _: Press) -> None:
        self.opened(self.listed.key)

    def act_review_mine(self, _: Press) -> None:
        if (row := self._row(self.listed.key)) is not None:
            if why := self._do(row):
                self.rego.say(f"Yours cannot be done any more. {why}", failed=True)
            self._decided()

    def act_review_theirs(self, _: Press) -> None:
        if (row := self._row(self.listed.key)) is not None:
            self._leave(row)
            self._decided()

    def act_review_all_mine(self, _: Press) -> None:
        left = [why for row in self.store.review if (why := self._do(row))]
        if left:
            self.rego.say(f"{len(left)} of them cannot be done any more: {left[0]}", failed=True)
        self._decided()

    def act_review_all_theirs(self, _: Press) -> None:
        def leave() -> None:
            for row in self.store.review:
                self._leave(row)
            self._decided()

        if self.store.review:
            self.confirm(f"Let {len(self.store.review)} of your changes go", leave)

    def _do(self, row: Row) -> str:
        why = self.store.do_anyway(row)
        if not why:
            self._drop_draft(row)
        return why

    def _leave(self, row: Row) -> None:
        self.store.leave_theirs(row)
        self._drop_draft(row)

    def _drop_draft(self, row: Row) -> None:
        if row.kept.part:
            self.rego.drafts.drop(row.kept.card_id, row.kept.part)

    def _decided(self) -> None:
        """Go on with the next one; after the last one there is nothing to see here."""
        if self.store.review:
            self.draw()
        elif self.is_current:
            self.rego.say(self.nothing)
            self.dismiss()


def _of_others(entries: list[Activity], me: str | None) -> list[Activity]:
    """What others did, or all there is when it was the same user elsewhere."""
    others = [entry for entry in entries if entry.actor is None or entry.actor.id != me]
    return others or entries


def _paragraph(text: Text, words: str, style: str = "") -> None:
    text.append(safe_text(words, multiline=True), style).append("\n")
