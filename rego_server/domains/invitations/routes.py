"""`/boards/{id}/invitations` and `/invitations/accept`: inviting people to a board, by a token or by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from aiohttp import web
from msgspec.structs import asdict

from rego.wire.base import Role
from rego.wire.errors import Conflict
from rego.wire.invitations import AcceptInvitation, CreateInvitation, Invitation, Joined, NewInvitation
from rego_server.domains.auth.onetime import digest_of, random_secret
from rego_server.domains.invitations import actions
from rego_server.domains.invitations.letters import invitation_letter
from rego_server.domains.invitations.page import HEADERS, page
from rego_server.web.endpoint import Anyone, LoggedIn, Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/invitations", needs=Role.OWNER)
async def list_invitations(request: Request) -> Sequence[Invitation]:
    """The board's open invitations, the newest first, without their tokens."""
    return await request.read(actions.list_invitations, request.id("board_id"), request.now(UTC))


@table.add("POST", "/boards/{board_id}/invitations", needs=Role.OWNER, status=201)
async def create_invitation(request: Request, body: CreateInvitation) -> NewInvitation:
    """Invite somebody; the answer shows the token, this once: a repeat of the request gets 409."""
    token = random_secret("invite")
    made = await request.run(actions.create_invitation, request.id("board_id"), body, digest_of(token))
    if not isinstance(made, actions.Made):
        raise Conflict("This invitation was made, but its token is shown only once; revoke it and make another.")
    invitation = NewInvitation(**asdict(made.invitation), token=token)
    if body.email is not None:
        server = request.mailroom.server
        request.mailroom.post(invitation_letter(body.email, invitation, made.board_title, made.inviter, server))
    return invitation


@table.add("DELETE", "/boards/{board_id}/invitations/{invitation_id}", needs=Role.OWNER)
async def revoke_invitation(request: Request) -> None:
    """Make an invitation worthless."""
    await request.run(actions.revoke_invitation, request.id("board_id"), request.id("invitation_id"))


@table.add("GET", "/invite", needs=Anyone, answers=str, media=("text/html",))
async def show_invitation(request: Request) -> web.Response:
    """A page for browsers that says what to do with an invitation's link, `/invite#<token>`; it does not learn the token."""
    return web.Response(text=page(request.mailroom.server), content_type="text/html", headers=HEADERS)


@table.add("POST", "/invitations/accept", needs=LoggedIn)
async def accept_invitation(request: Request, body: AcceptInvitation) -> Joined:
    """Come onto the board that the token is for; who is on it already may gain a role, and loses none."""
    return await request.run(actions.accept_invitation, digest_of(body.token))
