"""Keys as the user has them: dispatch, footer, help and palette are all made from one table, which users rebind by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from rego_tui.actions import ACTIONS, Action, Place

LISTS = frozenset({Place.ACTIVITY, Place.PEOPLE, Place.RULES, Place.RULE, Place.RUNS, Place.REVIEW})
"""The places that have the keys of a list beside their own."""


def layers(place: Place) -> tuple[Place, ...]:
    """The places whose actions can be run at a place: itself first, the widest last."""
    return (place, Place.LIST, Place.EVERYWHERE) if place in LISTS else (place, Place.EVERYWHERE)


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
        """What can be done at a place: its own actions, then those of wider places whose first key is still free there."""
        found: list[Action] = []
        for layer in layers(place):
            taken = {key for action in found for key in action.keys}
            found += [a for a in self.actions.values() if a.place is layer and not taken.intersection(a.keys[:1])]
        return found

    def keys_at(self, place: Place) -> dict[tuple[str, ...], Action]:
        """The action of each key sequence that can be typed at a place; its own win over those of wider places."""
        found: dict[str, Action] = {}
        for layer in reversed(layers(place)):
            own = {key: action for action in self.actions.values() if action.place is layer for key in action.keys}
            found = {key: action for key, action in found.items() if not any(_hides(key, other) for other in own)} | own
        return {tuple(key.split(" ")): action for key, action in found.items()}


KeyProblem: TypeAlias = tuple[str, str]
"""The id of an action as the user wrote it, and a sentence on what is wrong with its keys."""


def keymap(overrides: Mapping[str, Sequence[str]] | None = None) -> tuple[Keymap, list[KeyProblem]]:
    """The table with the user's keys in it, and what of the overrides is wrong, clashes or leaves an action without a key.

    An override replaces all keys of its action. A key that two actions of a place want goes to the one that asked for it in
    the overrides; a clash between two overrides, and an unknown id, change nothing.
    """
    wanted = {action_id: tuple(keys) for action_id, keys in (overrides or {}).items()}
    known = {action.id: action for action in ACTIONS}
    problems = [(action_id, _no_such(action_id, known)) for action_id in wanted if action_id not in known]
    for action_id in [a for a in wanted if a in known]:
        problems += _refuse_clashes(action_id, wanted, known)
    actions = []
    for action in ACTIONS:
        if action.id in wanted:
            actions.append(replace(action, keys=wanted[action.id]))
        else:
            taken = [k for other in wanted if other in known and _meet(known[other], action) for k in wanted[other]]
            actions.append(replace(action, keys=tuple(k for k in action.keys if not any(_hides(t, k) for t in taken))))
    table = Keymap(actions)
    return table, [*problems, *_left_without(table, [action_id for action_id in wanted if action_id in known])]


def _left_without(table: Keymap, asked: Sequence[str]) -> Iterator[KeyProblem]:
    """Each action that no key is left for at a place where it has one by default, told once, under the id of what took it.

    `asked` are the ids that the overrides name: to leave one of those without a key is the user's own wish.
    """
    default, told = Keymap(ACTIONS), set(asked)
    for place in Place if asked else ():
        usual, left = default.keys_at(place), {action.id for action in table.keys_at(place).values()}
        for lost in {action.id: action for action in usual.values() if action.id not in left | told}.values():
            told.add(lost.id)
            took = dict(_takers(table, place, lost, asked))
            yield next(iter(took.values())), _without(lost, took, "" if lost.place is place else f" at “{place}”")


def _takers(table: Keymap, place: Place, lost: Action, asked: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The keys of the overrides that hide those which an action has by default at a place, each with its action."""
    for owner in (table.actions[action_id] for action_id in asked if table.actions[action_id].place in layers(place)):
        yield from ((key, owner.id) for key in owner.keys if any(_hides(key, usual) for usual in lost.keys))


def _without(lost: Action, took: Mapping[str, str], where: str) -> str:
    now = " and ".join(f"{key} is {action_id}" for key, action_id in took.items())
    return (
        f"{now} now, so {lost.id} ({lost.help}) has no key{where}."
        f' Give it one, {lost.id} = ["…"], or say that it needs none: {lost.id} = [].'
    )


def _no_such(action_id: str, known: Iterable[str]) -> str:
    near = get_close_matches(action_id, known, n=3, cutoff=0.5)
    return f"There is no action “{action_id}”." + (f" Near it: {', '.join(near)}." if near else "")


def _refuse_clashes(action_id: str, wanted: dict[str, tuple[str, ...]], known: Mapping[str, Action]) -> list[KeyProblem]:
    """Take back the override of `action_id` when an earlier one wants the same key, or one that begins or goes on with it."""
    for other in wanted:
        if other == action_id:
            return []
        both = [key for key in wanted[action_id] if any(_hides(key, taken) for taken in wanted[other])]
        if other in known and both and _meet(known[other], known[action_id]):
            del wanted[action_id]
            said = f"{' and '.join(both)} cannot be both {other} and {action_id}: {action_id} keeps its own keys."
            return [(action_id, said)]
    return []


def _hides(one: str, other: str) -> bool:
    """Whether two keys or sequences cannot both be read: they are the same, or one is how the other begins."""
    short, long = sorted((one.split(" "), other.split(" ")), key=len)
    return long[: len(short)] == short


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
    "tab": "Tab",
}


def key_label(key: str) -> str:
    """A key as the help shows it: `ctrl+d` is `^D`, `g g` is `gg`."""
    parts = []
    for part in key.split(" "):
        *modifiers, name = part.split("+") if len(part) > 1 else [part]
        shown = _NAMES.get(name, name.upper() if modifiers else name)
        parts.append("".join({"ctrl": "^", "shift": "⇧"}.get(m, f"{m}+") for m in modifiers) + shown)
    return "".join(parts)
