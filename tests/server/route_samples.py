"""One good request for every endpoint, so that a refusal can only be about who asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import uuid4

from rego.client import auth, boards, cards, comments, invitations, tokens
from rego.client.aio import Client
from rego.client.call import Call
from rego.client.credentials import Credentials
from rego.client.files import FileUpload, Multipart
from rego.client.server import Server as Address
from rego.wire.base import Role
from rego.wire.boards import CreateBoard
from rego.wire.cards import UpdateCard
from rego.wire.comments import Comment, CreateComment
from rego.wire.invitations import CreateInvitation
from rego.wire.tokens import CreateToken
from rego.wire.users import Register, User
from tests.letters import Letterbox
from tests.running import PASSWORD
from tests.server.furnished import Furnished
from tests.server.import_files import TRELLO
from tests.server.site import Account


class Sample(NamedTuple):
    """`token` replaces the caller's where using it would spoil the caller's session."""

    path: str
    body: Any = None
    content: bytes | None = None
    token: str | None = None
    content_type: str = "application/json"


class Asking(NamedTuple):
    """Who asks (None is nobody), on which board. `may` is whether they are meant to get through."""

    url: str
    desk: Furnished
    who: Account | None
    letters: Letterbox
    may: bool


SAMPLES: dict[str, Callable[[Asking], Awaitable[Sample]]] = {}
"""By method and path of the route table."""


def _fixed(route: str, body: Any = None, content: bytes | None = None) -> None:
    """A sample whose path only needs ids of the board."""

    async def make(asking: Asking) -> Sample:
        return Sample(_filled(route.partition(" ")[2], asking.desk), body, content)

    SAMPLES[route] = make


def _filled(path: str, desk: Furnished) -> str:
    user = desk.member if "assignees" in path else desk.viewer
    return path.format(
        board_id=desk.board.id,
        card=desk.one.id,
        column_id=desk.spare.id,
        label_id=desk.label.id,
        user_id=user.user.id,
        checklist_id=desk.checklist.id,
        item_id=desk.open_item.id,
        comment_id=desk.comment.id,
        attachment_id=desk.attachment.id,
        automation_id=desk.automation.id,
    )


def _special(route: str) -> Callable[[Callable[[Asking], Awaitable[Sample]]], None]:
    def register(make: Callable[[Asking], Awaitable[Sample]]) -> None:
        SAMPLES[route] = make

    return register


for _route in (
    "GET /openapi.json",
    "GET /docs",
    "GET /health",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /invite",
    "GET /auth/me",
    "GET /auth/sessions",
    "GET /auth/tokens",
    "GET /admin/users",
    "GET /boards",
    "GET /boards/glances",
    "GET /boards/{board_id}",
    "DELETE /boards/{board_id}",
    "GET /boards/{board_id}/activity",
    "GET /boards/{board_id}/events",
    "GET /boards/{board_id}/export",
    "GET /boards/{board_id}/snapshot",
    "GET /boards/{board_id}/presence",
    "GET /boards/{board_id}/members",
    "GET /boards/{board_id}/invitations",
    "GET /boards/{board_id}/columns",
    "GET /columns/{column_id}",
    "DELETE /columns/{column_id}",
    "GET /boards/{board_id}/cards",
    "GET /cards/{card}",
    "DELETE /cards/{card}",
    "PUT /cards/{card}/assignees/{user_id}",
    "DELETE /cards/{card}/assignees/{user_id}",
    "DELETE /cards/{card}/claim",
    "PUT /cards/{card}/labels/{label_id}",
    "DELETE /cards/{card}/labels/{label_id}",
    "GET /boards/{board_id}/labels",
    "DELETE /labels/{label_id}",
    "GET /cards/{card}/checklists",
    "DELETE /checklists/{checklist_id}",
    "DELETE /checklist-items/{item_id}",
    "GET /cards/{card}/comments",
    "GET /cards/{card}/attachments",
    "GET /attachments/{attachment_id}",
    "GET /attachments/{attachment_id}/content",
    "DELETE /attachments/{attachment_id}",
    "GET /boards/{board_id}/automations",
    "GET /automations/{automation_id}",
    "DELETE /automations/{automation_id}",
    "GET /automations/{automation_id}/runs",
):
    _fixed(_route)

_fixed("PATCH /auth/me", {})
_fixed("POST /auth/forgot-password", {"email": "nobody@example.com"})
_fixed("POST /auth/request-verify-token", {"email": "nobody@example.com"})
_fixed("POST /auth/tokens", {"name": "x"})
_fixed("POST /boards", {"title": "x"})
_fixed("PATCH /boards/{board_id}", {"title": "x"})
_fixed("POST /boards/{board_id}/invitations", {"role": "member"})
_fixed("PATCH /boards/{board_id}/members/{user_id}", {"role": "member"})
_fixed("POST /boards/{board_id}/columns", {"title": "x"})
_fixed("PATCH /columns/{column_id}", {"title": "x"})
_fixed("POST /columns/{column_id}/move", {"position": "top"})
_fixed("POST /boards/{board_id}/cards/claim", {})
_fixed("PATCH /cards/{card}", {"title": "x"})
_fixed("POST /cards/{card}/move", {"position": "bottom"})
_fixed("POST /cards/{card}/copy", {"title": "x"})
_fixed("POST /boards/{board_id}/labels", {"name": "x", "color": "red"})
_fixed("PATCH /labels/{label_id}", {"name": "x"})
_fixed("POST /cards/{card}/checklists", {"title": "x"})
_fixed("PATCH /checklists/{checklist_id}", {"title": "x"})
_fixed("POST /checklists/{checklist_id}/move", {"position": "top"})
_fixed("POST /checklists/{checklist_id}/items", {"text": "x"})
_fixed("POST /checklist-items/{item_id}/move", {"position": "bottom"})
_fixed("PATCH /checklist-items/{item_id}", {"done": True})
_fixed("POST /cards/{card}/comments", {"text": "x"})
_fixed("PATCH /attachments/{attachment_id}", {"filename": "x.txt"})
_fixed(
    "POST /boards/{board_id}/automations",
    {"name": "x", "trigger": {"type": "card.created"}, "actions": [{"type": "complete"}]},
)
_fixed("PATCH /automations/{automation_id}", {"name": "x"})


@_special("POST /automations/{automation_id}/test")
async def _try_automation(asking: Asking) -> Sample:
    return Sample(f"/automations/{asking.desk.automation.id}/test", {"card_id": asking.desk.one.id})


@_special("POST /boards/{board_id}/cards")
async def _create_card(asking: Asking) -> Sample:
    return Sample(f"/boards/{asking.desk.board.id}/cards", {"title": "x", "column_id": asking.desk.todo.id})


@_special("POST /boards/{board_id}/cards/bulk")
async def _bulk(asking: Asking) -> Sample:
    body = {"card_ids": [asking.desk.one.id, asking.desk.four.id], "complete": True}
    return Sample(f"/boards/{asking.desk.board.id}/cards/bulk", body)


@_special("POST /boards/{board_id}/members")
async def _add_member(asking: Asking) -> Sample:
    newcomer = await _new_account(asking.url)
    return Sample(f"/boards/{asking.desk.board.id}/members", {"role": "viewer", "username": newcomer})


@_special("DELETE /boards/{board_id}/invitations/{invitation_id}")
async def _revoke_invitation(asking: Asking) -> Sample:
    board_id = asking.desk.board.id
    if not asking.may:
        return Sample(f"/boards/{board_id}/invitations/{uuid4()}")
    made = await asking.desk.own(invitations.create_invitation(board_id, CreateInvitation(role=Role.VIEWER)))
    return Sample(f"/boards/{board_id}/invitations/{made.id}")


@_special("POST /invitations/accept")
async def _accept_invitation(asking: Asking) -> Sample:
    if not asking.may:
        return Sample("/invitations/accept", {"token": "x"})
    made = await asking.desk.own(invitations.create_invitation(asking.desk.board.id, CreateInvitation(role=Role.VIEWER)))
    return Sample("/invitations/accept", {"token": made.token})


@_special("DELETE /boards/{board_id}/members/{user_id}")
async def _remove_member(asking: Asking) -> Sample:
    """Owners remove the viewer, others leave."""
    desk = asking.desk
    who = asking.who if asking.may and asking.who and asking.who.user.id != desk.owner.user.id else None
    return Sample(f"/boards/{desk.board.id}/members/{who.user.id if who else desk.viewer.user.id}")


@_special("PATCH /comments/{comment_id}")
async def _update_comment(asking: Asking) -> Sample:
    """Everybody their own: the furnished one is the owner's."""
    return Sample(await _comment_path(asking, asking.desk.own), {"text": "x"})


