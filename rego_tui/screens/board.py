"""What the keys do on a board: to the card under the cursor, to its place, to its title, and to what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from rego_tui import card_acts, operations
from rego_tui.actions import Place
from rego_tui.board_view import BoardView, Slot
from rego_tui.keymap import Press
from rego_tui.screens.board_acts import BoardActs
from rego_tui.screens.board_filter import BoardFilter
from rego_tui.screens.board_frame import hovering
from rego_tui.screens.board_layout import BoardLayout
from rego_tui.screens.board_mouse import BoardMouse
from rego_tui.screens.board_together import BoardTogether
from rego_tui.widgets.line_input import LineInput


class BoardScreen(BoardMouse, BoardTogether, BoardFilter, BoardActs, BoardLayout):
    """A live board that can be changed. Nothing here waits for the server: see `BoardStore.perform`."""

    # --- cards -------------------------------------------------------------------------------------------------------

    def act_card_open(self, _: Press) -> None:
        self.open_card()

    # --- moving ------------------------------------------------------------------------------------------------------

    def act_card_move_left(self, press: Press) -> None:
        self.repeatable(lambda: self._shift(right=-press.count))

    def act_card_move_right(self, press: Press) -> None:
        self.repeatable(lambda: self._shift(right=press.count))

    def act_card_move_down(self, press: Press) -> None:
        self.repeatable(lambda: self._shift(down=press.count))

    def act_card_move_up(self, press: Press) -> None:
        self.repeatable(lambda: self._shift(down=-press.count))

    def _shift(self, *, right: int = 0, down: int = 0) -> None:
        """Move the selection at once by columns or places."""
        view = self.view
        if view is not None and self._stand_together() and (shifted := view.shifted(right=right, down=down)) is not None:
            self._put(view, *shifted)

    def _stand_together(self) -> bool:
        """Whether all that is selected is in one column, so that it is clear where a step leads; says so when not."""
        columns = {card.column_id for card in self.selected()}
        if len(columns) > 1:
            self.rego.say("The marked cards stand in several columns. m carries them to one place together.", failed=True)
        return len(columns) == 1

    def _drop(self) -> None:
        """Put the carried cards down."""
        if self.view is not None and (carried := self.view.put_down()) is not None:
            self._put(self.view, *carried)

    def _put(self, view: BoardView, card_ids: list[str], slot: Slot) -> None:
        """Send the move of cards when they have another place now."""
        before = {card.column_id for card in map(view.replica.card, card_ids) if card is not None}
        index = view.place_in_board(slot, without={*card_ids})
        places = [view.replica.position_in(slot.column_id, card_id) for card_id in card_ids]
        if places != list(range(index, index + len(card_ids))):
            self.perform(card_acts.move_cards(view.replica, card_ids, slot.column_id, index))
        self._cursor_moved(*before, slot.column_id)

    def _follow(self, column_id: str, above_id: str) -> None:
        """Put the selection below a card that was moved before; at the top of its column when that card is elsewhere now."""
        view = self.view
        if view is None or column_id not in view.replica.columns or not view.pick_up():
            return
        index = view.index_of(column_id, above_id)
        view.carry_to(column_id, 0 if index is None else index + 1)
        self._drop()

    def act_card_carry(self, _: Press) -> None:
        if self.view is not None and self.few_enough() and self.view.pick_up():
            self.enter_place(Place.MOVE)
            self._cursor_moved(*self.view.replica.columns)

    def act_carry_left(self, press: Press) -> None:
        self._carry(right=-press.count)

    def act_carry_right(self, press: Press) -> None:
        self._carry(right=press.count)

    def act_carry_down(self, press: Press) -> None:
        self._carry(down=press.count)

    def act_carry_up(self, press: Press) -> None:
        self._carry(down=-press.count)

    def act_carry_top(self, _: Press) -> None:
        self._carry(down=-(10**9))

    def act_carry_bottom(self, _: Press) -> None:
        self._carry(down=10**9)

    def act_carry_to_column(self, press: Press) -> None:
        """To the column of the pressed number, at the top."""
        columns = self.view.columns() if self.view is not None else []
        if self.view is not None and press.key.isdecimal() and int(press.key) <= len(columns):
            before = self.view.column_id
            self.view.carry_to(columns[int(press.key) - 1].id, 0)
            self._cursor_moved(before, self.view.column_id)

    def act_carry_drop(self, _: Press) -> None:
        self.enter_place(Place.BOARD)
        if self.view is not None and self.view.carried is not None:
            column_id, last = self.view.carried[1].column_id, self.view.riding[-1]
            self.again = lambda: self._follow(column_id, last)
        self._drop()

    def act_carry_cancel(self, _: Press) -> None:
        self.enter_place(Place.BOARD)
        if self.view is not None and self.view.carried is not None:
            self.view.put_down()
            self._cursor_moved(*self.view.replica.columns)

    def _carry(self, *, right: int = 0, down: int = 0) -> None:
        if self.view is not None:
            before = self.view.column_id
            self.view.carry(right=right, down=down)
            self._cursor_moved(before, self.view.column_id)

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.view is not None and self.view.draft is not None:
            return [("Enter", "add, and type the next"), ("Esc", "stop")]
        if self.view is not None and self.view.editing is not None:
            return [("Enter", "keep the new title"), ("Esc", "leave it as it was")]
        hints = super().hints()
        if self.view is not None and self.place is Place.BOARD and self.view.card() is None:
            return [(key, word) for key, word in hints if word not in self._words_for_cards(self.view)]
        return hints

    def _words_for_cards(self, view: BoardView) -> set[str]:
        """The hints that make no sense where there is no card, or no column either."""
        actions = self.rego.keymap.at(Place.BOARD)
        still = ("card.new",) if view.column_id else ()
        return {a.hint for a in actions if a.id.startswith("card.") and not a.id.startswith(still)}

    def lost_hold(self) -> None:
        line, view = self.query_one("#title", LineInput), self.view
        if view is None:
            return
        if self.place is Place.MOVE and view.carried is None:
            self.enter_place(Place.BOARD)
            self.rego.say("The card, or the column under it, is gone. Nothing was moved.", failed=True)
        if line.display and view.draft is None and view.editing is None:
            typed = f" You had typed “{line.value}”." if line.value else ""
            self._stop_typing()
            self.rego.say(f"The column is gone.{typed}", failed=True)

    def mode(self) -> str:
        if self.view is None:
            return ""
        if self.view.filter_error and not self.completes:
            return self.view.filter_error
        if self.view.draft is not None:
            return "NEW CARD"
        if self.view.carried is not None:
            return hovering(self.view)
        return "EDIT" if self.view.editing is not None else super().mode()

    # --- typing ------------------------------------------------------------------------------------------------------

    def act_card_new(self, _: Press) -> None:
        if self.view is not None and self.view.column_id:
            self._draft(self.view.slot_at(self.view.column_id, 10**9))
        elif self.view is not None:
            self.rego.say("A card needs a column, and there is none here yet.", failed=True)

    def act_card_new_below(self, _: Press) -> None:
        self._draft_beside(1)

    def act_card_new_above(self, _: Press) -> None:
        self._draft_beside(0)

    def _draft_beside(self, offset: int) -> None:
        view = self.view
        if view is not None and view.column_id:
            index = view.index_of(view.column_id, view.card_id)
            self._draft(view.slot_at(view.column_id, 0 if index is None else index + offset))

    def _draft(self, slot: Slot) -> None:
        """Open a blank card at a place and type its title."""
        assert self.view is not None
        self.view.draft = slot
        self.view.settle()
        self._open_title_line("")
        self._cursor_moved(slot.column_id)

    def act_card_edit_title(self, _: Press) -> None:
        if self.view is not None and (card := self.view.card()) is not None:
            self.view.editing = (card.id, card.version)
            self._open_title_line(card.title)
            self._cursor_moved()

    def _open_title_line(self, text: str) -> None:
        self.query_one("#title", LineInput).open(text)
        self.show_options()

    def submit_line(self, line: LineInput) -> None:
        if line.id == "filter":
            self.keep_filter()
        else:
            self._take_title(line.value.strip())
        self.show_options()

    def _take_title(self, title: str) -> None:
        view = self.view
        if view is None:
            return
        if view.draft is not None and title:
            self._add_card(view.draft, title)
            return
        if view.editing is not None:
            card_id, seen_version = view.editing
            card = view.replica.card(card_id)
            if card is None:
                self.rego.say(f"The card is gone. Its new title would have been “{title}”.", failed=True)
            elif title and title != card.title:
                self.perform(operations.rename_card(view.replica, card.id, title, seen_version))
        self._stop_typing()

    def _add_card(self, slot: Slot, title: str) -> None:
        """Add the card and go on with the next one below it."""
        assert self.view is not None
        index = self.view.place_in_board(slot)
        operation = operations.create_card(self.view.replica, slot.column_id, index, title, self.rego.clock())
        self.view.draft = Slot(slot.column_id, operation.card_id, slot.index + 1)
        self.view.card_id = operation.card_id
        self.perform(operation)
        self.query_one("#title", LineInput).value = ""
        self._cursor_moved(slot.column_id)

    def cancel_line(self, line: LineInput) -> None:
        if line.id == "filter":
            self.leave_filter()
            self.show_options()
        else:
            self._stop_typing()

    def _stop_typing(self) -> None:
        self.query_one("#title", LineInput).close()
        if self.view is not None:
            self.view.draft = self.view.editing = None
            self.view.settle()
        self._draw_columns()
        self._look_at_cursor()
        self.show_options()

    # --- the board ---------------------------------------------------------------------------------------------------

    def act_board_back(self, _: Press) -> None:
        if not self.clear_marks():
            self.set_filter("")

    def act_board_resync(self, _: Press) -> None:
        self.store.resync()

    def act_board_switch(self, _: Press) -> None:
        self.rego.close_board()

    def act_board_activity(self, _: Press) -> None:
        from rego_tui.screens.activity import ActivityPage

        self.app.push_screen(ActivityPage(self.rego, self.store))

    def act_board_rules(self, _: Press) -> None:
        from rego_tui.screens.rules import RulesPage

        self.app.push_screen(RulesPage(self.rego, self.store))

    def act_board_review(self, _: Press) -> None:
        if self.store.review:
            self.show_review()
        else:
            self.rego.say("Nothing waits for your word here.")

    def act_board_people(self, _: Press) -> None:
        from rego_tui.screens.people import PeoplePage

        self.app.push_screen(PeoplePage(self.rego, self.store))
