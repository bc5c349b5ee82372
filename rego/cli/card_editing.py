"""`rego cards edit`: by flags, or as a text in an editor that is merged with what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct

from rego.cli import card_lookup as look
from rego.cli.card_text import CardText, listed, merge, read, text_of, written
from rego.cli.card_views import CARD, CardSheet
from rego.cli.context import Session
from rego.cli.editor import Scratch, scratch
from rego.cli.output import Form
from rego.client import cards
from rego.client.call import Call
from rego.dates import parse_here
from rego.naming import find_column
from rego.wire.cards import CardSummary, MoveCard, Priority, UpdateCard
from rego.wire.errors import Conflict, InvalidInput, RegoError, StaleVersion

_NAMES = {"due_at": "due date", "start_at": "start date"}


def edit_card(session: Session, name: str, body: UpdateCard, form: Form) -> None:
    """Change a card, unless somebody changed the same fields since it was read here."""
    before = look.card(session, name)
    body.version = before.version
    named = look.named(session, name, session.send(cards.update_card(before.id, body)))
    changed = [field for field, value in body.changes().items() if value != getattr(before, field)]
    session.output.changed(CARD, named, form, _sentence(named.ref, changed))


def edit_as_text(session: Session, name: str, form: Form) -> None:
    """Change a card in the editor. What cannot be understood or merged comes up again; nothing that was written is lost."""
    before = look.sheet(session, look.card(session, name))
    with scratch(session.choices.value("editor") or "vi", f"{before.ref}.md", session.output) as paper:
        draft = Draft(before, text_of(before), written(text_of(before)))
        while not draft.save(session, paper):
            pass
    card = look.card(session, before.card.id)
    session.output.changed(CARD, look.named(session, before.ref, card), form, _sentence(before.ref, draft.changed))


def edit_from_text(session: Session, name: str, text: str, form: Form) -> None:
    """Change a card to what `text` says, which is in the editor's form."""
    before = look.sheet(session, look.card(session, name))
    changed = read(text).changed_since(text_of(before))
    _carry_out(session, before, changed)
    card = look.card(session, before.card.id)
    session.output.changed(CARD, look.named(session, before.ref, card), form, _sentence(before.ref, list(changed)))


class Draft:
    """A text on its way: the card that it came from, and what stands in the editor."""

    def __init__(self, sheet: CardSheet, base: CardText, text: str) -> None:
        self._sheet = sheet
        self._base = base
        self._text = text
        self.changed: list[str] = []

    def save(self, session: Session, paper: Scratch) -> bool:
        """Let the person write and send it; False when they must look again, with what they find then made ready."""
        self._text = paper.edit(self._text)
        try:
            mine = read(self._text)
            changed = mine.changed_since(self._base)
            _carry_out(session, self._sheet, changed)
        except StaleVersion:
            return self._merge(session, mine)
        except InvalidInput as error:
            if not session.confirm(f"{error.detail} Edit again"):
                raise
            return False
        self.changed += changed
        return True

    def _merge(self, session: Session, mine: CardText) -> bool:
        """Take up what others did meanwhile: send the merged text when nothing collides, else show both."""
        self._sheet = look.sheet(session, look.card(session, self._sheet.card.id))
        theirs = text_of(self._sheet)
        merged = merge(self._base, mine, theirs)
        self._base = theirs
        self._text = written(merged.text, merged.conflicts)
        if merged.conflicts:
            question = f"{self._sheet.ref}: {', '.join(merged.conflicts)} changed meanwhile. Look at both"
            if not session.confirm(question):
                raise Conflict(f"{self._sheet.ref} was changed by somebody else in the same place; nothing of yours was sent.")
            return False
        session.output.note(f"{self._sheet.ref} was changed by somebody else meanwhile; merged.")
        changed = merged.text.changed_since(theirs)
        _carry_out(session, self._sheet, changed)
        self.changed += changed
        return True


class Step(Struct, frozen=True):
    """One request of several, and the field that it is about."""

    field: str
    call: Call[Any]


def _carry_out(session: Session, sheet: CardSheet, changed: dict[str, str]) -> None:
    """Make the changes: first those of fields, at once and with the conflict check. All names are known before the first."""
    steps = [*_fields(sheet, changed), *_place(session, sheet, changed), *_labels(session, sheet, changed)]
    steps += _people(session, sheet, changed)
    for n, step in enumerate(steps):
        try:
            session.send(step.call)
        except RegoError as error:
            if n:
                error.detail = f"{error.detail} Changed before that: {', '.join(dict.fromkeys(s.field for s in steps[:n]))}."
            raise


def _fields(sheet: CardSheet, changed: dict[str, str]) -> Iterator[Step]:
    body = UpdateCard(
        title=changed.get("title", UNSET),
        description=changed.get("description", UNSET),
        start_at=_if_changed(changed, "start", _moment),
        due_at=_if_changed(changed, "due", _moment),
        priority=_if_changed(changed, "priority", _priority),
        version=sheet.card.version,
    )
    if body.changes():
        yield Step(", ".join(body.changes()), cards.update_card(sheet.card.id, body))


def _place(session: Session, sheet: CardSheet, changed: dict[str, str]) -> Iterator[Step]:
    if "column" in changed:
        column = find_column(look.open_columns(session, sheet.board.id), changed["column"])
        yield Step("column", cards.move_card(sheet.card.id, MoveCard(column_id=column.id)))


def _labels(session: Session, sheet: CardSheet, changed: dict[str, str]) -> Iterator[Step]:
    if "labels" in changed:
        wanted = look.label_ids(session, sheet.board.id, listed(changed["labels"]))
        calls = towards(sheet.card.id, sheet.card.label_ids, wanted, cards.label_card, cards.unlabel_card)
        yield from (Step("labels", call) for call in calls)


def _people(session: Session, sheet: CardSheet, changed: dict[str, str]) -> Iterator[Step]:
    if "people" in changed:
        wanted = look.person_ids(session, sheet.board.id, listed(changed["people"]))
        calls = towards(sheet.card.id, sheet.card.assignee_ids, wanted, cards.assign_card, cards.unassign_card)
        yield from (Step("people", call) for call in calls)


Hang = Callable[[str, str], Call[CardSummary]]
"""Makes the call that puts something on a card, or takes it off."""


def towards(card_id: str, held: Sequence[str], wanted: Sequence[str], put: Hang, take: Hang) -> list[Call[CardSummary]]:
    """The calls that make of what a card has what is wanted."""
    return [put(card_id, one) for one in wanted if one not in held] + [take(card_id, one) for one in held if one not in wanted]


def _if_changed(changed: dict[str, str], name: str, convert: Callable[[str], Any]) -> Any:
    return convert(changed[name]) if name in changed else UNSET


def _moment(text: str) -> datetime | None:
    return parse_here(text or None)


def _priority(text: str) -> Priority:
    try:
        return Priority(text.lower() or "none")
    except ValueError:
        raise InvalidInput(f"The priority must be one of {', '.join(Priority)}, not {text!r}.", field="priority") from None


def _sentence(ref: str, changed: list[str]) -> str:
    if not changed:
        return f"{ref} was so already"
    return f"{ref}: {', '.join(_NAMES.get(field, field) for field in dict.fromkeys(changed))} changed"
