"""A small board and one event of every type on it, for tests that need no server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rego.wire import events as e
from rego.wire.attachments import Attachment
from rego.wire.automations import Automation, DoComment, DoComplete, WhenMoved
from rego.wire.base import Change, Role
from rego.wire.boards import Board, Member
from rego.wire.cards import CardRef, CardSummary
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.columns import Color, Column, WipMode
from rego.wire.comments import Comment
from rego.wire.imports import Tally
from rego.wire.labels import Label
from rego.wire.snapshot import Snapshot

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ADA = e.Actor(id="ada", username="ada")
ENTITY: dict[str, Any] = {"version": 1, "created_at": NOON, "updated_at": NOON}


def a_rank(place: int) -> str:
    return f"{place * 2**40:016x}"


def a_board(**fields: Any) -> Board:
    return Board(**{**ENTITY, "id": "b", "title": "Ops", "description": "", "key": "OPS", "archived": False, **fields})


def a_column(column_id: str, place: int, **fields: Any) -> Column:
    shape = {"wip_limit": None, "wip_mode": WipMode.SOFT, "done": False, "color": None, "archived": False}
    return Column(**{**ENTITY, **shape, "id": column_id, "title": column_id, "rank": a_rank(place), **fields})


def a_card(card_id: str, column_id: str, place: int, **fields: Any) -> CardSummary:
    shape = {"board_id": "b", "number": place, "title": card_id, "rank": a_rank(place)}
    return CardSummary(**{**ENTITY, **shape, "id": card_id, "column_id": column_id, **fields})


def a_label(label_id: str, **fields: Any) -> Label:
    return Label(**{**ENTITY, "id": label_id, "name": label_id, "color": Color.RED, **fields})


def a_member(user_id: str, role: Role = Role.MEMBER) -> Member:
    return Member(user_id=user_id, username=user_id, firstname="", lastname="", role=role)


def an_item(**fields: Any) -> ChecklistItem:
    shape = {"checklist_id": "list", "text": "step", "rank": a_rank(1), "done": False, "assignee_id": None, "due_at": None}
    return ChecklistItem(**{**ENTITY, **shape, "id": "item", **fields})


def a_checklist() -> Checklist:
    return Checklist(**ENTITY, id="list", card_id="a1", title="Steps", rank=a_rank(1), items=[an_item()])


def a_comment() -> Comment:
    return Comment(**ENTITY, id="comment", card_id="a1", text="Looks good", author="ada")


def an_attachment() -> Attachment:
    return Attachment(**ENTITY, id="file", card_id="a1", filename="a.txt", size=3, content_type="text/plain", sha256="0" * 64)


def a_snapshot(*, archived: bool = False) -> Snapshot:
    """Columns a (three cards), b (one card), c (empty); with `archived`, also the archived card gone in a."""
    cards = [a_card("a1", "a", 1, label_ids=["bug"], assignee_ids=["ada"]), a_card("a2", "a", 2), a_card("a3", "a", 3)]
    cards.append(a_card("b1", "b", 4))
    if archived:
        cards.append(a_card("gone", "a", 5, archived=True))
    return Snapshot(
        board=a_board(),
        seq=10,
        epoch="e",
        archived=archived,
        members=[a_member("ada", Role.OWNER), a_member("ben")],
        labels=[a_label("bug"), a_label("ops")],
        columns=[a_column("a", 1), a_column("b", 2), a_column("c", 3)],
        cards=cards,
    )


def an_event(data: e.EventData | e.Unknown, seq: int = 11, *, op_id: str | None = None, actor: e.Actor | None = ADA) -> e.Event:
    kind = data.type if isinstance(data, e.Unknown) else e.event_type(data)
    return e.Event(seq=seq, board_id="b", type=kind, at=LATER, actor=actor, op_id=op_id, data=data)


def ref(card_id: str) -> CardRef:
    return CardRef(id=card_id, ref="OPS-1", title=card_id)


def a_place(column_id: str, rank: str) -> e.CardPlace:
    return e.CardPlace(column_id=column_id, column_title=column_id, rank=rank)


def a_move(card_id: str, before: tuple[str, str], after: tuple[str, str], version: int = 2) -> e.CardMoved:
    return e.CardMoved(card=ref(card_id), before=a_place(*before), after=a_place(*after), version=version)


def changed(**fields: tuple[Any, Any]) -> dict[str, Change]:
    """Changes by field, each given as (before, after)."""
    return {name: Change(before, after) for name, (before, after) in fields.items()}


def a_rule() -> Automation:
    trigger, actions = WhenMoved(to_column=None), [DoComplete(), DoComment(text="Well done")]
    shape = {"board_id": "b", "enabled": True, "trigger": trigger, "conditions": "label:bug", "actions": actions}
    return Automation(**{**ENTITY, **shape, "id": "rule", "name": "Done means done"})


EVENTS: list[e.EventData] = [
    e.BoardCreated(board=a_board(title="New")),
    e.BoardImported(board=a_board(title="Brought"), source="trello", tallies={"cards": Tally(found=2, imported=1)}),
    e.BoardUpdated(changes=changed(title=("Ops", "Operations")), version=2),
    e.BoardDeleted(title="Ops"),
    e.MemberAdded(member=a_member("cleo")),
    e.InvitationCreated(invitation_id="invitation", role=Role.MEMBER),
    e.InvitationRevoked(invitation_id="invitation", role=Role.MEMBER),
    e.MemberUpdated(user_id="ben", username="ben", before=Role.MEMBER, after=Role.VIEWER),
    e.MemberRemoved(member=a_member("ben"), card_ids=[]),
    e.ColumnCreated(column=a_column("d", 4)),
    e.ColumnUpdated(column_id="a", title="a", changes=changed(wip_limit=(None, 3), color=(None, "blue")), version=2),
    e.ColumnMoved(column_id="a", title="a", before=a_rank(1), after=a_rank(9), version=2),
    e.ColumnDeleted(column=a_column("c", 3)),
    e.ColumnsReranked(ranks={"a": a_rank(11), "b": a_rank(12), "c": a_rank(13)}),
    e.LabelCreated(label=a_label("new")),
    e.LabelUpdated(label_id="bug", name="bug", changes=changed(name=("bug", "defect")), version=2),
    e.LabelDeleted(label=a_label("bug"), card_ids=["a1"]),
    e.CardCreated(card=a_card("a9", "a", 9), ref="OPS-9", column_title="a", description="Why and how"),
    e.CardUpdated(card=ref("a1"), changes=changed(title=("a1", "First"), priority=("none", "high")), version=2),
    a_move("a1", ("a", a_rank(1)), ("b", a_rank(9))),
    e.CardArchived(card=ref("a1"), version=2),
    e.CardRestored(card=a_card("back", "c", 7, version=3), ref="OPS-7"),
    e.CardDeleted(card=a_card("a1", "a", 1), ref="OPS-1"),
    e.CardLeft(card=a_card("a1", "a", 1), ref="OPS-1", to_board_id="other"),
    e.CardArrived(card=a_card("a9", "c", 9), ref="OPS-9", column_title="c", from_board_id="other"),
    e.CardsReranked(column_id="a", ranks={"a1": a_rank(21), "a2": a_rank(22)}),
    e.CardAssigned(card=ref("a2"), user_id="ben", username="ben", version=2),
    e.CardUnassigned(card=ref("a1"), user_id="ada", username="ada", version=2),
    e.CardClaimed(card=ref("a1"), user_id="ben", username="ben", until=LATER, taken_from=ADA, version=2),
    e.CardLabelled(card=ref("a1"), label_id="ops", label_name="ops", version=2),
    e.CardUnlabelled(card=ref("a1"), label_id="bug", label_name="bug", version=2),
    e.ChecklistCreated(card=ref("a1"), checklist=a_checklist()),
    e.ChecklistUpdated(
        card=ref("a1"), checklist_id="list", title="Stages", changes=changed(title=("Steps", "Stages")), version=2
    ),
    e.ChecklistMoved(card=ref("a1"), checklist_id="list", title="Steps", before=a_rank(1), after=a_rank(2), version=2),
    e.ChecklistsReranked(card=ref("a1"), ranks={"list": a_rank(3)}),
    e.ChecklistDeleted(card=ref("a1"), checklist=a_checklist(), checklist_done=1, checklist_total=2),
    e.ChecklistItemCreated(card=ref("a1"), item=an_item(), checklist_done=0, checklist_total=1),
    e.ChecklistItemUpdated(
        card=ref("a1"),
        item_id="item",
        checklist_id="list",
        text="step",
        changes=changed(done=(False, True)),
        version=2,
        checklist_done=1,
        checklist_total=1,
    ),
    e.ChecklistItemMoved(
        card=ref("a1"),
        item_id="item",
        text="step",
        before=e.ItemPlace(checklist_id="list", checklist_title="Steps", rank=a_rank(1)),
        after=e.ItemPlace(checklist_id="more", checklist_title="More", rank=a_rank(2)),
        version=2,
    ),
    e.ChecklistItemsReranked(card=ref("a1"), checklist_id="list", ranks={"item": a_rank(3)}),
    e.ChecklistItemDeleted(card=ref("a1"), item=an_item(), checklist_done=3, checklist_total=4),
    e.CommentCreated(card=ref("a1"), comment=a_comment(), comment_count=5),
    e.CommentUpdated(
        card=ref("a1"), comment_id="comment", changes=changed(text=("Looks good", "@ben?"), mentions=([], ["ben"])), version=2
    ),
    e.CommentDeleted(card=ref("a1"), comment=a_comment(), comment_count=4),
    e.AttachmentCreated(card=ref("a1"), attachment=an_attachment(), attachment_count=2),
    e.AttachmentUpdated(
        card=ref("a1"), attachment_id="file", filename="b.txt", changes=changed(filename=("a.txt", "b.txt")), version=2
    ),
    e.AttachmentDeleted(card=ref("a1"), attachment=an_attachment(), attachment_count=1, blob_id="blob"),
    e.AutomationCreated(automation=a_rule()),
    e.AutomationUpdated(automation_id="rule", name="Done means done", changes=changed(enabled=(True, False)), version=2),
    e.AutomationDeleted(automation=a_rule()),
]
