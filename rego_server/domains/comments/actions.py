"""Writing and deleting comments."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.cards import CardRef
from rego.wire.comments import Comment, CreateComment
from rego.wire.errors import Forbidden
from rego.wire.events import CommentCreated, CommentDeleted
from rego_server.core.patch import new_entity
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import enter, look
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName
from rego_server.domains.comments import queries
from rego_server.domains.users.actions import own_row


async def list_comments(reading: Reading, card: CardName) -> Sequence[Comment]:
    """The card's comments, oldest first."""
    row = await look(reading, cards.CARD.for_(card), **named(card))
    return [queries.comment_of(found) for found in await reading.fetch(queries.OF_CARD, card_id=row["id"])]


async def create_comment(uow: UnitOfWork, card: CardName, body: CreateComment) -> Comment:
    """Say something about the card."""
    found = await enter(uow, cards.ENTER.for_(card), Role.MEMBER, **named(card))
    author = await own_row(uow)
    row = {**new_entity(uow), "card_id": found["id"], "text": body.text}
    uow.write(queries.ADD, **row)
    count = found["comment_count"] + 1
    uow.write(queries.SET_COUNT, row_id=found["id"], comment_count=count)
    names = {"author_username": author["username"], "firstname": author["firstname"], "lastname": author["lastname"]}
    comment = queries.comment_of({**row, **names})
    ref = cards.ref_of(found, found["head_key"])
    uow.emit(found["board_id"], CommentCreated(card=ref, comment=comment, comment_count=count))
    return comment


async def delete_comment(uow: UnitOfWork, comment_id: str) -> None:
    """Take a comment back: one's own, or as an owner of the board anybody's."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, comment_id=comment_id)
    if row["created_by"] != uow.caller.user_id and row["caller_role"] != Role.OWNER:
        raise Forbidden("Only its author or an owner of the board can delete a comment.")
    uow.write(queries.DELETE, row_id=comment_id)
    count = row["comment_count"] - 1
    uow.write(queries.SET_COUNT, row_id=row["card_id"], comment_count=count)
    ref = CardRef(id=row["card_id"], ref=f"{row['head_key']}-{row['number']}", title=row["card_title"])
    uow.emit(row["card_board_id"], CommentDeleted(card=ref, comment=queries.comment_of(row), comment_count=count))
