"""What happens to a board as a whole: to itself, its people, its columns and its labels."""

from __future__ import annotations

from rego.wire.automations import Automation
from rego.wire.base import Change, Rank, Role
from rego.wire.boards import Board, Member
from rego.wire.columns import Column
from rego.wire.event_data import Actor, EventData
from rego.wire.imports import Tally
from rego.wire.labels import Label


class BoardCreated(EventData, kw_only=True, frozen=True, tag="board.created"):
    """A board was made; its first event."""

    board: Board


class BoardImported(EventData, kw_only=True, frozen=True, tag="board.imported"):
    """The first event of an imported board; its cards are in the snapshot, not in the log."""

    board: Board
    source: str
    tallies: dict[str, Tally]


class BoardUpdated(EventData, kw_only=True, frozen=True, tag="board.updated"):
    """`changes` by field, of title, description and archived."""

    changes: dict[str, Change]
    version: int


class BoardDeleted(EventData, kw_only=True, frozen=True, tag="board.deleted"):
    """The last thing that is heard of a board."""

    title: str


class MemberAdded(EventData, kw_only=True, frozen=True, tag="member.added"):
    """Somebody is on the board now: put there by an owner, or come by the invitation of `invited_by`.

    Whose removal was taken back is also on its cards `card_ids` again, whose versions are unchanged.
    """

    member: Member
    invited_by: Actor | None = None
    card_ids: list[str] = []


class MemberUpdated(EventData, kw_only=True, frozen=True, tag="member.updated"):
    """A member has another role."""

    user_id: str
    username: str
    before: Role
    after: Role


class MemberRemoved(EventData, kw_only=True, frozen=True, tag="member.removed"):
    """Somebody left the board or was taken off it, and off its cards `card_ids`, whose versions are unchanged.

    Their sockets are closed after this.
    """

    member: Member
    card_ids: list[str]


class InvitationCreated(EventData, kw_only=True, frozen=True, tag="invitation.created"):
    """An owner invited somebody; whom, only the owners can see."""

    invitation_id: str
    role: Role


class InvitationRevoked(EventData, kw_only=True, frozen=True, tag="invitation.revoked"):
    """An invitation is worthless now."""

    invitation_id: str
    role: Role


class ColumnCreated(EventData, kw_only=True, frozen=True, tag="column.created"):
    """A column was made."""

    column: Column


class ColumnUpdated(EventData, kw_only=True, frozen=True, tag="column.updated"):
    """`changes` by field, of title, wip_limit, wip_mode, done, color and archived."""

    column_id: str
    title: str
    changes: dict[str, Change]
    version: int


class ColumnMoved(EventData, kw_only=True, frozen=True, tag="column.moved"):
    """A column has another place among the others."""

    column_id: str
    title: str
    before: Rank
    after: Rank
    version: int


class ColumnDeleted(EventData, kw_only=True, frozen=True, tag="column.deleted"):
    """The column was empty, archived cards included."""

    column: Column


class ColumnsReranked(EventData, kw_only=True, frozen=True, tag="columns.reranked"):
    """Room was made between columns; their order is unchanged, and so are their versions."""

    ranks: dict[str, Rank]


class LabelCreated(EventData, kw_only=True, frozen=True, tag="label.created"):
    """A label was made; one whose deletion was taken back is on the cards `card_ids` again, whose versions are unchanged."""

    label: Label
    card_ids: list[str] = []


class LabelUpdated(EventData, kw_only=True, frozen=True, tag="label.updated"):
    """`changes` by field, of name and color."""

    label_id: str
    name: str
    changes: dict[str, Change]
    version: int


class LabelDeleted(EventData, kw_only=True, frozen=True, tag="label.deleted"):
    """The label is off every card that carried it; their versions are unchanged."""

    label: Label
    card_ids: list[str]


class AutomationCreated(EventData, kw_only=True, frozen=True, tag="automation.created"):
    """A rule was made."""

    automation: Automation


class AutomationUpdated(EventData, kw_only=True, frozen=True, tag="automation.updated"):
    """`changes` by field, of name, enabled, trigger, conditions and actions."""

    automation_id: str
    name: str
    changes: dict[str, Change]
    version: int


class AutomationDeleted(EventData, kw_only=True, frozen=True, tag="automation.deleted"):
    """A rule was deleted with its log of runs."""

    automation: Automation
