"""Comments with the names of those who wrote them."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from rego.wire.cards import CardRef
from rego.wire.comments import Comment
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id, Timestamp
from rego_server.core.patch import stamps
from rego_server.domains.access.policy import entrance, on_board
from rego_server.domains.cards.models import cards
from rego_server.domains.comments.models import comments
from rego_server.domains.users.models import users

NOBODY = "somebody"

_author = users.alias("author")
_AUTHOR = (_author.c.username.label("author_username"), _author.c.firstname, _author.c.lastname)
_COMMENT_ID = bindparam("comment_id", type_=Id)

_after_at, _after_id = bindparam("after_at", type_=Timestamp), bindparam("after_id", type_=Id)
_of_card = (
    select(comments, *_AUTHOR)
    .select_from(comments.outerjoin(_author, _author.c.id == comments.c.created_by))
    .where(comments.c.card_id == bindparam("card_id", type_=Id))
    .order_by(comments.c.created_at, comments.c.id)
    .limit(bindparam("count"))
)
OF_CARD = Statement(_of_card)
# The first condition follows from the second, but it is the one that the index serves.
OF_CARD_AFTER = Statement(
    _of_card.where(
        comments.c.created_at >= _after_at,
        or_(comments.c.created_at > _after_at, and_(comments.c.created_at == _after_at, comments.c.id > _after_id)),
    )
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
    """The comment in `row`, under its author's full name, else the username; one by a rule under the rule's name."""
    return Comment(
        **stamps(row), card_id=row["card_id"], text=row["text"], author=_name(row), mentions=row["mentions"], rule=row["rule"]
    )


def _name(row: Row) -> str:
    if row["rule"] is not None:
        return f"{row['rule']} (rule)"
    if row["author_username"] is None:
        return NOBODY
    return f"{row['firstname']} {row['lastname']}".strip() or str(row["author_username"])


def ref_of(row: Row) -> CardRef:
    """The card of the comment in `row`, as a sentence names it."""
    return CardRef(id=row["card_id"], ref=f"{row['head_key']}-{row['number']}", title=row["card_title"])
