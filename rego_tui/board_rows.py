"""The rows of the list of boards: what they say and in which order, made from what the server said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import TypeAlias

from rich.cells import cell_len

from rego.wire.boards import Board, BoardGlance
from rego.wire.presence import Person
from rego_tui.widgets.entries import Entry, Part, Tone
from rego_tui.widgets.text_cells import cut, pad, steady

KEY = 8
"""Cells of the key, the gap after it included."""

TITLE_MIN, TITLE_MAX = 22, 44
"""Cells of a title: what it keeps when columns say less or are left out, and where the other columns begin at the latest."""

TITLE_LEAST = 12
"""Cells of a title in a terminal so narrow that those who are there would be left out."""

PEOPLE_MAX = 36
"""Cells of the names of those who are on a board."""

GAP = 3
"""Cells between two columns."""

BAR = 5
"""Cells of the bar that shows how much is done."""

HEADINGS = ("done", "", "you", "who is there")
"""Over the columns right of the title; the last one is shorter where there is little room."""


class Detail(IntEnum):
    """How much is said of each board, from all of it to nothing but its title."""

    ALL = 0
    NO_ROLE = 1
    FEW_NAMES = 2
    NO_BAR = 3
    NO_OVERDUE = 4
    NO_DONE = 5
    COUNTED = 6
    TITLE = 7


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


def rows_of(
    boards: Sequence[Board],
    glances: Mapping[str, BoardGlance],
    width: int,
    *,
    away: bool = False,
    waiting: Mapping[str, int] | None = None,
) -> list[Entry]:
    """A line of headings, then an entry for each board, in columns that fit into `width` cells.

    `away`: who is there is known only as of the last contact. `waiting`: how many changes wait on disk for a board.
    """
    waits = waiting or {}
    if not boards:
        return []
    found = [(board, glances.get(board.id)) for board in boards]
    room = width - KEY - 3
    for detail in Detail:
        table = [
            _headings(detail),
            *(_cells_of(board, glance, detail, away, waits.get(board.id, 0)) for board, glance in found),
        ]
        widths = [max(map(_length, column[1:])) and max(map(_length, column)) for column in zip(*table, strict=True)]
        needed = sum(each + GAP for each in widths if each)
        if room - needed >= (TITLE_LEAST if detail is Detail.COUNTED else TITLE_MIN):
            break
    longest = max(len("board"), *(cell_len(steady(board.title)) for board in boards)) + GAP
    title = max(min(room - needed, TITLE_MAX, longest), 1)
    titles = [("board", Tone.MUTED), *((steady(b.title), Tone.MUTED if b.archived else Tone.TITLE) for b in boards)]
    keys = [("", "key", Tone.MUTED), *((board.id, board.key, Tone.ACCENT) for board in boards)]
    about = ["", *(_about(board, room - needed - title) for board in boards)]
    return [
        Entry(key, ((pad(name, KEY), tone), _padded(words, title), *_in_columns(cells, widths), (rest, Tone.MUTED)))
        for (key, name, tone), words, cells, rest in zip(keys, titles, table, about, strict=True)
    ]


def _headings(detail: Detail) -> tuple[Cell, ...]:
    who = HEADINGS[-1] if detail < Detail.FEW_NAMES else "here"
    return tuple(((heading, Tone.MUTED),) for heading in (*HEADINGS[:-1], who))


def _padded(part: Part, width: int) -> Part:
    """A title, and the gap after it."""
    return pad(cut(part[0], max(width - GAP, 1)), width), part[1]


def _in_columns(cells: Sequence[Cell], widths: Sequence[int]) -> Cell:
    """The columns right of the title, each as wide as its widest cell; those with nothing in them are left out."""
    used = [n for n, width in enumerate(widths) if width]
    return tuple(part for n in used for part in (*cells[n], (" " * (widths[n] - _length(cells[n]) + GAP), Tone.PLAIN)))


def _length(cell: Cell) -> int:
    return sum(cell_len(text) for text, _ in cell)


def _about(board: Board, room: int) -> str:
    """What the board is for, where there is room for some words of it."""
    words = steady(" ".join(board.description.split()))
    return cut(words, room) if room >= TITLE_MIN else ""


def _cells_of(board: Board, glance: BoardGlance | None, detail: Detail, away: bool, waiting: int) -> tuple[Cell, ...]:
    """How much is done, late and waits, what the user is, and that the board is archived or who is there."""
    late = f"{glance.overdue} overdue" if glance is not None and glance.overdue and detail < Detail.NO_OVERDUE else ""
    role = (board.role or "") if detail < Detail.NO_ROLE else ""
    done = _done(glance, bar=detail < Detail.NO_BAR) if detail < Detail.NO_DONE else ()
    waits = f"{'  ' if late else ''}{waiting} waiting" if waiting and detail is not Detail.TITLE else ""
    return done, ((late, Tone.ERROR), (waits, Tone.WARNING)), ((role, Tone.MUTED),), _state(board, glance, detail, away)


def _done(glance: BoardGlance | None, *, bar: bool) -> Cell:
    """How much is done, as a bar and as numbers."""
    if glance is None:
        return (("", Tone.MUTED),)
    if not glance.cards:
        return (("no cards", Tone.MUTED),)
    full = BAR * glance.done // glance.cards
    words = f"{'▰' * full}{'▱' * (BAR - full)} " if bar else ""
    return ((f"{words}{glance.done}/{glance.cards}", Tone.GOOD if glance.done == glance.cards else Tone.MUTED),)


def _state(board: Board, glance: BoardGlance | None, detail: Detail, away: bool) -> Cell:
    if detail is Detail.TITLE:
        return ()
    if board.archived:
        return (("archived", Tone.WARNING),)
    names = _names(glance.people if glance is not None else [])
    dot, tone = (("○ ", Tone.MUTED), Tone.MUTED) if away else (("● ", Tone.GOOD), Tone.PLAIN)
    if not names:
        return ()
    if detail is Detail.COUNTED:
        return (dot, (str(len(names)), tone))
    return (dot, (_as_many_as_fit(names, PEOPLE_MAX if detail < Detail.FEW_NAMES else PEOPLE_MAX // 3), tone))


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
