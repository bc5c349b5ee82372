"""Automations: the rules of a board. When this happens, and if the card fits, do that. Everything is named by id.

A trigger and an action say in `type` what they are; `WHEN` and `DO` are all of them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from rego.wire import limits
from rego.wire.base import Command, Entity, Id, Line, Patch, Position
from rego.wire.cards import Priority

Duration = Annotated[str, Meta(pattern=r"^[0-9]{1,4}[mhdw]$(?!\n)", max_length=5, examples=["30m", "2d"])]
"""Minutes, hours, days or weeks, such as `30m` or `2d`."""

Shift = Annotated[str, Meta(pattern=r"^[+-]?[0-9]{1,4}[mhdw]$(?!\n)", max_length=6, examples=["+3d", "-2h"])]
"""A duration forward or back, such as `+3d` or `-2h`."""

RuleName = Annotated[str, Meta(min_length=1, max_length=limits.NAME_MAX)]
Conditions = Annotated[str, Meta(max_length=limits.QUERY_MAX)]
Items = Annotated[list[Line], Meta(max_length=limits.RULE_ITEMS_MAX)]
Comment = Annotated[str, Meta(min_length=1, max_length=limits.COMMENT_MAX)]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SHIFT = re.compile(r"([+-]?[0-9]+)([mhdw])")


def timedelta_of(shift: str) -> timedelta:
    """How long a `Duration` or a `Shift` is."""
    found = _SHIFT.fullmatch(shift)
    assert found is not None
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


# --- what sets a rule off ----------------------------------------------------------------------------------------


class Trigger(Command, kw_only=True, omit_defaults=True, tag_field="type"):
    """What sets a rule off."""


class WhenMoved(Trigger, kw_only=True, tag="card.moved"):
    """A card went from one column, `from` if that is given, to another one, `to` if that is given."""

    from_column: Id | None = field(default=None, name="from")
    to_column: Id | None = field(default=None, name="to")


class WhenCreated(Trigger, kw_only=True, tag="card.created"):
    """A card was made or came from another board, in `column` if that is given."""

    column: Id | None = None


class WhenLabelled(Trigger, kw_only=True, tag="card.labelled"):
    """A label was put on a card that is there, `label` if that is given."""

    label: Id | None = None


class WhenAssigned(Trigger, kw_only=True, tag="card.assigned"):
    """A member was made responsible for a card that is there, `user` if that is given."""

    user: Id | None = None


class WhenCompleted(Trigger, kw_only=True, tag="card.completed"):
    """A card was marked as done."""


class WhenChecklistCompleted(Trigger, kw_only=True, tag="checklist.completed"):
    """The last open item of a checklist was ticked."""


class WhenDue(Trigger, kw_only=True, tag="card.due"):
    """A card's due time has come, or is `before` or `after` that far away. Cards that are done or archived are passed over."""

    before: Duration | None = None
    after: Duration | None = None

    def __post_init__(self) -> None:
        if self.before is not None and self.after is not None:
            raise ValueError("Give before or after, not both.")

    @property
    def offset(self) -> timedelta:
        """How long after the due time the rule is set off; negative is before."""
        return -timedelta_of(self.before) if self.before else timedelta_of(self.after or "0m")


AnyTrigger = WhenMoved | WhenCreated | WhenLabelled | WhenAssigned | WhenCompleted | WhenChecklistCompleted | WhenDue

WHEN: dict[str, type[Trigger]] = {str(kind.__struct_config__.tag): kind for kind in Trigger.__subclasses__()}
"""Every trigger by its type."""


# --- what a rule does --------------------------------------------------------------------------------------------


class Action(Command, kw_only=True, omit_defaults=True, tag_field="type"):
    """What a rule does with the card."""


class DoMove(Action, kw_only=True, tag="move_card"):
    """Move it to an end of a column."""

    column: Id
    position: Position = Position.BOTTOM


class DoAssign(Action, kw_only=True, tag="assign_member"):
    """Make a member responsible for it."""

    user: Id


class DoUnassign(Action, kw_only=True, tag="unassign_member"):
    """Take a person off it."""

    user: Id


class DoLabel(Action, kw_only=True, tag="add_label"):
    """Put a label on it."""

    label: Id


class DoUnlabel(Action, kw_only=True, tag="remove_label"):
    """Take a label off it."""

    label: Id


class DoSetDue(Action, kw_only=True, tag="set_due"):
    """Make it due that far from now, or with null not at all."""

    due: Shift | None


class DoSetPriority(Action, kw_only=True, tag="set_priority"):
    """Give it a priority."""

    priority: Priority


class DoComplete(Action, kw_only=True, tag="complete"):
    """Mark it as done, or with `completed` false as open again."""

    completed: bool = True


class DoArchive(Action, kw_only=True, tag="archive"):
    """Put it away."""


class DoAddChecklist(Action, kw_only=True, tag="add_checklist"):
    """Give it a checklist with items."""

    line_fields = ("title", "items")

    title: Line
    items: Items = []


class DoComment(Action, kw_only=True, tag="comment"):
    """Comment on it, in the rule's name."""

    block_fields = ("text",)

    text: Comment


AnyAction = (
    DoMove
    | DoAssign
    | DoUnassign
    | DoLabel
    | DoUnlabel
    | DoSetDue
    | DoSetPriority
    | DoComplete
    | DoArchive
    | DoAddChecklist
    | DoComment
)

DO: dict[str, type[Action]] = {str(kind.__struct_config__.tag): kind for kind in Action.__subclasses__()}
"""Every action by its type."""

Actions = Annotated[list[AnyAction], Meta(min_length=1, max_length=limits.RULE_ACTIONS_MAX)]


def tag_of(part: Trigger | Action) -> str:
    """The `type` of a trigger or an action."""
    return str(part.__struct_config__.tag)


# --- rules -------------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """How a run ended: carried out whole, the conditions did not hold, one action failed so that none counts, or held up."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    STOPPED = "stopped"


class Automation(Entity, kw_only=True, frozen=True):
    """A rule. `missing` are the ids in it of what is no longer on the board: a run that needs one of them fails.

    `runs`, `last_run_at`, `last_outcome` and `missing` are of the moment: no event tells of them.
    """

    board_id: str
    name: str
    enabled: bool
    trigger: AnyTrigger
    conditions: str | None
    actions: list[AnyAction]
    runs: int = 0
    last_run_at: datetime | None = None
    last_outcome: Outcome | None = None
    missing: list[str] = []


class CreateAutomation(Command, kw_only=True):
    """A new rule. `conditions` is a query that the card must fit; without it every card does."""

    line_fields = ("name", "conditions")

    name: RuleName
    trigger: AnyTrigger
    actions: Actions
    conditions: Conditions | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.conditions = self.conditions or None


class UpdateAutomation(Patch, kw_only=True):
    line_fields = ("name", "conditions")

    name: RuleName | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    trigger: AnyTrigger | UnsetType = UNSET
    conditions: Conditions | UnsetType | None = UNSET
    actions: Actions | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        self.conditions = None if self.conditions == "" else self.conditions
