"""`rego comments`: what people say about a card."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli import card_lookup as look
from rego.cli.card_views import minute
from rego.cli.context import Session
from rego.cli.deleting import agreed
from rego.cli.options import (
    CardArgument,
    DataCommand,
    DryRunOption,
    ListCommand,
    RegoCommand,
    YesOption,
    form_of,
    noun,
    session_of,
)
from rego.cli.output import Cell, Form, View
from rego.client import comments
from rego.editor import scratch
from rego.naming import find_numbered
from rego.wire.comments import Comment, CreateComment, UpdateComment
from rego.wire.errors import InvalidInput

app = noun("The comments on a card: list, add, edit, delete.")

COMMENT = View[Comment](
    struct=Comment,
    entity=lambda comment: comment,
    short=lambda comment: comment.id,
    cells=(
        Cell("when", lambda comment: minute(comment.created_at)),
        Cell("who", lambda comment: comment.author),
        Cell("text", lambda comment: comment.text, long=True),
        Cell("id", lambda comment: comment.id),
    ),
)

CommentArgument = Annotated[str, typer.Argument(metavar="COMMENT", help="Its place in the list, last, or its id.")]
TextArgument = Annotated[
    str | None, typer.Argument(metavar="TEXT", help="Markdown; '-' reads it from stdin, without it your editor opens.")
]


@app.command("list", cls=ListCommand)
def _list(context: typer.Context, card: CardArgument) -> None:
    """List the comments on a card, the oldest first."""
    session, form = session_of(context), form_of(context, COMMENT)
    session.output.many(COMMENT, _comments(session, card), form, none="Nobody has said anything here yet.")


@app.command("add", cls=DataCommand)
def _add(context: typer.Context, card: CardArgument, text: TextArgument = None) -> None:
    """Say something about a card; @username tells that person."""
    session, form = session_of(context), form_of(context, COMMENT)
    found = look.card(session, card)
    comment = session.send(comments.create_comment(found.id, CreateComment(text=_text(session, text, ""))))
    session.output.changed(COMMENT, comment, form, f"Comment added to {look.named(session, card, found).ref}")


@app.command("edit", cls=DataCommand)
def _edit(context: typer.Context, card: CardArgument, comment: CommentArgument, text: TextArgument = None) -> None:
    """Change your own comment."""
    edit_comment(session_of(context), card, comment, text, form_of(context, COMMENT))


@app.command("delete", cls=RegoCommand)
def _delete(
    context: typer.Context, card: CardArgument, comment: CommentArgument, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Delete a comment."""
    session = session_of(context)
    found = find_numbered(_comments(session, card), comment, "comment")
    if agreed(session, f"the comment of {found.author} from {minute(found.created_at)}", yes=yes, dry_run=dry_run):
        session.send(comments.delete_comment(found.id))
        session.output.note("Comment deleted")


def edit_comment(session: Session, card: str, name: str, text: str | None, form: Form) -> None:
    """Change a comment, unless it was changed since it was read here."""
    before = find_numbered(_comments(session, card), name, "comment")
    body = UpdateComment(text=_text(session, text, before.text), version=before.version)
    session.output.changed(COMMENT, session.send(comments.update_comment(before.id, body)), form, "Comment changed")


def _comments(session: Session, card: str) -> list[Comment]:
    return session.first(comments.list_comments(look.card(session, card).id), None)


def _text(session: Session, given: str | None, before: str) -> str:
    """The text of the command line, of stdin, or of the editor; raises `InvalidInput` when there is none."""
    if given is None and not session.interactive:
        raise InvalidInput("Give the text as an argument, or '-' to read it from stdin.")
    if given is not None:
        return session.text_or_stdin(given)
    with scratch(session.editor, "comment.md", session.output.note) as paper:
        text = paper.edit(before).strip()
    if not text:
        raise InvalidInput("The text is empty, so nothing was said.")
    return text
