"""Taking back a comment, or its deletion: for its author and the board's owners, as all that is done to it."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.base import Role
from rego.wire.comments import UpdateComment
from rego.wire.errors import Forbidden
from rego.wire.events import Event
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter
from rego_server.domains.cards import queries as cards
from rego_server.domains.comments import actions, queries
from rego_server.domains.comments.models import comments
from rego_server.domains.undo.actions.checklists import card_now
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rows import revived
from rego_server.domains.undo.rules import refuse_change, there


async def comment_created(uow: UnitOfWork, event: Event, data: e.CommentCreated) -> None:
    what = f"The comment on {data.card.ref}"
    row = there(await row_on_board(uow, comments, event.board_id, data.comment.id), what)
    refuse_change(what, {"text": data.comment.text}, {"text": row["text"]})
    await actions.delete_comment(uow, data.comment.id)


async def comment_updated(uow: UnitOfWork, event: Event, data: e.CommentUpdated) -> None:
    """The text as it was before, by its author; whom it mentions is read out of it again."""
    what = f"The comment on {data.card.ref}"
    row = there(await row_on_board(uow, comments, event.board_id, data.comment_id), what)
    text = data.changes["text"]
    refuse_change(what, {"text": text.after}, {"text": row["text"]})
    await actions.update_comment(uow, data.comment_id, UpdateComment(text=text.before))


async def comment_deleted(uow: UnitOfWork, event: Event, data: e.CommentDeleted) -> None:
    """Back where it was among the others, under its author's name and time."""
    caller = await enter(uow, access.ENTER_BOARD, Role.MEMBER, board_id=event.board_id)
    if data.comment.created_by != uow.caller.user_id and caller["caller_role"] != Role.OWNER:
        raise Forbidden("Only its author or an owner of the board can bring a comment back.")
    card = await card_now(uow, event, data.card)
    row = revived(uow, data.comment)
    del row["author"]
    uow.write(queries.ADD, **row)
    count = card["comment_count"] + 1
    uow.write(queries.SET_COUNT, row_id=card["id"], comment_count=count)
    comment = queries.comment_of({**row, **_names(data)})
    ref = cards.ref_of(card, uow.heads[event.board_id].key)
    uow.emit(event.board_id, e.CommentCreated(card=ref, comment=comment, comment_count=count))


def _names(data: e.CommentDeleted) -> dict[str, str]:
    """The author's name as the event has it, in the words of a row."""
    return {"author_username": data.comment.author, "firstname": "", "lastname": ""}
