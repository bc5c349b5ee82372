"""The options that many commands share, and the optional value of `--json`."""

from __future__ import annotations

from typing import Annotated

import typer
from typer._click import Context as ClickContext
from typer.core import TyperCommand

from rego.cli.context import Session

JsonOption = Annotated[
    str | None,
    typer.Option("--json", metavar="[FIELDS]", help="Print JSON, with all fields or with those named: --json id,title."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only names, one a line, for other commands.")]
BoardArgument = Annotated[str | None, typer.Argument(metavar="BOARD", help="Its key, title or id; not needed for an only one.")]
BoardOption = Annotated[
    str | None, typer.Option("--board", "-b", metavar="BOARD", help="The board's key, title or id, if you have several.")
]
TitleArgument = Annotated[str, typer.Argument(metavar="TITLE")]


class RegoCommand(TyperCommand):
    """A command as Rego shows and reads it: plain names in the usage line, and a `--json` whose value may be missing."""

    def collect_usage_pieces(self, ctx: ClickContext) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: ClickContext, args: list[str]) -> list[str]:
        for n, arg in enumerate(args):
            if arg == "--":
                break
            if arg == "--json" and (n + 1 == len(args) or args[n + 1].startswith("-")):
                args[n] = "--json="
        return super().parse_args(ctx, args)


def noun(help: str, *, alone: bool = False, bare: bool = False) -> typer.Typer:  # noqa: A002 - Typer's own word
    """An empty group of commands, which may do something `bare`, or with `alone` the holder of a single one."""
    return typer.Typer(
        help=None if alone else help,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=not (alone or bare),
    )


def session_of(context: typer.Context) -> Session:
    """The session that the root command opened."""
    session = context.obj
    assert isinstance(session, Session)
    return session
