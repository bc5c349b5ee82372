"""Writing, changing and deleting comments, and whom they mention."""

from __future__ import annotations

from rego.wire.base import Change, Id, Role
from rego.wire.cards import Moment
from rego.wire.comments import Comment, CreateComment, ListComments, UpdateComment
from rego.wire.errors import Forbidden
from rego.wire.events import CommentCreated, CommentDeleted, CommentUpdated
from rego_server.core.paging import Page, page_of, read_cursor, write_cursor
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter, look
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName
from rego_server.domains.comments import queries
from rego_server.domains.comments.models import comments
from rego_server.domains.comments.rules import mentioned, names_in
from rego_server.domains.users.actions import own_row


async def list_comments(reading: Reading, card: CardName, wish: ListComments) -> Page[Comment]:
    """A page of the card's comments, oldest first."""
    row = await look(reading, cards.CARD.for_(card), **named(card))
    among = {"card_id": row["id"], "count": wish.limit + 1}
    if wish.cursor is None:
        found = await reading.fetch(queries.OF_CARD, **among)
    else:
        after_at, after_id = read_cursor(wish.cursor, Moment, Id)
        found = await reading.fetch(queries.OF_CARD_AFTER, after_at=after_at, after_id=after_id, **among)
    return page_of(found, wish.limit, queries.comment_of, lambda last: write_cursor(last["created_at"], last["id"]))


async def create_comment(uow: UnitOfWork, card: CardName, body: CreateComment) -> Comment:
    """Say something about the card."""
    found = await enter(uow, cards.ENTER.for_(card), Role.MEMBER, **named(card))
    author = await own_row(uow)
    mentions = await _mentions(uow, found["board_id"], body.text)
    rule = uow.cause.rule_name if uow.cause else None
    row = {**new_entity(uow), "card_id": found["id"], "text": body.text, "mentions": mentions, "rule": rule}
    uow.write(queries.ADD, **row)
    count = found["comment_count"] + 1
    uow.write(queries.SET_COUNT, row_id=found["id"], comment_count=count)
    names = {"author_username": author["username"], "firstname": author["firstname"], "lastname": author["lastname"]}
    comment = queries.comment_of({**row, **names})
    ref = cards.ref_of(found, found["head_key"])
    uow.emit(found["board_id"], CommentCreated(card=ref, comment=comment, comment_count=count))
    return comment


async def update_comment(uow: UnitOfWork, comment_id: str, body: UpdateComment) -> Comment:
    """Change the text of one's own comment; an owner may delete what others said, but not put words into their mouths."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, comment_id=comment_id)
    if row["created_by"] != uow.caller.user_id:
        raise Forbidden("Only its author can change a comment.")
    merged = merge(row, body, queries.comment_of)
    if merged is None:
        return queries.comment_of(row)
    mentions = await _mentions(uow, row["card_board_id"], merged.values["text"])
    changes = {**merged.changes}
    if mentions != row["mentions"]:
        changes["mentions"] = Change(row["mentions"], mentions)
    changed = {**row, **save(uow, comments, row, {**merged.values, "mentions": mentions})}
    ref = queries.ref_of(row)
    uow.emit(row["card_board_id"], CommentUpdated(card=ref, comment_id=comment_id, changes=changes, version=merged.version))
    return queries.comment_of(changed)


async def delete_comment(uow: UnitOfWork, comment_id: str) -> None:
    """Take a comment back: one's own, or as an owner of the board anybody's."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, comment_id=comment_id)
    if row["created_by"] != uow.caller.user_id and row["caller_role"] != Role.OWNER:
        raise Forbidden("Only its author or an owner of the board can delete a comment.")
    uow.write(queries.DELETE, row_id=comment_id)
    count = row["comment_count"] - 1
    uow.write(queries.SET_COUNT, row_id=row["card_id"], comment_count=count)
    ref = queries.ref_of(row)
    uow.emit(row["card_board_id"], CommentDeleted(card=ref, comment=queries.comment_of(row), comment_count=count))


async def _mentions(uow: UnitOfWork, board_id: str, text: str) -> list[str]:
    """The members whom the text names; a placeholder has nobody behind it who could be told."""
    names = names_in(text)
    if not names:
        return []
    members = await uow.fetch(access.MEMBERS, board_id=board_id)
    return mentioned(names, {row["username"].lower(): row["user_id"] for row in members if not row["placeholder"]})
