"""Makes a plan fit to be carried out: mends what the limits refuse and remarks it, and never loses a card."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from rego.wire import limits
from rego.wire.errors import InvalidInput
from rego.wire.imports import (
    FILES_LEFT,
    Plan,
    PlannedCard,
    PlannedChecklist,
    PlannedColumn,
    PlannedComment,
    PlannedItem,
    PlannedLabel,
    PlannedPerson,
)
from rego_server.domains.imports.remarks import Remarks
from rego_server.domains.imports.rule_keys import sound_rules
from rego_server.domains.imports.texts import Texts, Usernames

WIP_LIMIT_MAX = 2**31 - 1
CARD_NUMBER_MAX = 1_000_000_000
"""Far enough below the end of a 32-bit column that cards which need a fresh number find one after the highest."""

PERSON_NAME_MAX = 2 * limits.NAME_MAX + 1
"""A first name, a blank and a last name."""

FULL_TEXTS_HEADING = "## Texts that were too long for their checklist"
FILES_WHY = "a board's file only names them; an archive has them too (rego export --files)"
STRAY_COLUMN_TITLE = "(no column)"

_BOARD_KEY = re.compile(rf"[A-Z]{{{limits.BOARD_KEY_MIN},{limits.BOARD_KEY_MAX}}}")

_Keyed = TypeVar("_Keyed", PlannedPerson, PlannedLabel, PlannedColumn)


def clean(plan: Plan, remarks: Remarks) -> Plan:
    """`plan` with every field within the limits of `rego.wire`; all its cards are there, numbered, in their order.

    Raises `InvalidInput` when the plan holds more columns, cards or labels than a board may.
    """
    _refuse_too_many(plan)
    return _Cleaner(remarks).plan(plan)


def _refuse_too_many(plan: Plan) -> None:
    for things, name, maximum in (
        (plan.cards, "cards", limits.IMPORT_MAX_CARDS),
        (plan.columns, "columns", limits.IMPORT_MAX_COLUMNS),
        (plan.labels, "labels", limits.IMPORT_MAX_LABELS),
    ):
        if len(things) > maximum:
            raise InvalidInput(f"The file holds {len(things):,} {name}; one board takes at most {maximum:,}.")


class _Cleaner:
    """One pass over one plan. Keys of people and labels are known before the cards that refer to them are cleaned."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._texts = Texts(remarks)
        self._people: Collection[str] = ()
        self._members: Collection[str] = ()
        self._labels: Collection[str] = ()

    def plan(self, plan: Plan) -> Plan:
        title, whole_title = self._texts.title(plan.title, "the board")
        people = self._all(self._person_with(Usernames()), plan.people)
        labels = self._all(self._label, plan.labels)
        columns = self._all(self._column, plan.columns)
        self._people = {person.key for person in people}
        self._members = {person.key for person in people if person.role is not None}
        self._labels = {label.key for label in labels}
        columns, cards = self._housed(columns, plan.cards)
        known = Plan(title=title, labels=labels, columns=columns, rules=plan.rules)
        return Plan(
            title=title,
            description=self._texts.block(
                _paragraphs(whole_title, plan.description), limits.BOARD_DESCRIPTION_MAX, "the board's description"
            ),
            key=self._board_key(plan.key),
            archived=plan.archived,
            created_at=self._moment(plan.created_at, title),
            last_number=plan.last_number if 0 <= plan.last_number <= CARD_NUMBER_MAX else 0,
            people=people,
            labels=labels,
            columns=columns,
            rules=sound_rules(known, self._members, limits.RULES_MAX, self._remarks),
            cards=self._numbered([self._card(card) for card in cards]),
        )

    def _board_key(self, key: str | None) -> str | None:
        if key is None or _BOARD_KEY.fullmatch(key):
            return key
        self._remarks.note("board keys dropped", "a key has 2 to 6 capital letters", where=self._texts.line(key))
        return None

    def _all(self, clean_one: Callable[[_Keyed], _Keyed], things: Iterable[_Keyed]) -> list[_Keyed]:
        """Each of `things` cleaned, under keys of their own; what refers to a key that came twice means the first."""
        things = list(things)
        fresh = _FreshKeys(thing.key for thing in things)
        seen: set[str] = set()
        cleaned = []
        for thing in things:
            one = clean_one(thing)
            if one.key in seen:
                self._remarks.note("repeated keys told apart", "references go to the first", where=self._texts.line(one.key))
                one = replace(one, key=fresh.take())
            seen.add(one.key)
            cleaned.append(one)
        return cleaned

    def _person_with(self, usernames: Usernames) -> Callable[[PlannedPerson], PlannedPerson]:
        def person(person: PlannedPerson) -> PlannedPerson:
            username = self._texts.username(person.username, person.name, usernames)
            name = self._texts.name(person.name, PERSON_NAME_MAX, username)
            if max(map(len, split_name(name, person.lastname))) > limits.NAME_MAX:
                name = self._texts.name(name, limits.NAME_MAX, username)
            return replace(person, username=username, name=name)

        return person

    def _label(self, label: PlannedLabel) -> PlannedLabel:
        return replace(label, name=self._texts.name(label.name, limits.NAME_MAX, "a label"))

    def _column(self, column: PlannedColumn) -> PlannedColumn:
        title, _ = self._texts.title(column.title)
        limit = column.wip_limit
        if limit is not None and not 1 <= limit <= WIP_LIMIT_MAX:
            self._remarks.note("WIP limits dropped", "a limit is a number from 1 on", where=title)
            limit = None
        return replace(column, title=title, wip_limit=limit)

    def _housed(self, columns: list[PlannedColumn], cards: list[PlannedCard]) -> tuple[list[PlannedColumn], list[PlannedCard]]:
        """The same with a column more for cards whose own column is unknown, if there are any."""
        known = {column.key for column in columns}
        strays = [card for card in cards if card.column not in known]
        if not strays:
            return columns, cards
        home = PlannedColumn(key=_FreshKeys(known).take(), title=STRAY_COLUMN_TITLE)
        example, _ = Texts(Remarks()).title(strays[0].title)
        self._remarks.note(
            f"cards put into a column of their own, {STRAY_COLUMN_TITLE}",
            "the file does not hold their column",
            where=example,
            count=len(strays),
        )
        housed = [card if card.column in known else replace(card, column=home.key) for card in cards]
        return [*columns, home], housed

    def _card(self, card: PlannedCard) -> PlannedCard:
        title, whole_title = self._texts.title(card.title)
        self._remarks.note(FILES_LEFT, FILES_WHY, where=card.files[0].filename if card.files else "", count=len(card.files))
        whole_texts: list[str] = []
        checklists = [self._checklist(checklist, title, whole_texts) for checklist in card.checklists]
        description = _paragraphs(whole_title, card.description, _list_of(whole_texts))
        return replace(
            card,
            title=title,
            description=self._texts.block(description, limits.DESCRIPTION_MAX, title),
            due_at=self._moment(card.due_at, title),
            start_at=self._moment(card.start_at, title),
            created_at=self._moment(card.created_at, title),
            created_by=self._person(card.created_by, title),
            updated_at=self._moment(card.updated_at, title),
            updated_by=self._person(card.updated_by, title),
            labels=self._known(card.labels, self._labels, "labels", title),
            assignees=self._known(card.assignees, self._members, "people", title),
            checklists=checklists,
            comments=[self._comment(comment, title) for comment in card.comments],
            files=[],
        )

    def _checklist(self, checklist: PlannedChecklist, where: str, whole_texts: list[str]) -> PlannedChecklist:
        """Lines that had to be cut are added to `whole_texts` in full length."""
        title, whole_title = self._texts.title(checklist.title, where)
        whole_texts += [whole_title] if whole_title else []
        return PlannedChecklist(title=title, items=[self._item(item, where, whole_texts) for item in checklist.items])

    def _item(self, item: PlannedItem, where: str, whole_texts: list[str]) -> PlannedItem:
        text, whole_text = self._texts.title(item.text, where)
        whole_texts += [whole_text] if whole_text else []
        return PlannedItem(
            text=text,
            done=item.done,
            assignee=self._person(item.assignee, where),
            due_at=self._moment(item.due_at, where),
        )

    def _comment(self, comment: PlannedComment, where: str) -> PlannedComment:
        return PlannedComment(
            text=self._texts.comment(comment.text, where),
            author=self._person(comment.author, where),
            at=self._moment(comment.at, where),
            edited_at=self._moment(comment.edited_at, where),
            rule=self._texts.name(comment.rule, limits.NAME_MAX, where) if comment.rule else None,
        )

    def _person(self, key: str | None, where: str) -> str | None:
        return next(iter(self._known([key], self._people, "people", where)), None) if key is not None else None

    def _known(self, keys: list[str], known: Collection[str], kind: str, where: str) -> list[str]:
        """`keys` once each, without those that mean nothing."""
        once = list(dict.fromkeys(keys))
        kept = [key for key in once if key in known]
        self._remarks.note(f"{kind} that a card names twice", "once is enough", where=where, count=len(keys) - len(once))
        self._remarks.note(
            f"references to unknown {kind} dropped", "the file does not hold them", where=where, count=len(once) - len(kept)
        )
        return kept

    def _moment(self, moment: datetime | None, where: str) -> datetime | None:
        """`moment` in UTC, which is also what one without a zone is taken for."""
        if moment is None:
            return None
        # As for moments in commands: at the ends of time there may be no local time, and PostgreSQL takes them for infinity.
        if not MINYEAR < moment.year < MAXYEAR:
            self._remarks.note("dates dropped", f"they lie outside the years {MINYEAR + 1} to {MAXYEAR - 1}", where=where)
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def _numbered(self, cards: list[PlannedCard]) -> list[PlannedCard]:
        """`cards` with a number each; the first of equals keeps it, the others get fresh ones after the highest."""
        used: set[int] = set()
        kept: list[int | None] = []
        for card in cards:
            fits = card.number is not None and 1 <= card.number <= CARD_NUMBER_MAX and card.number not in used
            kept.append(card.number if fits else None)
            if fits and card.number is not None:
                used.add(card.number)
            elif card.number is not None:
                self._remarks.note("card numbers changed", "another card has it or it is out of range", where=card.title)
        highest = max(used, default=0)
        numbered = []
        for card, number in zip(cards, kept, strict=True):
            highest += number is None
            numbered.append(replace(card, number=highest if number is None else number))
        return numbered


class _FreshKeys:
    """Keys that are in no use: `new-1`, `new-2`, …"""

    def __init__(self, used: Iterable[str]) -> None:
        self._used = set(used)
        self._last = 0

    def take(self) -> str:
        self._last += 1
        while (key := f"new-{self._last}") in self._used:
            self._last += 1
        return key


def split_name(name: str, lastname: str | None) -> tuple[str, str]:
    """First and last name: `lastname` if `name` ends in it, else all after the first blank."""
    if lastname is not None:
        last = lastname.strip()
        if f" {name}".endswith(f" {last}" if last else ""):
            return name.removesuffix(last).rstrip(), last
    first, _, last = name.partition(" ")
    return first, last.strip()


def _paragraphs(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)


def _list_of(texts: list[str]) -> str | None:
    return "\n".join([FULL_TEXTS_HEADING, "", *(f"- {text}" for text in texts)]) if texts else None
