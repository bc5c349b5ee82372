"""`rego checklists`: the lists of a card and their items. An item is named by its place on the card, its text or its id."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import UNSET, Struct

from rego.cli import card_lookup as look
from rego.cli.card_views import day
from rego.cli.context import Session
from rego.cli.deleting import agreed
from rego.cli.options import (
    CardArgument,
    DataCommand,
    DryRunOption,
    ListCommand,
    RegoCommand,
    TitleArgument,
    YesOption,
    form_of,
    noun,
    session_of,
)
from rego.cli.output import Cell, Form, View
from rego.client import boards, checklists
from rego.dates import FORMS, parse_here
from rego.naming import find_checklist, find_item
from rego.wire.cards import Card
from rego.wire.checklists import (
    Checklist,
    ChecklistItem,
    CreateChecklist,
    CreateChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego.wire.errors import InvalidInput, NotFound, RegoError

app = noun("The checklists of a card: list, add, check, edit, delete.")


class Line(Struct, frozen=True):
    """An item with its place among all items of the card, from 1, and what stands around it."""

    number: int
    item: ChecklistItem
    checklist: str
    assignee: str


CHECKLIST = View[Checklist](struct=Checklist, entity=lambda checklist: checklist, short=lambda checklist: checklist.id)

ITEM = View[Line](
    struct=ChecklistItem,
    entity=lambda line: line.item,
    short=lambda line: line.item.id,
    cells=(
        Cell("no", lambda line: str(line.number)),
        Cell("checklist", lambda line: line.checklist, long=True),
        Cell("done", lambda line: "x" if line.item.done else ""),
        Cell("text", lambda line: line.item.text, long=True),
        Cell("who", lambda line: line.assignee),
        Cell("due", lambda line: day(line.item.due_at)),
    ),
    extras={
        "number": lambda line: line.number,
        "checklist": lambda line: line.checklist,
        "assignee": lambda line: line.assignee,
    },
)

ItemArgument = Annotated[
    str, typer.Argument(metavar="ITEM", help="Its place in the list, the beginning of its text, or its id.")
]
ChecklistArgument = Annotated[str, typer.Argument(metavar="CHECKLIST", help="Its title, the beginning of it, or its id.")]


@app.command("list", cls=ListCommand)
def _list(context: typer.Context, card: CardArgument) -> None:
    """List the items of all checklists of a card."""
    session, form = session_of(context), form_of(context, ITEM)
    none = f"No item here: 'rego checklists item {card} TEXT' adds one, to a checklist that 'rego checklists add' makes."
    session.output.many(ITEM, _lines(session, look.card(session, card)), form, none=none)


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    card: CardArgument,
    title: TitleArgument,
    items: Annotated[list[str] | None, typer.Option("--item", "-i", metavar="TEXT", help="An item on it; repeatable.")] = None,
) -> None:
    """Add a checklist, with items if you like."""
    session, form = session_of(context), form_of(context, CHECKLIST)
    found = look.card(session, card)
    checklist = session.send(checklists.create_checklist(found.id, CreateChecklist(title=title)))
    for text in items or []:
        session.send(checklists.create_checklist_item(checklist.id, CreateChecklistItem(text=text)))
    session.output.changed(
        CHECKLIST, checklist, form, f"Checklist {checklist.title} added to {look.named(session, card, found).ref}"
    )


@app.command("item", cls=DataCommand)
def _item(
    context: typer.Context,
    card: CardArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="'-' reads texts from stdin, one a line.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="CHECKLIST", help="The checklist; else the card's last one.")
    ] = None,
    assign: Annotated[str | None, typer.Option("--assign", "-a", metavar="PERSON", help="A username, or me.")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="WHEN", help=f"Such as {FORMS}.")] = None,
) -> None:
    """Add an item to a checklist."""
    session, form = session_of(context), form_of(context, ITEM)
    texts = session.lines_of_stdin() if text == "-" else [text]
    add_items(session, card, to, [CreateChecklistItem(text=each, due_at=parse_here(due)) for each in texts], assign, form)


@app.command("check", cls=DataCommand)
def _check(
    context: typer.Context,
    card: CardArgument,
    item: ItemArgument,
    undo: Annotated[bool, typer.Option("--undo", help="Take the tick away.")] = False,
) -> None:
    """Tick an item off."""
    edit_item(session_of(context), card, item, UpdateChecklistItem(done=not undo), form_of(context, ITEM))


@app.command("edit", cls=DataCommand)
def _edit(
    context: typer.Context,
    card: CardArgument,
    item: ItemArgument,
    text: Annotated[str | None, typer.Option("--text", "-t", metavar="TEXT")] = None,
    assign: Annotated[
        str | None, typer.Option("--assign", "-a", metavar="PERSON", help="A username, me, or '' for nobody.")
    ] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="WHEN", help="A date as elsewhere, or '' for none.")] = None,
) -> None:
    """Change an item."""
    session, form = session_of(context), form_of(context, ITEM)
    person = None if not assign else look.person_ids(session, look.card(session, card).board_id, [assign])[0]
    body = UpdateChecklistItem(
        text=UNSET if text is None else text,
        assignee_id=UNSET if assign is None else person,
        due_at=UNSET if due is None else parse_here(due or None),
    )
    if not body.changes():
        raise InvalidInput("Nothing to change: give --text, --assign or --due.")
    edit_item(session, card, item, body, form)


@app.command("rename", cls=DataCommand)
def _rename(context: typer.Context, card: CardArgument, checklist: ChecklistArgument, title: TitleArgument) -> None:
    """Give a checklist another title."""
    session, form = session_of(context), form_of(context, CHECKLIST)
    before = find_checklist(_checklists(session, look.card(session, card)), checklist)
    renamed = session.send(checklists.update_checklist(before.id, UpdateChecklist(title=title)))
    session.output.changed(CHECKLIST, renamed, form, f"Checklist {before.title} is now called {renamed.title}")


@app.command("delete", cls=RegoCommand)
def _delete(
    context: typer.Context,
    card: CardArgument,
    checklist: Annotated[
        str | None, typer.Argument(metavar="CHECKLIST", help="Its title, the beginning of it, or its id.")
    ] = None,
    item: Annotated[str | None, typer.Option("--item", "-i", metavar="ITEM", help="This item only.")] = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Delete a checklist, or one item."""
    if (checklist is None) == (item is None):
        raise InvalidInput("Name a checklist, or an item with --item.")
    delete(session_of(context), card, (checklist, item), yes=yes, dry_run=dry_run)


