"""The one table of what keys do: dispatch, footer, help and palette are all made from it, and users rebind it by id.

An action id such as `card.move_right` names the method `act_card_move_right` of the screen for its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class Place(StrEnum):
    """Where an action can be run."""

    EVERYWHERE = "everywhere"
    BOARD = "board"
    MOVE = "move mode"
    CARD = "card"
    BOARDS = "boards"
    HELP = "help"


class Action(Struct, frozen=True, kw_only=True):
    """One thing that a key can do.

    A key is written as it is typed (`J`, `?`) or by name (`ctrl+d`, `enter`); a sequence has blanks between (`g g`).
    `hint` is the word in the footer, empty for actions that the footer leaves out; `counts` ones take a number before them.
    """

    id: str
    keys: tuple[str, ...]
    help: str
    place: Place
    group: str
    hint: str = ""
    counts: bool = False

    @property
    def method(self) -> str:
        """The name of the screen's method that does it."""
        return "act_" + self.id.replace(".", "_")


def _group(place: Place, group: str, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[Action, ...]:
    return tuple(
        Action(
            id=row[0].rstrip("#"),
            keys=tuple(row[1].split(", ")),
            help=row[2],
            hint=row[3] if len(row) == 4 else "",
            counts=row[0].endswith("#"),
            place=place,
            group=group,
        )
        for row in rows
    )


# An id that ends in `#` takes a count.
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
        ("card.new", "n", "a new card at the end of the column; Enter adds the next", "new"),
        ("card.new_below", "o", "a new card below this one"),
        ("card.new_above", "O", "a new card above this one"),
        ("card.edit_title", "e", "edit the title in place", "edit"),
        ("card.toggle_done", "x", "done, or not done after all", "done"),
        ("card.archive", "d", "archive the card", "archive"),
        ("acts.undo", "u", "take back what you did last"),
        ("acts.redo", "U, ctrl+r", "do again what you took back last"),
    ),
    *_group(
        Place.BOARD,
        "Move",
        ("card.move_left#", "H, shift+left", "the card one column to the left"),
        ("card.move_right#", "L, shift+right", "the card one column to the right"),
        ("card.move_down#", "J, shift+down", "the card one place down"),
        ("card.move_up#", "K, shift+up", "the card one place up"),
        ("card.carry", "m", "move mode: carry the card to its place", "move"),
    ),
    *_group(
        Place.BOARD,
        "Board",
        ("filter.edit", "/", "show only cards that fit a query", "filter"),
        ("board.resync", "R", "read the whole board again"),
        ("board.switch", "b", "another board"),
        ("board.back", "escape", "clear the filter"),
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
        "Card",
        ("page.down#", "j, down", "one line down"),
        ("page.up#", "k, up", "one line up"),
        ("page.half_down", "ctrl+d, pagedown", "half a page down"),
        ("page.half_up", "ctrl+u, pageup", "half a page up"),
        ("page.top", "g g, home", "the beginning"),
        ("page.bottom", "G, end", "the end"),
        ("open_card.toggle_done", "x", "done, or not done after all", "done"),
        ("open_card.reload", "R", "read the card again", "reload"),
        ("open_card.close", "escape, q", "back to the board", "back"),
    ),
    *_group(
        Place.BOARDS,
        "Boards",
        ("boards.down", "j, down", "the next board"),
        ("boards.up", "k, up", "the board above"),
        ("boards.open", "enter, l, right", "open the board", "open"),
        ("boards.reload", "R", "read the list again", "reload"),
    ),
    *_group(
        Place.HELP,
        "Help",
        ("help.down#", "j, down", "one line down"),
        ("help.up#", "k, up", "one line up"),
        ("help.close", "escape, q, ?, enter", "back", "back"),
    ),
    *_group(
        Place.EVERYWHERE,
        "Rego",
        ("app.help", "?", "the keys of this place", "keys"),
        ("app.palette", ":, ctrl+p", "run anything by its name", "palette"),
        ("app.quit", "q", "quit", "quit"),
    ),
)


class Press(Struct, frozen=True):
    """An action that was asked for: how many times, and by which key (its last one)."""

    action: Action
    count: int = 1
    key: str = ""


