"""The one table of what can be done in the TUI and with which keys.

An action id such as `card.move_right` names the method `act_card_move_right` of the screen for its place.
"""

from __future__ import annotations

from msgspec import Struct

from rego_tui.places import Place

__all__ = ["ACTIONS", "Action", "Place"]


class Action(Struct, frozen=True, kw_only=True):
    """One thing that a key can do.

    A key is written as it is typed (`J`, `?`) or by name (`ctrl+d`, `enter`); a sequence has blanks between (`g g`).
    `hint` is the word in the footer, empty for actions that the footer leaves out; `counts` ones take a number before them.
    Those with `changes` are refused at once where the user may only look.
    """

    id: str
    keys: tuple[str, ...]
    help: str
    place: Place
    group: str
    hint: str = ""
    counts: bool = False
    changes: bool = False

    @property
    def method(self) -> str:
        """The name of the screen's method that does it."""
        return "act_" + self.id.replace(".", "_")


def _group(place: Place, group: str, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[Action, ...]:
    return tuple(
        Action(
            id=row[0].rstrip("#!"),
            keys=tuple(row[1].split(", ")),
            help=row[2],
            hint=row[3] if len(row) == 4 else "",
            counts="#" in row[0],
            changes="!" in row[0],
            place=place,
            group=group,
        )
        for row in rows
    )


# After an id, `#` says that it takes a count, `!` that it changes the board.
ACTIONS: tuple[Action, ...] = (
    *_group(
        Place.BOARD,
        "Go",
        ("cursor.left#", "h, left", "the column to the left"),
        ("cursor.down#", "j, down", "the next card"),
        ("cursor.up#", "k, up", "the card above"),
        ("cursor.right#", "l, right", "the column to the right"),
        ("cursor.top", "g g, home", "the first card of the column"),
        ("cursor.bottom", "G, end", "the last card of the column"),
        ("cursor.page_down", "ctrl+d, pagedown", "half a page down"),
        ("cursor.page_up", "ctrl+u, pageup", "half a page up"),
    ),
    *_group(
        Place.BOARD,
        "Card",
        ("card.open", "enter", "open the card", "open"),
        ("card.new!", "n", "a new card at the end of the column; Enter adds the next", "new"),
        ("card.new_below!", "o", "a new card below this one"),
        ("card.new_above!", "O", "a new card above this one"),
        ("card.edit_title!", "e", "edit the title in place", "edit"),
        ("card.edit_outside!", "E", "all of the card in your editor ($EDITOR)"),
        ("card.toggle_done!", "x", "done, or not done after all", "done"),
        ("card.archive!", "d", "archive the card", "archive"),
        ("card.label!", "t", "its labels: tick them, or type a new one"),
        ("card.assign!", "a", "who is on it"),
        ("card.due!", "D", "when it is due, in words or as a date"),
        ("card.priority!", "p", "how urgent it is"),
        ("copy.ref", "y", "copy its reference"),
        ("copy.url", "Y", "copy its URL"),
        ("copy.branch", "b", "copy a name for its git branch"),
    ),
    *_group(
        Place.BOARD,
        "What you did",
        ("acts.undo!", "u", "take back what you did last"),
        ("acts.redo!", "U, ctrl+r", "do again what you took back last"),
        ("acts.repeat!", ".", "the last act once more, on the card under the cursor or on all that are marked"),
        ("acts.command", "!", "the command of the last act, for a shell"),
    ),
    *_group(
        Place.BOARD,
        "Marks",
        ("marks.toggle", "space", "mark the card: acts go to all that are marked"),
        ("marks.range", "v", "mark from here to wherever the cursor goes; again to end"),
        ("marks.all", "ctrl+a", "mark all cards that are shown"),
    ),
    *_group(
        Place.BOARD,
        "Move",
        ("card.move_left#!", "H, shift+left", "the card one column to the left"),
        ("card.move_right#!", "L, shift+right", "the card one column to the right"),
        ("card.move_down#!", "J, shift+down", "the card one place down"),
        ("card.move_up#!", "K, shift+up", "the card one place up"),
        ("card.carry!", "m", "move mode: carry the card to its place", "move"),
    ),
    *_group(
        Place.BOARD,
        "Board",
        ("follow.person", "f", "follow somebody who is here; whatever you do yourself ends it"),
        ("filter.edit", "/", "show only cards that fit a query; Tab completes it", "filter"),
        ("filter.next#", "]", "the next card in sight, column after column; with a filter n does it too"),
        ("filter.previous#", "N, [", "the card in sight before this one, column after column"),
        ("board.resync", "R", "read the whole board again"),
        ("board.switch", "B", "another board"),
        ("board.activity", "g a", "what happened here"),
        ("board.density", "z", "more or less of each card: compact, normal, full"),
        ("column.collapse", "c", "the column as a narrow strip, or in full again"),
        ("column.menu", "C", "this column: rename, limit, move, hide, archive; add one, show hidden ones"),
        ("board.people", "g p", "the people of this board, and invitations to it"),
        ("board.rules", "g r", "what this board does by itself"),
        ("board.review", "g w", "what waited while you were offline and was not done: yours or theirs"),
        ("board.back", "escape", "take the marks away, then the filter"),
    ),
    *_group(
        Place.MOVE,
        "Move mode",
        ("carry.left#", "h, left, H", "one column to the left"),
        ("carry.down#", "j, down, J", "one place down"),
        ("carry.up#", "k, up, K", "one place up"),
        ("carry.right#", "l, right, L", "one column to the right"),
        ("carry.top", "g g, home", "to the top of the column"),
        ("carry.bottom", "G, end", "to the bottom of the column"),
        ("carry.to_column", "1, 2, 3, 4, 5, 6, 7, 8, 9", "to the column of that number"),
        ("carry.drop", "enter, m, space", "put the card down here", "put it here"),
        ("carry.cancel", "escape, q", "put the card back where it was", "put it back"),
    ),
    *_group(
        Place.CARD,
        "Go",
        ("page.down#", "j, down", "the next part, or a line on in a long one"),
        ("page.up#", "k, up", "the part above, or a line back in a long one"),
        ("page.half_down", "ctrl+d, pagedown", "half a page down"),
        ("page.half_up", "ctrl+u, pageup", "half a page up"),
        ("page.top", "g g, home", "the beginning"),
        ("page.bottom", "G, end", "the end"),
        ("page.next_section", "tab", "the next section"),
        ("page.previous_section", "shift+tab", "the section above"),
    ),
    *_group(
        Place.CARD,
        "Card",
        ("open_card.act", "enter", "edit the text, tick the item, open the file under the cursor"),
        ("open_card.edit!", "e", "edit what the cursor is on: the title, a text, an item"),
        ("open_card.edit_outside!", "E", "edit the comment under the cursor, or the description, in your editor"),
        ("open_card.toggle_done!", "x", "the item under the cursor, or else the card: done, or not done after all", "done"),
        ("open_card.delete!", "d", "delete what the cursor is on; on the title, archive the card"),
        ("open_card.labels!", "t", "its labels: tick them, or type a new one"),
        ("open_card.people!", "a", "who is on the card, or does the item under the cursor"),
        ("open_card.due!", "D", "when the card is due"),
        ("open_card.priority!", "p", "how urgent the card is"),
        ("open_card.column!", "m", "to another column"),
        ("open_card.move_right#!", "L, shift+right", "the card one column to the right"),
        ("open_card.move_left#!", "H, shift+left", "the card one column to the left"),
        ("open_card.copy_ref", "y", "copy its reference"),
        ("open_card.copy_url", "Y", "copy its URL"),
        ("open_card.copy_branch", "b", "copy a name for its git branch"),
        ("open_card.undo!", "u", "take back what you did last"),
        ("open_card.redo!", "U, ctrl+r", "do again what you took back last"),
        ("open_card.reload", "R", "read the card again"),
        ("open_card.close", "escape, q", "back to the board", "back"),
    ),
    *_group(
        Place.CARD,
        "Checklists",
        ("items.new!", "n", "a new item below this one; Enter adds the next", "item"),
        ("lists.new!", "N", "a new checklist"),
        ("items.tick!", "space", "tick the item, or untick it"),
        ("items.down#!", "J, shift+down", "the item, or the checklist, one place down"),
        ("items.up#!", "K, shift+up", "the item, or the checklist, one place up"),
    ),
    *_group(
        Place.CARD,
        "Comments and files",
        ("comments.write!", "c", "write a comment", "comment"),
        ("files.add!", "f", "put a file on the card, by its path", "file"),
        ("files.look", "v", "look at the picture under the cursor, here"),
        ("files.open", "o", "show the file under the cursor, in another program"),
        ("files.save", "s", "save the file under the cursor to a path"),
    ),
    *_group(
        Place.PICTURE,
        "A picture",
        ("picture.open", "o", "show it in another program", "open"),
        ("picture.save", "s", "save it to a path", "save"),
        ("picture.close", "escape, q, v, enter", "back to the card", "back"),
    ),
    *_group(
        Place.EDITOR,
        "Text",
        ("editor.save", "ctrl+s", "save the text", "save"),
        ("editor.leave", "escape", "back to the card; what you typed is kept", "leave"),
        ("editor.external", "ctrl+e", "go on in your editor", "$EDITOR"),
        ("editor.complete", "tab", "complete the name after @"),
    ),
    *_group(
        Place.CONFLICT,
        "Both changed it",
        ("conflict.mine", "m", "keep yours", "keep yours"),
        ("conflict.theirs", "t", "take theirs", "take theirs"),
        ("conflict.both", "b", "join both, where they changed different lines", "join both"),
        ("conflict.edit", "e", "edit both as one text", "edit"),
        ("conflict.later", "escape, q", "decide later; your text is kept", "later"),
        ("conflict.down#", "j, down", "one line down in both"),
        ("conflict.up#", "k, up", "one line up in both"),
        ("conflict.page_down", "ctrl+d, pagedown", "half a page down in both"),
        ("conflict.page_up", "ctrl+u, pageup", "half a page up in both"),
    ),
    *_group(
        Place.BOARDS,
        "Boards",
        ("boards.down#", "j, down", "the next board"),
        ("boards.up#", "k, up", "the board above"),
        ("boards.top", "g g, home", "the first board"),
        ("boards.bottom", "G, end", "the last board"),
        ("boards.open", "enter, l, right", "open the board", "open"),
        ("boards.filter", "/", "show only boards that have these words", "filter"),
        ("boards.new", "n", "a new board", "new"),
        ("boards.rename", "e", "rename the board", "rename"),
        ("boards.archive", "d", "archive the board", "archive"),
        ("boards.restore", "D", "bring an archived board back"),
        ("boards.show_archived", "A", "show the archived boards too, or not"),
        ("boards.undo", "u", "take back what was done here last"),
        ("boards.import", "i", "how to bring a board in from another program"),
        ("boards.reload", "R", "read the list again"),
        ("boards.switch_server", "s", "another server, this machine, or another login", "servers"),
        ("boards.log_out", "Q", "log out of this server"),
        ("boards.back", "escape", "clear the filter"),
    ),
    *_group(
        Place.SERVERS,
        "Servers",
        ("servers.down#", "j, down", "the next server"),
        ("servers.up#", "k, up", "the server above"),
        ("servers.open", "enter, l, right", "go there; log in where that is needed", "go there"),
        ("servers.other", "n, /", "type the address of another server", "another"),
        ("servers.log_out", "x, Q", "log out of that server", "log out"),
        ("servers.close", "escape, q", "back", "back"),
    ),
    *_group(
        Place.LOGIN,
        "Login",
        ("login.next", "tab, down", "the next line"),
        ("login.previous", "shift+tab, up", "the line above"),
        ("login.submit", "enter", "go on, and log in when all is there", "log in"),
        ("login.other", "ctrl+r, f2", "make a new account, or log in after all", "new account"),
        ("login.leave", "escape", "back", "back"),
    ),
    *_group(
        Place.ACTIVITY,
        "Activity",
        ("activity.open_card", "enter", "open the card that it is about", "open card"),
        ("activity.take_back!", "u", "take back exactly this, if it was you", "take back"),
    ),
    *_group(
        Place.PEOPLE,
        "People",
        ("people.open_card", "enter", "open the card that they look at", "their card"),
        ("people.role", "r", "give them another role", "role"),
        ("people.add", "a", "put somebody on the board", "add"),
        ("people.invite_link", "i", "make an invitation: a link for whoever brings it", "invite"),
        ("people.invite_email", "I", "make an invitation for one e-mail address"),
        ("people.remove", "d", "take them off the board, or revoke the invitation", "remove"),
    ),
    *_group(
        Place.RULES,
        "Rules",
        ("rules.edit", "enter, e", "look at the rule and change it", "edit"),
        ("rules.switch", "space, x", "switch it on or off", "on/off"),
        ("rules.new", "n, a", "a new rule", "new"),
        ("rules.try", "t", "try it on a card or the whole board; nothing is changed", "try"),
        ("rules.log", "l, right", "what it did, and what failed", "log"),
        ("rules.delete", "d", "delete it", "delete"),
    ),
    *_group(
        Place.RULE,
        "Rule",
        ("rule.change", "enter, e, space", "change what stands on the line", "change"),
        ("rule.add_action", "a, n", "another thing that it does", "add"),
        ("rule.remove_action", "d", "do not do this", "remove"),
        ("rule.later", "J, shift+down", "do this later", "later"),
        ("rule.earlier", "K, shift+up", "do this earlier"),
        ("rule.save", "s, ctrl+s", "save the rule, and back", "save"),
    ),
    *_group(
        Place.RUNS,
        "A rule at work",
        ("runs.open_card", "enter", "open the card", "open card"),
    ),
    *_group(
        Place.REVIEW,
        "What was not done",
        ("review.mine!", "m", "do yours after all", "do yours"),
        ("review.theirs", "t", "leave it as it is; your change goes", "leave theirs"),
        ("review.open_card", "enter", "open the card", "open card"),
        ("review.all_mine!", "M", "do all of yours that can be done"),
        ("review.all_theirs", "T", "leave all as it is, after asking"),
    ),
    *_group(
        Place.ONCE,
        "Shown once",
        ("once.copy", "y", "copy it", "copy"),
        ("once.close", "escape, q", "close; it is not shown again", "close"),
    ),
    *_group(
        Place.LIST,
        "List",
        ("list.down#", "j, down", "the next entry"),
        ("list.up#", "k, up", "the entry above"),
        ("list.top", "g g, home", "the first entry"),
        ("list.bottom", "G, end", "the last entry"),
        ("list.page_down", "ctrl+d, pagedown", "half a page down"),
        ("list.page_up", "ctrl+u, pageup", "half a page up"),
        ("list.details_down#", "J", "scroll the details down"),
        ("list.details_up#", "K", "scroll the details up"),
        ("list.filter", "/", "show only what fits", "filter"),
        ("list.reload", "R", "read it again"),
        ("list.back", "escape, q", "clear the filter, then back", "back"),
    ),
    *_group(
        Place.SETTINGS,
        "Settings",
        ("settings.down#", "j, down", "the next setting"),
        ("settings.up#", "k, up", "the setting above"),
        ("settings.next#", "l, right, space, enter", "its next value", "next value"),
        ("settings.previous#", "h, left", "its previous value", "previous"),
        ("settings.reset", "x, backspace", "back to the default", "default"),
        ("settings.close", "escape, q, ,", "back; all is kept", "back"),
    ),
    *_group(
        Place.COMMAND,
        "The last command",
        ("command.copy", "y, enter", "copy it", "copy"),
        ("command.close", "escape, q, !", "back", "back"),
    ),
    *_group(
        Place.PICKER,
        "Choose",
        ("picker.down", "down, ctrl+n", "the next row"),
        ("picker.up", "up, ctrl+p", "the row above"),
        ("picker.page_down", "pagedown", "a page down"),
        ("picker.page_up", "pageup", "a page up"),
        ("picker.number", "1, 2, 3, 4, 5, 6, 7, 8, 9", "the row of that number, while nothing is typed"),
        ("picker.tick", "tab, space", "tick the row, where several can be chosen", "tick"),
        ("picker.choose", "enter", "take the row, or all that is ticked", "take"),
        ("picker.leave", "escape", "leave all as it was", "leave"),
    ),
    *_group(
        Place.HELP,
        "Help",
        ("help.down", "down, ctrl+n", "the next action"),
        ("help.up", "up, ctrl+p", "the action above"),
        ("help.page_down", "pagedown", "a page down"),
        ("help.page_up", "pageup", "a page up"),
        ("help.run", "enter", "do it on the screen below", "do it"),
        ("help.close", "escape", "back", "back"),
    ),
    *_group(
        Place.EVERYWHERE,
        "Rego",
        ("app.help", "?", "the keys of this place", "keys"),
        ("app.settings", ",", "the settings"),
        ("app.palette", ":, ctrl+p", "run anything by its name", "palette"),
        ("app.quit", "q", "quit", "quit"),
        ("app.keys_file", "f2", "keys of your own: writes a file to change, or reads it again"),
        ("app.suspend", "ctrl+z", "go to the shell; fg comes back"),
        ("app.interrupt", "ctrl+c", "say how to quit"),
    ),
)
