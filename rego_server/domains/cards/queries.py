"""Cards: how they are found, entered, placed and read."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, and_, bindparam, case, delete, exists, func, insert, not_, or_, select, update

from rego.wire.cards import Card, CardRef, CardSummary, FoundCard
from rego.wire.query_terms import Sort, SortField
from rego_server.core.db import Row, Statement, one_of
from rego_server.core.db.schema import Id, Json, Timestamp
from rego_server.core.events import board_heads
from rego_server.core.places import ANCHOR, Spot, neighbour_ranks, ranked_lists
from rego_server.core.ranking import to_wire
from rego_server.domains.access.models import board_members
from rego_server.domains.access.policy import Selected, entrance, on_board, view
from rego_server.domains.attachments.models import attachments, blobs
from rego_server.domains.boards.models import boards
from rego_server.domains.cards.filters import CALLER, NOW, Scope
from rego_server.domains.cards.models import card_assignees, card_labels, cards
from rego_server.domains.cards.rules import CardName
from rego_server.domains.checklists.models import checklist_items, checklists
from rego_server.domains.columns.models import columns
from rego_server.domains.labels.models import labels
from rego_server.domains.users.models import users

BOARD_ID = bindparam("board_id", type_=Id)
CARD_ID = bindparam("card_id", type_=Id)
COLUMN_ID = bindparam("column_id", type_=Id)
USER_ID = bindparam("user_id", type_=Id)
LABEL_ID = bindparam("label_id", type_=Id)

SUMMARY = [column for column in cards.c if column.name != "description"]
"""Every column but the long text."""

LISTED = [column for column in SUMMARY if column.name != "field_versions"]
"""What a list shows: not what only a change of the card asks for."""

_by_id = cards.c.id == CARD_ID
_by_reference = and_(board_heads.c.key == bindparam("key"), cards.c.number == bindparam("number"))


class Named:
    """A statement on one card in two forms: for the id, and for a reference such as OPS-12."""

    def __init__(self, make: Any, columns_: list[Selected], source: FromClause) -> None:
        self._by_id: Statement = make(columns_, source, _by_id)
        self._by_reference: Statement = make(columns_, source, _by_reference)

    def for_(self, name: CardName) -> Statement:
        """The form that finds `name`."""
        return self._by_id if name.card_id else self._by_reference


def named(name: CardName) -> dict[str, Any]:
    """The parameters that a `Named` statement takes for `name`."""
    return {"card_id": name.card_id} if name.card_id else {"key": name.key, "number": name.number}


# --- one card ----------------------------------------------------------------------------------------------------

_column = columns.alias("its_column")
_source = on_board(cards)
_with_column = _source.join(_column, _column.c.id == cards.c.column_id)
_member = board_members.alias("assignee_member")
_assignee = users.alias("assignee")

CARD = Named(view, [cards, board_heads.c.key], _source)
ENTER = Named(entrance, [cards], _source)
ENTER_TO_DELETE = Named(
    entrance, [cards, exists().where(checklists.c.card_id == cards.c.id).correlate(cards).label("has_checklists")], _source
)
ENTER_TO_ASSIGN = Named(
    entrance,
    [*SUMMARY, _member.c.user_id.label("assignee_id"), _assignee.c.username.label("assignee_name")],
    _source.outerjoin(_member, and_(_member.c.board_id == cards.c.board_id, _member.c.user_id == USER_ID)).outerjoin(
        _assignee, _assignee.c.id == USER_ID
    ),
)
ENTER_TO_LABEL = Named(
    entrance,
    [*SUMMARY, labels.c.id.label("label_id"), labels.c.name.label("label_name")],
    _source.outerjoin(labels, and_(labels.c.board_id == cards.c.board_id, labels.c.id == LABEL_ID)),
)

# --- placing -----------------------------------------------------------------------------------------------------

_anchor = cards.alias("anchor")
_target = columns.alias("target")
_in_target = cards.alias("in_target")

# Without a column of its own a move goes to the column of the neighbour that it names, else it stays in its column.
_anchors_column = (
    select(_anchor.c.column_id)
    .where(_anchor.c.id == ANCHOR, _anchor.c.board_id == board_heads.c.board_id)
    .correlate(board_heads)
    .scalar_subquery()
)
_targets = {
    spot: func.coalesce(COLUMN_ID, _anchors_column, cards.c.column_id)
    if spot in (Spot.AFTER, Spot.BEFORE)
    else func.coalesce(COLUMN_ID, cards.c.column_id)
    for spot in Spot
}


def _target_columns(without: ColumnElement[bool] | None) -> list[ColumnElement[Any]]:
    """The target column's own fields; its cards are counted only where a hard limit asks for it."""
    open_cards = and_(_in_target.c.column_id == _target.c.id, not_(_in_target.c.archived))
    count = select(func.count()).where(open_cards if without is None else and_(open_cards, without)).scalar_subquery()
    return [
        _target.c.id.label("target_id"),
        _target.c.title.label("target_title"),
        _target.c.wip_limit.label("target_wip_limit"),
        _target.c.wip_mode.label("target_wip_mode"),
        _target.c.archived.label("target_archived"),
        case((_target.c.wip_mode == "hard", count)).label("target_cards"),
    ]


