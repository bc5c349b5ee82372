"""Comments on cards."""

from __future__ import annotations

from rego.client.call import Call, path_of, query_of
from rego.wire.comments import Comment, CreateComment, UpdateComment


def list_comments(card: str, limit: int | None = None) -> Call[list[Comment]]:
    """One page of a card's comments; `Client.pages` follows it to the end."""
    return Call(method="GET", path=path_of("cards", card, "comments"), query=query_of(limit=limit), returns=list[Comment])


def create_comment(card: str, body: CreateComment) -> Call[Comment]:
    return Call(method="POST", path=path_of("cards", card, "comments"), body=body, returns=Comment)


def update_comment(comment_id: str, body: UpdateComment) -> Call[Comment]:
    """Change one's own comment; raises `StaleVersion` when `body.version` is old."""
    return Call(method="PATCH", path=path_of("comments", comment_id), body=body, returns=Comment)


def delete_comment(comment_id: str) -> Call[None]:
    return Call(method="DELETE", path=path_of("comments", comment_id), returns=None)
