"""Comments with the names of those who wrote them."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select, update

from rego.wire.comments import Comment
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.patch import stamps
from rego_server.domains.access.policy import entrance, on_board
from rego_server.domains.cards.models import cards
from rego_server.domains.comments.models import comments
from rego_server.domains.users.models import users

NOBODY = "somebody"

_author = users.alias("author")
_AUTHOR = (_author.c.username.label("author_username"), _author.c.firstname, _author.c.lastname)
_COMMENT_ID = bindparam("comment_id", type_=Id)

OF_CARD = Statement(
    select(comments, *_AUTHOR)
    .select_from(comments.outerjoin(_author, _author.c.id == comments.c.created_by))
    .where(comments.c.card_id == bindparam("card_id", type_=Id))
    .order_by(comments.c.created_at, comments.c.id)
)
ENTER = entrance(
    [
        comments,
        *_AUTHOR,
        cards.c.board_id.label("card_board_id"),
        cards.c.number,
        cards.c.title.label("card_title"),
        cards.c.comment_count,
    ],
    on_board(cards).join(comments, comments.c.card_id == cards.c.id).outerjoin(_author, _author.c.id == comments.c.created_by),
    comments.c.id == _COMMENT_ID,
)

ADD = Statement(insert(comments))
DELETE = Statement(delete(comments).where(comments.c.id == bindparam("row_id", type_=Id)))
SET_COUNT = Statement(
    update(cards).where(cards.c.id == bindparam("row_id", type_=Id)).values(comment_count=bindparam("comment_count"))
)


def comment_of(row: Row) -> Comment:
    """The comment in `row`, under its author's full name, else the username."""
    return Comment(**stamps(row), card_id=row["card_id"], text=row["text"], author=_name(row))


def _name(row: Row) -> str:
    if row["author_username"] is None:
        return NOBODY
    return f"{row['firstname']} {row['lastname']}".strip() or str(row["author_username"])
