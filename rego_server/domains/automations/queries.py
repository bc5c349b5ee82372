"""Rules and their runs, whether a card fits a rule, and the due times that have come."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Integer, and_, bindparam, delete, exists, insert, not_, select, update

from rego.wire.automation_runs import AutomationRun
from rego.wire.automations import Automation
from rego.wire.base import Role
from rego_server.core.db import Row, Statement, one_of
from rego_server.core.db.schema import Id, Json, Timestamp
from rego_server.core.events import board_heads
from rego_server.domains.access.models import board_members
from rego_server.domains.access.policy import entrance, on_board, view
from rego_server.domains.automations.models import automation_firings, automation_runs, automations
from rego_server.domains.boards.models import boards
from rego_server.domains.cards.filters import Scope
from rego_server.domains.cards.models import cards
from rego_server.domains.checklists.models import checklist_items
from rego_server.domains.columns.models import columns
from rego_server.domains.users.models import users

BOARD_ID = bindparam("board_id", type_=Id)
CARD_ID = bindparam("card_id", type_=Id)
_RULE_ID = bindparam("automation_id", type_=Id)
_this_rule = automations.c.id == _RULE_ID

# --- rules -------------------------------------------------------------------------------------------------------

RULE = view([automations], on_board(automations), _this_rule)
ENTER = entrance([automations], on_board(automations), _this_rule)
ENTER_TO_TRY = entrance(
    [automations, cards.c.id.label("card_id"), cards.c.number, cards.c.title],
    on_board(automations).outerjoin(cards, and_(cards.c.board_id == automations.c.board_id, cards.c.id == CARD_ID)),
    _this_rule,
)
OF_BOARD = Statement(select(automations).where(automations.c.board_id == BOARD_ID).order_by(automations.c.id))
ENABLED = Statement(
    select(automations).where(automations.c.board_id == BOARD_ID, automations.c.enabled).order_by(automations.c.id)
)
"""The rules at work, in the order in which they run: the oldest first."""

ADD = Statement(insert(automations))
DELETE = Statement(delete(automations).where(automations.c.id == bindparam("row_id", type_=Id)))
COLUMNS_AMONG = Statement(
    select(columns.c.id).where(columns.c.board_id == BOARD_ID, one_of(columns.c.id, bindparam("ids", type_=Json)))
)

# --- running -----------------------------------------------------------------------------------------------------

ONE_CARD = Scope(
    source=select(cards.c.id).select_from(on_board(cards)).where(board_heads.c.board_id == BOARD_ID, cards.c.id == CARD_ID),
    on_boards=lambda board_id: board_id == BOARD_ID,
    archived=cards.c.archived,
    ties=(cards.c.id,),
)
"""Where conditions look: at the card that a rule is about."""

OPEN_ITEM = Statement(
    select(checklist_items.c.id)
    .where(checklist_items.c.checklist_id == bindparam("checklist_id", type_=Id), not_(checklist_items.c.done))
    .limit(1)
)

RUNS = Statement(
    select(automation_runs)
    .where(automation_runs.c.automation_id == _RULE_ID, automation_runs.c.number < bindparam("before", type_=Integer))
    .order_by(automation_runs.c.number.desc())
    .limit(bindparam("count"))
)
ADD_RUN = Statement(insert(automation_runs))
TRIM_RUNS = Statement(
    delete(automation_runs).where(
        automation_runs.c.automation_id == bindparam("rule_id", type_=Id),
        automation_runs.c.number <= bindparam("up_to", type_=Integer),
    )
)
SET_LAST_RUN = Statement(
    update(automations)
    .where(automations.c.id == bindparam("row_id", type_=Id))
    .values(
        runs=bindparam("runs", type_=Integer),
        last_run_at=bindparam("last_run_at", type_=Timestamp),
        last_outcome=bindparam("last_outcome"),
    )
)

# --- due times ---------------------------------------------------------------------------------------------------

_owner = board_members.alias("owner")
_somebody = users.alias("somebody")
_fired = exists().where(
    automation_firings.c.automation_id == automations.c.id,
    automation_firings.c.card_id == cards.c.id,
    automation_firings.c.due_at == cards.c.due_at,
)
_is_open = and_(not_(cards.c.archived), not_(cards.c.completed))
_is_waiting = and_(automations.c.enabled, cards.c.due_at > automations.c.due_after, _is_open, not_(_fired))

OFFSETS = Statement(
    select(automations.c.due_offset).where(automations.c.due_offset.is_not(None), automations.c.enabled).distinct()
)
"""How far before and after due times there is something to do, in seconds."""

_an_owner = (
    select(_owner.c.user_id)
    .select_from(_owner.join(_somebody, _somebody.c.id == _owner.c.user_id))
    .where(_owner.c.board_id == automations.c.board_id, _owner.c.role == Role.OWNER, _somebody.c.is_active)
    .order_by(_owner.c.created_at, _owner.c.user_id)
    .limit(1)
    .scalar_subquery()
)

DUE = Statement(
    select(automations.c.id.label("automation_id"), cards.c.id.label("card_id"), _an_owner.label("owner_id"))
    .select_from(automations.join(cards, cards.c.board_id == automations.c.board_id))
    .where(
        automations.c.due_offset == bindparam("due_offset", type_=Integer),
        cards.c.due_at > bindparam("after", type_=Timestamp),
        cards.c.due_at <= bindparam("until", type_=Timestamp),
        _an_owner.is_not(None),
        _is_waiting,
        automations.c.board_id.not_in(select(boards.c.id).where(boards.c.archived)),
    )
    .order_by(cards.c.due_at, automations.c.id, cards.c.id)
    .limit(bindparam("count"))
    .offset(bindparam("left"))
)
"""The rules whose time has come for a card, the longest due first, each with an owner of the board."""

ENTER_DUE = entrance(
    [automations, cards.c.id.label("card_id"), cards.c.number, cards.c.title, cards.c.due_at, _is_waiting.label("is_waiting")],
    on_board(automations).join(cards, and_(cards.c.board_id == automations.c.board_id, cards.c.id == CARD_ID)),
    _this_rule,
)
ADD_FIRING = Statement(insert(automation_firings))
FORGET_FIRINGS = Statement(
    delete(automation_firings).where(automation_firings.c.fired_at < bindparam("before", type_=Timestamp))
)


def rule_of(row: Row) -> Automation:
    """The rule in `row`."""
    return msgspec.convert({**row}, Automation)


def run_of(row: Row) -> AutomationRun:
    """The run in `row`."""
    return msgspec.convert({**row}, AutomationRun)


def typed(row: Row) -> dict[str, Any]:
    """`row` with its trigger and actions as structs."""
    rule = rule_of(row)
    return {**row, "trigger": rule.trigger, "actions": rule.actions}
