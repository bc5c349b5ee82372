"""`rego register`, `login`, `logout`, `password`, `verify` and `whoami`: who you are, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.options import DataCommand, RegoCommand, form_of, noun, session_of
from rego.cli.output import Form, View
from rego.client import auth
from rego.client.blocking import Client
from rego.client.server import Server
from rego.client.waiting import Waiting, count, drop, said
from rego.safe_text import safe_text
from rego.wire.errors import InvalidInput
from rego.wire.users import ChangePassword, Register, ResetPassword, User

register_app = noun("", alone=True)
login_app = noun("", alone=True)
logout_app = noun("", alone=True)
password_app = noun("", alone=True)
verify_app = noun("", alone=True)
whoami_app = noun("", alone=True)

USER = View[User](struct=User, entity=lambda user: user, short=lambda user: user.username)

ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="The server, such as https://rego.example.com.")
]
UsernameOption = Annotated[
    str | None, typer.Option("--username", "-u", metavar="NAME", help="The name or the e-mail address; else asked for.")
]
PasswordOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]

PasswordsOption = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the current password (or the token) and the new one from two lines of stdin."),
]


@register_app.command(cls=RegoCommand)
def _register(
    context: typer.Context,
    server: ServerOption = None,
    username: Annotated[
        str | None, typer.Option("--username", "-u", metavar="NAME", help="The name that others see; else asked for.")
    ] = None,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to reach you; else asked for.")] = None,
    firstname: Annotated[str, typer.Option(metavar="NAME")] = "",
    lastname: Annotated[str, typer.Option(metavar="NAME")] = "",
    password_stdin: PasswordOption = False,
) -> None:
    """Make an account on a server and log in."""
    session = session_of(context)
    place = _checked(session, server)
    body = Register(
        username=username or session.ask("Username"),
        email=email or session.ask("E-mail"),
        password=_new_password(session, "Password", from_stdin=password_stdin),
        firstname=firstname,
        lastname=lastname,
    )
    register(session, place, body)


@login_app.command(cls=RegoCommand)
def _login(
    context: typer.Context,
    server: ServerOption = None,
    username: UsernameOption = None,
    password_stdin: PasswordOption = False,
    with_token: Annotated[bool, typer.Option("--with-token", help="Read a personal token from stdin instead.")] = False,
) -> None:
    """Log in to a server; later commands then speak to it.

    'rego login --profile NAME' keeps this server beside others, under that name.
    """
    session = session_of(context)
    place = _checked(session, server)
    if with_token:
        log_in_with_token(session, place, session.input.readline().strip())
        return
    name = username or session.ask("Username")
    log_in(session, place, name, session.ask_password("Password", from_stdin=password_stdin))


@logout_app.command(cls=RegoCommand)
def _logout(
    context: typer.Context,
    forget_server: Annotated[
        bool, typer.Option("--forget-server", help="Also go back to working on this machine alone.")
    ] = False,
    drop_waiting: Annotated[
        bool, typer.Option("--drop-waiting", help="Also let go of changes made in the TUI that the server does not have yet.")
    ] = False,
) -> None:
    """End the session on the server and forget its tokens.

    Changes made in the TUI that wait for the server stay on this machine until you log in again, unless you drop them.
    """
    log_out(session_of(context), forget_server=forget_server, drop_waiting=drop_waiting)


@password_app.command(cls=RegoCommand)
def _password(
    context: typer.Context,
    forgotten: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Have a token mailed to your address that sets a new one.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Set a new one with such a token.")] = False,
    server: ServerOption = None,
    password_stdin: PasswordsOption = False,
) -> None:
    """Change your password, or set a new one when it is forgotten.

    You are then logged out everywhere else.
    """
    session = session_of(context)
    if forgotten is not None:
        return forgot_password(session, _checked(session, server), forgotten)
    if reset:
        place = _checked(session, server)
        token = session.ask_password("Token", from_stdin=password_stdin)
        new = _new_password(session, "New password", from_stdin=password_stdin)
        return reset_password(session, place, ResetPassword(token=token, password=new))
    current = session.ask_password("Current password", from_stdin=password_stdin)
    new = _new_password(session, "New password", from_stdin=password_stdin)
    return change_password(session, ChangePassword(current_password=current, new_password=new))


@verify_app.command(cls=RegoCommand)
def _verify(
    context: typer.Context,
    send: Annotated[bool, typer.Option("--send", help="Have a token mailed to your address.")] = False,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read the token from the first line of stdin.")] = False,
) -> None:
    """Show with a mailed token that your e-mail address is yours."""
    session = session_of(context)
    if send:
        return request_verification(session)
    return verify(session, session.ask_password("Token", from_stdin=token_stdin, option="--token-stdin"))


@whoami_app.command(cls=DataCommand)
def _whoami(context: typer.Context) -> None:
    """Say which account is used, and on which server."""
    who_am_i(session_of(context), form_of(context, USER))


def register(session: Session, server: Server, body: Register) -> None:
    """Make the account and log in with it."""
    _welcome(session, server, session.home.register(server, body))


def log_in(session: Session, server: Server, username: str, password: str) -> None:
    """Begin a session, keep its tokens, and make this the server of later commands."""
    _welcome(session, server, session.home.log_in(server, username, password))


def log_in_with_token(session: Session, server: Server, token: str) -> None:
    """Keep a personal token, once it is known to be good, as the login at `server`."""
    if not token:
        raise InvalidInput("No token came on stdin: pipe one in, such as 'rego login --with-token < token.txt'.")
    _welcome(session, server, session.home.log_in_with_token(server, token))


def _welcome(session: Session, server: Server, user: User) -> None:
    """Choose the server of a new login; the person is told where it is kept if that is a file."""
    if session.store.notice:
        session.output.note(session.store.notice)
    session.home.make_default(server, session.choices.profile_name)
    session.output.note(f"Logged in to {server} as {user.username}.")


def log_out(session: Session, *, forget_server: bool, drop_waiting: bool = False) -> None:
    """Forget the tokens even when the server cannot be told; raises `InvalidInput` in local mode."""
    server = session.chosen_server
    if server is None:
        raise InvalidInput("You are not logged in anywhere: without a server Rego works on this machine alone.")
    login, waiting = session.home.login_at(server), session.home.waiting(server)
    told = session.home.log_out(server)
    if forget_server:
        session.home.save("server", None)
    if told:
        session.output.note(f"Logged out of {server}.")
    elif login is not None and login.refresh_token is None:
        session.output.note(f"Logged out of {server} here; the token itself works until it is revoked.")
    else:
        session.output.note(f"Logged out of {server} here; it could not be told.")
    _deal_with(session, waiting, drop_them=drop_waiting)


def _deal_with(session: Session, waiting: Sequence[Waiting], *, drop_them: bool) -> None:
    """Say what becomes of changes that wait for the server, and let them go where that is wished."""
    number = count(waiting)
    if not number:
        return
    if drop_them:
        drop(waiting)
        session.output.note(
            f"{'1 change that waited for it was' if number == 1 else f'{number} changes that waited for it were'} let go."
        )
    else:
        session.output.note(
            f"{said(number)} for it on this machine until you log in again; 'rego logout --drop-waiting' lets them go."
        )


def change_password(session: Session, body: ChangePassword) -> None:
    """Change the password; this session goes on, all others end."""
    session.send(auth.change_password(body))
    session.output.note("Your password is changed, and your other sessions have ended.")


def forgot_password(session: Session, server: Server, address: str) -> None:
    """Ask for a token; the server does not say whether there is such an account."""
    with Client(server) as client:
        said = client.send(auth.forgot_password(address))
    session.output.note(f"{said.detail} Then run 'rego password --reset'.")


def reset_password(session: Session, server: Server, body: ResetPassword) -> None:
    """Set the password of whoever the token is for."""
    with Client(server) as client:
        client.send(auth.reset_password(body))
    session.output.note("Your password is set, and all your sessions have ended: 'rego login' begins a new one.")


def request_verification(session: Session) -> None:
    """Have a token mailed to the account's own address; raises `InvalidInput` when it has none."""
    user = session.send(auth.me())
    if user.email is None:
        raise InvalidInput("Your account has no e-mail address.")
    session.send(auth.request_verification(user.email))
    session.output.note(
        "Your address is verified already." if user.is_verified else "A letter is on its way; run 'rego verify'."
    )


def verify(session: Session, token: str) -> None:
    """Verify the address that the token was mailed to."""
    user = session.send(auth.verify(token))
    session.output.note(f"{user.email} is verified as the address of {user.username}.")


def who_am_i(session: Session, form: Form) -> None:
    """Print the account."""
    user = session.send(auth.me())
    where = "this machine" if session.chosen_server is None else str(session.chosen_server)
    session.output.one(USER, user, form, f"{safe_text(user.username)} on {where}")


def _checked(session: Session, server: str | None) -> Server:
    """The server to log in to, once it is known to be one; raises `InvalidInput`, `Unreachable` or `NotRego`."""
    place = Server.parse(server) if server else session.chosen_server
    if place is None:
        raise InvalidInput("Which server? Give --server URL. Without a server Rego works on this machine and needs no login.")
    session.home.check(place)
    return place


def _new_password(session: Session, question: str, *, from_stdin: bool) -> str:
    password = session.ask_password(question, from_stdin=from_stdin)
    if not from_stdin and password != session.ask_password("Again", from_stdin=False):
        raise InvalidInput("The two passwords differ; nothing was done.")
    return password
