"""What of a board is shown and where the user stands on it: cursor, filter, carried card, draft. Pure; no widget, no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from rego.query_match import Fits, Viewer, matcher
from rego.replica import Replica, Touched
from rego.wire.cards import CardSummary
from rego.wire.columns import Column
from rego.wire.errors import InvalidInput
from rego.wire.query import parse
from rego.wire.query_terms import Query
from rego_tui.card_list import CardList
from rego_tui.layout import Layout
from rego_tui.marks import Marks

DRAFT_ID = "draft"
"""Stands for the id of the card that is being typed."""


class Slot(Struct, frozen=True):
    """A place in a column, held by the card above it so that it stays put while other cards come and go."""

    column_id: str
    above_id: str | None
    index: int


class BoardView:
    """A window on a replica. Indexes are among the cards that the filter lets through.

    `filter` is the query as typed. While it does not parse, `filter_error` says why, and the last one that did goes on working.
    `carried` is a card in move mode and where it hovers; `riding` are all cards that go with it, itself too, in their order.
    `draft` is the place of a card whose title is being typed, `editing` the card whose title is being changed and its version
    when that began.
    """

    def __init__(self, replica: Replica, layout: Layout | None = None) -> None:
        self.replica = replica
        self.column_id = ""
        self.card_id: str | None = None
        self.filter = ""
        self.filter_error = ""
        self._query = Query()
        self._viewer: Viewer | None = None
        self._fits: Fits | None = None
        self.carried: tuple[str, Slot] | None = None
        self.riding: tuple[str, ...] = ()
        self.marks = Marks()
        self.layout = layout or Layout()
        self.draft: Slot | None = None
        self.editing: tuple[str, int] | None = None
        self._index = 0
        self._lists: dict[str, tuple[_State, CardList]] = {}
        self.settle()

    # --- what is shown -------------------------------------------------------------------------------------------

    def columns(self) -> list[Column]:
        """The columns from left to right, without those that the user hides."""
        hidden = self.layout.hidden
        return [column for column in self.replica.columns_in_order() if column.id not in hidden]

    def is_narrow(self, column_id: str) -> bool:
        """Whether a column is collapsed; the cursor opens it while it is there."""
        return column_id in self.layout.collapsed and column_id != self.column_id

    def cards(self, column_id: str) -> CardList:
        """The cards of a column as drawn: filtered, with the carried card where it hovers and a blank for the draft.

        It is the same list until something about it changes.
        """
        state = self._state(column_id)
        known = self._lists.get(column_id)
        if known is None or known[0] != state:
            known = self._lists[column_id] = (state, self._list(column_id))
        return known[1]

    def counts(self, column_id: str) -> tuple[int, int]:
        """How many cards of a column are shown, and how many it has with the carried card where it hovers."""
        listed = len(self.cards(column_id)) - (self.draft is not None and self.draft.column_id == column_id)
        if self.carried is not None and self.carried[1].column_id == column_id:
            listed += len(self.riding) - 1
        return listed, self.replica.count_in(column_id) if self.filtered else listed

    def index_of(self, column_id: str, card_id: str | None) -> int | None:
        """Where a card is drawn in a column, or None."""
        return self.cards(column_id).index_of(card_id)

    def column_of(self, card_id: str) -> str | None:
        """The column in which a card is drawn, if it is, which a filter may prevent."""
        if self.carried is not None and self.carried[0] == card_id:
            return self.carried[1].column_id
        if self.draft is not None and card_id == DRAFT_ID:
            return self.draft.column_id
        card = self.replica.card(card_id)
        return card.column_id if card is not None else None

    def card(self) -> CardSummary | None:
        """The card under the cursor."""
        return self.replica.card(self.card_id) if self.card_id is not None else None

    def _state(self, column_id: str) -> _State:
        """What the list of a column depends on, beside the filter."""
        draft = self.draft if self.draft is not None and self.draft.column_id == column_id else None
        carried, riding = self.carried, self.riding
        if carried is None or (column_id != carried[1].column_id and not self._is_left_behind(column_id)):
            carried, riding = None, ()
        return self.replica.revision(column_id), carried, riding, draft

    def _is_left_behind(self, column_id: str) -> bool:
        """Whether cards that are carried stand in that column until they are put down."""
        return any(self.replica.position_in(column_id, card_id) is not None for card_id in self.riding)

    def _list(self, column_id: str) -> CardList:
        _, carried, riding, draft = self._state(column_id)
        carried_id, slot = carried or (None, None)
        shown = CardList(self.replica.cards_in(column_id))
        if self.filtered or riding:
            away = {*riding}
            shown = CardList(c for c in shown if c.id not in away and self._matches(c))
        if slot is not None and slot.column_id == column_id and (card := self.replica.card(carried_id or "")):
            shown.insert(_resolve(slot, shown), replace(card, column_id=column_id))
        if draft is not None:
            shown.insert(_resolve(draft, shown), _blank(self.replica.board.id, column_id))
        return shown

    @property
    def filtered(self) -> bool:
        """Whether cards may be left out."""
        return self._query.where is not None

    def _matches(self, card: CardSummary) -> bool:
        if not self.filtered or self._viewer is None:
            return True
        if self._fits is None:
            self._fits = matcher(self._query, self.replica, self._viewer)
        return self._fits(card)

    # --- changes -------------------------------------------------------------------------------------------------

    def forget(self, touched: Touched | None = None) -> None:
        """Take in a change of the board, or of all of it (without `touched`), and keep the cursor on its card.

        Lists notice by themselves which cards came, went or changed, and what hovers over them; what a filter lets through
        hangs on labels, members, columns and the time too.
        """
        if touched is None or touched.frame:
            self._fits = None
            self._lists.clear()
        self.settle()

    def set_filter(self, text: str, viewer: Viewer) -> None:
        """Show only cards that fit the query `text`, as `viewer` sees it. Columns keep their order, whatever it sorts by."""
        self.filter, self.filter_error = text, ""
        try:
            self._query = parse(text)
        except InvalidInput as error:
            self.filter_error = error.detail
            return
        self.look_as(viewer)

    def look_as(self, viewer: Viewer) -> None:
        """See the filter with the eyes of `viewer`: what is mine and what is due depends on it."""
        self._viewer = viewer
        self.forget()

    def settle(self) -> None:
        """Keep the cursor on its card, wherever that went; if it is gone, on the card that took its place.

        What hovers over a column that is gone, and a carried card that is gone, are let go of.
        """
        self._let_go()
        columns = [column.id for column in self.columns()]
        card = self.card()
        if card is not None and self.carried is None and card.column_id in columns and self._matches(card):
            self.column_id = card.column_id
        if self.column_id not in columns:
            self.column_id = columns[0] if columns else ""
            self.card_id = None
        if not self.column_id:
            self.card_id = None
            return
        index = self.index_of(self.column_id, self.card_id)
        self.go_to(self.column_id, self._index if index is None else index)
        if self.marks and self.carried is None:
            self.marks.keep(self._is_shown)

    def _is_shown(self, card_id: str) -> bool:
        card = self.replica.card(card_id)
        return (
            card is not None
            and card.column_id not in self.layout.hidden
            and not self.is_narrow(card.column_id)
            and self.index_of(card.column_id, card_id) is not None
        )

    def _let_go(self) -> None:
        columns = self.replica.columns
        if self.carried is not None:
            card_id, slot = self.carried
            if slot.column_id not in columns or self.replica.card(card_id) is None:
                self.carried, self.riding = None, ()
        if self.draft is not None and self.draft.column_id not in columns:
            self.draft = None

    def replace_id(self, provisional_id: str, card_id: str) -> None:
        """A card made here got its real id."""
        self.marks.rename(provisional_id, card_id)
        self.riding = tuple(card_id if each == provisional_id else each for each in self.riding)
        if self.card_id == provisional_id:
            self.card_id = card_id
        if self.carried is not None:
            carried_id, slot = self.carried
            self.carried = (card_id if carried_id == provisional_id else carried_id, _renamed(slot, provisional_id, card_id))
        if self.editing is not None and self.editing[0] == provisional_id:
            self.editing = (card_id, self.editing[1])
        if self.draft is not None:
            self.draft = _renamed(self.draft, provisional_id, card_id)

    # --- the cursor ----------------------------------------------------------------------------------------------

    def go_to(self, column_id: str, index: int) -> None:
        """Put the cursor on the card at `index` of a column, or the last one before it."""
        cards = self.cards(column_id)
        self.column_id = column_id
        self._index = max(0, min(index, len(cards) - 1))
        self.card_id = cards[self._index].id if cards else None

    def go_down(self, count: int) -> None:
        """Move the cursor by `count` cards within its column; negative is up."""
        if self.column_id:
            self.go_to(self.column_id, max(0, self._index + count))

    def column_beside(self, count: int) -> str:
        """The id of the column `count` to the right of the cursor's (negative: left), or the outermost one."""
        return self._column_beside(self.column_id, count)

    def _column_beside(self, column_id: str, count: int) -> str:
        ids = [column.id for column in self.columns()]
        return ids[max(0, min(ids.index(column_id) + count, len(ids) - 1))] if column_id in ids else column_id

    # --- marks -----------------------------------------------------------------------------------------------------

    def marked(self) -> list[str]:
        """The marked cards in the order of the board, those of the range that the cursor draws among them."""
        if not self.marks:
            return []
        chosen = self.marks.ids | self.in_range()
        return [card.id for column in self.columns() for card in self.cards(column.id) if card.id in chosen]

    def selection(self) -> list[str]:
        """What acts go to: the marked cards, or the one under the cursor."""
        return self.marked() or ([self.card_id] if self.card_id is not None else [])

    def in_range(self) -> set[str]:
        """The cards from where the range began to the cursor, while that is in the same column."""
        if self.marks.anchor is None:
            return set()
        begin, end = self.index_of(self.column_id, self.marks.anchor), self.index_of(self.column_id, self.card_id)
        if begin is None or end is None:
            return {self.marks.anchor}
        return {card.id for card in self.cards(self.column_id)[min(begin, end) : max(begin, end) + 1]}

    def mark_all(self) -> None:
        """Mark every card that is shown."""
        wide = [column.id for column in self.columns() if not self.is_narrow(column.id)]
        self.marks.add(card.id for column_id in wide for card in self.cards(column_id))

    # --- places for cards ------------------------------------------------------------------------------------------

    def slot_at(self, column_id: str, index: int, *, without: Iterable[str] = ()) -> Slot:
        """The place at `index` of a column, counted as if the cards `without` were not there."""
        cards = self.cards(column_id)
        gaps = sorted(gap for each in (*without, DRAFT_ID) if (gap := cards.index_of(each)) is not None)
        index = max(0, min(index, len(cards) - len(gaps)))
        return Slot(column_id, cards[_past(gaps, index - 1)].id if index else None, index)

    def place_in_board(self, slot: Slot, *, without: Collection[str] = ()) -> int:
        """The index of a slot among all cards, so that a card put down under a filter lands beside the neighbours in sight."""
        above = self._position(slot.column_id, slot.above_id, without)
        if above is not None:
            return above + 1
        if self.filtered:
            shown = [card.id for card in self.cards(slot.column_id) if card.id not in without and card.id != DRAFT_ID]
            below = self._position(slot.column_id, shown[slot.index], without) if slot.index < len(shown) else None
            return self.replica.count_in(slot.column_id) if below is None else below
        return max(0, min(slot.index, self.replica.count_in(slot.column_id) - len(self._gaps(slot.column_id, without))))

    def _position(self, column_id: str, card_id: str | None, without: Collection[str]) -> int | None:
        """The index of a card among all cards of a column, counted as if the cards `without` were not there."""
        position = self.replica.position_in(column_id, card_id) if card_id not in without else None
        return None if position is None else position - sum(gap < position for gap in self._gaps(column_id, without))

    def _gaps(self, column_id: str, without: Iterable[str]) -> list[int]:
        """Where cards stand in a column; those that are elsewhere are left out."""
        return [gap for each in without if (gap := self.replica.position_in(column_id, each)) is not None]

    # --- carrying --------------------------------------------------------------------------------------------------

    def pick_up(self) -> bool:
        """Begin to carry the marked cards, or the one under the cursor; False when there is none.

        They ride behind the card under the cursor, or behind the first where that is not marked.
        """
        shifted = self.shifted()
        if shifted is None:
            return False
        riding, slot = shifted
        lead = self.card_id if self.card_id in riding else riding[0]
        self.carried, self.riding = (lead, slot), tuple(riding)
        self.column_id, self.card_id = slot.column_id, lead
        return True

    def shifted(self, *, right: int = 0, down: int = 0) -> tuple[list[str], Slot] | None:
        """The marked cards or the one under the cursor, and the place so many columns and cards away from where they stand."""
        riding = self.selection()
        lead = self.replica.card(self.card_id if self.card_id in riding else riding[0]) if riding else None
        index = self.index_of(lead.column_id, lead.id) if lead is not None else None
        if lead is None or index is None:
            return None
        places = (self.index_of(lead.column_id, card_id) for card_id in riding) if len(riding) > 1 else ()
        index -= sum(place is not None and place < index for place in places)
        return riding, self.slot_at(self._column_beside(lead.column_id, right), index + down, without=riding)

    def place_of_carried(self) -> int | None:
        """The index in its column at which what is carried hovers."""
        return self.index_of(self.carried[1].column_id, self.carried[0]) if self.carried is not None else None

    def carry(self, *, right: int = 0, down: int = 0) -> None:
        """Move the carried card by columns and places."""
        if self.carried is None:
            return
        card_id, slot = self.carried
        column_id = self._column_beside(slot.column_id, right)
        index = self.index_of(slot.column_id, card_id) or 0
        self.carry_to(column_id, index + down)

    def carry_to(self, column_id: str, index: int) -> None:
        """Move the carried card to `index` of a column."""
        if self.carried is None:
            return
        card_id, _ = self.carried
        self.carried = (card_id, self.slot_at(column_id, index, without=self.riding))
        self.column_id = column_id

    def put_down(self) -> tuple[list[str], Slot] | None:
        """Stop carrying; returns the cards and their place, or None when nothing was carried or all of it is gone."""
        carried, self.carried = self.carried, None
        riding, self.riding = [card_id for card_id in self.riding if self.replica.card(card_id) is not None], ()
        self.settle()
        return (riding, carried[1]) if carried is not None and riding else None


_State: TypeAlias = tuple[int, tuple[str, Slot] | None, tuple[str, ...], Slot | None]
"""A column's revision, and what hovers over it: carried cards that are at home or drawn there, and a draft."""


def _past(gaps: list[int], index: int) -> int:
    """The index in the whole of what is at `index` when the entries at `gaps`, which ascend, are left out."""
    for gap in gaps:
        index += gap <= index
    return index


def _resolve(slot: Slot, cards: list[CardSummary]) -> int:
    for index, card in enumerate(cards):
        if card.id == slot.above_id:
            return index + 1
    return 0 if slot.above_id is None else min(slot.index, len(cards))


def _renamed(slot: Slot, provisional_id: str, card_id: str) -> Slot:
    return replace(slot, above_id=card_id) if slot.above_id == provisional_id else slot


def _blank(board_id: str, column_id: str) -> CardSummary:
    never = datetime.fromtimestamp(0, tz=UTC)
    return CardSummary(
        id=DRAFT_ID,
        version=0,
        created_at=never,
        updated_at=never,
        board_id=board_id,
        column_id=column_id,
        number=0,
        title=" ",
        rank="",
    )