def _move(spot: Spot) -> Named:
    target = _targets[spot]
    return Named(
        entrance,
        [
            *SUMMARY,
            _column.c.title.label("column_title"),
            *_target_columns(_in_target.c.id != cards.c.id),
            *neighbour_ranks(spot, cards, lambda c: and_(c.c.column_id == _target.c.id, c.c.id != cards.c.id)),
        ],
        _with_column.outerjoin(_target, and_(_target.c.id == target, _target.c.board_id == board_heads.c.board_id)),
    )


def _copy(spot: Spot) -> Named:
    """As a move, but the card itself stays, and may be the neighbour."""
    return Named(
        entrance,
        [cards, *_target_columns(None), *neighbour_ranks(spot, cards, lambda c: c.c.column_id == _target.c.id)],
        _source.outerjoin(_target, and_(_target.c.id == _targets[spot], _target.c.board_id == board_heads.c.board_id)),
    )


def _create(spot: Spot, target: ColumnElement[Any]) -> Statement:
    return entrance(
        [*_target_columns(None), *neighbour_ranks(spot, cards, lambda c: c.c.column_id == _target.c.id)],
        board_heads.outerjoin(_target, and_(_target.c.id == target, _target.c.board_id == board_heads.c.board_id)),
        board_heads.c.board_id == BOARD_ID,
    )


LOAD = Statement(select(*_target_columns(None)).select_from(_target).where(_target.c.id == COLUMN_ID))
"""How full a column is, in the words of a target."""

ENTER_TO_MOVE = {spot: _move(spot) for spot in Spot}
ENTER_TO_COPY = {spot: _copy(spot) for spot in Spot}
ENTER_TO_CREATE = {spot: _create(spot, COLUMN_ID) for spot in Spot}
ENTER_TO_ARRIVE = {
    spot: _create(spot, func.coalesce(COLUMN_ID, _anchors_column) if spot in (Spot.AFTER, Spot.BEFORE) else COLUMN_ID)
    for spot in Spot
}
"""For `enter`: a board that a card of another one comes to."""

IN_COLUMNS = ranked_lists(cards, cards.c.column_id)

# --- two boards --------------------------------------------------------------------------------------------------


def _board_of(_: list[Selected], source: FromClause, is_it: ColumnElement[bool]) -> Statement:
    return Statement(select(cards.c.board_id).select_from(source).where(is_it))


def _enter_on(columns_: list[Selected], source: FromClause, is_it: ColumnElement[bool]) -> Statement:
    return entrance(columns_, source, is_it, cards.c.board_id == BOARD_ID)


