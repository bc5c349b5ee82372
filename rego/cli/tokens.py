"""`rego tokens`: personal tokens, with which scripts log in."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.deleting import only_told
from rego.cli.options import DataCommand, DryRunOption, ListCommand, RegoCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import tokens
from rego.dates import FORMS, parse_here
from rego.naming import find_token
from rego.wire.tokens import CreateToken, NewToken, PersonalToken, Scope

app = noun("Personal tokens for scripts: list, add, revoke.")

TOKEN = View[PersonalToken](
    struct=PersonalToken,
    entity=lambda token: token,
    short=lambda token: token.id,
    cells=(
        Cell("name", lambda token: token.name, long=True),
        Cell("scope", lambda token: token.scope.value),
        Cell("agent", lambda token: "agent" if token.agent else ""),
        Cell("boards", lambda token: "all" if token.board_ids is None else str(len(token.board_ids))),
        Cell("expires", lambda token: token.expires_at.isoformat(timespec="minutes") if token.expires_at else "never"),
        Cell("id", lambda token: token.id),
    ),
)
NEW_TOKEN = View[NewToken](struct=NewToken, entity=lambda token: token, short=lambda token: token.token)

NameArgument = Annotated[str, typer.Argument(metavar="NAME")]


@app.command("list", cls=ListCommand)
def _list(context: typer.Context) -> None:
    """List your tokens, without their secrets."""
    list_tokens(session_of(context), form_of(context, TOKEN))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    name: NameArgument,
    scope: Annotated[Scope, typer.Option(metavar="SCOPE", help="read, or write, which includes read.")] = Scope.READ,
    board: Annotated[
        list[str] | None,
        typer.Option("--board", "-b", metavar="BOARD", help="For this board only; may be given several times."),
    ] = None,
    agent: Annotated[bool, typer.Option("--agent", help="For an agent: what it does is told as NAME's doing.")] = False,
    expires: Annotated[str | None, typer.Option(metavar="WHEN", help=f"Such as {FORMS}; else it lasts until revoked.")] = None,
) -> None:
    """Make a token and print its secret, this once. REGO_TOKEN takes it."""
    body = CreateToken(name=name, scope=scope, agent=agent)
    body.expires_at = parse_here(expires)
    add_token(session_of(context), body, board, form_of(context, NEW_TOKEN))


@app.command("revoke", cls=RegoCommand)
def _revoke(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TOKEN", help="Its name or id.")],
    dry_run: DryRunOption = False,
) -> None:
    """Make a token worthless at once."""
    revoke_token(session_of(context), name, dry_run=dry_run)


def list_tokens(session: Session, form: Form) -> None:
    """Print the tokens, the newest first."""
    none = "You have no token yet: 'rego tokens add NAME' makes one."
    session.output.many(TOKEN, session.send(tokens.list_tokens()), form, none=none)


def add_token(session: Session, body: CreateToken, board_names: list[str] | None, form: Form) -> None:
    """Make a token; its secret is all that goes to stdout."""
    body.board_ids = [session.board(name).id for name in board_names] if board_names else None
    made = session.send(tokens.create_token(body))
    if form == Form():
        session.output.note(f"Token {made.name} made. Keep its secret now, it is not shown again:")
    session.output.one(NEW_TOKEN, made, form, made.token)


def revoke_token(session: Session, name: str, *, dry_run: bool) -> None:
    """Revoke the token and say which."""
    token = find_token(session.send(tokens.list_tokens()), name)
    if not only_told(session, f"revoke the token {token.name}", dry_run=dry_run):
        session.send(tokens.revoke_token(token.id))
        session.output.note(f"Token {token.name} is revoked.")
