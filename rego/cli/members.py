"""`rego members`: who is on a board, and as what."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.deleting import only_told
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
from rego.client import boards
from rego.naming import find_member
from rego.wire.base import Role
from rego.wire.boards import AddMember, Member, UpdateMember

app = noun("The people on a board: list, add, give a role, remove.")

MEMBER = View[Member](
    struct=Member,
    entity=lambda member: member,
    short=lambda member: member.username,
    cells=(
        Cell("username", lambda member: member.username, long=True),
        Cell("name", lambda member: f"{member.firstname} {member.lastname}".strip(), long=True),
        Cell("role", lambda member: member.role.value),
        Cell("account", lambda member: "placeholder" if member.placeholder else ""),
    ),
)

ROLES = ", ".join(Role)
MemberArgument = Annotated[str, typer.Argument(metavar="PERSON", help="The username, or the id.")]


@app.command("list", cls=ListCommand)
def _list(context: typer.Context, board: BoardArgument = None) -> None:
    """List the people on a board."""
    list_members(session_of(context), board, form_of(context, MEMBER))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The username or the e-mail address.")],
    board: BoardOption = None,
    role: Annotated[Role, typer.Option(metavar="ROLE", help=ROLES)] = Role.MEMBER,
) -> None:
    """Put a person on a board; only its owners may."""
    add_member(session_of(context), board, boards.named(person, role), form_of(context, MEMBER))


@app.command("role", cls=DataCommand)
def _role(
    context: typer.Context,
    person: MemberArgument,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help=ROLES)],
    board: BoardOption = None,
) -> None:
    """Give somebody on a board another role; only its owners may."""
    set_role(session_of(context), board, person, UpdateMember(role=role), form_of(context, MEMBER))


@app.command("remove", cls=RegoCommand)
def _remove(context: typer.Context, person: MemberArgument, board: BoardOption = None, dry_run: DryRunOption = False) -> None:
    """Take somebody off a board, or leave it yourself."""
    remove_member(session_of(context), board, person, dry_run=dry_run)


def list_members(session: Session, board_name: str | None, form: Form) -> None:
    """Print the people on a board."""
    members = session.send(boards.list_members(session.board(board_name).id))
    session.output.many(MEMBER, members, form, none="Nobody is on this board.")


def add_member(session: Session, board_name: str | None, body: AddMember, form: Form) -> None:
    """Put a person on a board and say as what."""
    board = session.board(board_name)
    member = session.send(boards.add_member(board.id, body))
    session.output.changed(MEMBER, member, form, f"{member.username} is {member.role.value} on {board.key} now")


def set_role(session: Session, board_name: str | None, person: str, body: UpdateMember, form: Form) -> None:
    """Change a role and say what it was."""
    board = session.board(board_name)
    before = find_member(session.send(boards.list_members(board.id)), person)
    member = session.send(boards.update_member(board.id, before.user_id, body))
    sentence = f"{member.username} is {member.role.value} on {board.key} now; was {before.role.value}"
    session.output.changed(MEMBER, member, form, sentence)


def remove_member(session: Session, board_name: str | None, person: str, *, dry_run: bool) -> None:
    """Take a person off a board and say so."""
    board = session.board(board_name)
    member = find_member(session.send(boards.list_members(board.id)), person)
    if only_told(session, f"take {member.username} off {board.key}", dry_run=dry_run):
        return
    session.send(boards.remove_member(board.id, member.user_id))
    session.output.note(f"{member.username} is off {board.key} now")