BOARD_OF = Named(_board_of, [], _source)
"""Where a card is, whoever asks: what to enter, no answer."""

ENTER_ON_BOARD = Named(_enter_on, [cards], _source)
"""For `enter`: a card, if it is on a given board."""

TAKE_BLOBS = Statement(
    update(blobs)
    .where(blobs.c.id.in_(select(attachments.c.blob_id).where(attachments.c.card_id == CARD_ID)))
    .values(board_id=BOARD_ID)
)
"""A card's files count on the board where it is now."""

_on_the_board_now = select(board_members.c.user_id).where(board_members.c.board_id == BOARD_ID)

DROP_ITEM_ASSIGNEES = Statement(
    update(checklist_items)
    .where(
        checklist_items.c.checklist_id.in_(select(checklists.c.id).where(checklists.c.card_id == CARD_ID)),
        checklist_items.c.assignee_id.not_in(_on_the_board_now),
    )
    .values(assignee_id=None)
)
"""Takes people off a card's items who are not on a board."""

# --- lists -------------------------------------------------------------------------------------------------------

_of_board = select(*LISTED).where(cards.c.board_id == BOARD_ID).order_by(cards.c.column_id, cards.c.rank, cards.c.id)
OF_BOARD = Statement(_of_board.where(not_(cards.c.archived)))
OF_BOARD_WITH_ARCHIVED = Statement(_of_board)

# --- found by a query --------------------------------------------------------------------------------------------


def _on_the_board(archived: ColumnElement[bool], *where: ColumnElement[bool]) -> Scope:
    """The cards of one board, as a list shows them."""
    return Scope(
        source=select(*LISTED).select_from(on_board(cards)).where(board_heads.c.board_id == BOARD_ID, *where),
        on_boards=lambda board_id: board_id == BOARD_ID,
        archived=archived,
        ties=(cards.c.number,),
    )


_mine = board_members.alias("mine")
_my_boards = select(_mine.c.board_id).where(_mine.c.user_id == CALLER)

_put_away = select(_target.c.id).where(_target.c.board_id == BOARD_ID, _target.c.archived)

ON_THE_BOARD = _on_the_board(or_(cards.c.archived, cards.c.column_id.in_(_put_away)))
"""Where a list looks: at a board. In an archived column every card counts as archived."""

IN_THE_COLUMN = _on_the_board(cards.c.archived, cards.c.column_id == COLUMN_ID)
"""Who asks for one column asks for its cards, archived or not as it may be itself."""

ON_MY_BOARDS = Scope(
    source=select(*LISTED, board_heads.c.key, boards.c.title.label("board_title"), _column.c.title.label("column_title"))
    .select_from(_with_column.join(boards, boards.c.id == cards.c.board_id))
    .where(board_heads.c.board_id.in_(_my_boards)),
    on_boards=lambda board_id: board_id.in_(_my_boards),
    archived=or_(cards.c.archived, _column.c.archived, boards.c.archived),
    ties=(cards.c.id,),
    default=(Sort(SortField.UPDATED, descending=True),),
)
"""Where a search looks: at all boards of the caller. All counts as archived on an archived board or in an archived column."""

# --- claims ------------------------------------------------------------------------------------------------------

_ON_CARD = bindparam("on_card", type_=Id)
_taken = card_assignees.alias("taken")
_holder = users.alias("holder")
_running = or_(_taken.c.claimed_until.is_(None), _taken.c.claimed_until > NOW)

CLAIMABLE = Scope(
    source=select(cards)
    .select_from(_with_column)
    .where(board_heads.c.board_id == BOARD_ID, not_(or_(cards.c.completed, cards.c.archived)))
    .where(not_(or_(_column.c.done, _column.c.archived)), not_(exists().where(_taken.c.card_id == cards.c.id, _running))),
    on_boards=lambda board_id: board_id == BOARD_ID,
    archived=cards.c.archived,
    ties=(_column.c.rank, cards.c.rank),
)
"""Where the next card to claim is looked for: open work of a board that nobody is on, as the board shows it."""