@_special("DELETE /comments/{comment_id}")
async def _delete_comment(asking: Asking) -> Sample:
    """Owners delete anybody's comment, members their own."""
    return Sample(await _comment_path(asking, asking.desk.send))


async def _comment_path(asking: Asking, owners_way: Callable[[Call[Comment]], Awaitable[Comment]]) -> str:
    """Of a comment that whoever may get through has a right to: their own, or for an owner one that is made `owners_way`."""
    desk = asking.desk
    if not asking.may or asking.who is None:
        return f"/comments/{desk.comment.id}"
    send = owners_way if asking.who.user.id == desk.owner.user.id else desk.send
    comment = await send(comments.create_comment(desk.one.id, CreateComment(text="mine")))
    return f"/comments/{comment.id}"


@_special("POST /cards/{card}/attachments")
async def _attach(asking: Asking) -> Sample:
    form = Multipart(FileUpload.of_bytes(b"content", "notes.txt"))
    content = b"".join(form.pieces())
    return Sample(f"/cards/{asking.desk.one.id}/attachments", content=content, content_type=form.content_type)


@_special("GET /docs/{asset}")
async def _get_asset(_: Asking) -> Sample:
    return Sample("/docs/start.js")


@_special("POST /boards/{board_id}/events/{seq}/revert")
async def _revert_event(asking: Asking) -> Sample:
    """Any event, and for whoever may get through one that any member may undo."""
    desk, board_id = asking.desk, asking.desk.board.id
    if asking.may:
        await desk.own(cards.update_card(desk.two.id, UpdateCard(title=f"two {uuid4()}")))
    (event,) = await desk.own(boards.list_events(board_id, order="desc", limit=1))
    return Sample(f"/boards/{board_id}/events/{event.seq}/revert", {})


