"""What keys do to the marked cards of a board, or to the one under the cursor: fields, people, marks, copies, and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rego.wire.cards import CardSummary, Priority
from rego.wire.errors import RegoError
from rego_tui import card_acts
from rego_tui.copying import copy_branches, copy_refs, copy_urls
from rego_tui.keymap import Press, key_label
from rego_tui.operations import Operation
from rego_tui.screens.board_page import BoardPage

if TYPE_CHECKING:
    from rego.replica import Replica
    from rego_tui.app import RegoApp
    from rego_tui.card_acts import Belonging
    from rego_tui.screens.picker import Picked
    from rego_tui.store import BoardStore

ON_MARKED = (
    "card.carry",
    "card.toggle_done",
    "card.archive",
    "card.label",
    "card.assign",
    "card.due",
    "card.priority",
    "board.back",
)
"""What the options line names while cards are marked."""


class BoardActs(BoardPage):
    """Acts on the selection. Each is one operation, however many cards it is on, and can be done again elsewhere."""

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self.again: Callable[[], None] | None = None
        self._mode_shown = ""

    # --- what acts go to -----------------------------------------------------------------------------------------

    def selected(self) -> list[CardSummary]:
        """The marked cards, or the one under the cursor; none, with a sentence, when they are too many for one act."""
        view = self.view
        if view is None or not self.few_enough():
            return []
        return [card for card_id in view.selection() if (card := view.replica.card(card_id)) is not None]

    def few_enough(self) -> bool:
        """Whether one act can be on all that is selected; says so when not."""
        count = len(self.view.selection()) if self.view is not None else 0
        if count > card_acts.AT_ONCE:
            self.rego.say(f"{count} cards are marked, and one act takes {card_acts.AT_ONCE} at most.", failed=True)
        return count <= card_acts.AT_ONCE

    def perform(self, operation: Operation) -> None:
        """Show an operation in this view before the message of the store comes round."""
        touched = self.store.perform(operation)
        if self.view is not None:
            self.view.forget(touched)

    def repeatable(self, act: Callable[[], None]) -> None:
        """Do something to the selection, and keep it for the key that does it again."""
        self.again = act
        act()

    def _decided(self, chosen: list[CardSummary], act: Callable[[list[CardSummary]], None]) -> None:
        """Do to the cards of a popup what was decided there, wherever the cursor is now, and keep it for the selection."""
        self.again = lambda: act(self.selected())
        now = (self._still(card.id) for card in chosen)
        if there := [card for card in now if card is not None]:
            act(there)
        else:
            gone = "The card is" if len(chosen) == 1 else "The cards are"
            self.rego.say(f"{gone} gone. Nothing was changed.", failed=True)

    def _still(self, card_id: str) -> CardSummary | None:
        """A card as it is now, if it is on the board; one that was made here may have its number meanwhile."""
        replica = self.store.loaded
        return replica.card(card_id) or replica.card(self.store.real_id(card_id))

    def _act(self, make: Callable[[Replica, list[str]], Operation], chosen: list[CardSummary] | None = None) -> None:
        """Do one thing to the selection, or to what was chosen before."""
        chosen = self.selected() if chosen is None else chosen
        if self.view is not None and chosen:
            self.perform(make(self.view.replica, [card.id for card in chosen]))
            self._cursor_moved(*{card.column_id for card in chosen})

    def act_acts_repeat(self, _: Press) -> None:
        if self.again is None:
            self.rego.say("Nothing was done here yet that could be done again.")
        else:
            self.again()

    def act_acts_undo(self, _: Press) -> None:
        if self.view is not None:
            self.run_worker(self.store.undo(), name="undo")

    def act_acts_redo(self, _: Press) -> None:
        if self.view is not None:
            self.run_worker(self.store.redo(), name="redo")

    def act_card_edit_outside(self, _: Press) -> None:
        from rego_tui.screens.outside import edit_card

        card = self.view.card() if self.view is not None else None
        if card is not None and not card.number:
            self.rego.say("The server has not answered yet; the editor needs the whole card.", failed=True)
        elif card is not None:
            self.run_worker(edit_card(self.rego, self.store, card.id), name="editor", exclusive=True, group="editor")

    # --- done and gone -----------------------------------------------------------------------------------------------

    def act_card_toggle_done(self, _: Press) -> None:
        completed = not all(card.completed for card in self.selected())
        self.repeatable(lambda: self._act(lambda replica, ids: card_acts.complete_cards(replica, ids, completed)))

    def act_card_archive(self, _: Press) -> None:
        self.repeatable(self._archive)

    def _archive(self) -> None:
        chosen = self.selected()
        if self.view is not None and chosen:
            what = f"{self.view.replica.ref(chosen[0])} “{chosen[0].title}”" if len(chosen) == 1 else f"{len(chosen)} cards"
            self._act(card_acts.archive_cards)
            self.rego.say(f"Archived {what}. Press u to undo.")

    # --- what cards get from popups --------------------------------------------------------------------------------------

    def act_card_assign(self, _: Press) -> None:
        from rego_tui.screens.choosing import people_picker

        if self.view is not None and (chosen := self.selected()):
            picker = people_picker(self.rego, self.view.replica, chosen, self.store.me)
            self.app.push_screen(picker, lambda picked: self._took(chosen, picked, card_acts.PEOPLE))

    def act_card_label(self, _: Press) -> None:
        from rego_tui.screens.choosing import label_picker

        if self.view is not None and (chosen := self.selected()):
            self.app.push_screen(
                label_picker(self.rego, self.view.replica, chosen), lambda picked: self._took_labels(chosen, picked)
            )

    def act_card_due(self, _: Press) -> None:
        from rego_tui.screens.choosing import due_of, due_picker

        def take(picked: Picked | None) -> None:
            if picked is not None:
                due = due_of(picked.one, picked.typed, self.rego.clock())
                self._decided(chosen, partial(self._act, lambda replica, ids: card_acts.schedule_cards(replica, ids, due)))

        if self.view is not None and (chosen := self.selected()):
            self.app.push_screen(due_picker(self.rego, self.view.replica, chosen, self.rego.clock()), take)

    def act_card_priority(self, _: Press) -> None:
        from rego_tui.screens.choosing import priority_picker

        def take(picked: Picked | None) -> None:
            if picked is not None:
                level = Priority(picked.one)
                self._decided(chosen, partial(self._act, lambda replica, ids: card_acts.prioritise_cards(replica, ids, level)))

        if self.view is not None and (chosen := self.selected()):
            self.app.push_screen(priority_picker(self.rego, self.view.replica, chosen), take)

    def _took(self, chosen: list[CardSummary], picked: Picked | None, what: Belonging) -> None:
        """Put on the cards what was ticked, and take off what no longer is: one act, however much that is."""
        if picked is not None and (picked.put or picked.taken):
            make = partial(card_acts.hang_on_cards, what=what, put=picked.put, taken=picked.taken)
            self._decided(chosen, partial(self._act, make))

    def _took_labels(self, chosen: list[CardSummary], picked: Picked | None) -> None:
        if picked is not None and picked.typed:
            self.run_worker(self._make_label(chosen, picked), name="label")
        else:
            self._took(chosen, picked, card_acts.LABELS)

    async def _make_label(self, chosen: list[CardSummary], picked: Picked) -> None:
        """Make the label that was typed, then put it on the cards too."""
        from rego_tui.screens.choosing import with_made_label

        try:
            picked = await with_made_label(self.store, picked)
        except RegoError as error:
            self.rego.say(f"The label “{picked.typed}” was not made: {error.detail}", failed=True)
        self._took(chosen, picked, card_acts.LABELS)

    # --- marks -------------------------------------------------------------------------------------------------------

    def act_marks_toggle(self, _: Press) -> None:
        if self.view is not None and self.view.card_id is not None:
            self.view.marks.toggle(self.view.card_id)
            self._marks_changed()

    def act_marks_range(self, _: Press) -> None:
        """Begin a range at the cursor, or end the one that there is."""
        if self.view is None or self.view.card_id is None:
            return
        if self.view.marks.anchor is None:
            self.view.marks.begin_range(self.view.card_id)
        else:
            self.view.marks.end_range(self.view.in_range())
        self._marks_changed()

    def act_marks_all(self, _: Press) -> None:
        if self.view is not None:
            self.view.mark_all()
            self._marks_changed()

    def clear_marks(self) -> bool:
        """Take all marks away; False when there were none."""
        if self.view is None or not self.view.marks:
            return False
        self.view.marks.clear()
        self._marks_changed()
        return True

    def _marks_changed(self) -> None:
        self._draw_faces()
        self.show_options()

    def _draw_faces(self) -> None:
        super()._draw_faces()
        if self.is_drawable and self.mode() != self._mode_shown:
            self._mode_shown = self.mode()
            self.show_options()

    def mode(self) -> str:
        count = len(self.view.marked()) if self.view is not None else 0
        return f"{count} MARKED" if count else ""

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.view is None or self.view.carried is not None or not self.view.marks:
            return super().hints()
        actions = [self.rego.keymap.actions[name] for name in ON_MARKED]
        words = {"board.back": "unmark"}
        return [(key_label(a.keys[0]), words.get(a.id, a.hint or a.id.partition(".")[2])) for a in actions if a.keys]

    # --- copies ------------------------------------------------------------------------------------------------------

    def act_copy_ref(self, _: Press) -> None:
        if self.view is not None:
            copy_refs(self.rego, self.view.replica, self.selected())

    def act_copy_url(self, _: Press) -> None:
        if self.view is not None:
            copy_urls(self.rego, self.view.replica, self.selected())

    def act_copy_branch(self, _: Press) -> None:
        if self.view is not None:
            copy_branches(self.rego, self.view.replica, self.selected())

    def act_acts_command(self, _: Press) -> None:
        from rego_tui.screens.command import CommandScreen

        command = self.store.last_command() if self.view is not None else ""
        if command:
            self.app.push_screen(CommandScreen(self.rego, command))
        else:
            self.rego.say("Nothing was done here yet for which there is a command.")