PEOPLE_ON = Statement(
    select(_taken.c.user_id, _taken.c.claimed_until, _holder.c.username)
    .select_from(_taken.join(_holder, _holder.c.id == _taken.c.user_id))
    .where(_taken.c.card_id == CARD_ID)
    .order_by(_taken.c.user_id)
)
"""Who is on a card, and until when those who claimed it."""

ADD_CLAIM = Statement(insert(card_assignees))
SET_CLAIM = Statement(
    update(card_assignees)
    .where(card_assignees.c.card_id == _ON_CARD, card_assignees.c.user_id == bindparam("the_user", type_=Id))
    .values(claimed_until=bindparam("until", type_=Timestamp))
)
END_CLAIM = Statement(
    update(card_assignees)
    .where(card_assignees.c.card_id == _ON_CARD, card_assignees.c.claimed_until.is_not(None))
    .values(claimed_until=None)
)
"""Makes an assignment of a claim: whoever had the card keeps it."""

# --- writes ------------------------------------------------------------------------------------------------------

ADD = Statement(insert(cards))
DELETE = Statement(delete(cards).where(cards.c.id == bindparam("row_id", type_=Id)))
ADD_LABEL = Statement(insert(card_labels))
REMOVE_LABEL = Statement(
    delete(card_labels).where(card_labels.c.card_id == _ON_CARD, card_labels.c.label_id == bindparam("the_label", type_=Id))
)
ADD_ASSIGNEE = Statement(insert(card_assignees).values(card_id=CARD_ID, user_id=USER_ID))
REMOVE_ASSIGNEE = Statement(
    delete(card_assignees).where(
        card_assignees.c.card_id == _ON_CARD, card_assignees.c.user_id == bindparam("the_user", type_=Id)
    )
)
LABELS = Statement(
    select(labels.c.id, labels.c.name, labels.c.color).where(labels.c.board_id == BOARD_ID).order_by(labels.c.id)
)
LEAVE_LABELS = Statement(delete(card_labels).where(card_labels.c.card_id == CARD_ID))
LEAVE_ASSIGNEES = Statement(
    delete(card_assignees).where(card_assignees.c.card_id == CARD_ID, card_assignees.c.user_id.not_in(_on_the_board_now))
)
"""Takes people off a card who are not on a board; whoever stays keeps their claim."""
LABELS_AMONG = Statement(
    select(labels.c.id).where(labels.c.board_id == BOARD_ID, one_of(labels.c.id, bindparam("ids", type_=Json)))
)
MEMBERS_AMONG = Statement(
    select(board_members.c.user_id.label("id")).where(
        board_members.c.board_id == BOARD_ID, one_of(board_members.c.user_id, bindparam("ids", type_=Json))
    )
)


def summary_of(row: Row) -> CardSummary:
    """The card in `row` without its description."""
    return msgspec.convert(_on_the_wire(row), CardSummary)


def card_of(row: Row) -> Card:
    """The card in `row` with its description."""
    return msgspec.convert(_on_the_wire(row), Card)


def found_card_of(row: Row) -> FoundCard:
    """The card in `row` with the names of where it is."""
    return msgspec.convert({**_on_the_wire(row), "ref": f"{row['key']}-{row['number']}"}, FoundCard)


def ref_of(row: Row, key: str) -> CardRef:
    """The card in `row` as a sentence names it."""
    return CardRef(id=row["id"], ref=f"{key}-{row['number']}", title=row["title"])


def _on_the_wire(row: Row) -> dict[str, Any]:
    """The columns of `row` as clients see them; what else it holds is passed over by whoever converts it."""
    return {**row, "rank": to_wire(row["rank"])}
