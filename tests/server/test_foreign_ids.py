"""Ids of another board, at every place where an endpoint takes one: in its path, in its query, in its body.

The caller may do everything on both boards, or is a stranger on the other; either way nothing of one is used on the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from msgspec.structs import fields

from rego.client import boards
from rego.wire.base import Role
from rego.wire.boards import AddMember
from rego.wire.snapshot import Snapshot
from rego_server.app import TABLES
from rego_server.web.endpoint import Route
from tests.conftest import Join
from tests.running import Somebody
from tests.server.furnished import Furnished, furnish
from tests.server.route_samples import SAMPLES, Asking, Sample
from tests.server.site import Account, Site, raw

ROUTES = [route for table in TABLES for route in table.routes if isinstance(route.needs, Role)]

NAMED: dict[str, Callable[[Furnished], str]] = {
    "board_id": lambda desk: desk.board.id,
    "column_id": lambda desk: desk.todo.id,
    "card": lambda desk: desk.one.id,
    "card_id": lambda desk: desk.one.id,
    "card_ids": lambda desk: desk.one.id,
    "label_id": lambda desk: desk.label.id,
    "label_ids": lambda desk: desk.label.id,
    "checklist_id": lambda desk: desk.checklist.id,
    "item_id": lambda desk: desk.open_item.id,
    "comment_id": lambda desk: desk.comment.id,
    "attachment_id": lambda desk: desk.attachment.id,
}
"""What of a board an id names, by the name of the field or of the piece of a path."""

PEOPLE = ("user_id", "assignee_id", "assignee_ids", "member_id")
NEIGHBOURS = ("after_id", "before_id")
ORDERED = {
    "columns": "column_id",
    "cards": "card",
    "checklists": "checklist_id",
    "items": "item_id",
    "checklist-items": "item_id",
}
"""What stands in an order, by the word of the path that says so."""

NOT_OF_ONE_BOARD = ("invitation_id", "seq", "automation_id")
"""Pieces that are covered otherwise: what they name is looked up on the board of the path, or is a number."""


class Boards(NamedTuple):
    """Two boards of the same people, and somebody who is on the second one only."""

    mine: Furnished
    theirs: Furnished
    outsider: Somebody


@pytest.fixture
async def both(site: Site, cast: list[Account], join_site: Join) -> Boards:
    people = [await join_site(name) for name in ("owner", "member", "viewer")]
    mine, theirs = await furnish(*people), await furnish(*people)
    outsider = await join_site("outsider")
    await theirs.own(boards.add_member(theirs.board.id, AddMember(role=Role.OWNER, username=outsider.user.username)))
    return Boards(mine, theirs, outsider)


def _ids_in(route: Route) -> list[str]:
    """The fields of the body that hold ids. A body that names another board means it, and may go there."""
    names = [field.name for field in fields(route.body)] if route.body else []
    return [name for name in names if name.endswith(("_id", "_ids")) and name != "board_id"]


def _foreign(route: Route, name: str, both: Boards) -> str | None:
    """What `name` may be on the second board; None when it is covered otherwise."""
    if name in NEIGHBOURS:
        (kind,) = [ORDERED[word] for word in route.path.split("/") if word in ORDERED][-1:]
        return NAMED[kind](both.theirs)
    if name in PEOPLE:
        return both.outsider.user.id
    return None if name in NOT_OF_ONE_BOARD else NAMED[name](both.theirs)


def _all_foreign(route: Route, both: Boards) -> Iterator[tuple[str, str]]:
    for name in _ids_in(route):
        if (other := _foreign(route, name, both)) is not None:
            yield name, other


def _requests(route: Route, sample: Sample, both: Boards) -> Iterator[tuple[str, Any]]:
    """The sample with one id after the other replaced by one of the second board, and with all that the body may have."""
    pieces = route.path.split("/")
    for name in list(route.pieces)[1:] if len(route.pieces) > 1 else []:
        if (other := _foreign(route, name, both)) is not None:
            filled = sample.path.split("/")
            filled[pieces.index("{" + name + "}")] = other
            yield "/".join(filled), sample.body
    kept = {name: value for name, value in (sample.body or {}).items() if name not in (*NEIGHBOURS, "position")}
    ids = {name: [other] if name.endswith("s") else other for name, other in _all_foreign(route, both)}
    yield from ((sample.path, kept | {name: ids[name]}) for name in ids)
    if "board_id" in ids:
        # With a place on the board that is named it would be a move to there; a place on this one is none.
        yield sample.path, kept | {"board_id": ids["board_id"], "column_id": both.mine.todo.id}
        yield sample.path, kept | {"board_id": ids["board_id"], "after_id": both.mine.two.id}
    elif len(ids) > 1:
        yield sample.path, kept | {name: value for name, value in ids.items() if name != "before_id"}
    for field in fields(route.query):
        if field.name.endswith("_id") and (other := _foreign(route, field.name, both)) is not None:
            yield f"{sample.path}?{field.name}={other}", sample.body


@pytest.mark.parametrize("knows_both", [True, False], ids=["on both boards", "on one board"])
async def test_ids_of_another_board_are_refused_and_nothing_changes(site: Site, both: Boards, knows_both: bool) -> None:
    mine, theirs, outsider = both
    if not knows_both:
        await outsider.client.send(boards.remove_member(theirs.board.id, mine.owner.user.id))
    owner = Account(mine.owner.user, mine.owner.token)
    asking = Asking(site.url, mine, owner, site.letters, may=False)
    wanted = [
        (route.method, path, body)
        for route in ROUTES
        for path, body in _requests(route, await SAMPLES[f"{route.method} {route.path}"](asking), both)
    ]
    before = await _seen(both)
    for method, path, body in wanted:
        answer = await raw(site.url, method, path, token=owner.token, body=body)
        # To take away who was not there is as good as done; a list of what is elsewhere is empty.
        changes_nothing = answer.body == b"[]" if method == "GET" else method == "DELETE" and outsider.user.id in path
        assert answer.status in (400, 404) or changes_nothing, (method, path, body, answer.status, answer.body)
    assert await _seen(both) == before
    print(f"{len(wanted)} foreign ids in {len(ROUTES)} endpoints")


async def _seen(both: Boards) -> list[Snapshot]:
    theirs = boards.get_snapshot(both.theirs.board.id, archived=True)
    return [await both.mine.snapshot(archived=True), await both.outsider.client.send(theirs)]
