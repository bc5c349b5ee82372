"""What stands around the cards, worked out of the store without a widget: window, faces, people, connection. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rego.replica import Replica
from rego.wire.field_words import person as named
from rego.wire.presence import Person
from rego_tui.board_view import DRAFT_ID, BoardView
from rego_tui.connection import Phase
from rego_tui.store import BoardStore
from rego_tui.widgets.card_rows import moment_text
from rego_tui.widgets.column import STRIP_WIDTH
from rego_tui.widgets.looks import Density, Face, Looks, Peer

COLUMN_MIN = 25
"""Cells that a column needs; a terminal shows as many columns as have that."""

SINGLE_BELOW = 72
"""Cells below which a terminal shows one column at a time."""


def arrange(collapsed: Sequence[bool], cursor: int, first: int, width: int) -> tuple[int, int]:
    """The range of columns to show: as many as fit, from `first` on where that keeps the cursor's column in it.

    `collapsed` says of each column whether it is only a strip.
    """
    needs = [(STRIP_WIDTH if each else COLUMN_MIN) + 1 for each in collapsed]
    if not needs or width < SINGLE_BELOW:
        return cursor, min(cursor + 1, len(needs))
    first = min(first, cursor)
    while _end(needs, first, width) <= cursor:
        first += 1
    while first and _end(needs, first - 1, width) == len(needs):
        first -= 1
    return first, _end(needs, first, width)


def _end(needs: Sequence[int], first: int, width: int) -> int:
    """Where the columns end that fit from `first` on; it is one at least."""
    end, room = first + 1, width + 1 - needs[first]
    while end < len(needs) and needs[end] <= room:
        room -= needs[end]
        end += 1
    return end


def looks_of(replica: Replica, now: datetime, density: Density = Density.NORMAL) -> Looks:
    """What the drawing of every card depends on."""
    key, labels, members = replica.board.key, dict(replica.labels), dict(replica.members)
    return Looks(key=key, labels=labels, members=members, now=now, density=density)


def faces(view: BoardView, people: Iterable[Person], fresh: Mapping[str, Peer], *, away: bool = False) -> dict[str, Face]:
    """The cards that look other than plain: under a cursor, carried, changed just now, or with something under way.

    `away`: where the people are is known only as of the last contact.
    """
    found: dict[str, Face] = {}
    peers = _peers_by_card(view, people, away)
    marked = view.marks.ids | view.in_range()
    under_way = (card_id for op in view.replica.pending.values() for card_id in op.card_ids)
    special = {*peers, *fresh, *marked, *under_way, DRAFT_ID}
    if view.card_id is not None:
        special.add(view.card_id)
    for card_id in special:
        typed = view.draft is not None
        face = Face(
            focused=card_id == (DRAFT_ID if typed else view.card_id),
            ghost=view.carried is not None and view.carried[0] == card_id,
            marked=card_id in marked,
            pending=any(True for _ in view.replica.pending_on(card_id)),
            peers=peers.get(card_id, ()),
            changed_by=fresh.get(card_id),
        )
        if face != Face():
            found[card_id] = face
    return found


def hovering(view: BoardView) -> str:
    """Where the carried card hovers, in words."""
    column = view.replica.columns.get(view.column_id)
    index = view.place_of_carried()
    if column is None or index is None:
        return "MOVE"
    many = f" {len(view.riding)}" if len(view.riding) > 1 else ""
    return f"MOVE{many} to {column.title}, {index + 1} of {len(view.cards(view.column_id))}"


def missing_cards(view: BoardView, *, new: str, back: str) -> str:
    """What is said in the cursor's column when no card is shown there, or nothing.

    `new` and `back` are the keys for a new card and for leaving the filter; without one that is not offered.
    """
    if not view.column_id or len(view.cards(view.column_id)):
        return ""
    if not view.filtered:
        return f"No cards here yet. {new} adds one." if new else "No cards here yet."
    if any(len(view.cards(column.id)) for column in view.columns()):
        return "No card here fits the filter."
    return f"No card fits the filter. {back} shows all." if back else "No card fits the filter."


def missing_columns(view: BoardView, *, menu: str, may_add: bool) -> str:
    """What is said when no column is shown, or nothing; `menu` is the key for the columns."""
    if view.columns():
        return ""
    if view.replica.columns_in_order():
        return f"All columns are hidden here.{f' {menu} shows them again.' if menu else ''}"
    return f"This board has no columns yet.{f' {menu} adds the first one.' if menu and may_add else ''}"


def _peers_by_card(view: BoardView, people: Iterable[Person], away: bool) -> dict[str, tuple[Peer, ...]]:
    found: dict[str, dict[str, Peer]] = {}
    for person in people:
        if person.card_id is not None:
            known = found.setdefault(person.card_id, {})
            before = known.get(person.user_id)
            editing = person.editing or (before is not None and before.editing)
            known[person.user_id] = Peer(person.user_id, _name(view.replica, person), editing, away)
    return {card_id: tuple(sorted(by_user.values(), key=lambda p: p.name)) for card_id, by_user in found.items()}


def people_here(store: BoardStore) -> list[tuple[str, str]]:
    """The others on the board as (user id, name), each person once."""
    by_user = {person.user_id: _name(store.replica, person) for person in store.people.values()}
    return sorted(by_user.items(), key=lambda item: item[1])


def _name(replica: Replica | None, person: Person) -> str:
    member = replica.members.get(person.user_id) if replica is not None else None
    return named((member.firstname if member is not None else "") or person.username, person.agent)


def connection_text(store: BoardStore, now: datetime) -> tuple[str, str]:
    """The state of the connection as (words, tone)."""
    connection, waiting = store.connection, store.waiting
    queue = f" · {waiting} waiting" if waiting else ""
    queue += f" · {len(store.review)} to review" if store.review else ""
    as_of = f", as of {moment_text(store.as_of, now)}" if store.as_of is not None else ""
    if connection.phase is Phase.OFFLINE:
        since = f" since {moment_text(connection.since, now)}" if connection.since is not None and not as_of else ""
        return f"○ offline{since or as_of}, trying again{queue}", "error"
    if store.blocked:
        return f"◌ the server does not answer{queue}", "warning"
    if connection.phase is Phase.LIVE:
        return f"● live{queue}", "good"
    return f"◌ {connection.phase}{as_of}{queue}", "warning"
