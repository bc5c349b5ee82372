"""`rego undo` and `rego activity` against a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from rego.client.standing import standing, taken_back
from rego.wire.activity import Activity
from rego.wire.base import to_json
from tests.bench.boards import plan
from tests.cli.conftest import Person, Rego

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def an_entry(seq: int, reverts: int | None = None, reverted_by: int | None = None) -> Activity:
    return Activity(seq=seq, at=NOON, type="card.moved", sentence=f"ada did {seq}", reverts=reverts, reverted_by=reverted_by)


@pytest.fixture
def titles(rego: Rego, ops: str) -> Callable[[], list[str]]:
    """The titles of the board's cards from top to bottom."""
    return lambda: [card["title"] for card in json.loads(rego("cards", "list", ops, "--json", "title").out)]


def test_undo_takes_back_one_act_after_the_other(rego: Rego, ops: str, ada: Person, titles: Callable[[], list[str]]) -> None:
    rego("cards", "edit", f"{ops}-1", "--title", "Uno")
    rego("cards", "edit", f"{ops}-2", "--title", "Dos")
    undone = rego("undo")
    (number,) = undone.lines
    again = f"'rego undo --event {number} --board {ops}' does it again."
    assert undone.err == f"Undone: {ada.username} renamed {ops}-2 from “Two” to “Dos”. {again}\n"
    assert titles() == ["Uno", "Two", "Three"]
    assert rego("undo").code == 0
    assert titles() == ["One", "Two", "Three"]
    assert f"{ada.username} added {ops}-3 “Three” to To do" in rego("undo").err
    assert titles() == ["One", "Two"]


def test_what_was_undone_is_done_again(rego: Rego, ops: str, titles: Callable[[], list[str]]) -> None:
    rego("cards", "edit", f"{ops}-1", "--title", "Uno")
    (number,) = rego("undo").lines
    again = rego("undo", "--event", number, "--board", ops)
    assert (again.code, titles()[0]) == (0, "Uno")
    assert rego("undo").code == 0
    assert titles()[0] == "One", "what was done again is an act again"


def test_what_was_done_together_is_undone_together(rego: Rego, ops: str, titles: Callable[[], list[str]]) -> None:
    rego("api", "PATCH", f"/cards/{ops}-1", "-f", "title=Uno", "-F", "archived=true")
    assert titles() == ["Two", "Three"]
    undone = json.loads(rego("undo", "--json").out)
    assert len(undone["reverted_by"]) == 2
    assert titles() == ["One", "Two", "Three"]


def test_one_event_alone_is_undone(rego: Rego, ops: str, titles: Callable[[], list[str]]) -> None:
    rego("api", "PATCH", f"/cards/{ops}-1", "-f", "title=Uno", "-F", "archived=true")
    assert rego("undo", "--only").code == 0
    assert titles() == ["Uno", "Two", "Three"]


def test_the_list_has_what_stands(rego: Rego, ops: str, ada: Person) -> None:
    rego("cards", "edit", f"{ops}-1", "--title", "Uno")
    rego("cards", "edit", f"{ops}-2", "--title", "Dos")
    rego("undo")
    first = rego("undo", "--list", "--limit", "1")
    seq, moment, sentence = first.lines[0].split("\t")
    assert sentence == f"{ada.username} renamed {ops}-1 from “One” to “Uno”"
    assert datetime.fromisoformat(moment) <= datetime.now(UTC) + timedelta(minutes=5)
    assert rego("undo", "--list", "-q").lines[0] == seq
    assert rego("undo", "--list", "--only").code == 2


@pytest.fixture
def hundred(ada: Person, rego: Rego) -> str:
    """A board of hers where she renamed the first of a hundred cards, and then completed all and took that back; its key."""
    (key,) = rego("import", "rego", "-", "--quiet", input=to_json(plan("Hundred", 100)).decode()).lines
    rego("cards", "edit", f"{key}-1", "--title", "Uno")
    rego("cards", "done", "--query", "-is:done", "--board", key, "--yes")
    assert ", and 99 more that were done with it" in rego("undo", "--board", key).err
    return key


def test_what_one_page_of_the_activity_does_not_tell_is_found(rego: Rego, hundred: str, ada: Person) -> None:
    assert f"{ada.username} renamed {hundred}-1 " in rego("undo", "--list", "--board", hundred).lines[0]
    assert f"Undone: {ada.username} renamed {hundred}-1 " in rego("undo", "--board", hundred).err


