"""`/cards/{card}/comments` and `/comments`."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.comments import Comment, CreateComment, ListComments, UpdateComment
from rego_server.domains.cards.rules import parse_card
from rego_server.domains.comments import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/cards/{card}/comments", needs=Role.VIEWER)
async def list_comments(request: Request, query: ListComments) -> Sequence[Comment]:
    """The card's comments, oldest first."""
    card = parse_card(request.path("card"))
    return request.page(await request.read(actions.list_comments, card, query))


@table.add("POST", "/cards/{card}/comments", needs=Role.MEMBER, status=201, location="/comments/{id}")
async def create_comment(request: Request, body: CreateComment) -> Comment:
    """Comment on a card."""
    card = parse_card(request.path("card"))
    return await request.run(actions.create_comment, card, body)


@table.add("PATCH", "/comments/{comment_id}", needs=Role.MEMBER)
async def update_comment(request: Request, body: UpdateComment) -> Comment:
    """Change your own comment."""
    return await request.run(actions.update_comment, request.id("comment_id"), body)


@table.add("DELETE", "/comments/{comment_id}", needs=Role.MEMBER)
async def delete_comment(request: Request) -> None:
    """Take a comment back."""
    await request.run(actions.delete_comment, request.id("comment_id"))
