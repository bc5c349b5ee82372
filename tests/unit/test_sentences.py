"""Sentences: every type of event has one, and it is made from nothing but the event."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace

from rego.wire import events as e
from rego.wire.attachments import UpdateAttachment
from rego.wire.automations import UpdateAutomation
from rego.wire.base import Patch, Role
from rego.wire.boards import UpdateBoard
from rego.wire.cards import UpdateCard
from rego.wire.checklists import UpdateChecklist, UpdateChecklistItem
from rego.wire.codec import decode_event, encode_data
from rego.wire.columns import UpdateColumn
from rego.wire.comments import UpdateComment
from rego.wire.field_words import EXCERPT_MAX, FIELD_WORDS, quoted
from rego.wire.labels import UpdateLabel
from rego.wire.sentences import sentence_of
from tests.unit.samples import ADA, EVENTS, a_card, a_member, a_move, a_rank, an_event, changed, ref

SAID: dict[type[e.EventData], str] = {
    e.BoardCreated: "created the board “New”",
    e.BoardImported: "imported the board “Brought” from trello, with 1 cards",
    e.BoardUpdated: "changed the board: title “Operations”",
    e.BoardDeleted: "deleted the board “Ops”",
    e.MemberAdded: "added cleo as member",
    e.InvitationCreated: "invited somebody as member",
    e.InvitationRevoked: "revoked an invitation as member",
    e.MemberUpdated: "changed the role of ben from member to viewer",
    e.MemberRemoved: "removed ben from the board",
    e.ColumnCreated: "added the column “d”",
    e.ColumnUpdated: "changed the column “a”: limit 3, color blue",
    e.ColumnMoved: "moved the column “a”",
    e.ColumnDeleted: "deleted the column “c”",
    e.ColumnsReranked: "made room between columns",
    e.LabelCreated: "added the label “new”",
    e.LabelUpdated: "changed the label “bug”: name “defect”",
    e.LabelDeleted: "deleted the label “bug”",
    e.AutomationCreated: "added the rule “Done means done”",
    e.AutomationUpdated: "switched the rule “Done means done” off",
    e.AutomationDeleted: "deleted the rule “Done means done”",
    e.CardCreated: "added OPS-9 “a9” to a",
    e.CardUpdated: "changed OPS-1 “a1”: title “First”, priority high",
    e.CardMoved: "moved OPS-1 “a1” from a to b",
    e.CardArchived: "archived OPS-1 “a1”",
    e.CardRestored: "brought OPS-7 “back” back from the archive",
    e.CardDeleted: "deleted OPS-1 “a1”",
    e.CardLeft: "moved OPS-1 “a1” to another board",
    e.CardArrived: "moved OPS-9 “a9” from another board to c",
    e.CardsReranked: "made room between cards",
    e.CardAssigned: "assigned OPS-1 “a2” to ben",
    e.CardUnassigned: "took themselves off OPS-1 “a1”",
    e.CardClaimed: "claimed OPS-1 “a1”, which ada had, until 2026-03-02 13:00 UTC",
    e.CardLabelled: "put the label “ops” on OPS-1 “a1”",
    e.CardUnlabelled: "took the label “bug” off OPS-1 “a1”",
    e.ChecklistCreated: "added the checklist “Steps” to OPS-1 “a1”",
    e.ChecklistUpdated: "changed a checklist of OPS-1 “a1”: title “Stages”",
    e.ChecklistMoved: "moved the checklist “Steps” on OPS-1 “a1”",
    e.ChecklistsReranked: "made room between the checklists of OPS-1 “a1”",
    e.ChecklistDeleted: "deleted the checklist “Steps” of OPS-1 “a1”",
    e.ChecklistItemCreated: "added the item “step” to OPS-1 “a1”",
    e.ChecklistItemUpdated: "ticked “step” on OPS-1 “a1”",
    e.ChecklistItemMoved: "moved the item “step” on OPS-1 “a1” from Steps to More",
    e.ChecklistItemsReranked: "made room in a checklist of OPS-1 “a1”",
    e.ChecklistItemDeleted: "deleted the item “step” of OPS-1 “a1”",
    e.CommentCreated: "commented on OPS-1 “a1”: “Looks good”",
    e.CommentUpdated: "changed a comment on OPS-1 “a1”: text “@ben?”",
    e.CommentDeleted: "deleted a comment on OPS-1 “a1”: “Looks good”",
    e.AttachmentCreated: "attached “a.txt” to OPS-1 “a1”",
    e.AttachmentUpdated: "changed a file on OPS-1 “a1”: name “b.txt”",
    e.AttachmentDeleted: "took the file “a.txt” off OPS-1 “a1”",
}
"""What is said of the sample of each type."""


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_an_event_is_told(data: e.EventData) -> None:
    assert sentence_of(an_event(data)) == f"ada {SAID[type(data)]}"


def test_an_agent_is_named_with_whom_it_works_for() -> None:
    event = replace(an_event(EVENTS[0]), actor=e.Actor(id="ada", username="ada", agent="triage"))
    assert sentence_of(event).startswith("ada (agent: triage) ")


BEN = e.Actor(id="ben", username="ben")


def card_change(**fields: tuple[Any, Any]) -> e.CardUpdated:
    return e.CardUpdated(card=ref("a1"), changes=changed(**fields), version=2)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            e.CardCreated(card=a_card("a9", "a", 9), ref="OPS-9", column_title="a", copy_of=ref("a1")),
            "added OPS-9 “a9” to a, a copy of OPS-1 “a1”",
        ),
        (card_change(completed=(False, True)), "completed OPS-1 “a1”"),
        (card_change(completed=(True, False)), "reopened OPS-1 “a1”"),
        (card_change(title=("old", "a1")), "renamed OPS-1 from “old” to “a1”"),
        (card_change(due_at=("2026-01-01T00:00:00Z", None)), "changed OPS-1 “a1”: no due date"),
        (card_change(due_at=(None, "2026-01-01T09:30:00+02:00")), "changed OPS-1 “a1”: due date 2026-01-01 07:30 UTC"),
        (card_change(due_at=(None, "soon")), "changed OPS-1 “a1”: due date soon"),
        (card_change(description=("", "x" * 9_000)), "changed OPS-1 “a1”: a new description"),
        (card_change(mood=(1, 2)), "changed OPS-1 “a1”: mood 2"),
        (a_move("a1", ("a", a_rank(1)), ("a", a_rank(9))), "moved OPS-1 “a1” within a"),
        (e.CardAssigned(card=ref("a1"), user_id="ada", username="ada", version=2), "assigned OPS-1 “a1” to themselves"),
        (
            e.MemberAdded(member=a_member("ada"), invited_by=e.Actor(id="ben", username="ben")),
            "joined as member, invited by ben",
        ),
        (e.MemberRemoved(member=a_member("ada", Role.OWNER), card_ids=[]), "left the board"),
        (e.BoardUpdated(changes=changed(archived=(False, True)), version=2), "archived the board"),
        (
            e.ColumnUpdated(column_id="a", title="a", changes=changed(archived=(True, False)), version=2),
            "brought the column “a” back from the archive",
        ),
        (e.CardLabelled(card=ref("a1"), label_id="x", label_name="", version=2), "put a label without a name on OPS-1 “a1”"),
    ],
)
def test_a_change_is_told_in_the_words_that_fit(data: e.EventData, said: str) -> None:
    assert sentence_of(an_event(data)) == f"ada {said}"


def test_a_sentence_says_who_did_it() -> None:
    moved = a_move("a1", ("a", a_rank(1)), ("b", a_rank(9)))
    said = SAID[e.CardMoved]
    assert sentence_of(an_event(moved, actor=None)) == f"Rego {said}"
    by_rule = replace(an_event(moved, actor=None), cause=e.Cause(rule_id="r", rule_name="Done at last", event_seq=9))
    assert sentence_of(by_rule) == f"The rule “Done at last” {said}"


def test_a_sentence_says_what_it_takes_back() -> None:
    event = replace(an_event(EVENTS[0]), reverts=7)
    assert sentence_of(event) == f"ada {SAID[type(EVENTS[0])]} (taking back event 7)"


def test_an_event_of_a_newer_rego_is_told_without_words() -> None:
    unknown = e.Unknown(type="card.sung", raw=Raw(b"{}"))
    assert sentence_of(an_event(unknown)) == "ada did what this version of Rego has no words for (card.sung)"


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_an_event_from_the_network_is_told_the_same(data: e.EventData) -> None:
    kind = e.event_type(data)
    raw = b'{"seq":11,"board_id":"b","type":"%s","at":"2026-01-01T00:00:00Z","actor":{"id":"ada","username":"ada"},"data":%s}'
    assert sentence_of(decode_event(raw % (kind.encode(), encode_data(data)))) == sentence_of(an_event(data, actor=ADA))


PATCHES = (
    UpdateAttachment,
    UpdateAutomation,
    UpdateBoard,
    UpdateCard,
    UpdateChecklist,
    UpdateChecklistItem,
    UpdateColumn,
    UpdateComment,
    UpdateLabel,
)


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.__name__)
def test_every_field_that_can_be_changed_has_words(patch: type[Patch]) -> None:
    assert set(patch.__struct_fields__) - {"version"} <= set(FIELD_WORDS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("short", "“short”"), ("two\nlines  of", "“two lines of”"), ("x" * EXCERPT_MAX, f"“{'x' * EXCERPT_MAX}”"), ("", "“”")],
)
def test_a_text_is_quoted_on_one_line(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_a_long_text_is_cut() -> None:
    assert quoted("x" * 9_000) == f"“{'x' * (EXCERPT_MAX - 1)}…”"
