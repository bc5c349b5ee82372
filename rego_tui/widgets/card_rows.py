"""The parts of an open card as rows of styled lines: head, description, checklists, files, comments, activity. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len
from rich.style import Style

from rego.wire.activity import Activity
from rego.wire.attachments import Attachment
from rego.wire.cards import CardSummary, Priority
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.columns import Column
from rego.wire.comments import Comment
from rego.wire.field_words import amount
from rego_tui.card_detail import CardDetail
from rego_tui.widgets.facts import due_text
from rego_tui.widgets.looks import PRIORITY_MARK, Looks, label_color
from rego_tui.widgets.markdown_lines import markdown_lines
from rego_tui.widgets.prose import Inks, Line, Span, flow, hang, steady_block
from rego_tui.widgets.text_cells import cut, steady

HEAD, DESCRIPTION, LISTS, FILES, COMMENTS, ACTIVITY, MORE = (
    "head",
    "description",
    "lists",
    "files",
    "comments",
    "activity",
    "more",
)
"""Ids of the rows that every card has; all other rows have the id of what they show."""

SECTIONS = (HEAD, DESCRIPTION, LISTS, FILES, COMMENTS, ACTIVITY)

_FIELD = 11
"""Cells of the names of the facts."""

_BAR = 10
"""Cells of a checklist's bar."""


class Row(Struct, frozen=True):
    """A part that the cursor can be on. It is drawn again when `stamp`, or the width, is another one."""

    id: str
    stamp: object
    draw: Callable[[int, Inks], list[Line]]


class Shown(Struct, frozen=True, kw_only=True):
    """All that the rows of a card are made of. `detail` and `activity` are None until they are read.

    `busy` are the ids of what is on its way to the server, `drafts` those of what has text that was not saved; `peers` are
    those who look at the card, `hints` what can be done at the heads of sections, by row; `sending` files as (name, state).
    """

    card: CardSummary
    ref: str
    column: Column | None
    looks: Looks
    detail: CardDetail | None = None
    activity: Sequence[Activity] | None = None
    more_activity: bool = False
    busy: frozenset[str] = frozenset()
    drafts: frozenset[str] = frozenset()
    peers: tuple[str, ...] = ()
    hints: dict[str, str] = {}
    sending: tuple[tuple[str, str], ...] = ()


def card_rows(shown: Shown) -> Iterator[Row]:
    """The rows of a card from top to bottom."""
    looks, detail = shown.looks, shown.detail
    yield Row(HEAD, (shown.card, shown.ref, shown.column, looks, shown.peers), lambda w, i: _head(shown, w, i))
    if detail is None:
        return
    marks = (DESCRIPTION in shown.drafts, shown.card.id in shown.busy, shown.hints.get(DESCRIPTION))
    yield Row(DESCRIPTION, (detail.card.description, *marks, looks), lambda w, i: _description(shown, detail, w, i))
    yield _section(shown, LISTS, "Checklists", sum(item.done for item in detail.items()), sum(1 for _ in detail.items()))
    for checklist in detail.checklists:
        yield _row(checklist, shown, _checklist)
        for item in checklist.items:
            yield _row(item, shown, _item)
    yield _section(shown, FILES, "Files", len(detail.files))
    for file in detail.files:
        yield _row(file, shown, _file)
    for name, state in shown.sending:
        yield Row(f"sending {name}", (name, state), lambda w, i, n=name, s=state: _sending(n, s, w, i))  # type: ignore[misc]
    yield _section(shown, COMMENTS, "Comments", len(detail.comments))
    for comment in detail.comments:
        yield _row(comment, shown, _comment)
    yield _section(shown, ACTIVITY, "Activity")
    yield from _activity_rows(shown)


def _row(
    entity: Checklist | ChecklistItem | Attachment | Comment, shown: Shown, draw: Callable[[_Part, int, Inks], list[Line]]
) -> Row:
    part = _Part(entity, shown.looks, entity.id in shown.busy, entity.id in shown.drafts)
    return Row(entity.id, (entity, shown.looks, part.busy, part.draft), lambda width, inks: draw(part, width, inks))


