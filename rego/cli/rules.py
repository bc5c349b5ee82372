"""`rego rules`: what a board does by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from msgspec import UNSET, Struct

from rego.cli import card_lookup
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
from rego.cli.output import Cell, Form, View
from rego.client import automations, boards, columns, labels
from rego.naming import find_rule
from rego.rule_words import ACTIONS, TRIGGERS, Names, action_in_words, read_action, read_trigger, trigger_in_words
from rego.wire.automation_runs import AutomationRun, DryRun, TriedRule
from rego.wire.automations import AnyAction, Automation, CreateAutomation, UpdateAutomation
from rego.wire.boards import Board
from rego.wire.errors import InvalidInput

app = noun("What a board does by itself: list, add, edit, try rules, see what they did.")


class RuleRow(Struct, frozen=True):
    """A rule, and what it waits for and does in words."""

    rule: Automation
    when: str
    do: list[str]

    @property
    def state(self) -> str:
        """Whether it is at work, and whether it can do what it says."""
        state = "on" if self.rule.enabled else "off"
        return f"{state}, names what is gone" if self.rule.missing else state


class Draft(Struct, frozen=True):
    """What is typed of a rule; None where nothing is."""

    name: str | None = None
    when: str | None = None
    conditions: str | None = None
    do: Sequence[str] | None = None


RULE = View[RuleRow](
    struct=Automation,
    entity=lambda row: row.rule,
    short=lambda row: row.rule.id,
    cells=(
        Cell("name", lambda row: row.rule.name, long=True),
        Cell("state", lambda row: row.state),
        Cell("when", lambda row: row.when, long=True),
        Cell("if", lambda row: row.rule.conditions or "", long=True),
        Cell("do", lambda row: ", ".join(row.do), long=True),
        Cell("runs", lambda row: str(row.rule.runs)),
        Cell("last", lambda row: row.rule.last_outcome.value if row.rule.last_outcome else ""),
        Cell("id", lambda row: row.rule.id),
    ),
    extras={"when": lambda row: row.when, "do": lambda row: row.do},
)
RUN = View[AutomationRun](
    struct=AutomationRun,
    entity=lambda run: run,
    short=lambda run: str(run.number),
    cells=(
        Cell("run", lambda run: str(run.number)),
        Cell("at", lambda run: run.at.astimezone().isoformat(" ", "seconds")),
        Cell("card", lambda run: run.cause.card.ref),
        Cell("by", lambda run: "clock" if run.cause.event_seq is None else f"{run.cause.trigger} #{run.cause.event_seq}"),
        Cell("outcome", lambda run: run.outcome.value),
        Cell("did", lambda run: ", ".join(change.type for change in run.changes), long=True),
        Cell("error", lambda run: run.error or "", long=True),
    ),
)
TRIED = View[TriedRule](
    struct=TriedRule,
    entity=lambda tried: tried,
    short=lambda tried: tried.automation_id,
    cells=(
        Cell("rule", lambda tried: tried.name, long=True),
        Cell("outcome", lambda tried: tried.outcome.value),
        Cell("would do", lambda tried: ", ".join(change.type for change in tried.changes), long=True),
        Cell("error", lambda tried: tried.error or "", long=True),
    ),
)

RuleArgument = Annotated[str, typer.Argument(metavar="RULE", help="Its name, the beginning of it, or its id.")]
IF = "Only for cards that fit this query, such as 'label:bug priority>=high'."
WHEN = f"What sets it off: {TRIGGERS}."
DO = f"What it does, repeatable, in that order: {ACTIONS}."


@app.command("list", cls=ListCommand)
def _list(context: typer.Context, board: BoardArgument = None) -> None:
    """List a board's rules in the order in which they run."""
    list_rules(session_of(context), board, form_of(context, RULE))