class Keymap:
    """Actions with the keys that they have in force."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self.actions = {action.id: action for action in actions}

    def at(self, place: Place) -> list[Action]:
        """What can be done at a place: its own actions, then those that work everywhere."""
        own = [a for a in self.actions.values() if a.place is place]
        taken = {key for action in own for key in action.keys}
        return own + [a for a in self.actions.values() if a.place is Place.EVERYWHERE and not taken.intersection(a.keys[:1])]

    def keys_at(self, place: Place) -> dict[tuple[str, ...], Action]:
        """The action of each key sequence of a place; its own win over those that work everywhere."""
        found: dict[tuple[str, ...], Action] = {}
        for action in (a for a in self.actions.values() if a.place in (place, Place.EVERYWHERE)):
            for key in action.keys:
                if found.get(tuple(key.split(" ")), action).place is not place or action.place is place:
                    found[tuple(key.split(" "))] = action
        return found


def keymap(overrides: Mapping[str, Sequence[str]] | None = None) -> tuple[Keymap, list[str]]:
    """The table with the user's keys in it, and a sentence for each override that is wrong or clashes.

    An override replaces all keys of its action. A key that two actions of a place want goes to the one that asked for it in
    the overrides; a clash between two overrides, and an unknown id, change nothing.
    """
    wanted = {action_id: tuple(keys) for action_id, keys in (overrides or {}).items()}
    known = {action.id: action for action in ACTIONS}
    problems = [f"There is no action {action_id!r}." for action_id in wanted if action_id not in known]
    for action_id in [a for a in wanted if a in known]:
        problems += _refuse_clashes(action_id, wanted, known)
    actions = []
    for action in ACTIONS:
        if action.id in wanted:
            actions.append(replace(action, keys=wanted[action.id]))
        else:
            taken = {k for other in wanted if other in known and _meet(known[other], action) for k in wanted[other]}
            actions.append(replace(action, keys=tuple(k for k in action.keys if k not in taken)))
    return Keymap(actions), problems


def _refuse_clashes(action_id: str, wanted: dict[str, tuple[str, ...]], known: Mapping[str, Action]) -> list[str]:
    """Take back the override of `action_id` when an earlier one wants the same key."""
    for other in wanted:
        if other == action_id:
            return []
        both = set(wanted[other]) & set(wanted[action_id])
        if other in known and both and _meet(known[other], known[action_id]):
            del wanted[action_id]
            return [f"{' and '.join(sorted(both))} cannot be both {other} and {action_id}: {action_id} keeps its own keys."]
    return []


def _meet(one: Action, other: Action) -> bool:
    """Whether two actions can be wanted at the same place."""
    return one.place is other.place


class KeyReader:
    """Makes actions of key presses: sequences such as `g g`, and counts such as `3L`."""

    def __init__(self, table: Keymap, place: Place) -> None:
        self._keys = table.keys_at(place)
        self._typed: tuple[str, ...] = ()
        self._digits = ""

    @property
    def typed(self) -> str:
        """What was typed of an action that is not complete yet."""
        return self._digits + "".join(self._typed)

    def clear(self) -> None:
        """Forget what was typed."""
        self._typed, self._digits = (), ""

    def press(self, key: str) -> Press | None:
        """Take one key in; what it completes, or None when it completes nothing (yet)."""
        typed = (*self._typed, key)
        action = self._keys.get(typed)
        if action is not None:
            count = int(self._digits or 1)
            self.clear()
            return Press(action, count, key)
        if any(known[: len(typed)] == typed for known in self._keys):
            self._typed = typed
        elif not self._typed and key.isdecimal() and key.isascii() and self._digits + key != "0":
            self._digits = (self._digits + key)[-4:]
        else:
            self.clear()
        return None


_NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "space": "Space",
}


def key_label(key: str) -> str:
    """A key as the help shows it: `ctrl+d` is `^D`, `g g` is `gg`."""
    parts = []
    for part in key.split(" "):
        *modifiers, name = part.split("+") if len(part) > 1 else [part]
        shown = _NAMES.get(name, name.upper() if modifiers else name)
        parts.append("".join({"ctrl": "^", "shift": "⇧"}.get(m, f"{m}+") for m in modifiers) + shown)
    return "".join(parts)
