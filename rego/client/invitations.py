"""Invitations to a board."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.invitations import AcceptInvitation, CreateInvitation, Invitation, Joined, NewInvitation


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
