"""The others on a board: what they changed just now, that they mean this user, and following one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rego.safe_text import safe_text
from rego.wire.events import CardMoved, Event
from rego_tui import messages, news
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.screens.board_frame import people_here
from rego_tui.screens.board_page import BoardPage
from rego_tui.store import BoardStore
from rego_tui.widgets.glide import Passing
from rego_tui.widgets.looks import Peer

if TYPE_CHECKING:
    from rego_tui.app import RegoApp
    from rego_tui.screens.picker import Picked

FRESH = 2.5
"""Seconds for which a card that others changed stays lit."""

FRESH_MAX = 200
"""Cards that are lit at once; of a flood the last ones."""


class BoardTogether(BoardPage):
    """A board on which the doings of others are shown as such."""

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self.followed: tuple[str, str] | None = None
        self._lit_until: dict[str, float] = {}
        self._passing: dict[str, Passing] = {}

    def on_mount(self) -> None:
        self.store.listen(self._take_news)

    def _take_news(self, event: Event) -> None:
        """An event came in while the board is live."""
        if (changed := news.changed_card(event, self.store.me)) is not None:
            self._light(*changed)
            if isinstance(event.data, CardMoved):
                self._let_pass(event.data, changed[1])
        if sentence := news.word_for(event, self.store.me):
            self.rego.call_attention(sentence)

    def _let_pass(self, moved: CardMoved, by: Peer) -> None:
        """A card is to glide to its new place when that is drawn, from where it was drawn last."""
        card_id = moved.card.id
        before = self._passing.get(card_id)
        came_from = before.came_from if before is not None else moved.before.column_id
        self._passing[card_id] = Passing(came_from, moved.after.column_id, by)

    def take_passing(self) -> Mapping[str, Passing]:
        """What others moved; nothing glides under a title that is typed, or a card that is carried."""
        passing, self._passing = self._passing, {}
        view = self.view
        busy = view is None or view.draft is not None or view.editing is not None or view.carried is not None
        return {} if busy else passing

    # --- what changed just now ---------------------------------------------------------------------------------------

    def _light(self, card_id: str, by: Peer) -> None:
        """Light a card for a moment; it is drawn with the change itself."""
        if not self._lit_until:
            self.set_timer(FRESH, self._fade)
        self._lit_until.pop(card_id, None)
        self._lit_until[card_id] = asyncio.get_running_loop().time() + FRESH
        self.fresh[card_id] = by
        if len(self.fresh) > FRESH_MAX:
            self._darken(next(iter(self._lit_until)))

    def _fade(self) -> None:
        """Let go of what has been lit long enough, and come back for the rest."""
        now = asyncio.get_running_loop().time()
        for card_id in [card_id for card_id, until in self._lit_until.items() if until <= now + 0.05]:
            self._darken(card_id)
        if self._lit_until:
            self.set_timer(max(next(iter(self._lit_until.values())) - now, 0.05), self._fade)
        self._draw_faces()

    def _darken(self, card_id: str) -> None:
        del self._lit_until[card_id], self.fresh[card_id]

    # --- following ---------------------------------------------------------------------------------------------------

    def act_follow_person(self, _: Press) -> None:
        """Follow the only other person here, or the one who is picked; a second press ends it."""
        if self.followed is not None:
            self._stop_following()
            return
        here = people_here(self.store)
        if not here:
            self.rego.say("Nobody else is here.")
        elif len(here) == 1:
            self._follow_person(here[0])
        else:
            self._pick(here)

    def _pick(self, here: list[tuple[str, str]]) -> None:
        from rego_tui.screens.picker import Picker
        from rego_tui.widgets.choices import Row
        from rego_tui.widgets.looks import person_color

        def chosen(picked: Picked | None) -> None:
            if picked is not None:
                self._follow_person((picked.one, names[picked.one]))

        names = dict(here)
        rows = [Row(id=user_id, text=name, color=person_color(user_id)) for user_id, name in here]
        self.app.push_screen(Picker(self.rego, "Follow whom?", rows), chosen)

    def _follow_person(self, person: tuple[str, str]) -> None:
        self.followed = person
        self._keep_up()
        self.show_options()

    def _stop_following(self) -> None:
        self.followed = None
        self.show_options()

    def _keep_up(self) -> None:
        """Put the cursor where the followed person's is."""
        view = self.view
        if self.followed is None or view is None:
            return
        theirs = [person for person in self.store.people.values() if person.user_id == self.followed[0]]
        if not theirs:
            self.rego.say(f"{self.followed[1]} is not here any more.")
            self._stop_following()
            return
        card = next((card for person in theirs if (card := view.replica.card(person.card_id or ""))), None)
        index = view.index_of(card.column_id, card.id) if card is not None else None
        if card is not None and index is not None:
            view.go_to(card.column_id, index)
            self._cursor_moved()

    def run(self, press: Press) -> None:
        """Whatever the user does on the board themselves ends the following."""
        if self.followed is not None and press.action.place in (Place.BOARD, Place.MOVE) and press.action.id != "follow.person":
            self._stop_following()
        super().run(press)

    def on_card_clicked(self, _: messages.CardClicked) -> None:
        # Textual calls the handler of every class, so the page's own runs after this one.
        self._stop_following()

    def news_drawn(self) -> None:
        self._keep_up()

    def mode(self) -> str:
        if self.followed is not None:
            return f"FOLLOWING {safe_text(self.followed[1])}"
        return super().mode() or ("LOOK ONLY" if self.rego.why_not() else "")
