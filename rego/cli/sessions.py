"""`rego sessions`: where you are logged in, and how to end that."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.options import ListCommand, RegoCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import auth
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
) -> None:
    """End a login; its live connections close too."""
    if (login is None) != others:
        raise InvalidInput("Give the id of a session, or --others.")
    session = session_of(context)
    end_sessions(session, [login] if login is not None else others_of(session))


def list_sessions(session: Session, form: Form) -> None:
    """Print the logins."""
    session.output.many(LOGIN, session.send(auth.list_sessions()), form, none="You are not logged in: this is local mode.")


def others_of(session: Session) -> list[str]:
    """The logins but the one that asks."""
    return [login.id for login in session.send(auth.list_sessions()) if not login.current]


def end_sessions(session: Session, ids: list[str]) -> None:
    """End the logins and say how many."""
    for each in ids:
        session.send(auth.revoke_session(each))
    session.output.note("The session has ended." if len(ids) == 1 else f"{len(ids)} sessions have ended.")
