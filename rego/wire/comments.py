"""Comments on cards."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from rego.wire import limits
from rego.wire.base import Command, Entity, Paged, Patch

CommentText = Annotated[str, Meta(min_length=1, max_length=limits.COMMENT_MAX)]


class Comment(Entity, kw_only=True, frozen=True):
    """A comment; `author` is the name to show, which an import may know without an account.

    `rule` is the name of the automation rule that wrote it, if no person did.
    `mentions` are the ids of those members whom the text names as `@username`, in the order of the text. They were looked up
    when it was written, so they hold when somebody is called otherwise later.
    """

    card_id: str
    text: str
    author: str
    mentions: list[str] = []
    rule: str | None = None


class ListComments(Paged, kw_only=True):
    """A page of a card's comments, oldest first."""


class CreateComment(Command, kw_only=True):
    block_fields = ("text",)

    text: CommentText


class UpdateComment(Patch, kw_only=True):
    block_fields = ("text",)

    text: CommentText | UnsetType = UNSET
