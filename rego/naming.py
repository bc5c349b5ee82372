"""From what people type to what they mean: boards by key, title or id, the rest by title or id. Pure, no I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from rego.wire.attachments import Attachment
from rego.wire.base import Entity
from rego.wire.boards import Board, Member
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.columns import Column
from rego.wire.errors import InvalidInput, NotFound
from rego.wire.labels import Label
from rego.wire.tokens import PersonalToken

if TYPE_CHECKING:
    from rego.wire.automations import Automation
    from rego.wire.invitations import Invitation
    from rego.wire.users import Session

T = TypeVar("T", bound=Entity)


class _Known(Protocol):
    """Something that is known by its id."""

    @property
    def id(self) -> str: ...


K = TypeVar("K", bound=_Known)

CARD_REFERENCE = re.compile(r"[A-Za-z]{2,6}-[1-9]\d{0,9}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ID_BEGINNING = re.compile(r"(?=.*\d)[0-9a-f]{4,8}(-[0-9a-f]{0,4}){0,3}(-[0-9a-f]{0,11})?")
_SHOWN_AT_MOST = 12


def find_board(boards: Sequence[Board], name: str | None) -> Board:
    """The board called `name`, or the only one when no name is given; raises `NotFound` or, when unclear, `InvalidInput`."""
    if name is not None:
        return _find(boards, name, "board", lambda board: (board.key, board.title), _board_name)
    if not boards:
        raise NotFound("There is no board yet: make one with 'rego boards add TITLE', or look at 'rego demo'.")
    if len(boards) > 1:
        raise InvalidInput(f"Which board? You have {_listed(map(_board_name, boards))}.")
    return boards[0]


def find_column(columns: Sequence[Column], name: str) -> Column:
    """The column called `name`; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find(columns, name, "column", lambda column: (column.title,), lambda column: column.title)


def find_label(labels: Sequence[Label], name: str) -> Label:
    """The label called `name`, a nameless one by its colour; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find(labels, name, "label", lambda label: (label_name(label),), label_name)


def find_rule(rules: Sequence[Automation], name: str) -> Automation:
    """The automation rule called `name`; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find(rules, name, "rule", lambda rule: (rule.name,), lambda rule: rule.name)


def find_member(members: Sequence[Member], name: str) -> Member:
    """The person with that username or id, wholly written: a beginning is too little to take somebody off by.

    A placeholder may have the username of a person, who then goes before it. Raises `NotFound`.
    """
    wanted = name.casefold()
    fitting = [m for m in members if m.user_id == name.lower()] or [m for m in members if m.username.casefold() == wanted]
    if not fitting:
        raise NotFound(f"Nobody called {name!r} is on this board: {there_are(m.username for m in members)}.")
    return min(fitting, key=lambda member: member.placeholder)


def find_token(tokens: Sequence[PersonalToken], name: str) -> PersonalToken:
    """The token with that name, wholly written, or that id; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find_wholly(tokens, name, "tokens", "You have no token called {!r}", lambda token: token.name)


def find_attachment(attachments: Sequence[Attachment], name: str) -> Attachment:
    """The file with that name, wholly written, or that id; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find_wholly(attachments, name, "files", "No file called {!r} is on this card", lambda each: each.filename)


def find_invitation(invitations: Sequence[Invitation], name: str) -> Invitation:
    """The invitation to that address, or with that id; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find_wholly(invitations, name, "invitations", "No invitation {!r} is open", lambda each: each.email or each.id)


def find_login(logins: Sequence[Session], name: str) -> Session:
    """The login with that id; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find_wholly(logins, name, "sessions", "You have no session {!r}", lambda each: each.id)


def find_checklist(checklists: Sequence[Checklist], name: str) -> Checklist:
    """The checklist called `name`; raises `NotFound` or, when several fit, `InvalidInput`."""
    return _find(checklists, name, "checklist", lambda checklist: (checklist.title,), lambda checklist: checklist.title)


