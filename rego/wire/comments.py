"""Comments on cards."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from rego.wire import limits
from rego.wire.base import Command, Entity

CommentText = Annotated[str, Meta(min_length=1, max_length=limits.COMMENT_MAX)]


class Comment(Entity, kw_only=True, frozen=True):
    """A comment; `author` is the name to show, which an import may know without an account."""

    card_id: str
    text: str
    author: str


class CreateComment(Command, kw_only=True):
    block_fields = ("text",)

    text: CommentText
