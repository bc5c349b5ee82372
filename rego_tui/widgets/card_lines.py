"""A card as lines of cells: an edge for peers' names, the title, its labels, and one line of facts. Pure; no widget."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, repeat

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from rego.wire.cards import CardSummary
from rego_tui.widgets.facts import Fact, facts_of, facts_row, fill_up
from rego_tui.widgets.looks import Density, Face, Looks, Peer, Styles, label_color, person_color
from rego_tui.widgets.text_cells import cut, pad, steady, wrap

MARGIN = 2
"""Cells left of a card's text: the cursor's bar and a blank."""

MARK = "◆"
"""Stands before the title of a marked card."""

WIDE = 40
"""Cells from which on the people of a card stand beside its facts instead of on a line of their own."""


def text_width(width: int) -> int:
    """The cells for text in a card of `width` cells."""
    return max(width - MARGIN - 1, 4)


PEOPLE_KEPT = 12
"""Cells of their names that counts leave them there."""

TITLE_KEPT = 14
"""Cells of the title that facts leave where each card is one line."""

TITLE_LINES = {Density.NORMAL: 3, Density.FULL: 9}
"""Lines that a title may take before it is cut."""


def edge_height(density: Density) -> int:
    """The lines above a card's text: none where each card is one line."""
    return 0 if density is Density.COMPACT else 1


def card_height(card: CardSummary, width: int, density: Density) -> int:
    """The lines of a card, its edge included; it depends on nothing that others' cursors or one's own can change."""
    if density is Density.COMPACT:
        return 1
    people = bool(card.assignee_ids) and width < WIDE
    titles = len(wrap(steady(card.title), text_width(width), TITLE_LINES[density]))
    return 2 + titles + bool(card.label_ids) + people + (density is Density.FULL)


def card_lines(card: CardSummary, face: Face, looks: Looks, styles: Styles, width: int) -> list[Strip]:
    """The lines of a card, as many as `card_height` says, each of exactly `width` cells."""
    ground = _ground(face, styles)
    bar = Segment("▌", ground + styles.bar) if face.focused or face.ghost else Segment(" ", ground)
    room = text_width(width)
    blank = Segment(" ", ground)
    mark = Segment(MARK, ground + styles.accent) if face.marked else blank
    if looks.density is Density.COMPACT:
        line = [bar, mark, *_one_line(card, face, looks, ground, styles, room)]
        return [Strip(line).adjust_cell_length(width, ground)]
    rows = [_title_row(line, card, ground, styles) for line in wrap(steady(card.title), room, TITLE_LINES[looks.density])]
    rows += _rows_below_title(card, face, looks, ground, styles, width)
    if looks.density is Density.FULL:
        rows.append([])
    margins = [mark, *repeat(blank, len(rows) - 1)]
    body = [Strip([bar, margin, *row]).adjust_cell_length(width, ground) for margin, row in zip(margins, rows, strict=True)]
    return [_edge(face, styles, width), *body]


def _title_row(line: str, card: CardSummary, ground: Style, styles: Styles) -> list[Segment]:
    return [Segment(line, ground + (styles.muted + Style(strike=True) if card.completed else styles.title))]


def _rows_below_title(
    card: CardSummary, face: Face, looks: Looks, ground: Style, styles: Styles, width: int
) -> list[list[Segment]]:
    """Labels, people and facts; the counts that find no room among the facts stand right of the people, or of the labels."""
    room, people = text_width(width), _people(card, looks)
    beside = people if width >= WIDE else ""
    kept = min(cell_len(beside), PEOPLE_KEPT) + 2 if beside else 0
    ref = Fact(_ref(card, looks), styles.muted)
    last, left = facts_row([ref, *facts_of(card, face, looks, styles)], ground, room - kept)
    above: list[list[Segment]] = []
    if card.label_ids:
        above.append(list(_label_chips(card, looks, ground, styles, room)))
    if people and not beside:
        above.append([Segment(cut(people, room), ground + styles.muted)])
    for row in reversed(above):
        left = fill_up(row, left, ground, room)
    free = room - sum(segment.cell_length for segment in last) - 2
    if beside and free >= 4:
        shown = cut(beside, free)
        last.append(Segment(" " * (free + 2 - cell_len(shown)) + shown, ground + styles.muted))
    return [*above, last]


