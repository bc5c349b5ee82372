"""Making, changing, deleting and trying rules, and reading what they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from rego.wire import limits
from rego.wire.automation_runs import AutomationRun, DryRun, ListRuns, Rehearsal, RunNumber
from rego.wire.automations import AnyAction, AnyTrigger, Automation, CreateAutomation, UpdateAutomation, tag_of
from rego.wire.base import Role
from rego.wire.cards import CardRef
from rego.wire.errors import Conflict, InvalidInput, NotFound
from rego.wire.events import AutomationCreated, AutomationDeleted, AutomationUpdated
from rego_server.core.db import Row, Statement
from rego_server.core.paging import Page, page_of, read_cursor, write_cursor
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter, look
from rego_server.domains.automations import queries
from rego_server.domains.automations.models import automations
from rego_server.domains.automations.rules import Names, check_conditions, due_columns, heard_by, names_in, parts_of
from rego_server.domains.automations.running import Occasion, Reaction, Rule, tried
from rego_server.domains.cards import queries as cards


async def list_automations(reading: Reading, board_id: str) -> Sequence[Automation]:
    """The board's rules in the order in which they run, the oldest first."""
    await look(reading, access.BOARD, board_id=board_id)
    return await _completed(reading, board_id, await reading.fetch(queries.OF_BOARD, board_id=board_id))


async def get_automation(reading: Reading, automation_id: str) -> Automation:
    """One rule."""
    row = await look(reading, queries.RULE, automation_id=automation_id)
    return (await _completed(reading, row["board_id"], [row]))[0]


async def list_runs(reading: Reading, automation_id: str, wish: ListRuns) -> Page[AutomationRun]:
    """What the rule did lately, the newest first."""
    rule = await look(reading, queries.RULE, automation_id=automation_id)
    before = rule["runs"] + 1 if wish.cursor is None else read_cursor(wish.cursor, RunNumber)[0]
    rows = await reading.fetch(queries.RUNS, automation_id=automation_id, before=before, count=wish.limit + 1)
    return page_of(rows, wish.limit, queries.run_of, lambda last: write_cursor(last["number"]))


async def create_automation(uow: UnitOfWork, board_id: str, body: CreateAutomation) -> Automation:
    """A new rule, which runs after those that are there."""
    await enter(uow, access.ENTER_BOARD, Role.MEMBER, board_id=board_id)
    if len(await uow.fetch(queries.OF_BOARD, board_id=board_id)) >= limits.RULES_MAX:
        raise Conflict(f"The board has {limits.RULES_MAX} rules; delete one first.")
    check_conditions(body.conditions)
    await _check_names(uow, board_id, "trigger", [body.trigger])
    await _check_names(uow, board_id, "actions", body.actions)
    return await add_rule(uow, _new_row(uow, board_id, body))


async def add_rule(uow: UnitOfWork, row: dict[str, Any]) -> Automation:
    """Put the rule in `row` on its board, which was entered."""
    await _write_rules(uow, row["board_id"], [row])
    rule = queries.rule_of(row)
    uow.emit(row["board_id"], AutomationCreated(automation=rule))
    return rule


async def bring_rules(uow: UnitOfWork, board_id: str, bodies: Iterable[CreateAutomation]) -> None:
    """Put sound rules on a board that is being made; whoever makes it tells of them."""
    await _write_rules(uow, board_id, [_new_row(uow, board_id, body) for body in bodies])


async def update_automation(uow: UnitOfWork, automation_id: str, body: UpdateAutomation) -> Automation:
    """Change a rule, switch it on or off."""
    row = queries.typed(await enter(uow, queries.ENTER, Role.MEMBER, automation_id=automation_id))
    board_id = row["board_id"]
    if merged := merge(row, body, queries.rule_of):
        values = merged.values
        check_conditions(values.get("conditions"))
        await _check_names(uow, board_id, "trigger", [values["trigger"]] if "trigger" in values else [])
        await _check_names(uow, board_id, "actions", values.get("actions", []))
        row |= save(uow, automations, row, values | _waiting_anew(values, row, uow.now))
        await _tell_head(uow, board_id)
        told = {"name": row["name"], "changes": merged.changes, "version": merged.version}
        uow.emit(board_id, AutomationUpdated(automation_id=automation_id, **told))
    return (await _completed(uow, board_id, [row]))[0]


