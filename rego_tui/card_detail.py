"""A card with all that a board does not hold of it, and how changes of that look before the server confirms them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from rego.wire.attachments import Attachment
from rego.wire.base import Entity
from rego.wire.cards import Card
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.comments import Comment

_EntityT = TypeVar("_EntityT", bound=Entity)


class CardDetail(Struct, frozen=True, kw_only=True):
    """A card with its long texts, its checklists with their items, its comments (oldest first) and its files."""

    card: Card
    checklists: list[Checklist]
    comments: list[Comment]
    files: list[Attachment] = []

    def items(self) -> Iterator[ChecklistItem]:
        """All items of all checklists, in order."""
        for checklist in self.checklists:
            yield from checklist.items

    def item(self, item_id: str) -> ChecklistItem | None:
        return next((item for item in self.items() if item.id == item_id), None)

    def checklist(self, checklist_id: str) -> Checklist | None:
        return next((one for one in self.checklists if one.id == checklist_id), None)

    def comment(self, comment_id: str) -> Comment | None:
        return next((one for one in self.comments if one.id == comment_id), None)

    def file(self, file_id: str) -> Attachment | None:
        return next((one for one in self.files if one.id == file_id), None)


Seen = Callable[[CardDetail], CardDetail]
"""What a change makes of a card as it is shown; what it is about may be gone."""


def described(text: str) -> Seen:
    """The card with another description."""
    return lambda detail: replace(detail, card=replace(detail.card, description=text))


def with_list(checklist_id: str, card_id: str, title: str, now: datetime) -> Seen:
    """The card with an empty checklist at the end, under a provisional id."""
    stamps = _stamps(checklist_id, now)
    made = Checklist(card_id=card_id, title=title, rank="", items=[], **stamps)
    return lambda detail: replace(detail, checklists=[*detail.checklists, made])


def with_item(item_id: str, checklist_id: str, text: str, index: int, now: datetime) -> Seen:
    """The card with an item at `index` of a checklist, under a provisional id."""
    made = ChecklistItem(
        checklist_id=checklist_id, text=text, rank="", done=False, assignee_id=None, due_at=None, **_stamps(item_id, now)
    )
    return _in_list(checklist_id, lambda items: [*items[:index], made, *items[index:]])


def with_comment(comment_id: str, card_id: str, text: str, author: str, me: str | None, now: datetime) -> Seen:
    """The card with a comment at the end, under a provisional id."""
    made = Comment(card_id=card_id, text=text, author=author, created_by=me, **_stamps(comment_id, now))
    return lambda detail: replace(detail, comments=[*detail.comments, made])


def with_list_changed(checklist_id: str, **fields: Any) -> Seen:
    return lambda detail: replace(detail, checklists=_changed(detail.checklists, checklist_id, fields))


def with_item_changed(item_id: str, **fields: Any) -> Seen:
    return lambda detail: replace(
        detail, checklists=[replace(one, items=_changed(one.items, item_id, fields)) for one in detail.checklists]
    )


def with_comment_changed(comment_id: str, **fields: Any) -> Seen:
    return lambda detail: replace(detail, comments=_changed(detail.comments, comment_id, fields))


def with_file_changed(file_id: str, **fields: Any) -> Seen:
    return lambda detail: replace(detail, files=_changed(detail.files, file_id, fields))


def with_list_moved(checklist_id: str, index: int) -> Seen:
    """The card with a checklist at `index`, counted as if it were not there yet."""
    return lambda detail: replace(detail, checklists=_moved(detail.checklists, checklist_id, index))


def with_item_moved(item_id: str, checklist_id: str, index: int) -> Seen:
    """The card with an item at `index` of a checklist, counted as if it were not there yet."""

    def move(detail: CardDetail) -> CardDetail:
        item = detail.item(item_id)
        if item is None:
            return detail
        put = _in_list(checklist_id, lambda items: [*items[:index], replace(item, checklist_id=checklist_id), *items[index:]])
        return put(without(item_id)(detail))

    return move


def without(gone_id: str) -> Seen:
    """The card without the checklist, item, comment or file of an id."""

    def drop(entities: list[_EntityT]) -> list[_EntityT]:
        return [entity for entity in entities if entity.id != gone_id]

    return lambda detail: replace(
        detail,
        checklists=[replace(one, items=drop(one.items)) for one in drop(detail.checklists)],
        comments=drop(detail.comments),
        files=drop(detail.files),
    )


def _stamps(provisional_id: str, now: datetime) -> dict[str, Any]:
    return {"id": provisional_id, "version": 0, "created_at": now, "updated_at": now}


def _changed(entities: list[_EntityT], entity_id: str, fields: dict[str, Any]) -> list[_EntityT]:
    return [replace(one, **fields) if one.id == entity_id else one for one in entities]


def _moved(entities: list[_EntityT], entity_id: str, index: int) -> list[_EntityT]:
    moved = [one for one in entities if one.id == entity_id]
    rest = [one for one in entities if one.id != entity_id]
    return [*rest[:index], *moved, *rest[index:]]


def _in_list(checklist_id: str, change: Callable[[list[ChecklistItem]], list[ChecklistItem]]) -> Seen:
    return lambda detail: replace(
        detail,
        checklists=[replace(one, items=change(one.items)) if one.id == checklist_id else one for one in detail.checklists],
    )