class _Part(Struct, frozen=True):
    """Something that hangs on a card, and what its drawing depends on."""

    it: Checklist | ChecklistItem | Attachment | Comment
    looks: Looks
    busy: bool
    draft: bool

    def marks(self, inks: Inks) -> Line:
        """What is said of it beside its text."""
        marks: Line = [(" ↻", inks.accent)] if self.busy else []
        return marks + ([("  ✎ not saved yet", inks.warning)] if self.draft else [])


# --- the head ----------------------------------------------------------------------------------------------------------


def _head(shown: Shown, width: int, inks: Inks) -> list[Line]:
    card = shown.card
    bold = inks.text + Style(bold=True, strike=card.completed)
    lines = [*flow([(steady(card.title), bold)], width), []]
    for name, value in _facts(shown, inks):
        lines += hang(flow(value, width - _FIELD), (name.ljust(_FIELD), inks.muted), (" " * _FIELD, inks.text))
    return lines


def _facts(shown: Shown, inks: Inks) -> Iterator[tuple[str, Line]]:
    card, looks = shown.card, shown.looks
    done: Line = [("  ✓ done", inks.good)] if card.completed else []
    yield "Column", [(steady(shown.column.title) if shown.column else "none", inks.text), *done]
    labels = [looks.labels[one] for one in card.label_ids if one in looks.labels]
    if labels:
        chips = [_label(one.name or one.color.value, label_color(one.color, dark=inks.dark), inks) for one in labels]
        yield "Labels", _joined(chips, inks)
    if people := [steady(looks.members[one].name) for one in card.assignee_ids if one in looks.members]:
        yield "People", [(", ".join(people), inks.text)]
    if card.priority is not Priority.NONE:
        urgent = card.priority in PRIORITY_MARK
        yield "Priority", [(PRIORITY_MARK.get(card.priority, card.priority), inks.warning if urgent else inks.text)]
    if card.start_at is not None:
        yield "Starts", [(moment_text(card.start_at, looks.now), inks.text)]
    if card.due_at is not None:
        late = card.due_at < looks.now and not card.completed
        yield "Due", [(due_text(card.due_at, looks.now), inks.error if late else inks.text)]
    if shown.peers:
        yield "Here", [(", ".join(map(steady, shown.peers)), inks.accent)]


def _label(name: str, color: str, inks: Inks) -> Line:
    return [("● ", Style(color=color)), (steady(name), inks.text)]


def _joined(parts: Sequence[Line], inks: Inks) -> Line:
    line: Line = []
    for number, part in enumerate(parts):
        line += [("  ", inks.text), *part] if number else part
    return line


# --- sections ------------------------------------------------------------------------------------------------------------


def _section(shown: Shown, row_id: str, name: str, *counts: int) -> Row:
    count = "/".join(map(str, counts)) if any(counts) else ""
    hint = shown.hints.get(row_id, "")
    return Row(row_id, (count, hint), lambda width, inks: [[], _heading(name, count, hint, width, inks)])


def _heading(name: str, count: str, hint: str, width: int, inks: Inks) -> Line:
    """A name with a rule to what can be done here."""
    left = f"{name} {count} " if count else f"{name} "
    hint = cut(f" {hint}" if hint else "", max(width - cell_len(left) - 1, 0))
    rule = "─" * max(width - cell_len(left) - cell_len(hint), 0)
    return [(f"{name} ", inks.heading), (left[len(name) + 1 :], inks.muted), (rule, inks.muted), (hint, inks.muted)]


