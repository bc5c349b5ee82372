"""`rego labels`: the coloured names that the cards of a board carry."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import UNSET

from rego.cli.context import Session
from rego.cli.deleting import agreed
from rego.cli.options import (
    BoardArgument,
    BoardOption,
    DataCommand,
    DryRunOption,
    ListCommand,
    RegoCommand,
    YesOption,
    form_of,
    noun,
    session_of,
)
from rego.cli.output import Cell, Form, Piece, View
from rego.client import labels
from rego.naming import find_label, label_name
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.labels import CreateLabel, Label, UpdateLabel

app = noun("The labels of a board: list, add, edit, delete.")

LABEL = View[Label](
    struct=Label,
    entity=lambda label: label,
    short=label_name,
    cells=(
        Cell("name", lambda label: [Piece(label_name(label), label.color)], long=True),
        Cell("color", lambda label: label.color.value),
        Cell("id", lambda label: label.id),
    ),
)

COLORS = ", ".join(Color)
LabelArgument = Annotated[str, typer.Argument(metavar="LABEL", help="Its name, the beginning of it, or its id.")]


@app.command("list", cls=ListCommand)
def _list(context: typer.Context, board: BoardArgument = None) -> None:
    """List a board's labels."""
    session, form = session_of(context), form_of(context, LABEL)
    every = session.send(labels.list_labels(session.board(board).id))
    session.output.many(LABEL, every, form, none="The board has no label yet: add one with 'rego labels add NAME'.")


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    hue: Annotated[Color, typer.Argument(metavar="[COLOR]", help=COLORS)] = Color.GRAY,
    board: BoardOption = None,
) -> None:
    """Add a label."""
    add_label(session_of(context), board, CreateLabel(name=name, color=hue), form_of(context, LABEL))


@app.command("edit", cls=DataCommand)
def _edit(
    context: typer.Context,
    label: LabelArgument,
    hue: Annotated[Color | None, typer.Argument(metavar="[COLOR]", help=COLORS)] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME")] = None,
    board: BoardOption = None,
) -> None:
    """Give a label another name or colour."""
    body = UpdateLabel(name=UNSET if name is None else name, color=UNSET if hue is None else hue)
    if not body.changes():
        raise InvalidInput("Nothing to change: give a colour or --name.")
    edit_label(session_of(context), board, label, body, form_of(context, LABEL))


@app.command("delete", cls=RegoCommand)
def _delete(
    context: typer.Context,
    label: LabelArgument,
    board: BoardOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Delete a label; it comes off every card that carries it."""
    delete_label(session_of(context), board, label, yes=yes, dry_run=dry_run)


def add_label(session: Session, board_name: str | None, body: CreateLabel, form: Form) -> None:
    """Make a label."""
    board = session.board(board_name)
    label = session.send(labels.create_label(board.id, body))
    session.output.changed(LABEL, label, form, f"Label {label_name(label)} added to {board.key}")


def edit_label(session: Session, board_name: str | None, name: str, body: UpdateLabel, form: Form) -> None:
    """Change a label and say what it was."""
    before = _label(session, board_name, name)
    label = session.send(labels.update_label(before.id, body))
    sentence = f"Label {label_name(before)} ({before.color.value}) is now {label_name(label)} ({label.color.value})"
    session.output.changed(LABEL, label, form, sentence)


def delete_label(session: Session, board_name: str | None, name: str, *, yes: bool, dry_run: bool) -> None:
    """Delete a label, if that is wanted."""
    label = _label(session, board_name, name)
    if agreed(session, f"the label {label_name(label)}", yes=yes, dry_run=dry_run):
        session.send(labels.delete_label(label.id))
        session.output.note(f"Label {label_name(label)} deleted")


def _label(session: Session, board_name: str | None, name: str) -> Label:
    return find_label(session.send(labels.list_labels(session.board(board_name).id)), name)
