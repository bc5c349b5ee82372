"""What each tool of `rego mcp` takes: a struct per tool, from which its JSON schema is made, so that the two cannot differ.

Every word here is read by a model in every session: what a name says by itself is not said again.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from rego.wire import limits

LIST_MAX = 100  # fewer than a page of the server, so that one request tells whether there are more
WATCH_MAX = 300  # seconds
CLAIM_MINUTES_MAX = limits.CLAIM_LIFE_MAX // 60

Card = Annotated[str, Meta(description="such as OPS-12")]
Board = Annotated[str, Meta(description="key; default: the one at hand")]
Query = Annotated[str, Meta(description="such as: label:bug assignee:me due<3d -is:done sort:-priority")]
Limit = Annotated[int, Meta(ge=1, le=LIST_MAX)]
Due = Annotated[str, Meta(description="2026-11-30, friday, +3d; empty: none")]
Priority = Literal["none", "low", "medium", "high", "urgent"]


class Arguments(Struct, kw_only=True, forbid_unknown_fields=True):
    """The arguments of one tool."""


class ShowBoard(Arguments, kw_only=True):
    board: Board | UnsetType = UNSET


class ListCards(Arguments, kw_only=True):
    board: Board | UnsetType = UNSET
    column: str | UnsetType = UNSET
    query: Query | UnsetType = UNSET
    limit: Limit = 50


class ShowCard(Arguments, kw_only=True):
    card: Card


class Search(Arguments, kw_only=True):
    query: Query
    limit: Limit = 20


class Fields(Arguments, kw_only=True):
    """What cards are made of."""

    description: Annotated[str, Meta(description="Markdown")] | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due: Due | UnsetType = UNSET
    labels: Annotated[list[str], Meta(description="all that it carries")] | UnsetType = UNSET
    people: Annotated[list[str], Meta(description="usernames, or me")] | UnsetType = UNSET


class AddCard(Fields, kw_only=True):
    title: str
    board: Board | UnsetType = UNSET
    column: Annotated[str, Meta(description="default: the first")] | UnsetType = UNSET


class EditCard(Fields, kw_only=True):
    card: Card
    title: str | UnsetType = UNSET
    done: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class MoveCard(Arguments, kw_only=True):
    card: Card
    column: str
    position: Literal["top", "bottom"] = "bottom"


class ClaimCard(Arguments, kw_only=True):
    card: Card | UnsetType = UNSET
    query: Query | UnsetType = UNSET
    board: Board | UnsetType = UNSET
    minutes: Annotated[int, Meta(ge=1, le=CLAIM_MINUTES_MAX)] = 60
    release: Annotated[bool, Meta(description="give card back")] = False


class Comment(Arguments, kw_only=True):
    card: Card
    text: Annotated[str, Meta(description="Markdown; @username tells them")]


class Watch(Arguments, kw_only=True):
    board: Board | UnsetType = UNSET
    since: Annotated[int, Meta(ge=0, description="next of the call before")] | UnsetType = UNSET
    seconds: Annotated[int, Meta(ge=1, le=WATCH_MAX)] = 30


def schema_of(kind: type[Arguments]) -> dict[str, Any]:
    """The JSON schema of a tool's arguments, without the words that say nothing to a model."""
    _, components = msgspec.json.schema_components([kind])
    schema = components[kind.__name__]
    return {name: schema[name] for name in ("type", "properties", "required", "additionalProperties") if name in schema}
