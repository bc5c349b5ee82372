"""The actions of rules: each is done by the action that everybody uses."""

from __future__ import annotations

from rego.wire.automations import (
    AnyAction,
    DoAddChecklist,
    DoArchive,
    DoAssign,
    DoComment,
    DoComplete,
    DoLabel,
    DoMove,
    DoSetDue,
    DoSetPriority,
    DoUnassign,
    DoUnlabel,
    timedelta_of,
)
from rego.wire.cards import MoveCard, UpdateCard
from rego.wire.checklists import CreateChecklist, CreateChecklistItem
from rego.wire.comments import CreateComment
from rego_server.core.uow import UnitOfWork
from rego_server.domains.cards import actions as cards
from rego_server.domains.cards import belongings
from rego_server.domains.cards.rules import CardName
from rego_server.domains.checklists import actions as checklists
from rego_server.domains.checklists import items
from rego_server.domains.comments import actions as comments


async def take(uow: UnitOfWork, card: CardName, step: AnyAction) -> None:
    """Do what `step` says with the card; raises what the action raises that does it."""
    match step:
        case DoMove():
            await cards.move_card(uow, card, MoveCard(column_id=step.column, position=step.position))
        case DoAssign():
            await belongings.assign_card(uow, card, step.user)
        case DoUnassign():
            await belongings.unassign_card(uow, card, step.user)
        case DoLabel():
            await belongings.label_card(uow, card, step.label)
        case DoUnlabel():
            await belongings.unlabel_card(uow, card, step.label)
        case DoAddChecklist():
            await _add_checklist(uow, card, step)
        case DoComment():
            await comments.create_comment(uow, card, CreateComment(text=step.text))
        case _:
            await cards.update_card(uow, card, _change(uow, step))


def _change(uow: UnitOfWork, step: DoSetDue | DoSetPriority | DoComplete | DoArchive) -> UpdateCard:
    match step:
        case DoSetDue(due=due):
            return UpdateCard(due_at=uow.now + timedelta_of(due) if due is not None else None)
        case DoSetPriority(priority=priority):
            return UpdateCard(priority=priority)
        case DoComplete(completed=completed):
            return UpdateCard(completed=completed)
        case DoArchive():
            return UpdateCard(archived=True)


async def _add_checklist(uow: UnitOfWork, card: CardName, step: DoAddChecklist) -> None:
    checklist = await checklists.create_checklist(uow, card, CreateChecklist(title=step.title))
    for text in step.items:
        await items.create_item(uow, checklist.id, CreateChecklistItem(text=text))
