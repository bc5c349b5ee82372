"""What Trello cards hold and Rego's do not: kept as Markdown at the end of the description, or remarked as left out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from rego_server.domains.imports import trello_file as file
from rego_server.domains.imports.remarks import Remarks
from rego_server.domains.imports.sections import joined, listed, one_line

_SAFE_IN_URLS = "!#$%&'()*+,/:;=?@[]~"


class Extras:
    """Writes descriptions with the attachments and custom fields of their card."""

    def __init__(self, fields: list[file.CustomField]) -> None:
        self._names = {field.id: one_line(field.name or "") or "Unnamed field" for field in fields if field.id}
        self._options = {option.id: option.value for field in fields for option in field.options or [] if option.id}

    def description(self, card: file.Card) -> str:
        """The card's own text, then what of it has no place of its own."""
        attachments = [_attachment(attachment) for attachment in card.attachments or []]
        values = [self._value(item) for item in card.custom_field_items or []]
        return joined(card.desc, listed("Attachments", attachments), listed("Custom fields", values))

    def _value(self, item: file.CustomFieldItem) -> str:
        name = self._names.get(item.id_custom_field or "", "Unknown field")
        return f"{name}: {_field_value(item.value or self._options.get(item.id_value or ''))}"


def remark_what_is_left_out(export: file.Export, remarks: Remarks) -> None:
    """Counts the parts of `export` that have no counterpart in Rego."""
    cards = export.cards or []
    for what, why, count in (
        ("attachments kept as links in the description", _NO_FILES, sum(len(card.attachments or []) for card in cards)),
        ("custom field values kept as text in the description", _NO_FIELDS, _count_values(cards)),
        ("card covers left out", _NO_PICTURES, sum(_has_cover(card) for card in cards)),
        ("stickers left out", _NO_PICTURES, sum(len(card.stickers or []) for card in cards)),
        ("votes left out", "Rego has no votes", sum(_votes(card) for card in cards)),
        ("locations left out", "Rego has no maps", sum(bool(card.badges and card.badges.location) for card in cards)),
        ("Power-Up data left out", "only the Power-Up understands it", _count_plugin_data(export, cards)),
        ("card templates imported as cards", "Rego has no card templates", sum(bool(card.is_template) for card in cards)),
        ("the board was closed in Trello", "it is imported as an open board", int(bool(export.closed))),
    ):
        remarks.note(what, why, count=count)


_NO_FILES = "the file holds their addresses only"
_NO_FIELDS = "Rego has no custom fields"
_NO_PICTURES = "a terminal shows no pictures"


def _count_values(cards: list[file.Card]) -> int:
    return sum(len(card.custom_field_items or []) for card in cards)


def _count_plugin_data(export: file.Export, cards: list[file.Card]) -> int:
    return len(export.plugin_data or []) + sum(len(card.plugin_data or []) for card in cards)


def _has_cover(card: file.Card) -> bool:
    cover = card.cover or file.Cover()
    return any((card.id_attachment_cover, cover.color, cover.id_attachment, cover.id_uploaded_background))


def _votes(card: file.Card) -> int:
    return len(card.id_members_voted or []) or (card.badges and card.badges.votes) or 0


def _attachment(attachment: file.Attachment) -> str:
    """`name: <url>`, so that the address is never hidden behind the name."""
    name, url = one_line(attachment.name or ""), _web_address(attachment.url or "")
    if url is None:
        return name or "Unnamed file"
    return f"<{url}>" if name in ("", attachment.url) else f"{name}: <{url}>"


def _web_address(url: str) -> str | None:
    """`url` in printable ASCII if it is an http(s) address, else None."""
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError:
        return None
    return quote(url.strip(), safe=_SAFE_IN_URLS, errors="replace") if scheme in ("http", "https") else None


def _field_value(value: dict[str, Any] | None) -> str:
    """The one entry of `value` as text; a ticked box reads yes."""
    for kind, content in (value or {}).items():
        if kind == "checked":
            return "yes" if content in ("true", True) else "no"
        if isinstance(content, str | int | float):
            return one_line(str(content))
    return ""