def add_items(
    session: Session, card: str, to: str | None, bodies: list[CreateChecklistItem], person: str | None, form: Form
) -> None:
    """Add items to a checklist of a card, in their order."""
    found = look.card(session, card)
    every = _checklists(session, found)
    if not every:
        raise NotFound(f"{card} has no checklist yet: 'rego checklists add {card} TITLE' adds one.")
    checklist = every[-1] if to is None else find_checklist(every, to)
    who = look.person_ids(session, found.board_id, [person])[0] if person else None
    added: list[str] = []
    for body in bodies:
        body.assignee_id = who
        try:
            added.append(session.send(checklists.create_checklist_item(checklist.id, body)).id)
        except RegoError as error:
            if len(bodies) > 1:
                error.detail = f"{len(added)} of {len(bodies)} items were added, then {body.text!r} was refused: {error.detail}"
            raise
    lines = {line.item.id: line for line in _lines(session, found)}
    for line in (lines[item_id] for item_id in added if item_id in lines):
        session.output.changed(ITEM, line, form, f"{line.item.text} added to {checklist.title}")


def edit_item(session: Session, card: str, name: str, body: UpdateChecklistItem, form: Form) -> None:
    """Change an item and show it."""
    found = look.card(session, card)
    before = find_item([line.item for line in _lines(session, found)], name)
    session.send(checklists.update_checklist_item(before.id, body))
    lines = _lines(session, found)
    line = next(line for line in lines if line.item.id == before.id)
    done = sum(each.item.done for each in lines)
    session.output.changed(
        ITEM, line, form, f"[{'x' if line.item.done else ' '}] {line.item.text} ({done} of {len(lines)} done)"
    )


def delete(session: Session, card: str, names: tuple[str | None, str | None], *, yes: bool, dry_run: bool) -> None:
    """Delete the checklist or the item of that name, if that is wanted."""
    found = look.card(session, card)
    checklist_name, item_name = names
    if checklist_name is not None:
        checklist = find_checklist(_checklists(session, found), checklist_name)
        what, call = (
            f"the checklist {checklist.title} with {len(checklist.items)} items",
            checklists.delete_checklist(checklist.id),
        )
    else:
        item = find_item([line.item for line in _lines(session, found)], item_name or "")
        what, call = f"the item {item.text}", checklists.delete_checklist_item(item.id)
    if agreed(session, what, yes=yes, dry_run=dry_run):
        session.send(call)
        session.output.note(f"Deleted {what}")


def _checklists(session: Session, card: Card) -> list[Checklist]:
    return session.send(checklists.list_checklists(card.id))


def _lines(session: Session, card: Card) -> list[Line]:
    every = [(checklist.title, item) for checklist in _checklists(session, card) for item in checklist.items]
    members = session.send(boards.list_members(card.board_id)) if any(item.assignee_id for _, item in every) else []
    names = {member.user_id: member.username for member in members}
    return [Line(n, item, title, names.get(item.assignee_id or "", "")) for n, (title, item) in enumerate(every, 1)]
