"""The parts of a Trello board export that an import reads, as loosely as ten years of exports were written.

Every field may be missing or null; whatever else stands in the file is passed over. The format is the answer of Trello's
`GET /1/boards/{id}` with everything nested in it, which is what "Print, export, and share > Export as JSON" saves.
"""

from __future__ import annotations

from typing import Any

from msgspec import Raw, Struct

Position = float | str | None
"""A number that sorts, or `top` or `bottom`."""


class _Part(Struct, rename="camel", gc=False):
    """Common settings of all parts."""


class Member(_Part):
    id: str | None = None
    full_name: str | None = None
    username: str | None = None


class Label(_Part):
    """Labels on cards of the years before 2015 have no id."""

    id: str | None = None
    name: str | None = None
    color: str | None = None


class TrelloList(_Part):
    id: str | None = None
    name: str | None = None
    closed: bool | None = None
    pos: Position = None
    soft_limit: int | None = None
    color: str | None = None


class Attachment(_Part):
    name: str | None = None
    url: str | None = None


class CustomFieldOption(_Part):
    id: str | None = None
    value: dict[str, Any] | None = None


class CustomField(_Part):
    id: str | None = None
    name: str | None = None
    options: list[CustomFieldOption] | None = None


class CustomFieldItem(_Part):
    """A value on a card: `value` has one entry, named by its type, or `id_value` points to an option of the field."""

    id_custom_field: str | None = None
    id_value: str | None = None
    value: dict[str, Any] | None = None


class CheckItem(_Part):
    name: str | None = None
    state: str | None = None
    pos: Position = None
    due: str | None = None
    id_member: str | None = None


class Checklist(_Part):
    id: str | None = None
    id_card: str | None = None
    name: str | None = None
    pos: Position = None
    check_items: list[CheckItem] | None = None


class Cover(_Part):
    color: str | None = None
    id_attachment: str | None = None
    id_uploaded_background: str | None = None


class Badges(_Part):
    comments: int | None = None
    votes: int | None = None
    location: bool | None = None


class Card(_Part):
    id: str | None = None
    id_list: str | None = None
    id_short: int | None = None
    name: str | None = None
    desc: str | None = None
    closed: bool | None = None
    pos: Position = None
    due: str | None = None
    due_complete: bool | None = None
    start: str | None = None
    labels: list[Label] | None = None
    id_labels: list[str] | None = None
    id_members: list[str] | None = None
    id_members_voted: list[str] | None = None
    attachments: list[Attachment] | None = None
    checklists: list[Checklist] | None = None
    custom_field_items: list[CustomFieldItem] | None = None
    badges: Badges | None = None
    cover: Cover | None = None
    id_attachment_cover: str | None = None
    stickers: list[Raw] | None = None
    plugin_data: list[Raw] | None = None
    is_template: bool | None = None


class CardReference(_Part):
    id: str | None = None


class ActionData(_Part):
    """What it was about; `text` is a comment's."""

    text: str | None = None
    card: CardReference | None = None


class Action(_Part):
    """Something that happened. `member_creator` did it, and if it was done to a person, `member` is who."""

    type: str | None = None
    date: str | None = None
    id_member_creator: str | None = None
    member_creator: Member | None = None
    member: Member | None = None
    data: ActionData | None = None


class Export(_Part):
    lists: list[TrelloList] | None = None
    cards: list[Card] | None = None
    name: str | None = None
    desc: str | None = None
    closed: bool | None = None
    labels: list[Label] | None = None
    members: list[Member] | None = None
    checklists: list[Checklist] | None = None
    actions: list[Action] | None = None
    custom_fields: list[CustomField] | None = None
    plugin_data: list[Raw] | None = None
