"""The checklists of an open card: lists and items are added, renamed, ticked, put in order and assigned."""

from __future__ import annotations

from functools import partial

from rego.wire.checklists import Checklist, ChecklistItem
from rego_tui import card_changes
from rego_tui.keymap import Press
from rego_tui.screens.card_reading import CardReading


class CardChecklists(CardReading):
    """What keys do to checklists. Every change shows at once."""

    @property
    def item(self) -> ChecklistItem | None:
        """The item under the cursor."""
        detail = self.open_card.detail
        return detail.item(self.page.cursor) if detail is not None else None

    @property
    def checklist(self) -> Checklist | None:
        """The checklist under the cursor, or that of the item there."""
        detail, item = self.open_card.detail, self.item
        if detail is None:
            return None
        return detail.checklist(item.checklist_id if item is not None else self.page.cursor)

    # --- adding ------------------------------------------------------------------------------------------------------

    def act_lists_new(self, _: Press) -> None:
        if self.open_card.detail is not None:
            self.ask_line("NEW CHECKLIST", self._add_list, hint="Title of the checklist")

    def _add_list(self, title: str) -> None:
        change = card_changes.add_list(self.card_id, title, self.rego.clock())
        self.perform(change)
        self.page.go_to(change.about)
        self._ask_item()

    def act_items_new(self, _: Press) -> None:
        """Type items, one after the other, below the one under the cursor; on a card without lists a list comes first."""
        detail = self.open_card.detail
        if detail is None:
            return
        if self.checklist is None and detail.checklists:
            self.page.go_to(detail.checklists[-1].id)
        if self.checklist is None:
            self.act_lists_new(Press(self.rego.keymap.actions["lists.new"]))
        else:
            self._ask_item()

    def _ask_item(self) -> None:
        self.ask_line("NEW ITEM", self._add_item, hint="What is to be done", again=True)

    def _add_item(self, text: str) -> None:
        """Put an item below the one under the cursor, or at the end of the list whose title is there."""
        checklist, item = self.checklist, self.item
        if checklist is None:
            self.rego.say(f"The checklist is gone. You had typed “{text}”.", failed=True)
            return
        index = checklist.items.index(item) + 1 if item is not None else len(checklist.items)
        change = card_changes.add_item(self.card_id, checklist, text, index, self.rego.clock())
        self.perform(change)
        self.page.go_to(change.about)

    # --- changing ----------------------------------------------------------------------------------------------------

    def act_items_tick(self, _: Press) -> None:
        if (item := self.item) is not None:
            self.perform(card_changes.tick_item(self.card_id, item, not item.done))

    def edit_checklist(self) -> bool:
        """Type another text for the item, or another title for the list, under the cursor; False when there is neither."""
        item, checklist = self.item, self.checklist
        if item is not None:
            self.ask_line("ITEM", partial(self._rename_item, item), text=item.text)
        elif checklist is not None:
            self.ask_line("CHECKLIST", partial(self._rename_list, checklist), text=checklist.title)
        return checklist is not None

    def _rename_item(self, item: ChecklistItem, text: str) -> None:
        if text != item.text:
            self.perform(card_changes.edit_item(self.card_id, item, text))

    def _rename_list(self, checklist: Checklist, title: str) -> None:
        if title != checklist.title:
            self.perform(card_changes.rename_list(self.card_id, checklist, title))

    def delete_checklist(self) -> bool:
        """Delete the item, or the list, under the cursor; False when there is neither."""
        item, checklist = self.item, self.checklist
        if item is not None:
            self._go_beside(item.id)
            self.perform(card_changes.delete_item(self.card_id, item))
            self.say_deleted(f"“{item.text}”")
        elif checklist is not None:
            self._go_beside(checklist.id)
            self.perform(card_changes.delete_list(self.card_id, checklist))
            self.say_deleted(f"the checklist “{checklist.title}”")
        return checklist is not None

    def _go_beside(self, row_id: str) -> None:
        """Put the cursor on the row that takes the place of one that goes."""
        rows = self.page.row_ids()
        if row_id in rows:
            at = rows.index(row_id)
            self.page.go_to(rows[min(at + 1, len(rows) - 1)])

    # --- order -------------------------------------------------------------------------------------------------------

    def act_items_down(self, press: Press) -> None:
        self._shift(press.count)

    def act_items_up(self, press: Press) -> None:
        self._shift(-press.count)

    def _shift(self, count: int) -> None:
        """Move the item under the cursor by places, on into the next list where its own ends; or the list under the cursor."""
        detail, item, checklist = self.open_card.detail, self.item, self.checklist
        if detail is None or checklist is None:
            return
        if item is None:
            others = [one for one in detail.checklists if one.id != checklist.id]
            index = max(0, min(detail.checklists.index(checklist) + count, len(others)))
            if index != detail.checklists.index(checklist):
                self.perform(card_changes.move_list(self.card_id, checklist, others, index))
        else:
            at = checklist.items.index(item)
            target, index = _place(detail.checklists, checklist, at + count, len(checklist.items))
            if (target.id, index) != (checklist.id, at):
                self.perform(card_changes.move_item(self.card_id, item, target, index))
        self.page.go_to(self.page.cursor)


def _place(lists: list[Checklist], checklist: Checklist, index: int, length: int) -> tuple[Checklist, int]:
    """Where an item goes that is to stand at `index` of its list: beyond an end of it, at the near end of the list there."""
    at = lists.index(checklist)
    if index < 0 and at > 0:
        return lists[at - 1], len(lists[at - 1].items)
    if index >= length and at + 1 < len(lists):
        return lists[at + 1], 0
    return checklist, max(0, min(index, length - 1))