def _description(shown: Shown, detail: CardDetail, width: int, inks: Inks) -> list[Line]:
    marks = "saving… " if shown.card.id in shown.busy else ""
    lines: list[Line] = [[], _heading("Description", marks, shown.hints.get(DESCRIPTION, ""), width, inks)]
    if DESCRIPTION in shown.drafts:
        lines.append([(cut("✎ You have text here that is not saved yet.", width), inks.warning)])
    return lines + markdown_lines(detail.card.description, width, inks)


def _checklist(part: _Part, width: int, inks: Inks) -> list[Line]:
    assert isinstance(part.it, Checklist)
    done, total = sum(item.done for item in part.it.items), len(part.it.items)
    full = _BAR * done // total if total else 0
    bar: Line = [("━" * full, inks.good), ("━" * (_BAR - full), inks.muted), (f" {done}/{total}", inks.muted)]
    title: Line = [(steady(part.it.title), inks.text + Style(bold=True)), *part.marks(inks)]
    return [[], *flow([*title, ("  ", inks.text), *bar], width)]


def _item(part: _Part, width: int, inks: Inks) -> list[Line]:
    item, looks = part.it, part.looks
    assert isinstance(item, ChecklistItem)
    box: Span = ("☑ ", inks.good) if item.done else ("☐ ", inks.muted)
    spans: Line = [(steady(item.text), inks.muted if item.done else inks.text)]
    if item.assignee_id in looks.members:
        spans.append((f"  @{steady(looks.members[item.assignee_id].name)}", inks.accent))
    if item.due_at is not None:
        spans.append((f"  {due_text(item.due_at, looks.now)}", inks.error if item.due_at < looks.now else inks.muted))
    return hang(flow([*spans, *part.marks(inks)], width - 2), box)


def _file(part: _Part, width: int, inks: Inks) -> list[Line]:
    file = part.it
    assert isinstance(file, Attachment)
    facts = f"  {amount(file.size)}  {steady(file.content_type)}  {moment_text(file.created_at, part.looks.now)}"
    return hang(
        flow([(steady(file.filename), inks.text), (facts, inks.muted), *part.marks(inks)], width - 2), ("▤ ", inks.accent)
    )


def _sending(name: str, state: str, width: int, inks: Inks) -> list[Line]:
    return hang(flow([(steady(name), inks.muted), (f"  {state}", inks.accent)], width - 2), ("▤ ", inks.muted))


def _comment(part: _Part, width: int, inks: Inks) -> list[Line]:
    comment, looks = part.it, part.looks
    assert isinstance(comment, Comment)
    names = frozenset(member.username.lower() for member in looks.members.values())
    changed = "  changed" if comment.updated_at > comment.created_at and comment.version > 1 else ""
    head: Line = [
        (cut(steady(comment.author), width // 2), inks.accent + Style(bold=True)),
        (f"  {moment_text(comment.created_at, looks.now)}{changed}", inks.muted),
    ]
    return [[], [*head, *part.marks(inks)], *markdown_lines(comment.text, width, inks, mentions=names)]


# --- activity --------------------------------------------------------------------------------------------------------------


def _activity_rows(shown: Shown) -> Iterator[Row]:
    for entry in shown.activity or ():
        yield Row(f"event {entry.seq}", (entry, shown.looks), lambda w, i, e=entry: _event(e, shown.looks, w, i))  # type: ignore[misc]
    if shown.more_activity:
        yield Row(MORE, None, lambda _, inks: [[("Enter shows what was before", inks.muted)]])


def _event(entry: Activity, looks: Looks, width: int, inks: Inks) -> list[Line]:
    at = moment_text(entry.at, looks.now)
    struck = Style(strike=True) if entry.reverted_by is not None else Style.null()
    spans: Line = [(steady_block(entry.sentence), inks.text + struck), (f"  {at}", inks.muted)]
    return hang(flow(spans, width - 2), ("· ", inks.muted))


def moment_text(at: datetime, now: datetime) -> str:
    """A point in time in the reader's zone, as short as it stays clear."""
    local = at.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}" if local.year == now.year else f"{local.day} {local:%b %Y}"
