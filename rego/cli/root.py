"""The tree of commands. A noun is loaded, and a verb made, when its name is used, so that no command pays for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from copy import copy
from functools import partial
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

# Typer carries its own copy of Click, under this name in every version that pyproject.toml allows.
from typer._click import Command, HelpFormatter
from typer._click import Context as ClickContext
from typer.core import TyperGroup
from typer.models import CommandInfo

from rego import __version__
from rego.cli.everywhere import GLOBAL, Group, global_options


class Place(NamedTuple):
    """Where a command is written (an `app` of that module), and what `rego --help` says of it."""

    module: str
    app: str
    help: str


COMMANDS: dict[str, Place] = {
    "boards": Place("rego.cli.boards", "app", "Your boards: list, show, add, edit, archive, delete, choose the one to use."),
    "cards": Place("rego.cli.cards", "app", "Cards: list, show, add, edit, move, start, claim, assign, label, delete."),
    "attachments": Place("rego.cli.attachments", "app", "Files on cards: list, add, get, open, rename, delete."),
    "columns": Place("rego.cli.columns", "app", "The columns of a board: list, add, move, rename, edit, archive, delete."),
    "labels": Place("rego.cli.labels", "app", "The labels of a board: list, add, edit, delete."),
    "checklists": Place("rego.cli.checklists", "app", "The checklists of a card: list, add, check, edit, delete."),
    "comments": Place("rego.cli.comments", "app", "The comments on a card: list, add, edit, delete."),
    "members": Place("rego.cli.members", "app", "The people on a board: list, add, give a role, remove."),
    "presence": Place("rego.cli.presence", "app", "List who is on a board right now, and at which card."),
    "invites": Place("rego.cli.invites", "app", "Invitations to a board: list, add, revoke, accept."),
    "rules": Place("rego.cli.rules", "app", "What a board does by itself: list, add, edit, try rules, see what they did."),
    "search": Place("rego.cli.search", "app", "Find cards on all your boards."),
    "activity": Place("rego.cli.activity", "app", "Tell what happened on a board or to a card."),
    "undo": Place("rego.cli.undo", "app", "Take back what you did last, or what an event did."),
    "watch": Place("rego.cli.watch", "app", "Print what happens on a board as it happens."),
    "import": Place("rego.cli.imports", "app", "Bring a board in from a file."),
    "export": Place("rego.cli.exports", "app", "Write a board to a file."),
    "tui": Place("rego.cli.tui", "app", "Open the board in the terminal."),
    "mcp": Place("rego.cli.mcp", "app", "Offer the board as tools to an AI agent."),
    "demo": Place("rego.cli.demo", "app", "Look around on a small board where two colleagues are at work."),
    "serve": Place("rego.cli.serve", "app", "Run a server for a team."),
    "db": Place("rego.cli.db", "app", "The database of a server on this machine: state, upgrade, backup, restore."),
    "doctor": Place("rego.cli.doctor", "app", "Look at what a server stands on, and say what to do."),
    "register": Place("rego.cli.account", "register_app", "Make an account on a server and log in."),
    "login": Place("rego.cli.account", "login_app", "Log in to a server; later commands then speak to it."),
    "logout": Place("rego.cli.account", "logout_app", "End the session on the server and forget its tokens."),
    "password": Place("rego.cli.account", "password_app", "Change your password, or set a new one when it is forgotten."),
    "verify": Place("rego.cli.account", "verify_app", "Show with a mailed token that your e-mail address is yours."),
    "tokens": Place("rego.cli.tokens", "app", "Personal tokens for scripts: list, add, revoke."),
    "sessions": Place("rego.cli.sessions", "app", "Where you are logged in: list, end."),
    "whoami": Place("rego.cli.account", "whoami_app", "Say which account is used, and on which server."),
    "admin": Place("rego.cli.admin", "app", "The accounts of a server, for its superusers."),
    "api": Place("rego.cli.api", "app", "Send any request to the server and print its answer."),
    "config": Place("rego.cli.config", "app", "Your settings: what they are, where they come from, changing them."),
    "local": Place("rego.cli.local", "app", "Local mode: is it running, stop it, where its data is, back it up."),
    "completion": Place("rego.cli.completion", "app", "Print the completion script of a shell."),
    "help": Place("rego.cli.help", "app", "Explain a topic (query, formatting, environment, exit-codes), or a command."),
    "health": Place("rego.cli.health", "app", "Ask the server how it is."),
}


class LazyCommands(MutableMapping[str, Command]):
    """Commands by name, each made at its first use."""

    def __init__(self, makers: Mapping[str, Callable[[], Command]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Command] = {}

    def __getitem__(self, name: str) -> Command:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __setitem__(self, name: str, command: Command) -> None:
        self._makers[name] = lambda: command
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._makers[name]
        self._made.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class Root(Group):
    """The `rego` command itself; its help comes from the table and loads no noun."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.params = [*global_options(hidden=False), *self.params]
        self.commands = LazyCommands({name: partial(load_command, name) for name in COMMANDS})

    def list_commands(self, ctx: ClickContext) -> list[str]:  # noqa: ARG002 - Click's signature
        return list(COMMANDS)

    def format_options(self, ctx: ClickContext, formatter: HelpFormatter) -> None:
        everywhere = global_options(hidden=False)
        own = [parameter for parameter in self.get_params(ctx) if parameter not in everywhere]
        for heading, options in (("Options", own), ("Global options, which may stand behind a command too", everywhere)):
            with formatter.section(heading):
                formatter.write_dl([record for option in options if (record := option.get_help_record(ctx))])
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: ClickContext, formatter: HelpFormatter) -> None:  # noqa: ARG002 - Click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in COMMANDS.items()])


def load_command(name: str) -> Command:
    """A command of the first level, from its module."""
    place = COMMANDS[name]
    app: typer.Typer = getattr(import_module(place.module), place.app)
    command = _noun(app) if len(app.registered_commands) > 1 else typer.main.get_command(app)
    command.name = name
    return command


def _noun(app: typer.Typer) -> TyperGroup:
    """The group that `app` describes. Typer would make all of its verbs at once, which takes a millisecond each."""
    empty = copy(app)
    empty.registered_commands = []
    group = typer.main.get_group(empty)
    group.commands = LazyCommands({verb.name: partial(_verb, verb) for verb in app.registered_commands if verb.name})
    return group


def _verb(verb: CommandInfo) -> Command:
    return typer.main.get_command_from_info(verb, pretty_exceptions_short=False, rich_markup_mode=None)


def root_command() -> Command:
    """The whole command line as one command."""
    app = typer.Typer(
        cls=Root,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    return typer.main.get_command(app)


def carry_out(arguments: list[str]) -> int:
    """Run one command line and return its exit code; raises whatever goes wrong, Ctrl-C and a closed pipe included."""
    try:
        # Not `main`, which would turn some failures into exit codes of its own.
        command = root_command()
        with command.make_context("rego", arguments) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return 0


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rego {__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Rego: a live kanban board for people who live in a terminal.

    Without a server everything works on this machine alone; 'rego demo' is a good first step.
    """
    from rego.cli.context import Session

    session = context.obj = Session(context.meta[GLOBAL])
    context.call_on_close(session.close)
