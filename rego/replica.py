"""One board's state on the client side: a snapshot, the events since, and the local operations that are still under way.

Pure: no I/O, no clock. Two layers: `cards` is what the server confirmed; what a client draws (`card`, `cards_in`) adds the
pending operations on top, so that a key press shows at once and settles, or is rolled back, when the answer comes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rego.replay import HANDLERS, Touched
from rego.wire.base import Rank
from rego.wire.boards import Board, Member
from rego.wire.cards import CardSummary
from rego.wire.columns import Column
from rego.wire.events import CardCreated, Event
from rego.wire.labels import Label
from rego.wire.snapshot import Snapshot

__all__ = ["Gap", "Pending", "Replica", "Touched"]


class Gap(Exception):
    """An event came that is not the next one; the client must fetch what lies between."""

    def __init__(self, expected: int, got: int) -> None:
        super().__init__(f"expected event {expected}, got {got}")
        self.expected = expected
        self.got = got


class Pending(Struct, kw_only=True, frozen=True):
    """A local operation under way on a card: the fields that it sets, or the provisional card that it creates.

    One on several cards has what it sets on the `others`, by their ids.
    """

    op_id: str
    card_id: str
    changes: dict[str, Any] = {}
    new_card: CardSummary | None = None
    others: dict[str, dict[str, Any]] = {}

    @property
    def card_ids(self) -> tuple[str, ...]:
        """All cards that it is about."""
        return (self.card_id, *self.others)

    def changes_on(self, card_id: str) -> dict[str, Any]:
        """What it sets on one of its cards."""
        return self.changes if card_id == self.card_id else self.others[card_id]

    def renamed(self, provisional_id: str, card_id: str) -> Pending:
        """The same when a card that was made here has its real id."""
        others = {card_id if each == provisional_id else each: changes for each, changes in self.others.items()}
        return replace(self, card_id=card_id if self.card_id == provisional_id else self.card_id, others=others)


class Replica:
    """A board as one client knows it, at `(epoch, seq)`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.board: Board = snapshot.board
        self.epoch = snapshot.epoch
        self.seq = snapshot.seq
        self.archived = snapshot.archived
        self.deleted = False
        self.members: dict[str, Member] = {m.user_id: m for m in snapshot.members}
        self.labels: dict[str, Label] = {label.id: label for label in snapshot.labels}
        self.columns: dict[str, Column] = {c.id: c for c in snapshot.columns}
        self.cards: dict[str, CardSummary] = {c.id: c for c in snapshot.cards}
        self.pending: dict[str, Pending] = {}
        self._shown: dict[str, CardSummary] = dict(self.cards)
        self._order: dict[str, list[tuple[Rank, str]]] = {c.id: [] for c in snapshot.columns}
        self._revisions: dict[str, int] = {}
        for card in snapshot.cards:
            self._order[card.column_id].append((card.rank, card.id))
        for places in self._order.values():
            places.sort()

    # --- what a client draws -------------------------------------------------------------------------------------

    def card(self, card_id: str) -> CardSummary | None:
        """The card as it is shown, with pending operations, or None when it is not on the board."""
        return self._shown.get(card_id)

    def columns_in_order(self, *, archived: bool = False) -> list[Column]:
        """The columns from left to right; archived ones only when asked for."""
        shown = (c for c in self.columns.values() if archived or not c.archived)
        return sorted(shown, key=lambda c: (c.rank, c.id))

    def cards_in(self, column_id: str) -> list[CardSummary]:
        """The cards of a column from top to bottom, as shown."""
        return [self._shown[card_id] for _, card_id in self._order.get(column_id, ())]

    def count_in(self, column_id: str) -> int:
        """How many cards a column shows."""
        return len(self._order.get(column_id, ()))

    def revision(self, column_id: str) -> int:
        """Grows whenever a card that a column shows comes, goes or changes; until then a list of them need not be made anew."""
        return self._revisions.get(column_id, 0)

    def position_of(self, card_id: str) -> int | None:
        """The card's index in its column, from 0, or None when it is not shown."""
        card = self._shown.get(card_id)
        return None if card is None else bisect_left(self._order[card.column_id], (card.rank, card.id))

    def position_in(self, column_id: str, card_id: str | None) -> int | None:
        """The card's index in that column, or None when it is not shown there."""
        card = self._shown.get(card_id or "")
        return self.position_of(card.id) if card is not None and card.column_id == column_id else None

    def neighbours(self, column_id: str, index: int, *, without: str | None = None) -> tuple[str | None, str | None]:
        """The ids just above and below the place `index` of a column, counted as if the card `without` were not there."""
        places, gap = self._order.get(column_id, []), self.position_in(column_id, without)
        count = len(places) - (gap is not None)
        index = max(0, min(index, count))

        def at(index: int) -> str:
            return places[index if gap is None or index < gap else index + 1][1]

        return (at(index - 1) if index > 0 else None), (at(index) if index < count else None)

    def ref(self, card: CardSummary) -> str:
        """How people write the card, such as `OPS-12`; a card that the server has not numbered yet is `OPS-…`."""
        return f"{self.board.key}-{card.number or '…'}"

    def pending_on(self, card_id: str) -> Iterator[Pending]:
        """The operations under way on a card, oldest first."""
        return (op for op in self.pending.values() if op.card_id == card_id or card_id in op.others)

    # --- local operations ------------------------------------------------------------------------------------------

    def pend(self, op: Pending) -> Touched:
        """Show `op` at once, on top of what the server confirmed."""
        self.pending[op.op_id] = op
        return self._refresh_all(op.card_ids)

    def settle(self, op_id: str) -> Touched:
        """Take an operation away: it was confirmed (its event is in), or refused. Unknown ids are passed over."""
        op = self.pending.pop(op_id, None)
        return self._refresh_all(op.card_ids) if op else Touched()

    def ranks_at(self, column_id: str, index: int, card_ids: Sequence[str]) -> dict[str, Rank]:
        """Provisional ranks for cards that go one below the other to `index` of a column, counted as if they were not there."""
        moving = {*card_ids}
        stay = [place for place in self._order.get(column_id, ()) if place[1] not in moving]
        index = max(0, min(index, len(stay)))
        lower = stay[index - 1][0] if index else None
        upper = stay[index][0] if index < len(stay) else None
        ranks: dict[str, Rank] = {}
        for card_id in card_ids:
            lower = ranks[card_id] = _text_between(lower, upper)
        return ranks

    def rank_between(self, column_id: str, index: int, *, without: str | None = None) -> Rank:
        """A provisional rank that sorts at `index` of a column; the server's own replaces it."""
        above, below = self.neighbours(column_id, index, without=without)
        lower = self._shown[above].rank if above is not None else None
        upper = self._shown[below].rank if below is not None else None
        return _text_between(lower, upper)

    # --- events --------------------------------------------------------------------------------------------------

    def apply(self, event: Event) -> Touched:
        """Take in the next event. Older ones are passed over; raises `Gap` when one is missing."""
        if event.seq <= self.seq:
            return Touched()
        if event.seq != self.seq + 1:
            raise Gap(self.seq + 1, event.seq)
        handler = HANDLERS.get(type(event.data))
        touched = handler(self, event, event.data) if handler else Touched()
        self.seq = event.seq
        if op := self.pending.get(event.op_id or ""):
            touched.add(self.settle(op.op_id))
            if isinstance(event.data, CardCreated):
                touched.add(self._hand_over(op.card_id, event.data.card.id))
        return touched

    def snapshot(self) -> Snapshot:
        """The confirmed state in the form in which the server gives it."""
        return Snapshot(
            board=self.board,
            seq=self.seq,
            epoch=self.epoch,
            archived=self.archived,
            members=sorted(self.members.values(), key=lambda m: (m.username, m.user_id)),
            labels=sorted(self.labels.values(), key=lambda label: label.id),
            columns=sorted(self.columns.values(), key=lambda c: (c.rank, c.id)),
            cards=sorted(self.cards.values(), key=lambda c: (c.column_id, c.rank, c.id)),
        )

    # --- what events do, for rego.replay --------------------------------------------------------------------------

    def put_card(self, card: CardSummary) -> Touched:
        """Take in a confirmed card, new or changed; an archived one leaves a replica that does not hold those."""
        if card.archived and not self.archived:
            return self.drop_card(card.id)
        self.cards[card.id] = card
        return self._refresh(card.id)

    def drop_card(self, card_id: str) -> Touched:
        self.cards.pop(card_id, None)
        return self._refresh(card_id)

    def put_column(self, column: Column) -> Touched:
        self.columns[column.id] = column
        self._order.setdefault(column.id, [])
        return Touched(columns={column.id}, frame=True)

    def drop_column(self, column_id: str) -> Touched:
        """Take a column away; cards that pending operations show in it go back to where the server has them."""
        self.columns.pop(column_id, None)
        touched = Touched(columns={column_id}, frame=True)
        for card_id in [card_id for _, card_id in self._order.get(column_id, ())]:
            touched.add(self._refresh(card_id))
        self._order.pop(column_id, None)
        return touched

    # --- inside --------------------------------------------------------------------------------------------------

    def _refresh(self, card_id: str) -> Touched:
        """Work out anew how a card is shown, from the confirmed card and the operations under way on it."""
        old = self._shown.pop(card_id, None)
        touched = Touched({card_id}, set())
        if old is not None:
            places = self._order[old.column_id]
            del places[bisect_left(places, (old.rank, card_id))]
            touched.columns.add(old.column_id)
            self._revise(old.column_id)
        new = self._with_pending(card_id)
        if new is None or (new.archived and not self.archived):
            return touched
        self._shown[card_id] = new
        insort(self._order[new.column_id], (new.rank, card_id))
        touched.columns.add(new.column_id)
        self._revise(new.column_id)
        return touched

    def _refresh_all(self, card_ids: Iterable[str]) -> Touched:
        touched = Touched(set(), set())
        for card_id in card_ids:
            touched.add(self._refresh(card_id))
        return touched

    def _revise(self, column_id: str) -> None:
        self._revisions[column_id] = self._revisions.get(column_id, 0) + 1

    def _hand_over(self, provisional_id: str, card_id: str) -> Touched:
        """Show further operations on a provisional card on the card that the server made of it."""
        touched = Touched()
        for op in list(self.pending_on(provisional_id)):
            self.pending[op.op_id] = op.renamed(provisional_id, card_id)
            touched.add(self._refresh(card_id))
        return touched

    def _with_pending(self, card_id: str) -> CardSummary | None:
        """The confirmed card with the operations under way on it, save moves to a column that is gone."""
        card = self.cards.get(card_id)
        for op in self.pending_on(card_id):
            card = card or (op.new_card if card_id == op.card_id else None)
            changes = op.changes_on(card_id)
            if card is not None and changes.get("column_id", card.column_id) in self.columns:
                card = replace(card, **changes)
        return card if card is not None and card.column_id in self.columns else None


def _text_between(lower: Rank | None, upper: Rank | None) -> Rank:
    """A text that sorts between two ranks, None being an open end. `/` sorts before every digit, so there is always one."""
    if lower is not None and (upper is None or lower + "8" < upper):
        return lower + "8"
    return upper[:-1] + "/8" if upper is not None else "8"