@app.command("show", cls=DataCommand)
def _show(context: typer.Context, rule: RuleArgument, board: BoardOption = None) -> None:
    """Show a rule whole."""
    show_rule(session_of(context), board, rule, form_of(context, RULE))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    when: Annotated[str, typer.Option("--when", "-w", metavar="TRIGGER", help=WHEN)],
    do: Annotated[list[str], typer.Option("--do", "-d", metavar="ACTION", help=DO)],
    conditions: Annotated[str | None, typer.Option("--if", "-i", metavar="QUERY", help=IF)] = None,
    off: Annotated[bool, typer.Option("--off", help="Do not switch it on yet.")] = False,
    board: BoardOption = None,
) -> None:
    """Make a rule: when this happens, and if the card fits, do that."""
    draft = Draft(name, when, conditions, do)
    add_rule(session_of(context), board, draft, form_of(context, RULE), enabled=not off)


@app.command("edit", cls=DataCommand)
def _edit(
    context: typer.Context,
    rule: RuleArgument,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Another name.")] = None,
    when: Annotated[str | None, typer.Option("--when", "-w", metavar="TRIGGER", help=WHEN)] = None,
    conditions: Annotated[str | None, typer.Option("--if", "-i", metavar="QUERY", help=f"{IF} '' is for every card.")] = None,
    do: Annotated[list[str] | None, typer.Option("--do", "-d", metavar="ACTION", help=f"{DO} In place of all it did.")] = None,
    board: BoardOption = None,
) -> None:
    """Change what you name of a rule."""
    edit_rule(session_of(context), board, rule, Draft(name, when, conditions, do or None), form_of(context, RULE))


@app.command("enable", cls=DataCommand)
def _enable(context: typer.Context, rule: RuleArgument, board: BoardOption = None) -> None:
    """Switch a rule on."""
    switch_rule(session_of(context), board, rule, form_of(context, RULE), on=True)


@app.command("disable", cls=DataCommand)
def _disable(context: typer.Context, rule: RuleArgument, board: BoardOption = None) -> None:
    """Switch a rule off; it stays."""
    switch_rule(session_of(context), board, rule, form_of(context, RULE), on=False)


