"""The long texts of an open card: the description and comments, written in an editor below it; nothing typed is lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from rich.text import Text
from textual.widgets import Static, TextArea

from rego.safe_text import safe_text
from rego.wire.base import Entity
from rego.wire.comments import Comment
from rego.wire.errors import InvalidInput, RegoError, StaleVersion
from rego_tui import card_changes
from rego_tui.actions import Place
from rego_tui.card_changes import Change
from rego_tui.collision import Choice, Collision
from rego_tui.drafts import Draft
from rego_tui.keymap import Press
from rego_tui.screens.card_reading import GONE, CardReading
from rego_tui.widgets.card_rows import COMMENTS, DESCRIPTION
from rego_tui.widgets.text_editor import TextEditor

if TYPE_CHECKING:
    from rego_tui.screens.picker import Picked

COPY, FILE, GO_ON, DROP = "copy", "file", "go on", "drop"
"""What can become of a text whose card is gone."""

NAMES_MAX = 6
"""Names that are offered after an @."""


class Writing(Struct, frozen=True):
    """What is in the editor: `part` is the description, a new comment (both by their row) or a comment by its id."""

    part: str
    draft: Draft


class CardTexts(CardReading):
    """Edits texts. An editor that is left keeps its text as a draft; a save that is refused gives it back."""

    writing: Writing | None = None
    _typed = ""

    @property
    def editor(self) -> TextEditor:
        return self.query_one("#text", TextEditor)

    # --- opening -----------------------------------------------------------------------------------------------------

    def act_comments_write(self, _: Press) -> None:
        self.write(COMMENTS)

    def write(self, part: str) -> None:
        """Open the editor on a text, with the draft of it if there is one."""
        draft = self.rego.drafts.get(self.card_id, part) or self._fresh(part)
        if draft is not None and self.open_card.detail is not None:
            self._open(part, draft)

    def _fresh(self, part: str) -> Draft | None:
        """A draft that begins with what is there now, or None where this user may not write."""
        detail = self.open_card.detail
        if part == COMMENTS:
            return Draft(text="")
        if detail is None:
            return None
        if part == DESCRIPTION:
            text = detail.card.description
            return Draft(text=text, base=text, version=detail.card.version)
        comment = detail.comment(part)
        if comment is None or not self.is_mine(comment):
            return None
        return Draft(text=comment.text, base=comment.text, version=comment.version)

    def is_mine(self, entity: Entity) -> bool:
        """Whether this user made something; says so when not."""
        if entity.created_by == self.store.me or entity.version == 0:
            return True
        self.rego.say("That comment is somebody else's; only its author changes it.", failed=True)
        return False

    def _open(self, part: str, draft: Draft) -> None:
        self.writing = Writing(part, draft)
        self.set_class(part == DESCRIPTION, "describing")
        hint = "Markdown" if part == DESCRIPTION else "A comment in Markdown; @ names somebody"
        self.editor.open(draft.text, hint)
        self.enter_place(Place.EDITOR)
        self.store.focus(self.card_id, editing=True)
        self.page.go_to(self._row_of(part))

    def _row_of(self, part: str) -> str:
        """Which row to see while writing: the last comment above a new one."""
        detail = self.open_card.detail
        return detail.comments[-1].id if part == COMMENTS and detail is not None and detail.comments else part

    # --- in the editor -----------------------------------------------------------------------------------------------

    def mode(self) -> str:
        if self.writing is None:
            return super().mode()
        return {DESCRIPTION: "DESCRIPTION", COMMENTS: "NEW COMMENT"}.get(self.writing.part, "COMMENT")

    def _word(self) -> str:
        writing, detail = self.writing, self.open_card.confirmed
        if writing is None or detail is None:
            return super()._word()
        if self._gone:
            return f"{GONE} Your text is kept: ^S offers to copy it or to put it into a file."
        if writing.part == DESCRIPTION and detail.card.description not in (writing.draft.base, writing.draft.text):
            return "Somebody changed this text meanwhile; saving yours shows both."
        return super()._word()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._typed = self.editor.text
        self._offer_names()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._offer_names()

    def _offer_names(self) -> None:
        """Show whom the name after an @ may mean."""
        names = self.query_one("#names", Static)
        found = self._fitting_names()
        names.display = bool(found)
        shown = Text(no_wrap=True, overflow="ellipsis")
        for number, name in enumerate(found):
            shown.append("  " if number else "").append(f"@{safe_text(name)}", "bold" if number == 0 else "dim")
        names.update(shown.append("  Tab takes the first", "dim"))

    def _fitting_names(self) -> list[str]:
        begun = self.editor.begun_mention() if self.writing is not None and self.writing.part != DESCRIPTION else None
        if begun is None or self.store.replica is None:
            return []
        members = self.store.replica.members.values()
        names = sorted(m.username for m in members if m.username.lower().startswith(begun.lower()) and m.username != begun)
        return names[:NAMES_MAX]

    def act_editor_complete(self, _: Press) -> None:
        if found := self._fitting_names():
            self.editor.finish_mention(found[0])
        else:
            self.editor.indent()

    def act_editor_leave(self, _: Press) -> None:
        if self.writing is not None:
            kept = replace(self.writing.draft, text=self.editor.text)
            self.rego.drafts.keep(self.card_id, self.writing.part, kept)
            if kept.changed:
                self.rego.say("Your text is kept here; it is not saved yet.")
        self._close_editor()

    def act_editor_external(self, _: Press) -> None:
        self.run_worker(self._go_outside(then_save=False), name="editor", exclusive=True, group="editor")

    def act_open_card_edit_outside(self, _: Press) -> None:
        """Edit the comment under the cursor, or else the description, in the user's editor, and save what comes back."""
        detail = self.open_card.detail
        comment = detail.comment(self.page.cursor) if detail is not None else None
        self.write(comment.id if comment is not None else DESCRIPTION)
        if self.writing is not None:
            self.run_worker(self._go_outside(then_save=True), name="editor", exclusive=True, group="editor")

    async def _go_outside(self, *, then_save: bool) -> None:
        from rego_tui.editing import edit_outside

        text = self.editor.text
        try:
            came_back = await edit_outside(self.rego, f"{self.ref}.md", text)
        except InvalidInput as error:
            self.rego.say(error.detail, failed=True)
            return
        if self.writing is None:
            return
        # Editors end the last line; whoever wrote the text did not mean that.
        self.editor.load_text(came_back.removesuffix("\n"))
        self.editor.move_cursor(self.editor.document.end)
        if then_save:
            self.act_editor_save(Press(self.rego.keymap.actions["editor.save"]))

    def on_unmount(self) -> None:
        """The app ends, or the board: what is in the editor is kept."""
        if self.writing is not None:
            self.rego.drafts.keep(self.card_id, self.writing.part, replace(self.writing.draft, text=self._typed))

    def _close_editor(self) -> None:
        self.writing = None
        self.editor.close()
        self.query_one("#names").display = False
        self.remove_class("describing")
        self.enter_place(Place.CARD)
        self.store.focus(self.card_id)
        self.draw()

    # --- saving ------------------------------------------------------------------------------------------------------

    def act_editor_save(self, _: Press) -> None:
        if self.writing is None:
            return
        part, draft = self.writing.part, replace(self.writing.draft, text=self.editor.text)
        self.rego.drafts.keep(self.card_id, part, draft)
        if self._gone:
            self.rescue(part, draft.text)
            return
        self._close_editor()
        self.save(part, draft)

    def rescue(self, part: str, text: str) -> None:
        """Offer ways out for a text whose card is gone."""
        from rego_tui.screens.picker import Picker
        from rego_tui.widgets.choices import Row

        ways = {COPY: "Copy it", FILE: "Put it into a file", GO_ON: "Go on writing", DROP: "Throw it away"}
        rows = [Row(id=way, text=text) for way, text in ways.items()]
        picker = Picker(self.rego, f"{self.ref} is gone. What becomes of your text?", rows)
        self.app.push_screen(picker, partial(self._rescued, part, text))

    def _rescued(self, part: str, text: str, picked: Picked | None) -> None:
        way = picked.one if picked is not None else GO_ON
        if way == GO_ON:
            return
        if way == COPY:
            self.app.copy_to_clipboard(text)
            self.rego.say("Copied, if your terminal lets programs copy. The text is kept here, too.")
            return
        if way == FILE and not self._written(part, text):
            return
        self.rego.drafts.drop(self.card_id, part)
        self._close_editor()

    def _written(self, part: str, text: str) -> bool:
        """Put a text into a file of the user's, and say where it is."""
        try:
            path = self.rego.drafts.put_aside(f"{self.ref} {part}", text)
        except InvalidInput as error:
            self.rego.say(error.detail, failed=True)
            return False
        self.rego.say(f"Your text is in {path}.")
        return True

    def save(self, part: str, draft: Draft) -> None:
        """Send a text; it stays a draft until the server has it."""
        if not draft.changed or (part != DESCRIPTION and not draft.text.strip()):
            self.rego.drafts.drop(self.card_id, part)
            self.draw()
            return
        self.rego.drafts.keep(self.card_id, part, draft)
        self.saving.add(part)
        change = self._change(part, draft)
        failure = f"{self.ref} was not saved, and your text is kept on the card"
        change = replace(change, operation=replace(change.operation, part=part, failure=failure))
        self.open_card.perform(
            change,
            answered=partial(self._saved, self.card_id, part, draft),
            refused=partial(self._not_saved, part, draft),
        )
        if part == COMMENTS:
            self.page.go_to(change.about)

    def _change(self, part: str, draft: Draft) -> Change:
        text = draft.text
        if part == DESCRIPTION:
            return card_changes.describe(self.card_id, text, draft.version)
        if part != COMMENTS:
            return card_changes.edit_comment(self.card_id, part, text, draft.version)
        me = self.store.loaded.members.get(self.store.me or "")
        name = me.name if me is not None else "you"
        return card_changes.add_comment(self.card_id, text.strip(), name, self.store.me, self.rego.clock())

    def _saved(self, card_id: str, part: str, draft: Draft) -> None:
        self.saving.discard(part)
        if self.rego.drafts.get(card_id, part) == draft:
            self.rego.drafts.drop(card_id, part)

    def _not_saved(self, part: str, draft: Draft, error: RegoError) -> bool:
        """Keep the text; where somebody else changed it, and the card is still open, show both."""
        self.saving.discard(part)
        if not self.is_drawable or not isinstance(error, StaleVersion):
            return False
        self.rego.drafts.keep(self.card_id, part, draft)
        self.run_worker(self._collide(part, draft), name="conflict")
        return True

    async def _collide(self, part: str, draft: Draft) -> None:
        """Read what the other wrote, and let the user choose."""
        try:
            detail = await self.store.read_card(self.card_id)
        except RegoError as error:
            self.rego.say(f"{self.ref} was not saved: {error.detail} Your text is kept on the card.", failed=True)
            return
        theirs: Entity | None = detail.card if part == DESCRIPTION else detail.comment(part)
        if theirs is None:
            self.rego.say("The comment was deleted meanwhile. Your text is kept on the card.", failed=True)
            return
        now = theirs.text if isinstance(theirs, Comment) else detail.card.description
        what = f"the description of {self.ref}" if part == DESCRIPTION else f"a comment on {self.ref}"
        collision = Collision(what=what, base=draft.base, mine=draft.text, theirs=now, who=self._name_of(theirs.updated_by))
        self._ask_which(part, collision, theirs.version)

    def _ask_which(self, part: str, collision: Collision, version: int) -> None:
        from rego_tui.screens.conflict import ConflictScreen

        self.app.push_screen(ConflictScreen(self.rego, collision), partial(self._chosen, part, collision, version))

    def _chosen(self, part: str, collision: Collision, version: int, choice: Choice | None) -> None:
        if choice is None:
            self.rego.say("Your text is kept on the card; it is not saved yet.")
            return
        if choice is Choice.THEIRS:
            self.rego.drafts.drop(self.card_id, part)
            self.draw()
            return
        draft = Draft(text=collision.text_for(choice), base=collision.theirs, version=version)
        if choice is Choice.EDIT:
            self._open(part, draft)
        else:
            self.save(part, draft)

    def _name_of(self, user_id: str | None) -> str:
        member = self.store.loaded.members.get(user_id or "")
        return member.name if member is not None else "Somebody else"
