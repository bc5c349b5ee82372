"""The palette: every action of the screen below by its name, what fits the words best and is of use there first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from rego_tui.actions import Action, Place
from rego_tui.keymap import Press, key_label
from rego_tui.screens.keys import KeyScreen

_STEPS = frozenset({"left", "down", "up", "right", "top", "bottom", "page_down", "page_up", "half_down", "half_up"})
"""How the names of actions end that only move a cursor: nobody looks for those by name."""


class ActionProvider(Provider):
    """The palette's entries: the actions of the screen that it was opened on."""

    async def discover(self) -> Hits:
        for action in self._actions():
            yield DiscoveryHit(Content(name_of(action)), self._command(action), help=keys_and_id(action))

    async def search(self, query: str) -> Hits:
        found = ranked(self._actions(), query)
        for place, action in enumerate(found):
            yield Hit(
                float(len(found) - place), self._lit(name_of(action), query), self._command(action), help=keys_and_id(action)
            )

    def _actions(self) -> list[Action]:
        screen = self.screen
        if not isinstance(screen, KeyScreen):
            return []
        only_look = bool(screen.rego.why_not())
        return useful_first(screen.rego.keymap.at(screen.place), screen.place, screen.hints(), only_look=only_look)

    def _command(self, action: Action) -> Callable[[], None]:
        screen = self.screen
        assert isinstance(screen, KeyScreen)
        return partial(screen.run, Press(action))

    def _lit(self, name: str, query: str) -> Content:
        """A name with the words of the query in it lit."""
        shown = Content(name)
        for word in query.casefold().split():
            at = name.casefold().find(word)
            if at >= 0 and self.match_style is not None:
                shown = shown.stylize(self.match_style, at, at + len(word))
        return shown


def useful_first(
    actions: Iterable[Action], place: Place, hints: Sequence[tuple[str, str]], *, only_look: bool = False
) -> list[Action]:
    """What the options line offers, then what else can be done at the place, then everywhere; last, mere steps of the cursor.

    What would change something comes after all that where the user may only look.
    """
    offered = {key: number for number, (key, _) in enumerate(hints)}

    def order(action: Action) -> tuple[bool, bool, bool, int]:
        step = action.id.rpartition(".")[2] in _STEPS and not action.changes
        offer = offered.get(key_label(action.keys[0]), len(offered)) if action.keys else len(offered)
        return only_look and action.changes, step, action.place is not place, offer

    return sorted(actions, key=order)


def ranked(actions: Iterable[Action], query: str) -> list[Action]:
    """Those in which every word of the query is found, those that it fits best first, equals in the order that they come in."""
    words = query.casefold().split()
    fitting = [(fits, action) for action in actions if (fits := [_fit(word, action) for word in words]) and all(fits)]
    return [action for fits, action in sorted(fitting, key=lambda found: -sum(found[0]))]


def _fit(word: str, action: Action) -> int:
    """How well a word fits an action: as a word of its name, the first one most, as its key, as a beginning, or within."""
    name = [each.strip(",;:.()") for each in action.help.casefold().split()]
    if word in (action.hint.casefold(), *name[:1]):
        return 6
    if word in name or word in {key_label(key).casefold() for key in action.keys}:
        return 5
    if action.hint.casefold().startswith(word) or name[0].startswith(word):
        return 4
    parts = action.id.replace(".", " ").replace("_", " ").split()
    if any(each.startswith(word) for each in (*name, *parts)):
        return 3
    return 1 if word in action.help.casefold() or word in action.id else 0


def name_of(action: Action) -> str:
    """An action as the palette names it."""
    return action.help[0].upper() + action.help[1:]


def keys_and_id(action: Action) -> str:
    """What stands below an action in the palette: the keys that do the same, and its name in the keys file."""
    keys = "  ".join(key_label(key) for key in action.keys) or "no key"
    return f"{keys}  ·  {action.id}".replace("[", r"\[")
