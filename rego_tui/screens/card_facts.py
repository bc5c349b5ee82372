"""The short facts of an open card: its title, place, labels, people, date and priority, chosen in the board's popups."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from rego.replica import Replica
from rego.wire.cards import CardSummary, Priority
from rego.wire.errors import RegoError
from rego_tui import card_acts, operations
from rego_tui.copying import copy_branches, copy_refs, copy_urls
from rego_tui.keymap import Press
from rego_tui.operations import Operation
from rego_tui.screens.card_reading import CardReading

if TYPE_CHECKING:
    from textual.screen import Screen

    from rego_tui.card_acts import Belonging
    from rego_tui.screens.picker import Picked


class CardFacts(CardReading):
    """What keys do to what the board itself shows of a card. Every change shows at once."""

    def act_open_card_labels(self, _: Press) -> None:
        from rego_tui.screens.choosing import label_picker

        self._choose(lambda card: label_picker(self.rego, self.store.loaded, [card]), self._took_labels)

    def act_open_card_people(self, _: Press) -> None:
        from rego_tui.screens.choosing import people_picker

        self._choose(
            lambda card: people_picker(self.rego, self.store.loaded, [card], self.store.me),
            lambda picked: self._took(picked, card_acts.PEOPLE),
        )

    def act_open_card_due(self, _: Press) -> None:
        from rego_tui.screens.choosing import due_of, due_picker

        now = self.rego.clock()
        self._choose(
            lambda card: due_picker(self.rego, self.store.loaded, [card], now),
            lambda picked: self._do(lambda r, ids: card_acts.schedule_cards(r, ids, due_of(picked.one, picked.typed, now))),
        )

    def act_open_card_priority(self, _: Press) -> None:
        from rego_tui.screens.choosing import priority_picker

        self._choose(
            lambda card: priority_picker(self.rego, self.store.loaded, [card]),
            lambda picked: self._do(lambda r, ids: card_acts.prioritise_cards(r, ids, Priority(picked.one))),
        )

    def act_open_card_copy_ref(self, _: Press) -> None:
        copy_refs(self.rego, self.store.loaded, self._seen_cards())

    def act_open_card_copy_url(self, _: Press) -> None:
        copy_urls(self.rego, self.store.loaded, self._seen_cards())

    def act_open_card_copy_branch(self, _: Press) -> None:
        copy_branches(self.rego, self.store.loaded, self._seen_cards())

    def _seen_cards(self) -> list[CardSummary]:
        """The card, as it was last seen if it is gone."""
        return [self._seen] if self._seen is not None else []

    def act_open_card_column(self, _: Press) -> None:
        from rego_tui.screens.choosing import column_picker

        self._choose(lambda card: column_picker(self.rego, self.store.loaded, card), lambda picked: self._move_to(picked.one))

    def _choose(self, popup: Callable[[CardSummary], Screen[Picked | None]], take: Callable[[Picked], object]) -> None:
        """Let something be chosen for the card, unless it is gone."""

        def taken(picked: Picked | None) -> None:
            if picked is not None:
                take(picked)

        if (card := self.card) is not None:
            self.app.push_screen(popup(card), taken)

    def _do(self, make: Callable[[Replica, list[str]], Operation]) -> None:
        """Change the card, unless it is gone."""
        if (card := self.card) is not None:
            self.store.perform(make(self.store.loaded, [card.id]))

    def _took(self, picked: Picked, what: Belonging) -> None:
        """Put on the card what was ticked, and take off what no longer is: one act, however much that is."""
        if picked.put or picked.taken:
            self._do(partial(card_acts.hang_on_cards, what=what, put=picked.put, taken=picked.taken))

    def _took_labels(self, picked: Picked) -> None:
        if picked.typed:
            self.run_worker(self._make_label(picked), name="label")
        else:
            self._took(picked, card_acts.LABELS)

    async def _make_label(self, picked: Picked) -> None:
        """Make the label that was typed, then put it on the card too."""
        from rego_tui.screens.choosing import with_made_label

        try:
            picked = await with_made_label(self.store, picked)
        except RegoError as error:
            self.rego.say(f"The label “{picked.typed}” was not made: {error.detail}", failed=True)
        self._took(picked, card_acts.LABELS)

    # --- place -------------------------------------------------------------------------------------------------------

    def act_open_card_move_right(self, press: Press) -> None:
        self._move(press.count)

    def act_open_card_move_left(self, press: Press) -> None:
        self._move(-press.count)

    def _move(self, count: int) -> None:
        """Put the card into the column so many to the right."""
        columns = [column.id for column in self.store.loaded.columns_in_order()]
        if (card := self.card) is not None and card.column_id in columns:
            at = columns.index(card.column_id) + count
            self._move_to(columns[max(0, min(at, len(columns) - 1))])

    def _move_to(self, column_id: str) -> None:
        """Put the card at the end of a column, unless it is there."""
        replica = self.store.loaded
        if (card := self.card) is not None and card.column_id != column_id and column_id in replica.columns:
            self._do(lambda r, ids: card_acts.move_cards(r, ids, column_id, replica.count_in(column_id)))

    # --- title, done, gone -------------------------------------------------------------------------------------------

    def edit_title(self) -> None:
        """Type another title, in the line below the card."""
        if (card := self.card) is not None:
            self.ask_line("TITLE", lambda title: self._rename(title, card.version), text=card.title)

    def _rename(self, title: str, seen_version: int) -> None:
        card = self.card
        if card is None:
            self.rego.say(f"The card is gone. Its new title would have been “{title}”.", failed=True)
        elif title != card.title:
            self.store.perform(operations.rename_card(self.store.loaded, card.id, title, seen_version))

    def complete(self) -> None:
        """Mark the card as done, or not done after all."""
        if (card := self.card) is not None:
            self._do(lambda r, ids: card_acts.complete_cards(r, ids, not card.completed))

    def archive(self) -> None:
        """Take the card off the board, and go back there."""
        if (card := self.card) is not None:
            self._do(card_acts.archive_cards)
            self.rego.say(f"Archived {self.ref} “{card.title}”. Press u to undo.")
            self.dismiss()
