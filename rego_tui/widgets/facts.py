"""The facts of a card, such as when it is due, and how many of them a line has room for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from rego.wire.cards import CardSummary, Priority
from rego_tui.widgets.looks import PRIORITY_MARK, Face, Looks, Styles

SHORT_MARK = {Priority.HIGH: "▲", Priority.URGENT: "▲▲"}


class Fact(Struct, frozen=True):
    """One fact in words, and in fewer where there is no room for these; a `count` may stand on another line instead."""

    words: str
    style: Style
    short: str = ""
    count: bool = False


def facts_of(card: CardSummary, face: Face, looks: Looks, styles: Styles) -> Iterable[Fact]:
    """What there is to say of a card beside its reference, the most important first."""
    if face.pending:
        yield Fact("↻", styles.accent)
    if card.completed:
        yield Fact("✓ done", styles.good, "✓")
    elif card.priority in PRIORITY_MARK:
        urgent = card.priority is Priority.URGENT
        yield Fact(PRIORITY_MARK[card.priority], styles.error if urgent else styles.warning, SHORT_MARK[card.priority])
    if card.due_at is not None:
        style = styles.muted if card.completed else _due_style(card.due_at, looks.now, styles)
        yield Fact(due_text(card.due_at, looks.now), style, due_text(card.due_at, looks.now, short=True))
    if card.checklist_total:
        whole = card.checklist_done == card.checklist_total
        style = styles.good if whole else styles.muted
        yield Fact(f"▤ {card.checklist_done}/{card.checklist_total}", style, count=True)
    if card.comment_count:
        yield Fact(f"❝ {card.comment_count}", styles.muted, count=True)
    if card.attachment_count:
        words = "1 file" if card.attachment_count == 1 else f"{card.attachment_count} files"
        yield Fact(words, styles.muted, count=True)
    if card.has_description:
        yield Fact("≡", styles.muted, count=True)


def facts_row(facts: Sequence[Fact], ground: Style, room: int) -> tuple[list[Segment], list[Fact]]:
    """The first facts that fit into `room` cells, two cells apart, and those that did not.

    Where all but the counts do not fit in words, those at the end of them say it shorter.
    """
    said = [fact for fact in facts if not fact.count]
    for at in range(1, len(said)):
        if _width(said) <= room:
            break
        said[at] = Fact(said[at].short or said[at].words, said[at].style)
    row: list[Segment] = []
    left = []
    for fact in (*said, *(fact for fact in facts if fact.count)):
        needed = cell_len(fact.words) + (2 if row else 0)
        if needed <= room:
            row.append(Segment(f"{'  ' if row else ''}{fact.words}", ground + fact.style))
            room -= needed
        else:
            left.append(fact)
    return row, left


def fill_up(row: list[Segment], facts: Sequence[Fact], ground: Style, room: int) -> list[Fact]:
    """Put counts at the right end of a row of other things, as far as it has room; returns the others."""
    free = room - sum(segment.cell_length for segment in row) - 1
    taken: list[Segment] = []
    left = []
    for fact in facts:
        words = f"{'  ' if taken else ''}{fact.words}"
        if fact.count and cell_len(words) <= free:
            taken.append(Segment(words, ground + fact.style))
            free -= cell_len(words)
        else:
            left.append(fact)
    if taken:
        row += [Segment(" " * (free + 1), ground), *taken]
    return left


def _width(facts: Sequence[Fact]) -> int:
    return sum(cell_len(fact.words) + 2 for fact in facts) - 2


def due_text(due: datetime, now: datetime, *, short: bool = False) -> str:
    """When something is due, in the reader's own time zone."""
    local, today = due.astimezone(now.tzinfo), now.date()
    days = (local.date() - today).days
    if due < now:
        return f"{'late' if short else 'overdue'} {'today' if days == 0 else _day(local, now)}"
    near = {0: "due today"} if short else {0: "due today", 1: "due tomorrow"}
    return near.get(days, f"due {_day(local, now)}")


def _day(day: datetime, now: datetime) -> str:
    return f"{day.day} {day:%b}" if day.year == now.year else f"{day.day} {day:%b %Y}"


def _due_style(due: datetime, now: datetime, styles: Styles) -> Style:
    if due < now:
        return styles.error
    return styles.warning if (due - now).days < 2 else styles.muted
