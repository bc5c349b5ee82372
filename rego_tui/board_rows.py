"""The rows of the list of boards: what they say and in which order, made from what the server said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from rich.cells import cell_len

from rego.safe_text import safe_text
from rego.wire.boards import Board, BoardGlance
from rego.wire.presence import Person
from rego_tui.widgets.entries import Entry, Part, Tone
from rego_tui.widgets.text_cells import cut, pad, steady

KEY = 8
"""Cells of the key, the gap after it included."""

TITLE_MIN, TITLE_MAX = 24, 44
"""Cells of a title: what it keeps when columns are left out, and where it ends when there is room for a description."""

PEOPLE_MAX, NARROW = 36, 100
"""Cells of the names of those who are on a board, and the width below which they become fewer."""

GAP = 3
"""Cells between two columns."""

BAR = 5
"""Cells of the bar that shows how much is done."""

HEADINGS = ("done", "", "you", "who is there")
LEFT_OUT_FIRST = (2, 1, 0, 3)
"""Which columns a narrow terminal does without, by their place in `HEADINGS`."""

Cell: TypeAlias = tuple[Part, ...]


def in_order(boards: Iterable[Board], recent: Sequence[str], *, archived: bool, words: str = "") -> list[Board]:
    """The boards that have all the words in them: those opened last first, the others by title, archived ones last."""
    wanted = words.casefold().split()
    places = {board_id: n for n, board_id in enumerate(recent)}
    fitting = [board for board in boards if (archived or not board.archived) and _fits(board, wanted)]
    return sorted(fitting, key=lambda b: (b.archived, places.get(b.id, len(places)), b.title.casefold(), b.id))


def _fits(board: Board, wanted: Sequence[str]) -> bool:
    text = f"{board.key} {board.title} {board.description}".casefold()
    return all(word in text for word in wanted)


def rows_of(boards: Sequence[Board], glances: Mapping[str, BoardGlance], width: int, *, away: bool = False) -> list[Entry]:
    """A line of headings, then an entry for each board, in columns that fit into `width` cells.

    `away`: who is there is known only as of the last contact.
    """
    if not boards:
        return []
    cells = [_cells_of(board, glances.get(board.id), _people_room(width), away) for board in boards]
    heads: list[Cell] = [((heading, Tone.MUTED),) for heading in HEADINGS]
    widths = [max(map(_length, column)) for column in zip(heads, *cells, strict=True)]
    used = _fitting(widths, width - KEY - 3)
    rights = [_right(row, widths, used) for row in (heads, *cells)]
    head = Entry("", ((pad("key", KEY), Tone.MUTED), ("board", Tone.MUTED)), rights[0])
    return [head, *(_row(board, right, width) for board, right in zip(boards, rights[1:], strict=True))]


def _fitting(widths: Sequence[int], room: int) -> list[int]:
    """The columns that are shown: those with something in them, without the less important ones where there is no room."""
    used = [n for n, width in enumerate(widths) if width]
    for column in LEFT_OUT_FIRST:
        if room - sum(widths[n] + GAP for n in used) >= TITLE_MIN:
            break
        used = [n for n in used if n != column]
    return used


def _right(cells: Sequence[Cell], widths: Sequence[int], used: Sequence[int]) -> Cell:
    """The columns right of the title, each as wide as its widest cell."""
    return tuple(part for n in used for part in (*cells[n], (" " * (widths[n] - _length(cells[n]) + GAP), Tone.PLAIN)))


def _length(cell: Cell) -> int:
    return sum(cell_len(text) for text, _ in cell)


def _row(board: Board, right: Cell, width: int) -> Entry:
    title, tone = steady(board.title), Tone.MUTED if board.archived else Tone.TITLE
    key = (pad(board.key, KEY), Tone.ACCENT)
    room = width - 3 - KEY - _length(right)
    if room < TITLE_MAX + TITLE_MIN:
        return Entry(board.id, (key, (cut(title, room - GAP), tone)), right)
    about = cut(steady(" ".join(safe_text(board.description).split())), room - TITLE_MAX - GAP)
    return Entry(board.id, (key, (pad(cut(title, TITLE_MAX - 2), TITLE_MAX), tone), (about, Tone.MUTED)), right)


def _people_room(width: int) -> int:
    """The cells for the names of those who are there: with less room fewer names, and how many more."""
    return PEOPLE_MAX if width >= NARROW else max(width // 6, 4)


def _cells_of(board: Board, glance: BoardGlance | None, room: int, away: bool) -> tuple[Cell, ...]:
    """How much is done and late, what the user is, and that the board is archived or who is there."""
    late = f"{glance.overdue} overdue" if glance is not None and glance.overdue else ""
    return _done(glance), ((late, Tone.ERROR),), ((board.role or "", Tone.MUTED),), _state(board, glance, room, away)


def _done(glance: BoardGlance | None) -> Cell:
    """How much is done, as a bar and as numbers."""
    if glance is None:
        return (("", Tone.MUTED),)
    if not glance.cards:
        return (("no cards", Tone.MUTED),)
    full = BAR * glance.done // glance.cards
    words = f"{'▰' * full}{'▱' * (BAR - full)} {glance.done}/{glance.cards}"
    return ((words, Tone.GOOD if glance.done == glance.cards else Tone.MUTED),)


def _state(board: Board, glance: BoardGlance | None, room: int, away: bool) -> Cell:
    if board.archived:
        return (("archived", Tone.WARNING),)
    names = _names(glance.people if glance is not None else [])
    dot, tone = (("○ ", Tone.MUTED), Tone.MUTED) if away else (("● ", Tone.GOOD), Tone.PLAIN)
    return (dot, (_as_many_as_fit(names, room), tone)) if names else ()


def _as_many_as_fit(names: Sequence[str], room: int) -> str:
    """The first names and how many there are beside them, such as `ada +2`."""
    for count in range(len(names), 0, -1):
        more = f" +{len(names) - count}" if count < len(names) else ""
        words = ", ".join(names[:count])
        if cell_len(words + more) <= room or count == 1:
            return cut(words, room - cell_len(more)) + more
    return ""


def _names(people: Iterable[Person]) -> list[str]:
    """Everybody once; an agent by its own name."""
    return sorted({steady(person.agent or person.username) for person in people})