def test_it_is_said_how_far_one_looked(rego: Rego, hundred: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rego.cli.undo.LOOKED_THROUGH", 200)
    listed = rego("undo", "--list", "--board", hundred)
    assert (listed.lines, listed.err) == ([], "Only your latest 200 changes were looked through.\n")
    refused = rego("undo", "--board", hundred)
    assert (refused.code, refused.err) == (3, f"None of your latest 200 changes on {hundred} still stands.\n")


def test_what_was_changed_since_is_not_undone(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-1", "--title", "Uno")
    (seq, *_) = rego("undo", "--list", "-q").lines
    rego("cards", "edit", f"{ops}-1", "--title", "Eins")
    refused = rego("undo", "--event", seq)
    assert (refused.code, refused.out, "has changed since: title" in refused.err) == (6, "", True)


def test_who_did_nothing_has_nothing_to_undo(rego: Rego, ops: str, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    rego("members", "add", bob.username)
    monkeypatch.setenv("REGO_TOKEN", bob.credentials.access_token)
    refused = rego("undo", "--board", ops)
    assert (refused.code, refused.err) == (3, f"You have changed nothing on {ops} so far.\n")


def test_there_may_be_nothing_to_undo(rego: Rego, ops: str) -> None:
    unknown = rego("undo", "--event", "999")
    assert (unknown.code, f"The log of {ops} tells of no event 999." in unknown.err) == (3, True)
    first = rego("undo", "--event", "1")
    assert (first.code, "it is the board's beginning" in first.err) == (6, True)


def test_a_redo_is_an_act_and_an_undo_is_none() -> None:
    done, undone = an_entry(1, reverted_by=2), an_entry(2, reverts=1)
    assert standing([undone, done]) == []
    redone = an_entry(3, reverts=2)
    undone = an_entry(2, reverts=1, reverted_by=3)
    assert standing([redone, undone, done]) == [redone]
    assert standing([an_entry(4, reverts=3), an_entry(3, reverts=2, reverted_by=4), undone, done]) == []
    assert standing([an_entry(9, reverts=5), an_entry(8)]) == [an_entry(8)]


def test_what_was_taken_back_can_be_done_again_until_something_new_is_done() -> None:
    one, two = an_entry(1, reverted_by=4), an_entry(2, reverted_by=3)
    not_two, not_one = an_entry(3, reverts=2), an_entry(4, reverts=1)
    assert taken_back([not_one, not_two, two, one]) == [(not_one, one), (not_two, two)]
    again = an_entry(5, reverts=4)
    assert taken_back([again, an_entry(4, reverts=1, reverted_by=5), not_two, two, one]) == [(not_two, two)]
    assert taken_back([an_entry(6), not_one, not_two, two, one]) == []


# --- activity -----------------------------------------------------------------------------------------------------------


def test_activity_is_told_newest_first(rego: Rego, ops: str, ada: Person) -> None:
    rego("cards", "move", f"{ops}-2", "Doing")
    told = rego("activity", "--limit", "2")
    assert [line.split("\t")[2] for line in told.lines] == [
        f"{ada.username} moved {ops}-2 “Two” from To do to Doing",
        f"{ada.username} added {ops}-3 “Three” to To do",
    ]
    assert told.err == "Only the latest 2; --limit 0 tells all.\n"
    assert len(rego("activity", "--limit", "0", "-q").lines) == 8


def test_the_activity_of_a_card_that_is_gone(rego: Rego, ops: str, ada: Person) -> None:
    card = json.loads(rego("cards", "show", f"{ops}-2", "--json").out)["id"]
    rego("cards", "edit", f"{ops}-2", "--title", "Dos")
    renamed = rego("activity", card, "--type", "card.updated", "--csv").lines
    assert renamed[0] == "event,when,what"
    assert renamed[1].endswith(f"{ada.username} renamed {ops}-2 from “Two” to “Dos”")
    rego("api", "DELETE", f"/cards/{ops}-2")
    told = [line.split("\t")[2] for line in rego("activity", f"{ops.lower()}-2").lines]
    assert [sentence.split()[1] for sentence in told] == ["deleted", "renamed", "added"]
    rego("undo")
    assert "(taken back by event " in rego("activity", f"{ops}-2", "--type", "card.deleted").out


def test_the_activity_of_people_and_times(rego: Rego, ops: str, ada: Person) -> None:
    assert len(rego("activity", "--by", "me", "--type", "card", "-q").lines) == 3
    assert rego("activity", "--by", "nobody-here").lines == []
    assert len(rego("activity", "--since", "1h", "--by", ada.username, "-q").lines) == 7
    assert rego("activity", "--until", "2020-01-01").lines == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nonsense",), 2, "names no card"),
        (("--type", "song"), 2, "type must be a type of event"),
        (("--since", "soon"), 2, "is no date that Rego reads: write 2026-11-30"),
        (("ZZZ-1",), 3, "No board is called"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(rego: Rego, ops: str, arguments: tuple[str, ...], code: int, said: str) -> None:
    refused = rego("activity", "--board", ops, *arguments)
    assert (refused.code, refused.out, said in refused.err) == (code, "", True)
