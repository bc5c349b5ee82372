"""`rego admin`: the accounts of a server, for its superusers."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace

from rego.cli.context import Session
from rego.cli.options import DataCommand, ListCommand, RegoCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import admin
from rego.client.blocking import Client
from rego.client.paths import Paths
from rego.wire.admin import PasswordToken, UpdateUser
from rego.wire.errors import NotFound
from rego.wire.users import User

app = noun("The accounts of a server, for its superusers: list, let in, keep out, reset a password.")


def _standing(user: User) -> str:
    """What an account may, in a word or two."""
    if not user.is_active:
        return "not active"
    return "a superuser" if user.is_superuser else "a user"


ACCOUNT = View[User](
    struct=User,
    entity=lambda user: user,
    short=lambda user: user.username,
    cells=(
        Cell("username", lambda user: user.username, long=True),
        Cell("email", lambda user: user.email or "", long=True),
        Cell("verified", lambda user: "yes" if user.is_verified else "no"),
        Cell("account", _standing),
        Cell("since", lambda user: user.created_at.date().isoformat()),
    ),
)
TOKEN = View[PasswordToken](struct=PasswordToken, entity=lambda made: made, short=lambda made: made.token)

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="The username or the e-mail address.")]


@app.command("list", cls=ListCommand)
def _list(context: typer.Context) -> None:
    """List the accounts, oldest first."""
    list_users(session_of(context), form_of(context, ACCOUNT))


@app.command("activate", cls=DataCommand)
def _activate(context: typer.Context, user: UserArgument) -> None:
    """Let somebody in again."""
    update_user(session_of(context), user, UpdateUser(is_active=True), form_of(context, ACCOUNT))


@app.command("deactivate", cls=DataCommand)
def _deactivate(context: typer.Context, user: UserArgument) -> None:
    """Keep somebody out: their sessions end at once, their work stays."""
    update_user(session_of(context), user, UpdateUser(is_active=False), form_of(context, ACCOUNT))


@app.command("promote", cls=DataCommand)
def _promote(context: typer.Context, user: UserArgument) -> None:
    """Make somebody a superuser too; it opens no board."""
    update_user(session_of(context), user, UpdateUser(is_superuser=True), form_of(context, ACCOUNT))


@app.command("demote", cls=DataCommand)
def _demote(context: typer.Context, user: UserArgument) -> None:
    """Make a superuser an account like others; the last one stays."""
    update_user(session_of(context), user, UpdateUser(is_superuser=False), form_of(context, ACCOUNT))


@app.command("reset-password", cls=DataCommand)
def _reset_password(context: typer.Context, user: UserArgument) -> None:
    """Print a token with which somebody sets a new password, this once."""
    reset_password(session_of(context), user, form_of(context, TOKEN))


@app.command("bootstrap", cls=RegoCommand)
def _bootstrap(
    context: typer.Context,
    user: UserArgument,
    database_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The server's database (REGO_DATABASE_URL); else the one in REGO_DATA_DIR."),
    ] = None,
) -> None:
    """Make somebody a superuser from the server's own shell, without a login.

    It reads the settings that 'rego serve' reads.
    """
    bootstrap(session_of(context), user, database_url)


def list_users(session: Session, form: Form) -> None:
    """Print the accounts."""
    found = session.first(admin.list_users(), None)
    session.output.many(ACCOUNT, found, form, none="There is no account.")


def update_user(session: Session, name: str, body: UpdateUser, form: Form) -> None:
    """Change what an account may, and say what it is now."""
    user = session.send(admin.update_user(find_user(session, name).id, body))
    session.output.changed(ACCOUNT, user, form, f"{user.username} is {_standing(user)} now")


def reset_password(session: Session, name: str, form: Form) -> None:
    """Make a token; it is all that goes to stdout."""
    user = find_user(session, name)
    made = session.send(admin.reset_password(user.id))
    if form == Form():
        session.output.note(
            f"Hand this token over to {user.username}, who runs 'rego password --reset' within "
            f"{made.expires_in // 60} minutes. It is not shown again:"
        )
    session.output.one(TOKEN, made, form, made.token)


def find_user(session: Session, name: str) -> User:
    """The account with that username or e-mail address; raises `NotFound`."""
    found = session.send(admin.list_users(name))
    if not found:
        raise NotFound(f"Nobody on this server is called {name!r}: 'rego admin list' shows who there is.")
    return found[0]


def bootstrap(session: Session, name: str, database_url: str | None) -> None:
    """Promote on the database itself or, where that lies in the data directory, through the server that its owner may use."""
    from rego_server.bootstrap import promote
    from rego_server.core.settings import load

    settings = load({"database_url": database_url})
    if settings.database_url:
        user = promote(settings, name)
    else:
        user = _promote_here(replace(session.paths, data=settings.data_dir.absolute()), name)
    session.output.note(f"{user.username} is {_standing(user)} now.")


def _promote_here(paths: Paths, name: str) -> User:
    from rego.client.local import find_or_start

    local = find_or_start(paths)
    with Client(local.server, local.credentials) as client:
        for found in client.send(admin.list_users(name)):
            return client.send(admin.update_user(found.id, UpdateUser(is_active=True, is_superuser=True)))
    raise NotFound(f"Nobody here is called {name}.")