@app.command("delete", cls=RegoCommand)
def _delete(
    context: typer.Context, rule: RuleArgument, board: BoardOption = None, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Delete a rule and the log of its runs; what it did stays."""
    delete_rule(session_of(context), board, rule, yes=yes, dry_run=dry_run)


@app.command("test", cls=ListCommand)
def _test(
    context: typer.Context,
    rule: RuleArgument,
    card: Annotated[str, typer.Argument(metavar="CARD", help="Its reference, such as OPS-12, its number, or its id.")],
    board: BoardOption = None,
) -> None:
    """Say what a rule would do with a card now, and what would follow; nothing is changed."""
    try_rule(session_of(context), board, rule, card, form_of(context, TRIED))


@app.command("runs", cls=ListCommand)
def _runs(context: typer.Context, rule: RuleArgument, board: BoardOption = None) -> None:
    """List what a rule did lately, the newest first."""
    list_runs(session_of(context), board, rule, form_of(context, RUN))


def list_rules(session: Session, board_name: str | None, form: Form) -> None:
    """Print the rules."""
    board = session.board(board_name)
    rules = session.send(automations.list_automations(board.id))
    names = _names(session, board) if rules else Names([], [], [])
    none = "The board has no rule yet: 'rego rules add NAME --when … --do …' makes one."
    session.output.many(RULE, [_row(rule, names) for rule in rules], form, none=none)


def show_rule(session: Session, board_name: str | None, name: str, form: Form) -> None:
    """Print one rule, in words that `rego rules add` takes."""
    board, rule = _find(session, board_name, name)
    row = _row(rule, _names(session, board))
    session.output.one(RULE, row, form, "\n".join(_lines(row)))


def add_rule(session: Session, board_name: str | None, draft: Draft, form: Form, *, enabled: bool) -> None:
    """Make a rule and say what it is."""
    board = session.board(board_name)
    names = _names(session, board)
    body = CreateAutomation(
        name=draft.name or "",
        trigger=read_trigger(draft.when or "", names),
        conditions=draft.conditions,
        actions=_actions(draft, names),
        enabled=enabled,
    )
    made = session.send(automations.create_automation(board.id, body))
    session.output.changed(RULE, _row(made, names), form, f"Rule {made.name} made on {board.key}, {_on(made)}")


def edit_rule(session: Session, board_name: str | None, name: str, draft: Draft, form: Form) -> None:
    """Change a rule and say which."""
    if draft == Draft():
        raise InvalidInput("Name what is to change: --name, --when, --if or --do.")
    board, rule = _find(session, board_name, name)
    names = _names(session, board)
    body = UpdateAutomation(
        name=UNSET if draft.name is None else draft.name,
        trigger=UNSET if draft.when is None else read_trigger(draft.when, names),
        conditions=UNSET if draft.conditions is None else draft.conditions,
        actions=UNSET if draft.do is None else _actions(draft, names),
        version=rule.version,
    )
    changed = session.send(automations.update_automation(rule.id, body))
    session.output.changed(RULE, _row(changed, names), form, f"Rule {changed.name} changed, {_on(changed)}")


def switch_rule(session: Session, board_name: str | None, name: str, form: Form, *, on: bool) -> None:
    """Switch a rule on or off and say so."""
    board, rule = _find(session, board_name, name)
    changed = session.send(automations.update_automation(rule.id, UpdateAutomation(enabled=on)))
    session.output.changed(RULE, _row(changed, _names(session, board)), form, f"Rule {changed.name} is {_on(changed)} now")


def delete_rule(session: Session, board_name: str | None, name: str, *, yes: bool, dry_run: bool) -> None:
    """Delete a rule, if that is wanted, and say which."""
    board, rule = _find(session, board_name, name)
    if agreed(session, f"the rule {rule.name} with the log of its runs", yes=yes, dry_run=dry_run):
        session.send(automations.delete_automation(rule.id))
        session.output.note(f"Rule {rule.name} is off {board.key} now")


def try_rule(session: Session, board_name: str | None, name: str, card_name: str, form: Form) -> None:
    """Print what would happen, rule by rule."""
    _, rule = _find(session, board_name, name)
    card = card_lookup.card(session, card_name)
    rehearsal = session.send(automations.test_automation(rule.id, DryRun(card_id=card.id)))
    session.output.many(TRIED, rehearsal.rules, form)


def list_runs(session: Session, board_name: str | None, name: str, form: Form) -> None:
    """Print the runs of a rule."""
    _, rule = _find(session, board_name, name)
    found = session.first(automations.list_runs(rule.id), None)
    session.output.many(RUN, found, form, none=f"Rule {rule.name} has not run yet.")


def _find(session: Session, board_name: str | None, name: str) -> tuple[Board, Automation]:
    board = session.board(board_name)
    return board, find_rule(session.send(automations.list_automations(board.id)), name)


def _names(session: Session, board: Board) -> Names:
    return Names(
        columns=session.send(columns.list_columns(board.id)),
        labels=session.send(labels.list_labels(board.id)),
        members=session.send(boards.list_members(board.id)),
    )


def _actions(draft: Draft, names: Names) -> list[AnyAction]:
    return [read_action(text, names) for text in draft.do or ()]


def _row(rule: Automation, names: Names) -> RuleRow:
    return RuleRow(rule, trigger_in_words(rule.trigger, names), [action_in_words(each, names) for each in rule.actions])


def _on(rule: Automation) -> str:
    return "on" if rule.enabled else "off"


def _lines(row: RuleRow) -> list[str]:
    rule = row.rule
    conditions = [f"  if    {rule.conditions}"] if rule.conditions else []
    last = f", the last {rule.last_outcome.value}" if rule.last_outcome else ""
    missing = [f"  gone  {', '.join(rule.missing)}"] if rule.missing else []
    return [
        f"{rule.name} ({_on(rule)})",
        f"  when  {row.when}",
        *conditions,
        *(f"  do    {action}" for action in row.do),
        *missing,
        f"  runs  {rule.runs}{last}",
        f"  id    {rule.id}",
    ]
