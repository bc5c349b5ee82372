"""What a user can do to the texts, checklists, comments and files of a card, as values: see `Operation`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from rego.client import attachments, cards, checklists, comments
from rego.client.call import Call
from rego.replica import Pending
from rego.wire.attachments import Attachment, UpdateAttachment
from rego.wire.base import Entity, Position
from rego.wire.cards import UpdateCard
from rego.wire.checklists import (
    Checklist,
    ChecklistItem,
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego.wire.comments import Comment, CreateComment, UpdateComment
from rego_tui import card_detail as seen
from rego_tui.card_detail import Seen
from rego_tui.operations import Known, Operation, Text


class Change(Struct, frozen=True, kw_only=True):
    """One change of an open card: what is sent, how the card looks with it, and the id of what it is about."""

    operation: Operation
    seen: Seen
    about: str


def describe(card_id: str, text: str, version: int) -> Change:
    """Another description, written on the one that the card had at `version`."""
    return _rewriting(
        card_id,
        (card_id, "description"),
        version,
        lambda real, at: cards.update_card(real, UpdateCard(description=text, version=at)),
        seen.described(text),
        "The description was not saved",
    )


# --- checklists ------------------------------------------------------------------------------------------------------


def add_list(card_id: str, title: str, now: datetime) -> Change:
    made = str(uuid4())
    return _change(
        card_id,
        made,
        lambda known: checklists.create_checklist(known.id(card_id), CreateChecklist(title=title)),
        seen.with_list(made, card_id, title, now),
        f"The checklist “{title}” was not added",
        makes=made,
    )


def rename_list(card_id: str, checklist: Checklist, title: str) -> Change:
    return _rewriting(
        card_id,
        (checklist.id, "title"),
        checklist.version,
        lambda real, at: checklists.update_checklist(real, UpdateChecklist(title=title, version=at)),
        seen.with_list_changed(checklist.id, title=title),
        f"The checklist “{checklist.title}” was not renamed to “{title}”",
    )


def move_list(card_id: str, checklist: Checklist, others: Sequence[Checklist], index: int) -> Change:
    """Put a checklist at `index` among the others."""
    return _change(
        card_id,
        checklist.id,
        lambda known: checklists.move_checklist(known.id(checklist.id), MoveChecklist(**_place(known, others, index))),
        seen.with_list_moved(checklist.id, index),
        f"The checklist “{checklist.title}” was not moved",
    )


def delete_list(card_id: str, checklist: Checklist) -> Change:
    return _change(
        card_id,
        checklist.id,
        lambda known: checklists.delete_checklist(known.id(checklist.id)),
        seen.without(checklist.id),
        f"The checklist “{checklist.title}” was not deleted",
    )


def add_item(card_id: str, checklist: Checklist, text: str, index: int, now: datetime) -> Change:
    """Put a new item at `index` of a checklist."""
    made = str(uuid4())
    return _change(
        card_id,
        made,
        lambda known: checklists.create_checklist_item(
            known.id(checklist.id), CreateChecklistItem(text=text, **_place(known, checklist.items, index))
        ),
        seen.with_item(made, checklist.id, text, index, now),
        f"“{text}” was not added",
        makes=made,
    )


def edit_item(card_id: str, item: ChecklistItem, text: str) -> Change:
    return _rewriting(
        card_id,
        (item.id, "text"),
        item.version,
        lambda real, at: checklists.update_checklist_item(real, UpdateChecklistItem(text=text, version=at)),
        seen.with_item_changed(item.id, text=text),
        f"“{item.text}” was not changed to “{text}”",
    )


def tick_item(card_id: str, item: ChecklistItem, done: bool) -> Change:
    what = "ticked" if done else "unticked"
    return _item_change(card_id, item, f"“{item.text}” was not {what}", {"done": done})


def assign_item(card_id: str, item: ChecklistItem, user_id: str | None) -> Change:
    return _item_change(card_id, item, f"“{item.text}” was not assigned", {"assignee_id": user_id})


def _item_change(card_id: str, item: ChecklistItem, failure: str, fields: dict[str, Any]) -> Change:
    return _change(
        card_id,
        item.id,
        lambda known: checklists.update_checklist_item(known.id(item.id), UpdateChecklistItem(**fields)),
        seen.with_item_changed(item.id, **fields),
        failure,
    )


def move_item(card_id: str, item: ChecklistItem, checklist: Checklist, index: int) -> Change:
    """Put an item at `index` of a checklist, counted as if it were not there."""
    others = [one for one in checklist.items if one.id != item.id]

    def call(known: Known) -> Call[ChecklistItem]:
        place = _place(known, others, index)
        if not {"after_id", "before_id"} & place.keys():
            place["checklist_id"] = known.id(checklist.id)
        return checklists.move_checklist_item(known.id(item.id), MoveChecklistItem(**place))

    shown = seen.with_item_moved(item.id, checklist.id, index)
    return _change(card_id, item.id, call, shown, f"“{item.text}” was not moved")


def delete_item(card_id: str, item: ChecklistItem) -> Change:
    return _change(
        card_id,
        item.id,
        lambda known: checklists.delete_checklist_item(known.id(item.id)),
        seen.without(item.id),
        f"“{item.text}” was not deleted",
    )


# --- comments ----------------------------------------------------------------------------------------------------------


def add_comment(card_id: str, text: str, author: str, me: str | None, now: datetime) -> Change:
    made = str(uuid4())
    return _change(
        card_id,
        made,
        lambda known: comments.create_comment(known.id(card_id), CreateComment(text=text)),
        seen.with_comment(made, card_id, text, author, me, now),
        "The comment was not sent",
        makes=made,
    )


def edit_comment(card_id: str, comment_id: str, text: str, version: int) -> Change:
    """Another text for a comment, written on the one that it had at `version`."""
    return _rewriting(
        card_id,
        (comment_id, "text"),
        version,
        lambda real, at: comments.update_comment(real, UpdateComment(text=text, version=at)),
        seen.with_comment_changed(comment_id, text=text),
        "The comment was not changed",
    )


def delete_comment(card_id: str, comment: Comment) -> Change:
    return _change(
        card_id,
        comment.id,
        lambda known: comments.delete_comment(known.id(comment.id)),
        seen.without(comment.id),
        "The comment was not deleted",
    )


# --- files -------------------------------------------------------------------------------------------------------------


def rename_file(card_id: str, file: Attachment, filename: str) -> Change:
    return _rewriting(
        card_id,
        (file.id, "filename"),
        file.version,
        lambda real, at: attachments.update_attachment(real, UpdateAttachment(filename=filename, version=at)),
        seen.with_file_changed(file.id, filename=filename),
        f"{file.filename} was not renamed to {filename}",
    )


def delete_file(card_id: str, file: Attachment) -> Change:
    return _change(
        card_id,
        file.id,
        lambda known: attachments.delete_attachment(known.id(file.id)),
        seen.without(file.id),
        f"{file.filename} was not deleted",
    )


# --- shared ------------------------------------------------------------------------------------------------------------

_Make = Callable[[Known], Call[Any]]


def _change(card_id: str, about: str, call: _Make, shown: Seen, failure: str, *, makes: str | None = None) -> Change:
    pending = Pending(op_id=str(uuid4()), card_id=card_id)
    return Change(operation=Operation(pending=pending, failure=failure, call=call, makes=makes), seen=shown, about=about)


def _rewriting(
    card_id: str, text: Text, version: int, call: Callable[[str, int], Call[Any]], shown: Seen, failure: str
) -> Change:
    """Put a text in the place of the one that was there at `version`; `call` takes the real id of what it is a text of."""
    change = _change(card_id, text[0], lambda known: call(known.id(text[0]), known.version(text, version)), shown, failure)
    return replace(change, operation=replace(change.operation, writes=text))


def _place(known: Known, others: Sequence[Entity], index: int) -> dict[str, Any]:
    """The place at `index` among the others, by a neighbour under the id that it has when this is sent."""
    if index > 0 and others:
        return {"after_id": known.id(others[min(index, len(others)) - 1].id)}
    return {"before_id": known.id(others[0].id)} if others else {"position": Position.TOP}
