"""Invitations to a board."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.client.server import Server
from rego.wire.errors import InvalidInput
from rego.wire.invitations import AcceptInvitation, CreateInvitation, Invitation, Joined, NewInvitation

PAGE = "/invite"
"""Where a server says to browsers what to do with a link. What stands behind `#` never leaves the browser."""


def link_of(server: Server, token: str) -> str:
    """An invitation and its server in one line. Raises `InvalidInput` for a server that only this machine reaches."""
    if server.socket_path is not None:
        raise InvalidInput("This machine's own server has no address that others could reach; a link needs one that has.")
    return f"{server}{PAGE}#{token}"


def read_link(text: str) -> tuple[Server | None, str]:
    """The server (None for a mere token) and the token in what somebody was given. Raises `InvalidInput`."""
    place, sign, token = text.strip().partition("#")
    return (Server.parse(place.removesuffix(PAGE)), token) if sign else (None, place)


def list_invitations(board_id: str) -> Call[list[Invitation]]:
    """The board's open invitations, the newest first; only its owners may see them."""
    return Call(method="GET", path=path_of("boards", board_id, "invitations"), returns=list[Invitation])


def create_invitation(board_id: str, body: CreateInvitation) -> Call[NewInvitation]:
    """A new invitation; its token is in this answer and, with `body.email`, in a letter to that address."""
    return Call(method="POST", path=path_of("boards", board_id, "invitations"), body=body, returns=NewInvitation)


def revoke_invitation(board_id: str, invitation_id: str) -> Call[None]:
    """Make an invitation worthless; raises `Conflict` for one that was accepted."""
    return Call(method="DELETE", path=path_of("boards", board_id, "invitations", invitation_id), returns=None)


def accept_invitation(token: str) -> Call[Joined]:
    """Come onto the board; raises `Conflict` for an invitation that is used, revoked or late."""
    return Call(method="POST", path="/invitations/accept", body=AcceptInvitation(token=token), returns=Joined)