@_special("POST /boards/import")
async def _import_board(_: Asking) -> Sample:
    return Sample("/boards/import?format=trello", content=TRELLO["complete"])


@_special("GET /search")
async def _search(_: Asking) -> Sample:
    return Sample("/search?q=one")


@_special("POST /auth/register")
async def _register(_: Asking) -> Sample:
    name = f"new-{uuid4().hex[:10]}"
    body = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
    return Sample("/auth/register", body)


@_special("POST /auth/login")
async def _log_in(asking: Asking) -> Sample:
    return Sample("/auth/login", {"username": asking.desk.owner.user.username, "password": PASSWORD})


@_special("POST /auth/refresh")
async def _refresh(asking: Asking) -> Sample:
    async with Client(Address.parse(asking.url), None) as client:
        granted = await client.send(auth.login(asking.desk.owner.user.username, PASSWORD))
    return Sample("/auth/refresh", {"refresh_token": granted.refresh_token})


@_special("POST /auth/logout")
async def _log_out(asking: Asking) -> Sample:
    if asking.who is None:
        return Sample("/auth/logout")
    async with Client(Address.parse(asking.url), None) as client:
        granted = await client.send(auth.login(asking.who.user.username, PASSWORD))
    return Sample("/auth/logout", token=granted.access_token)


@_special("POST /auth/cookie/login")
async def _log_in_with_a_cookie(asking: Asking) -> Sample:
    return Sample("/auth/cookie/login", {"username": asking.desk.owner.user.username, "password": PASSWORD})


