"""The reads of an export: the parts that cards refer to at once, then the cards in pages with what hangs on them."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, select, union

from rego_server.core.db import Statement, one_of
from rego_server.core.db.schema import Id, Json
from rego_server.core.events import board_heads
from rego_server.domains.access.models import board_members
from rego_server.domains.access.policy import view
from rego_server.domains.attachments.models import attachments, blobs
from rego_server.domains.boards.models import boards
from rego_server.domains.cards.models import cards
from rego_server.domains.checklists.models import checklist_items, checklists
from rego_server.domains.comments.models import comments
from rego_server.domains.users.models import users

_BOARD_ID = bindparam("board_id", type_=Id)
_CARD_IDS = bindparam("card_ids", type_=Json)

BOARD = view(
    [boards, board_heads.c.key, board_heads.c.last_number],
    board_heads.join(boards, boards.c.id == board_heads.c.board_id),
    board_heads.c.board_id == _BOARD_ID,
)
"""For `look`: a board with its key and the highest card number."""

_of_cards = cards.join(checklists, checklists.c.card_id == cards.c.id)
_named = union(
    select(board_members.c.user_id).where(board_members.c.board_id == _BOARD_ID),
    select(cards.c.created_by).where(cards.c.board_id == _BOARD_ID),
    select(cards.c.updated_by).where(cards.c.board_id == _BOARD_ID),
    select(comments.c.created_by)
    .select_from(cards.join(comments, comments.c.card_id == cards.c.id))
    .where(cards.c.board_id == _BOARD_ID),
    select(checklist_items.c.assignee_id)
    .select_from(_of_cards.join(checklist_items, checklist_items.c.checklist_id == checklists.c.id))
    .where(cards.c.board_id == _BOARD_ID),
)

PEOPLE = Statement(
    select(users.c.id, users.c.username, users.c.firstname, users.c.lastname, board_members.c.role)
    .select_from(
        users.outerjoin(board_members, and_(board_members.c.user_id == users.c.id, board_members.c.board_id == _BOARD_ID))
    )
    .where(users.c.id.in_(_named))
)
"""The members, and whoever else a card, an item or a comment names; those have no role."""

CARDS = Statement(
    select(cards)
    .where(cards.c.column_id == bindparam("column_id", type_=Id), cards.c.rank > bindparam("after"))
    .order_by(cards.c.rank)
    .limit(bindparam("count"))
)
"""A page of a column, archived cards included."""

CHECKLISTS = Statement(
    select(checklists).where(one_of(checklists.c.card_id, _CARD_IDS)).order_by(checklists.c.rank, checklists.c.id)
)
ITEMS = Statement(
    select(checklist_items)
    .select_from(checklist_items.join(checklists, checklists.c.id == checklist_items.c.checklist_id))
    .where(one_of(checklists.c.card_id, _CARD_IDS))
    .order_by(checklist_items.c.rank, checklist_items.c.id)
)
COMMENTS = Statement(
    select(comments).where(one_of(comments.c.card_id, _CARD_IDS)).order_by(comments.c.created_at, comments.c.id)
)
FILES = Statement(
    select(attachments.c.card_id, attachments.c.filename, blobs.c.size, blobs.c.sha256)
    .select_from(attachments.join(blobs, blobs.c.id == attachments.c.blob_id))
    .where(one_of(attachments.c.card_id, _CARD_IDS))
    .order_by(attachments.c.created_at, attachments.c.id)
)
