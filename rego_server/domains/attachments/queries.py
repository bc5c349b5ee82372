"""Attachments with what is known of their content, and the blobs that nothing names any more."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from rego.wire.attachments import Attachment
from rego.wire.cards import CardRef
from rego_server.core.db import Row, Statement, one_of
from rego_server.core.db.schema import Id, Json, Timestamp
from rego_server.core.events import board_heads
from rego_server.core.patch import stamps
from rego_server.domains.access.policy import entrance, on_board, view
from rego_server.domains.attachments.models import attachments, blobs
from rego_server.domains.cards.models import cards
from rego_server.domains.cards.queries import Named

_ATTACHMENT_ID = bindparam("attachment_id", type_=Id)
_CONTENT = (blobs.c.folder, blobs.c.size, blobs.c.content_type, blobs.c.sha256)
_with_content = attachments.join(blobs, blobs.c.id == attachments.c.blob_id)

OF_CARD = Statement(
    select(attachments, *_CONTENT)
    .select_from(_with_content)
    .where(attachments.c.card_id == bindparam("card_id", type_=Id))
    .order_by(attachments.c.created_at, attachments.c.id)
)
_on_a_board = (
    on_board(cards).join(attachments, attachments.c.card_id == cards.c.id).join(blobs, blobs.c.id == attachments.c.blob_id)
)
ATTACHMENT = view([attachments, *_CONTENT], _on_a_board, attachments.c.id == _ATTACHMENT_ID)
ENTER = entrance(
    [
        attachments,
        *_CONTENT,
        cards.c.board_id.label("card_board_id"),
        cards.c.number,
        cards.c.title.label("card_title"),
        cards.c.attachment_count,
    ],
    _on_a_board,
    attachments.c.id == _ATTACHMENT_ID,
)
_carriers = cards.alias("carriers")


def _counts_on(board_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a blob takes room on the board: it came onto it and may be deleted since, or a card there names it.

    A copy shares its content with the original, so that this takes room on the boards of both, once on each.
    """
    named = (
        select(attachments.c.blob_id)
        .join(_carriers, _carriers.c.id == attachments.c.card_id)
        .where(_carriers.c.board_id == board_id)
        .correlate(board_heads)
    )
    return or_(blobs.c.board_id == board_id, blobs.c.id.in_(named))


def _bytes_of(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    size = cast(func.coalesce(func.sum(blobs.c.size), 0), BigInteger)
    return select(size).where(*where).correlate(board_heads).scalar_subquery()


ENTER_TO_ATTACH = Named(entrance, [cards, _bytes_of(_counts_on(board_heads.c.board_id)).label("bytes_used")], on_board(cards))

_HERE = bindparam("board_id", type_=Id)
_OF_THE_CARD = blobs.c.id.in_(select(attachments.c.blob_id).where(attachments.c.card_id == bindparam("card_id", type_=Id)))

ROOM_FOR_FILES = Statement(
    select(
        _bytes_of(_counts_on(_HERE)).label("bytes_used"),
        _bytes_of(_OF_THE_CARD, not_(_counts_on(_HERE))).label("bytes_coming"),
    )
)
"""What the files on a board take, and what those of a card from elsewhere would take beside them."""

ADD_BLOB = Statement(insert(blobs))
ADD = Statement(insert(attachments))
DELETE = Statement(delete(attachments).where(attachments.c.id == bindparam("row_id", type_=Id)))
SET_COUNT = Statement(
    update(cards).where(cards.c.id == bindparam("row_id", type_=Id)).values(attachment_count=bindparam("attachment_count"))
)

# --- the sweep ---------------------------------------------------------------------------------------------------

_named = exists().where(attachments.c.blob_id == blobs.c.id)

MARK_ORPHANS = Statement(
    update(blobs).where(blobs.c.orphaned_at.is_(None), not_(_named)).values(orphaned_at=bindparam("now", type_=Timestamp))
)
UNMARK_NAMED = Statement(update(blobs).where(blobs.c.orphaned_at.is_not(None), _named).values(orphaned_at=None))
FORGET_ORPHANS = Statement(
    delete(blobs)
    .where(blobs.c.orphaned_at < bindparam("before", type_=Timestamp), not_(_named))
    .returning(blobs.c.id, blobs.c.folder)
)
CLAIM = Statement(
    update(blobs).where(one_of(blobs.c.id, bindparam("ids", type_=Json))).values(orphaned_at=None).returning(blobs.c.id)
)
"""Those of some blobs that are still there: whoever names them again in this transaction is sure that they stay.

Whatever board they count on: a copy shares its content with the original, and takes it along to another board.
"""

KNOWN = Statement(select(blobs.c.id).where(one_of(blobs.c.id, bindparam("ids", type_=Json))))


def attachment_of(row: Row) -> Attachment:
    """The attachment in `row`, which holds what is known of its content too."""
    return Attachment(
        **stamps(row),
        card_id=row["card_id"],
        filename=row["filename"],
        size=row["size"],
        content_type=row["content_type"],
        sha256=row["sha256"],
    )


def card_of(row: Row) -> CardRef:
    """The card of the attachment that was entered in `row`."""
    return CardRef(id=row["card_id"], ref=f"{row['head_key']}-{row['number']}", title=row["card_title"])