async def delete_automation(uow: UnitOfWork, automation_id: str) -> None:
    """Delete a rule with the log of its runs; what it did stays."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, automation_id=automation_id)
    uow.write(queries.DELETE, row_id=automation_id)
    await _tell_head(uow, row["board_id"])
    uow.emit(row["board_id"], AutomationDeleted(automation=queries.rule_of(row)))


async def test_automation(uow: UnitOfWork, automation_id: str, body: DryRun) -> Rehearsal:
    """What would happen if the rule were set off on a card now, switched on or not. Nothing is changed."""
    row = await enter(uow, queries.ENTER_TO_TRY, Role.MEMBER, automation_id=automation_id, card_id=body.card_id)
    if row["card_id"] is None:
        raise NotFound("There is no such card on this board.", field="card_id")
    try:
        await uow.attempt(lambda: _rehearse(uow, row))
    except _Enough as enough:
        return enough.rehearsal
    raise AssertionError("a rehearsal ends early")


async def fire_due(uow: UnitOfWork, automation_id: str, card_id: str) -> None:
    """Run a rule because the card's due time has come, unless that was done before or is no longer so."""
    row = await enter(uow, queries.ENTER_DUE, Role.MEMBER, automation_id=automation_id, card_id=card_id)
    if not row["is_waiting"]:
        return
    uow.write(queries.ADD_FIRING, automation_id=automation_id, card_id=card_id, due_at=row["due_at"], fired_at=uow.now)
    reaction = await _run_by_itself(uow, row)
    await reaction.record()


class _Enough(Exception):
    """Ends a rehearsal, so that nothing of it stays."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__("rehearsed")
        self.rehearsal = rehearsal


async def _rehearse(uow: UnitOfWork, row: Row) -> None:
    events = uow.heads[row["board_id"]].events
    before = len(events)
    reaction = await _run_by_itself(uow, row)
    raise _Enough(Rehearsal(rules=[tried(run) for run in reaction.runs], events=events[before:]))


async def _run_by_itself(uow: UnitOfWork, row: Row) -> Reaction:
    """Run the rule in `row` on the card there, although no event set it off, and what follows from it."""
    rule, reaction = Rule.of(queries.rule_of(row)), Reaction(uow)
    card = CardRef(id=row["card_id"], ref=f"{row['head_key']}-{row['number']}", title=row["title"])
    await reaction.run(rule, Occasion(uow.heads[row["board_id"]], card, row["trigger_type"]))
    await reaction.follow()
    return reaction


async def _completed(reading: Reading, board_id: str, rows: Sequence[Row]) -> Sequence[Automation]:
    """The rules in `rows`, each with what it names in vain."""
    rules = [queries.rule_of(row) for row in rows]
    missing = (await _missing(reading, board_id, names_in(part for rule in rules for part in parts_of(rule)))).ids
    return [replace(rule, missing=sorted(names_in(parts_of(rule)).ids & missing)) for rule in rules]


async def _check_names(uow: UnitOfWork, board_id: str, field: str, parts: Iterable[AnyTrigger | AnyAction]) -> None:
    """What a rule names must be there when the rule is written; raises `InvalidInput`."""
    missing = await _missing(uow, board_id, names_in(parts))
    for what, ids in zip(("column", "label", "member"), missing, strict=True):
        if ids:
            raise InvalidInput(f"This board has no {what} {', '.join(sorted(ids))}.", field=field)


async def _missing(reading: Reading, board_id: str, names: Names) -> Names:
    """Those of `names` that are not on the board."""

    async def gone(among: Statement, ids: set[str]) -> set[str]:
        found = await reading.fetch(among, board_id=board_id, ids=sorted(ids)) if ids else ()
        return ids - {row["id"] for row in found}

    return Names(
        columns=await gone(queries.COLUMNS_AMONG, names.columns),
        labels=await gone(cards.LABELS_AMONG, names.labels),
        users=await gone(cards.MEMBERS_AMONG, names.users),
    )


async def _write_rules(uow: UnitOfWork, board_id: str, rows: Iterable[Mapping[str, Any]]) -> None:
    await uow.write_many(queries.ADD, [{**row, **_columns_of(row["trigger"], uow.now)} for row in rows])
    await _tell_head(uow, board_id)


def _columns_of(trigger: AnyTrigger, now: datetime) -> dict[str, Any]:
    """The columns that stand for a trigger which begins to wait now."""
    return {"trigger_type": tag_of(trigger), **due_columns(trigger, now)}


def _new_row(uow: UnitOfWork, board_id: str, body: CreateAutomation) -> dict[str, Any]:
    return {
        **new_entity(uow),
        "board_id": board_id,
        "name": body.name,
        "enabled": body.enabled,
        "trigger": body.trigger,
        "conditions": body.conditions,
        "actions": body.actions,
        "runs": 0,
        "last_run_at": None,
        "last_outcome": None,
    }


def _waiting_anew(values: Mapping[str, Any], row: Row, now: datetime) -> dict[str, Any]:
    """What a new trigger, or switching a rule on, means for the columns that stand for it."""
    return _columns_of(values.get("trigger", row["trigger"]), now) if "trigger" in values or values.get("enabled") else {}


async def _tell_head(uow: UnitOfWork, board_id: str) -> None:
    """Let the board's head say which triggers its rules wait for, so that a change on which none waits costs nothing."""
    rows = await uow.fetch(queries.ENABLED, board_id=board_id)
    uow.heads[board_id].triggers = heard_by(row["trigger_type"] for row in rows)