@_special("POST /auth/cookie/logout")
async def _log_out_with_a_cookie(asking: Asking) -> Sample:
    return Sample("/auth/cookie/logout", token=await _token_of_a_new_account(asking))


@_special("POST /auth/reset-password")
async def _reset_password(asking: Asking) -> Sample:
    email = f"{await _new_account(asking.url)}@example.com"
    async with Client(Address.parse(asking.url), None) as client:
        await client.send(auth.forgot_password(email))
    return Sample("/auth/reset-password", {"token": await asking.letters.secret_to(email), "password": PASSWORD})


@_special("POST /auth/verify")
async def _verify(asking: Asking) -> Sample:
    email = f"{await _new_account(asking.url)}@example.com"
    async with Client(Address.parse(asking.url), None) as client:
        await client.send(auth.request_verification(email))
    return Sample("/auth/verify", {"token": await asking.letters.secret_to(email)})


@_special("POST /auth/ws-ticket")
async def _ticket(asking: Asking) -> Sample:
    """For a board of the caller's own: which one it is for is checked as for the socket."""
    token = await _token_of_a_new_account(asking)
    if token is None:
        return Sample("/auth/ws-ticket", {"board_id": asking.desk.board.id})
    async with _client(asking.url, token) as client:
        board = await client.send(boards.create_board(CreateBoard(title="x")))
    return Sample("/auth/ws-ticket", {"board_id": board.id}, token=token)


@_special("GET /users/{user_id}")
async def _profile(asking: Asking) -> Sample:
    """Of the caller, because a stranger shares a board with nobody."""
    return Sample(f"/users/{asking.who.user.id if asking.who else uuid4()}")


@_special("PATCH /admin/users/{user_id}")
async def _update_user(asking: Asking) -> Sample:
    return Sample(f"/admin/users/{await _id_of_a_new_account(asking.url)}", {"is_active": False})


@_special("POST /admin/users/{user_id}/reset-password")
async def _reset_somebodys_password(asking: Asking) -> Sample:
    return Sample(f"/admin/users/{await _id_of_a_new_account(asking.url)}/reset-password")


@_special("POST /auth/change-password")
async def _change_password(asking: Asking) -> Sample:
    body = {"current_password": PASSWORD, "new_password": f"{PASSWORD} too"}
    return Sample("/auth/change-password", body, token=await _token_of_a_new_account(asking))


@_special("DELETE /auth/sessions/{session_id}")
async def _revoke_session(asking: Asking) -> Sample:
    token = await _token_of_a_new_account(asking)
    if token is None:
        return Sample(f"/auth/sessions/{uuid4()}")
    async with _client(asking.url, token) as client:
        (session,) = await client.send(auth.list_sessions())
    return Sample(f"/auth/sessions/{session.id}", token=token)


@_special("DELETE /auth/tokens/{token_id}")
async def _revoke_token(asking: Asking) -> Sample:
    token = await _token_of_a_new_account(asking)
    if token is None:
        return Sample(f"/auth/tokens/{uuid4()}")
    async with _client(asking.url, token) as client:
        made = await client.send(tokens.create_token(CreateToken(name="x")))
    return Sample(f"/auth/tokens/{made.id}", token=token)


async def _token_of_a_new_account(asking: Asking) -> str | None:
    """Of a person of their own, when somebody asks; what is about oneself must not spoil the shared people."""
    if asking.who is None:
        return None
    async with Client(Address.parse(asking.url), None) as client:
        granted = await client.send(auth.login(await _new_account(asking.url), PASSWORD))
    return granted.access_token


def _client(url: str, token: str) -> Client:
    return Client(Address.parse(url), Credentials(server=url, access_token=token))


async def _new_account(url: str) -> str:
    return (await _register_new(url)).username


async def _id_of_a_new_account(url: str) -> str:
    return (await _register_new(url)).id


async def _register_new(url: str) -> User:
    name = f"new-{uuid4().hex[:10]}"
    async with Client(Address.parse(url), None) as client:
        return await client.send(auth.register(Register(email=f"{name}@example.com", username=name, password=PASSWORD)))
