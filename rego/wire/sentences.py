"""What an event says, as a sentence for people, made from nothing but the event itself.

Names are those of then. Texts are as their authors wrote them: whoever prints a sentence on a terminal makes it safe first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rego.wire import events as e
from rego.wire.base import Change
from rego.wire.cards import CardRef
from rego.wire.field_words import in_words, moment, person, quoted

NOBODY = "Rego"
"""Who did what neither a person nor a rule did."""


def sentence_of(event: e.Event) -> str:
    """The event as a sentence without a full stop, such as `ada moved OPS-12 “Deploy” from Todo to Done`."""
    if isinstance(event.data, e.Unknown) or event.data is None:
        said = f"did what this version of Rego has no words for ({event.type})"
    else:
        said = SENTENCES[type(event.data)](event, event.data)
    undone = "" if event.reverts is None else f" (taking back event {event.reverts})"
    return f"{who_of(event)} {said}{undone}"


def who_of(event: e.Event) -> str:
    """Who did it: a person, an agent for them, or a rule."""
    if event.cause is not None:
        return f"The rule {quoted(event.cause.rule_name)}"
    return person(event.actor.username, event.actor.agent) if event.actor is not None else NOBODY


def _is_self(event: e.Event, user_id: str) -> bool:
    return event.actor is not None and event.actor.id == user_id


def _card(card: CardRef) -> str:
    return f"{card.ref} {quoted(card.title)}"


# --- the board and its people -------------------------------------------------------------------------------------------


def _board_imported(_: e.Event, data: e.BoardImported) -> str:
    cards = data.tallies.get("cards")
    many = f", with {cards.imported} cards" if cards else ""
    return f"imported the board {quoted(data.board.title)} from {data.source}{many}"


def _board_updated(_: e.Event, data: e.BoardUpdated) -> str:
    return _archived(data.changes, "the board") or f"changed the board: {in_words(data.changes)}"


def _member_added(event: e.Event, data: e.MemberAdded) -> str:
    if not _is_self(event, data.member.user_id):
        return f"added {data.member.username} as {data.member.role}"
    invited = f", invited by {data.invited_by.username}" if data.invited_by else ""
    return f"joined as {data.member.role}{invited}"


def _member_removed(event: e.Event, data: e.MemberRemoved) -> str:
    return "left the board" if _is_self(event, data.member.user_id) else f"removed {data.member.username} from the board"


# --- columns and labels -------------------------------------------------------------------------------------------------


def _column_updated(_: e.Event, data: e.ColumnUpdated) -> str:
    what = f"the column {quoted(data.title)}"
    return _archived(data.changes, what) or f"changed {what}: {in_words(data.changes)}"


def _label(name: str) -> str:
    return f"the label {quoted(name)}" if name else "a label without a name"


def _archived(changes: dict[str, Change], what: str) -> str | None:
    """The sentence about a change of nothing but the archive."""
    if changes.keys() != {"archived"}:
        return None
    return f"archived {what}" if changes["archived"].after else f"brought {what} back from the archive"


def _automation_updated(_: e.Event, data: e.AutomationUpdated) -> str:
    rule = f"the rule {quoted(data.name)}"
    if data.changes.keys() == {"enabled"}:
        return f"switched {rule} {'on' if data.changes['enabled'].after else 'off'}"
    return f"changed {rule}: {in_words(data.changes)}"


# --- cards --------------------------------------------------------------------------------------------------------------


def _card_updated(_: e.Event, data: e.CardUpdated) -> str:
    match list(data.changes):
        case ["completed"]:
            return f"{'completed' if data.changes['completed'].after else 'reopened'} {_card(data.card)}"
        case ["title"]:
            return f"renamed {data.card.ref} from {quoted(str(data.changes['title'].before))} to {quoted(data.card.title)}"
        case _:
            return f"changed {_card(data.card)}: {in_words(data.changes)}"


def _card_created(_: e.Event, data: e.CardCreated) -> str:
    copied = f", a copy of {_card(data.copy_of)}" if data.copy_of is not None else ""
    return f"added {data.ref} {quoted(data.card.title)} to {data.column_title}{copied}"


def _card_moved(_: e.Event, data: e.CardMoved) -> str:
    if data.before.column_id == data.after.column_id:
        return f"moved {_card(data.card)} within {data.after.column_title}"
    return f"moved {_card(data.card)} from {data.before.column_title} to {data.after.column_title}"


def _card_assigned(event: e.Event, data: e.CardAssigned) -> str:
    return f"assigned {_card(data.card)} to {'themselves' if _is_self(event, data.user_id) else data.username}"


def _card_claimed(_: e.Event, data: e.CardClaimed) -> str:
    lapsed = f", which {data.taken_from.username} had" if data.taken_from is not None else ""
    return f"claimed {_card(data.card)}{lapsed}, until {moment(data.until)}"


def _card_unassigned(event: e.Event, data: e.CardUnassigned) -> str:
    return f"took {'themselves' if _is_self(event, data.user_id) else data.username} off {_card(data.card)}"


# --- what hangs on cards ------------------------------------------------------------------------------------------------


def _item_updated(_: e.Event, data: e.ChecklistItemUpdated) -> str:
    item = f"{quoted(data.text)} on {_card(data.card)}"
    if data.changes.keys() == {"done"}:
        return f"{'ticked' if data.changes['done'].after else 'unticked'} {item}"
    return f"changed the item {item}: {in_words(data.changes)}"


def _item_moved(_: e.Event, data: e.ChecklistItemMoved) -> str:
    moved = f"moved the item {quoted(data.text)} on {_card(data.card)}"
    if data.before.checklist_id == data.after.checklist_id:
        return f"{moved} within {data.after.checklist_title}"
    return f"{moved} from {data.before.checklist_title} to {data.after.checklist_title}"


Predicate: TypeAlias = Callable[[e.Event, Any], str]

SENTENCES: dict[type, Predicate] = {
    e.BoardCreated: lambda _, data: f"created the board {quoted(data.board.title)}",
    e.BoardImported: _board_imported,
    e.BoardUpdated: _board_updated,
    e.BoardDeleted: lambda _, data: f"deleted the board {quoted(data.title)}",
    e.MemberAdded: _member_added,
    e.MemberUpdated: lambda _, data: f"changed the role of {data.username} from {data.before} to {data.after}",
    e.MemberRemoved: _member_removed,
    e.InvitationCreated: lambda _, data: f"invited somebody as {data.role}",
    e.InvitationRevoked: lambda _, data: f"revoked an invitation as {data.role}",
    e.ColumnCreated: lambda _, data: f"added the column {quoted(data.column.title)}",
    e.ColumnUpdated: _column_updated,
    e.ColumnMoved: lambda _, data: f"moved the column {quoted(data.title)}",
    e.ColumnDeleted: lambda _, data: f"deleted the column {quoted(data.column.title)}",
    e.ColumnsReranked: lambda _, __: "made room between columns",
    e.LabelCreated: lambda _, data: f"added {_label(data.label.name)}",
    e.LabelUpdated: lambda _, data: f"changed {_label(data.name)}: {in_words(data.changes)}",
    e.LabelDeleted: lambda _, data: f"deleted {_label(data.label.name)}",
    e.AutomationCreated: lambda _, data: f"added the rule {quoted(data.automation.name)}",
    e.AutomationUpdated: _automation_updated,
    e.AutomationDeleted: lambda _, data: f"deleted the rule {quoted(data.automation.name)}",
    e.CardCreated: _card_created,
    e.CardUpdated: _card_updated,
    e.CardMoved: _card_moved,
    e.CardArchived: lambda _, data: f"archived {_card(data.card)}",
    e.CardRestored: lambda _, data: f"brought {data.ref} {quoted(data.card.title)} back from the archive",
    e.CardDeleted: lambda _, data: f"deleted {data.ref} {quoted(data.card.title)}",
    e.CardLeft: lambda _, data: f"moved {data.ref} {quoted(data.card.title)} to another board",
    e.CardArrived: lambda _, data: f"moved {data.ref} {quoted(data.card.title)} from another board to {data.column_title}",
    e.CardsReranked: lambda _, __: "made room between cards",
    e.CardAssigned: _card_assigned,
    e.CardUnassigned: _card_unassigned,
    e.CardClaimed: _card_claimed,
    e.CardLabelled: lambda _, data: f"put {_label(data.label_name)} on {_card(data.card)}",
    e.CardUnlabelled: lambda _, data: f"took {_label(data.label_name)} off {_card(data.card)}",
    e.ChecklistCreated: lambda _, data: f"added the checklist {quoted(data.checklist.title)} to {_card(data.card)}",
    e.ChecklistUpdated: lambda _, data: f"changed a checklist of {_card(data.card)}: {in_words(data.changes)}",
    e.ChecklistMoved: lambda _, data: f"moved the checklist {quoted(data.title)} on {_card(data.card)}",
    e.ChecklistsReranked: lambda _, data: f"made room between the checklists of {_card(data.card)}",
    e.ChecklistDeleted: lambda _, data: f"deleted the checklist {quoted(data.checklist.title)} of {_card(data.card)}",
    e.ChecklistItemCreated: lambda _, data: f"added the item {quoted(data.item.text)} to {_card(data.card)}",
    e.ChecklistItemUpdated: _item_updated,
    e.ChecklistItemMoved: _item_moved,
    e.ChecklistItemsReranked: lambda _, data: f"made room in a checklist of {_card(data.card)}",
    e.ChecklistItemDeleted: lambda _, data: f"deleted the item {quoted(data.item.text)} of {_card(data.card)}",
    e.CommentCreated: lambda _, data: f"commented on {_card(data.card)}: {quoted(data.comment.text)}",
    e.CommentUpdated: lambda _, data: f"changed a comment on {_card(data.card)}: {in_words(data.changes)}",
    e.CommentDeleted: lambda _, data: f"deleted a comment on {_card(data.card)}: {quoted(data.comment.text)}",
    e.AttachmentCreated: lambda _, data: f"attached {quoted(data.attachment.filename)} to {_card(data.card)}",
    e.AttachmentUpdated: lambda _, data: f"changed a file on {_card(data.card)}: {in_words(data.changes)}",
    e.AttachmentDeleted: lambda _, data: f"took the file {quoted(data.attachment.filename)} off {_card(data.card)}",
}
"""What is said of each type of event, after who did it."""
