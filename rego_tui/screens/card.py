"""One card with all that belongs to it: beside the board on a wide terminal, over it on a narrow one."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.comments import Comment
from rego_tui import card_changes
from rego_tui.keymap import Press, key_label
from rego_tui.screens.card_checklists import CardChecklists
from rego_tui.screens.card_facts import CardFacts
from rego_tui.screens.card_files import CardFiles
from rego_tui.screens.card_texts import CardTexts
from rego_tui.widgets.card_rows import COMMENTS, DESCRIPTION, FILES, HEAD, LISTS

LEFT = (("open_card.close", "back"), ("app.help", "keys"), ("app.palette", "palette"))
"""What can be done on the page of a card that is gone."""


class CardScreen(CardTexts, CardChecklists, CardFiles, CardFacts):
    """What the keys do that depends on the row under the cursor, and what they do to the card itself."""

    # --- the row under the cursor ------------------------------------------------------------------------------------

    def act_open_card_act(self, press: Press) -> None:
        """Do what one most likely wants with the row under the cursor."""
        row = self.page.cursor
        if self.item is not None:
            self.act_items_tick(press)
        elif self.checklist is not None:
            self.act_items_new(press)
        elif row == LISTS:
            self.act_lists_new(press)
        elif row == FILES:
            self.act_files_add(press)
        elif self.file is not None:
            self.show_file(press)
        elif row == COMMENTS:
            self.act_comments_write(press)
        elif row in (HEAD, DESCRIPTION) or self._comment() is not None:
            self.act_open_card_edit(press)
        else:
            super().act_open_card_act(press)

    def act_open_card_edit(self, _: Press) -> None:
        """Change the text of the row under the cursor."""
        row = self.page.cursor
        if row == HEAD:
            self.edit_title()
        elif row == DESCRIPTION or self._comment() is not None:
            self.write(row)
        elif self.file is not None:
            self.edit_file(self.file)
        else:
            self.edit_checklist()

    def act_open_card_delete(self, _: Press) -> None:
        """Delete what the cursor is on; the card itself is archived."""
        comment = self._comment()
        if comment is not None and self.is_mine(comment):
            self.perform(card_changes.delete_comment(self.card_id, comment))
            self.say_deleted("the comment")
        elif self.page.cursor == HEAD:
            self.archive()
        elif self.file is not None:
            self.delete_file(self.file)
        elif comment is None:
            self.delete_checklist()

    def _comment(self) -> Comment | None:
        detail = self.open_card.detail
        return detail.comment(self.page.cursor) if detail is not None else None

    def act_open_card_toggle_done(self, press: Press) -> None:
        """Tick the item under the cursor, or else mark the card."""
        if self.item is not None:
            self.act_items_tick(press)
        else:
            self.complete()

    def act_open_card_people(self, press: Press) -> None:
        """Who does the item under the cursor, or who is on the card."""
        if self.item is not None:
            self.assign_item(self.item)
        else:
            super().act_open_card_people(press)

    # --- what the options line says ------------------------------------------------------------------------------------

    def hints(self) -> Sequence[tuple[str, str]]:
        """The keys that matter on the row under the cursor come first."""
        if self._asked is not None:
            return super().hints()
        if self.writing is not None:
            return [
                (key_label(a.keys[0]), a.hint)
                for a in self.rego.keymap.at(self.place)
                if a.place is self.place and a.hint and a.keys
            ]
        actions = self.rego.keymap.actions
        if self._gone:
            return [(key_label(key), word) for id_, word in LEFT for key in actions[id_].keys[:1]]
        wanted = [(actions[action_id], word) for action_id, word in self._wanted()]
        only_look = bool(self.rego.why_not())
        here = [(key_label(a.keys[0]), word) for a, word in wanted if a.keys and not (only_look and a.changes)]
        return here + [hint for hint in super().hints() if hint[0] not in {key for key, _ in here}]

    def _wanted(self) -> list[tuple[str, str]]:
        row = self.page.cursor if self.is_drawable else HEAD
        if self.item is not None:
            return [("items.tick", "tick"), ("items.new", "new"), ("open_card.edit", "edit"), ("open_card.delete", "delete")]
        if self.checklist is not None:
            return [("items.new", "new item"), ("open_card.edit", "rename"), ("open_card.delete", "delete")]
        if row == DESCRIPTION:
            return [("open_card.edit", "edit"), ("open_card.edit_outside", "$EDITOR")]
        if self._comment() is not None:
            return [("open_card.edit", "edit"), ("open_card.delete", "delete")]
        if self.file is not None:
            return [
                ("open_card.act", "open"),
                ("files.save", "save"),
                ("open_card.edit", "rename"),
                ("open_card.delete", "delete"),
            ]
        return [("open_card.edit", "title"), ("open_card.delete", "archive")] if row == HEAD else []