def find_item(items: Sequence[ChecklistItem], name: str) -> ChecklistItem:
    """The item at that place, from 1, or with that text; raises `NotFound` or, when several fit, `InvalidInput`."""
    if name.isdecimal():
        return find_numbered(items, name, "item")
    return _find(items, name, "item", lambda item: (item.text,), lambda item: item.text)


def find_numbered(things: Sequence[T], name: str, kind: str) -> T:
    """The thing at that place, from 1, the `last`, or the one with that id; raises `NotFound`."""
    number = str(len(things)) if name == "last" else name
    for place, thing in enumerate(things, 1):
        if number == str(place) or name.lower() == thing.id:
            return thing
    raise NotFound(f"There is no {kind} {name!r}: there are {len(things)}.")


def label_name(label: Label) -> str:
    """What people call a label: its name, or its colour when it has none."""
    return label.name or label.color.value


def card_path(name: str) -> str:
    """`name` as the server takes it: a reference such as OPS-12 in capitals, or an id; raises `InvalidInput`."""
    if CARD_REFERENCE.fullmatch(name):
        return name.upper()
    if _ID.fullmatch(name.lower()):
        return name.lower()
    raise InvalidInput(f"{name!r} names no card: write a reference such as OPS-12, or the card's id.")


def is_id_beginning(name: str) -> bool:
    """Whether `name` could be the beginning of an id, of at least four digits, and is not the whole of one."""
    return _ID_BEGINNING.fullmatch(name.lower()) is not None


def is_card(name: str) -> bool:
    """Whether `name` looks like a card: a reference, an id or the beginning of one, or a number."""
    return bool(CARD_REFERENCE.fullmatch(name) or _ID.fullmatch(name.lower()) or name.isdecimal() or is_id_beginning(name))


def _board_name(board: Board) -> str:
    return f"{board.key} ({board.title})"


def _find(
    things: Sequence[T],
    name: str,
    kind: str,
    names_of: Callable[[T], tuple[str, ...]],
    shown: Callable[[T], str],
) -> T:
    """The thing with that id, else the one with exactly that name, else the only one whose name begins so.

    Of several kinds of names, such as a board's key and its title, an earlier one goes before a later one.
    """
    wanted = name.casefold()
    named = [(t, _folded(names_of(t))) for t in things]
    exact = [t for t in things if t.id == name.lower()]
    for rank in range(max((len(names) for _, names in named), default=0)):
        exact = exact or [t for t, names in named if names[rank] == wanted]
    fitting = exact or [t for t, names in named if wanted and any(each.startswith(wanted) for each in names)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise NotFound(f"No {kind} is called {name!r}: {there_are(map(shown, things))}.")
    choices = _listed(f"{shown(t)} [{t.id}]" for t in fitting)
    raise InvalidInput(f"{name!r} fits {len(fitting)} {kind}s: {choices}. Write more of the name, or the id.")


def _find_wholly(things: Sequence[K], name: str, kind: str, none: str, name_of: Callable[[K], str]) -> K:
    """The thing with that id or name, or the only one whose id begins so; of a name a beginning is too little."""
    fitting = [thing for thing in things if thing.id == name.lower()] or [thing for thing in things if name_of(thing) == name]
    if not fitting and is_id_beginning(name):
        fitting = [thing for thing in things if thing.id.startswith(name.lower())]
    if not fitting:
        raise NotFound(f"{none.format(name)}: {there_are(map(name_of, things))}.")
    if len(fitting) > 1:
        raise InvalidInput(f"{len(fitting)} {kind} fit {name!r}: give the id, {_listed(thing.id for thing in fitting)}.")
    return fitting[0]


def _folded(names: Iterable[str]) -> list[str]:
    return [name.casefold() for name in names]


def there_are(names: Iterable[str]) -> str:
    """The end of a sentence that says which names there are."""
    every = list(names)
    return f"there is only {every[0]}" if len(every) == 1 else f"there are {_listed(every) or 'none'}"


def _listed(names: Iterable[str]) -> str:
    """`names` for a sentence, cut with a count when there are many."""
    every = list(names)
    rest = len(every) - _SHOWN_AT_MOST
    return ", ".join(every[:_SHOWN_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
