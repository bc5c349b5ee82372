"""`rego invites`: asking people onto a board, and coming when asked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.deleting import only_told
from rego.cli.members import ROLES
from rego.cli.options import (
    BoardArgument,
    BoardOption,
    DataCommand,
    DryRunOption,
    ListCommand,
    RegoCommand,
    form_of,
    noun,
    session_of,
)
from rego.cli.output import Cell, Form, View
from rego.client import invitations
from rego.dates import FORMS, parse_due
from rego.naming import find_invitation
from rego.wire import limits
from rego.wire.base import Role
from rego.wire.errors import InvalidInput
from rego.wire.invitations import CreateInvitation, Invitation, Joined, NewInvitation

app = noun("Invitations to a board: list, add, revoke, accept.")

INVITATION = View[Invitation](
    struct=Invitation,
    entity=lambda invitation: invitation,
    short=lambda invitation: invitation.id,
    cells=(
        Cell("for", lambda invitation: invitation.email or "whoever brings it", long=True),
        Cell("role", lambda invitation: invitation.role.value),
        Cell("expires", lambda invitation: invitation.expires_at.isoformat(timespec="minutes")),
        Cell("id", lambda invitation: invitation.id),
    ),
)
NEW_INVITATION = View[NewInvitation](struct=NewInvitation, entity=lambda made: made, short=lambda made: made.token)
JOINED = View[Joined](struct=Joined, entity=lambda joined: joined, short=lambda joined: joined.board.key)


@app.command("list", cls=ListCommand)
def _list(context: typer.Context, board: BoardArgument = None) -> None:
    """List the open invitations to a board; only its owners may."""
    list_invitations(session_of(context), board, form_of(context, INVITATION))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Mail it there; only the account of that address may accept it.")
    ] = None,
    board: BoardOption = None,
    role: Annotated[Role, typer.Option(metavar="ROLE", help=ROLES)] = Role.MEMBER,
    expires: Annotated[str | None, typer.Option(metavar="WHEN", help=f"Such as {FORMS}; else in 7 days.")] = None,
    link: Annotated[bool, typer.Option("--link", help="Print a link, which names the server too.")] = False,
) -> None:
    """Make an invitation and print its token, this once."""
    body = CreateInvitation(role=role, email=email)
    if expires is not None:
        body.expires_in = seconds_until(expires)
    create_invitation(session_of(context), board, body, form_of(context, NEW_INVITATION), link=link)


@app.command("revoke", cls=RegoCommand)
def _revoke(
    context: typer.Context,
    invitation: Annotated[str, typer.Argument(metavar="INVITATION", help="The address that it is for, or its id.")],
    board: BoardOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Make an invitation worthless."""
    revoke_invitation(session_of(context), board, invitation, dry_run=dry_run)


@app.command("accept", cls=DataCommand)
def _accept(
    context: typer.Context,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read it from the first line of stdin.")] = False,
) -> None:
    """Come onto a board with the token or the link of an invitation, which is asked for."""
    session = session_of(context)
    accept_invitation(
        session, session.ask_password("Token or link", from_stdin=token_stdin, option="--token-stdin"), form_of(context, JOINED)
    )


def seconds_until(when: str) -> int:
    """How far away a moment is; raises `InvalidInput` when it is past, or too far."""
    now = datetime.now().astimezone()
    seconds = round((parse_due(when, now) - now).total_seconds())
    if not limits.INVITATION_LIFE_MIN <= seconds <= limits.INVITATION_LIFE_MAX:
        raise InvalidInput(f"An invitation lasts from an hour to 30 days: {when!r} is not within that.")
    return seconds


def list_invitations(session: Session, board_name: str | None, form: Form) -> None:
    """Print the open invitations, the newest first."""
    found = session.send(invitations.list_invitations(session.board(board_name).id))
    session.output.many(INVITATION, found, form, none="There is no open invitation: 'rego invites add' makes one.")


def create_invitation(session: Session, board_name: str | None, body: CreateInvitation, form: Form, *, link: bool) -> None:
    """Make an invitation; its token, or the link with it, is all that goes to stdout."""
    server = session.way_in[0]
    if link:
        invitations.link_of(server, "")  # refused before anything is made
    board = session.board(board_name)
    made = session.send(invitations.create_invitation(board.id, body))
    if form == Form():
        mailed = f" A letter with it goes to {made.email}." if made.email else ""
        session.output.note(
            f"Whoever runs 'rego invites accept' with this {'link' if link else 'token'} is {made.role.value} on "
            f"{board.key}.{mailed} It is not shown again:"
        )
    session.output.one(NEW_INVITATION, made, form, invitations.link_of(server, made.token) if link else made.token)


def revoke_invitation(session: Session, board_name: str | None, name: str, *, dry_run: bool) -> None:
    """Revoke the invitation and say so."""
    board = session.board(board_name)
    invitation = find_invitation(session.send(invitations.list_invitations(board.id)), name)
    whose = f"the invitation of {invitation.email or 'whoever brings its token'} to {board.key}"
    if not only_told(session, f"revoke {whose}", dry_run=dry_run):
        session.send(invitations.revoke_invitation(board.id, invitation.id))
        session.output.note(f"{whose[0].upper()}{whose[1:]} is revoked.")


def accept_invitation(session: Session, token_or_link: str, form: Form) -> None:
    """Accept the invitation, on the server of the link if it is one, and say where one is now."""
    server, token = invitations.read_link(token_or_link)
    if server is not None and server != session.chosen_server:
        session.go_to(server)
    joined = session.send(invitations.accept_invitation(token))
    sentence = f"You are {joined.member.role.value} on {joined.board.key} ({joined.board.title}) now"
    session.output.changed(JOINED, joined, form, sentence)