def _one_line(card: CardSummary, face: Face, looks: Looks, ground: Style, styles: Styles, room: int) -> Iterable[Segment]:
    """Reference, title, and what matters most on the right: who is there, or else how it stands."""
    ref, title_style = _ref(card, looks), styles.muted + Style(strike=True) if card.completed else styles.title
    beside = max(min(room // 2, room - cell_len(ref) - 1 - TITLE_KEPT), 0)
    tail = _tags(face, room // 2, styles) or _standing(card, face, looks, ground, styles, beside)
    room -= sum(segment.cell_length for segment in tail) + bool(tail)
    yield Segment(cut(f"{ref} ", room), ground + styles.muted)
    room = max(room - cell_len(ref) - 1, 0)
    yield Segment(pad(cut(steady(card.title), room), room), ground + title_style)
    yield from [Segment(" ", ground), *tail] if tail else []


def _standing(card: CardSummary, face: Face, looks: Looks, ground: Style, styles: Styles, room: int) -> list[Segment]:
    """The first facts beside the reference that fit, with a blank between."""
    row: list[Segment] = []
    for fact in facts_of(card, face, looks, styles):
        fitting = (text for text in (fact.words, fact.short) if text and cell_len(text) + bool(row) <= room)
        if text := next(fitting, ""):
            row.append(Segment(f"{' ' if row else ''}{text}", ground + fact.style))
            room -= row[-1].cell_length
    return row


def _edge(face: Face, styles: Styles, width: int) -> Strip:
    """The blank line above a card, on which the cursors of others show as tags."""
    tags = _tags(face, width, styles)
    used = sum(tag.cell_length for tag in tags) + max(len(tags) - 1, 0)
    segments = [Segment(_author(face, width - used), styles.ground + styles.muted)]
    for number, tag in enumerate(tags):
        segments += [Segment(" ", styles.ground), tag] if number else [tag]
    return Strip(segments).adjust_cell_length(width, styles.ground)


def _tag(peer: Peer) -> str:
    """A name, what they do, and a ring where that is only what was last heard of them."""
    return f"{'○ ' if peer.away else ' '}{cut(steady(peer.name), 16)}{' editing' if peer.editing else ''} "


def _tags(face: Face, width: int, styles: Styles) -> list[Segment]:
    """The names of the others who are on a card: the first three, or the first alone where that is too much."""
    tags = [
        Segment(_tag(peer), styles.ground + styles.muted if peer.away else _tag_style(peer.user_id))
        for peer in islice(face.peers, 3)
    ]
    used = sum(tag.cell_length for tag in tags) + max(len(tags) - 1, 0)
    return tags[:1] if used > width else tags


def _author(face: Face, room: int) -> str:
    """Who changed the card just now, left of the cursors of others, unless theirs is one of these."""
    by = face.changed_by
    name = f" {steady(by.name)}" if by is not None and all(peer.user_id != by.user_id for peer in face.peers) else ""
    return pad(name if room > 4 else "", max(room, 0))


def _ground(face: Face, styles: Styles) -> Style:
    if face.ghost:
        return styles.card_ghost
    return styles.card_focused if face.focused else styles.card_fresh if face.changed_by is not None else styles.card


def _tag_style(user_id: str) -> Style:
    return Style(color="#101418", bgcolor=person_color(user_id))


def _label_chips(card: CardSummary, looks: Looks, ground: Style, styles: Styles, room: int) -> Iterable[Segment]:
    labels = [looks.labels[label_id] for label_id in card.label_ids if label_id in looks.labels]
    for number, label in enumerate(labels):
        name = cut(steady(label.name) or label.color.value, 18)
        more = f" +{len(labels) - number}"
        needed = 2 + cell_len(name) + bool(number) * 2
        if needed + (len(more) if number < len(labels) - 1 else 0) > room and number:
            yield Segment(more, ground + styles.muted)
            return
        color = Style(color=label_color(label.color, dark=styles.dark))
        yield Segment(f"{'  ' if number else ''}● ", ground + color)
        yield Segment(cut(name, room - 2), ground + styles.muted)
        room -= needed


def _ref(card: CardSummary, looks: Looks) -> str:
    return f"{looks.key}-{card.number or '…'}"


def _people(card: CardSummary, looks: Looks) -> str:
    members = (looks.members.get(user_id) for user_id in card.assignee_ids)
    return ", ".join(steady(member.name) for member in members if member is not None)
