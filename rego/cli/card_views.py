"""How cards are shown: as a row of a list, as the answer to a change, and as a whole sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from textwrap import indent

from msgspec import Struct

from rego.cli.output import Cell, Piece, View
from rego.naming import label_name
from rego.safe_text import safe_text
from rego.wire.attachments import Attachment
from rego.wire.boards import Board, Member
from rego.wire.cards import Card, CardSummary, Claim, Priority
from rego.wire.checklists import Checklist
from rego.wire.columns import Column
from rego.wire.comments import Comment
from rego.wire.field_words import amount
from rego.wire.labels import Label


class NamedCard(Struct, frozen=True):
    """A card with the reference that people know it by."""

    card: CardSummary
    ref: str

    def way_back(self, acts: int = 1) -> str:
        """How to take back what was just done to it."""
        return way_back(self.ref.rpartition("-")[0], acts)


def way_back(key: str, acts: int = 1) -> str:
    """How to take back so many acts on the board with this key, for the end of a sentence."""
    if not acts:
        return ""
    return f" (take it back{f' in {acts} steps' if acts > 1 else ''}: rego undo --board {key})"


class CardRow(Struct, frozen=True):
    """A card and what its ids stand for. `assignees` are usernames."""

    card: CardSummary
    ref: str
    column: str
    labels: list[Label]
    assignees: list[str]


class CardSheet(Struct, frozen=True):
    """Everything about one card."""

    card: Card
    board: Board
    column: Column | None
    labels: list[Label]
    assignees: list[Member]
    checklists: list[Checklist]
    comments: list[Comment] = []
    attachments: list[Attachment] = []

    @property
    def ref(self) -> str:
        """The card's reference."""
        return f"{self.board.key}-{self.card.number}"


CARD = View[NamedCard](
    struct=CardSummary,
    entity=lambda named: named.card,
    short=lambda named: named.ref,
    extras={"ref": lambda named: named.ref},
)

CLAIM = View[Claim](
    struct=Card,
    entity=lambda claim: claim.card,
    short=lambda claim: claim.ref,
    extras={"ref": lambda claim: claim.ref, "until": lambda claim: claim.until},
)

CARD_ROW = View[CardRow](
    struct=CardSummary,
    entity=lambda row: row.card,
    short=lambda row: row.ref,
    cells=(
        Cell("ref", lambda row: row.ref),
        Cell("column", lambda row: row.column, long=True),
        Cell("title", lambda row: row.card.title, long=True),
        Cell("state", lambda row: state(row.card)),
        Cell("due", lambda row: day(row.card.due_at)),
        Cell("priority", lambda row: priority(row.card)),
        Cell("labels", lambda row: [Piece(label_name(label), label.color) for label in row.labels], long=True),
        Cell("people", lambda row: ", ".join(row.assignees), long=True),
    ),
    extras={
        "ref": lambda row: row.ref,
        "column": lambda row: row.column,
        "labels": lambda row: [label_name(label) for label in row.labels],
        "assignees": lambda row: row.assignees,
    },
)

CARD_SHEET = View[CardSheet](
    struct=Card,
    entity=lambda sheet: sheet.card,
    short=lambda sheet: sheet.ref,
    extras={
        "ref": lambda sheet: sheet.ref,
        "board": lambda sheet: sheet.board.key,
        "column": lambda sheet: sheet.column.title if sheet.column else None,
        "labels": lambda sheet: [label_name(label) for label in sheet.labels],
        "assignees": lambda sheet: [member.username for member in sheet.assignees],
        "checklists": lambda sheet: sheet.checklists,
        "comments": lambda sheet: sheet.comments,
        "attachments": lambda sheet: sheet.attachments,
    },
)


def state(card: CardSummary) -> str:
    """What sets a card apart from an open one."""
    return ", ".join(word for word, so in (("done", card.completed), ("archived", card.archived)) if so)


def priority(card: CardSummary) -> str:
    """The priority, or nothing when there is none."""
    return "" if card.priority is Priority.NONE else card.priority.value


def day(moment: datetime | None) -> str:
    """A moment as a local date, or nothing."""
    return f"{moment.astimezone():%Y-%m-%d}" if moment else ""


def minute(moment: datetime) -> str:
    """A moment as a local date and time."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def sheet_lines(sheet: CardSheet) -> Iterator[str]:
    """A card as plain text, made safe: what should be one line is one, only the Markdown keeps its line breaks."""
    card = sheet.card
    yield safe_text(f"{sheet.ref}  {card.title}")
    labels = ["labels: " + ", ".join(label_name(label) for label in sheet.labels)] if sheet.labels else []
    yield safe_text(" · ".join([*facts(sheet), *labels]))
    if card.description:
        yield "\n" + safe_text(card.description, multiline=True)
    for checklist in sheet.checklists:
        done = sum(item.done for item in checklist.items)
        yield "\n" + safe_text(f"{checklist.title} ({done} of {len(checklist.items)})")
        yield from (safe_text(f"  [{'x' if item.done else ' '}] {item.text}") for item in checklist.items)
    if sheet.attachments:
        yield f"\nFiles ({len(sheet.attachments)})"
    yield from (safe_text(f"  {file_line(attachment)}") for attachment in sheet.attachments)
    if sheet.comments:
        yield f"\nComments ({len(sheet.comments)})"
    for comment in sheet.comments:
        yield "\n" + safe_text(f"{comment.author}, {minute(comment.created_at)}")
        yield indent(safe_text(comment.text, multiline=True), "  ")


def file_line(attachment: Attachment) -> str:
    """A file on one line."""
    return f"{attachment.filename}, {amount(attachment.size)}"


def facts(sheet: CardSheet) -> Iterator[str]:
    """The short facts that stand under the title, without the labels."""
    card = sheet.card
    yield f"{sheet.column.title if sheet.column else '(no column)'} on {sheet.board.title}"
    if state(card):
        yield state(card)
    if card.start_at:
        yield f"starts {minute(card.start_at)}"
    if card.due_at:
        yield f"due {minute(card.due_at)}"
    if priority(card):
        yield f"priority {priority(card)}"
    if sheet.assignees:
        yield "people: " + ", ".join(member.name for member in sheet.assignees)
