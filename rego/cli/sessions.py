"""`rego sessions`: where you are logged in, and how to end that."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.deleting import only_told
from rego.cli.options import DryRunOption, ListCommand, RegoCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import auth
from rego.naming import find_login
from rego.wire.errors import InvalidInput
from rego.wire.users import Session as Login

app = noun("Where you are logged in: list, end.")

LOGIN = View[Login](
    struct=Login,
    entity=lambda login: login,
    short=lambda login: login.id,
    cells=(
        Cell("client", lambda login: login.user_agent or "unknown", long=True),
        Cell("since", lambda login: login.created_at.isoformat(timespec="minutes")),
        Cell("until", lambda login: login.expires_at.isoformat(timespec="minutes")),
        Cell("this", lambda login: "this one" if login.current else ""),
        Cell("id", lambda login: login.id),
    ),
)


@app.command("list", cls=ListCommand)
def _list(context: typer.Context) -> None:
    """List your logins, the newest first."""
    list_sessions(session_of(context), form_of(context, LOGIN))


@app.command("end", cls=RegoCommand)
def _end(
    context: typer.Context,
    login: Annotated[str | None, typer.Argument(metavar="SESSION", help="Its id, as 'rego sessions list' shows it.")] = None,
    others: Annotated[bool, typer.Option("--others", help="All but this one.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """End a login; its live connections close too."""
    if (login is None) != others:
        raise InvalidInput("Give the id of a session, or --others.")
    end_sessions(session_of(context), login, dry_run=dry_run)


def list_sessions(session: Session, form: Form) -> None:
    """Print the logins."""
    session.output.many(LOGIN, session.send(auth.list_sessions()), form, none="You are not logged in: this is local mode.")


def end_sessions(session: Session, name: str | None, *, dry_run: bool) -> None:
    """End the login with that id, or all but the one that asks, and say how many."""
    every = session.send(auth.list_sessions())
    ending = [login for login in every if not login.current] if name is None else [find_login(every, name)]
    if only_told(session, f"end {_count(len(ending))}", dry_run=dry_run):
        return
    for login in ending:
        session.send(auth.revoke_session(login.id))
    session.output.note(f"{_count(len(ending))} ended.")


def _count(amount: int) -> str:
    return "1 session" if amount == 1 else f"{amount} sessions"
