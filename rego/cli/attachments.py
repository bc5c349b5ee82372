"""`rego attachments`, the half that parses: flags and arguments in, one call of `rego.cli.attachment_work` each."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli import attachment_work as work
from rego.cli.options import (
    CardArgument,
    DataCommand,
    DryRunOption,
    ForceOption,
    ListCommand,
    RegoCommand,
    YesOption,
    form_of,
    noun,
    session_of,
)
from rego.wire.errors import InvalidInput

app = noun("Files on cards: list, add, get, open, rename, delete.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The file's name on the card, or its id.")]


@app.command("list", cls=ListCommand)
def _list(context: typer.Context, card: CardArgument) -> None:
    """List the files on a card, the oldest first."""
    work.list_files(session_of(context), card, form_of(context, work.ATTACHMENT))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    card: CardArgument,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="One file or several; '-' is stdin.")],
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Call the file so on the card; stdin needs it.")] = None,
) -> None:
    """Put files on a card, one after the other. JSON is a list."""
    if name is not None and len(files) > 1:
        raise InvalidInput("--name is for one file at a time.")
    work.add_files(session_of(context), card, files, name, form_of(context, work.ATTACHMENT))


@app.command("get", cls=RegoCommand)
def _get(
    context: typer.Context,
    card: CardArgument,
    name: NameArgument,
    file: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to, by default here under its name; '-' is stdout."),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Fetch a file, whole or not at all, and print where it is."""
    work.get_file(session_of(context), card, name, file, force=force)


@app.command("open", cls=RegoCommand)
def _open(context: typer.Context, card: CardArgument, name: NameArgument) -> None:
    """Fetch a file and show it.

    Pictures, PDFs, text, sound and films are shown, with the program that this machine has for them; nothing is run.
    """
    work.open_file(session_of(context), card, name)


@app.command("rename", cls=DataCommand)
def _rename(
    context: typer.Context, card: CardArgument, name: NameArgument, to: Annotated[str, typer.Argument(metavar="NEW_NAME")]
) -> None:
    """Call a file something else."""
    work.rename_file(session_of(context), card, name, to, form_of(context, work.ATTACHMENT))


@app.command("delete", cls=RegoCommand)
def _delete(
    context: typer.Context, card: CardArgument, name: NameArgument, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Take a file off a card."""
    work.delete_file(session_of(context), card, name, yes=yes, dry_run=dry_run)
