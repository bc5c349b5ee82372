"""Activity: the log in sentences, with filters that all must fit, page by page."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from rego.client import automations, boards, cards, comments, history
from rego.wire.activity import NOUNS, Activity
from rego.wire.automations import CreateAutomation, DoComplete, WhenMoved
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.comments import CreateComment
from rego.wire.errors import InvalidInput, NotFound
from rego.wire.event_data import Cause
from rego.wire.events import EVENT_TYPES
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.site import Site, raw


async def activity(desk: Furnished, by: Somebody | None = None, **wish: Any) -> list[Activity]:
    return await (by or desk.owner).client.send(history.list_activity(desk.board.id, **wish))


async def sentences(desk: Furnished, **wish: Any) -> list[str]:
    return [entry.sentence for entry in await activity(desk, **wish)]


async def test_what_happened_is_told_newest_first(desk: Furnished) -> None:
    ref = await desk.ref(desk.two)
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    await desk.own(cards.update_card(desk.two.id, UpdateCard(completed=True)))
    owner, member = desk.owner.user.username, desk.member.user.username
    latest = await activity(desk, limit=2)
    assert [entry.sentence for entry in latest] == [
        f"{owner} completed {ref} “two”",
        f"{member} moved {ref} “two” from To do to Doing",
    ]
    assert [(entry.type, entry.card_id) for entry in latest] == [("card.updated", desk.two.id), ("card.moved", desk.two.id)]
    events = await desk.own(boards.list_events(desk.board.id, order="desc", limit=2))
    assert [(entry.seq, entry.at, entry.actor) for entry in latest] == [(e.seq, e.at, e.actor) for e in events]


async def test_what_was_undone_and_what_undid_it_name_each_other(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="second")))
    (changed,) = await activity(desk, limit=1)
    await desk.own(history.revert_event(desk.board.id, changed.seq))
    undone, changed = await activity(desk, limit=2)
    assert (undone.reverts, undone.reverted_by, changed.reverts, changed.reverted_by) == (changed.seq, None, None, undone.seq)
    assert undone.sentence.endswith(f" (taking back event {changed.seq})")


async def test_what_a_rule_did_is_told_as_the_rule_s(desk: Furnished) -> None:
    rule = CreateAutomation(name="Finish", trigger=WhenMoved(to_column=desk.doing.id), actions=[DoComplete(completed=True)])
    made = await desk.own(automations.create_automation(desk.board.id, rule))
    await desk.own(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    done, moved = await activity(desk, limit=2)
    assert done.sentence == f"The rule “Finish” completed {await desk.ref(desk.two)} “two”"
    assert (done.actor, done.cause) == (None, Cause(rule_id=made.id, rule_name="Finish", event_seq=moved.seq))


async def test_room_that_was_made_is_no_activity(site: Site, desk: Furnished) -> None:
    await site.execute("UPDATE cards SET rank = ? WHERE id = ?", 1, desk.one.id)
    await site.execute("UPDATE cards SET rank = ? WHERE id = ?", 2, desk.two.id)
    await desk.own(cards.move_card(desk.three.id, MoveCard(after_id=desk.one.id)))
    moved, room = await desk.own(boards.list_events(desk.board.id, order="desc", limit=2))
    assert (moved.type, room.type) == ("card.moved", "cards.reranked")
    assert [entry.seq for entry in await activity(desk, since=room.seq - 1)] == [moved.seq]


async def test_pages_follow_each_other_to_the_beginning(desk: Furnished) -> None:
    whole = [entry.seq async for entry in desk.owner.client.pages(history.list_activity(desk.board.id, limit=200))]
    paged = [entry.seq async for entry in desk.owner.client.pages(history.list_activity(desk.board.id, limit=3))]
    assert paged == whole == sorted(whole, reverse=True)
    assert whole[-1] == 1
    among = [
        entry.seq async for entry in desk.owner.client.pages(history.list_activity(desk.board.id, before=9, since=2, limit=2))
    ]
    assert among == [seq for seq in whole if 2 < seq < 9]


# --- filters ------------------------------------------------------------------------------------------------------------


async def test_the_activity_of_a_card_is_what_is_about_it(desk: Furnished) -> None:
    about = await activity(desk, card=desk.one.id, limit=200)
    assert {entry.card_id for entry in about} == {desk.one.id}
    assert {entry.type.partition(".")[0] for entry in about} == {"card", "checklist", "checklist_item", "comment", "attachment"}
    assert await activity(desk, card=(await desk.ref(desk.one)).lower(), limit=200) == about


async def test_a_deleted_card_is_still_known_to_the_log(desk: Furnished) -> None:
    ref = await desk.ref(desk.two)
    await desk.own(
        cards.create_card(desk.board.id, CreateCard(title="x", column_id=desk.todo.id, description=f'"ref":"{ref}"'))
    )
    await desk.own(cards.delete_card(desk.two.id))
    told = [f"{desk.owner.user.username} deleted {ref} “two”", f"{desk.owner.user.username} added {ref} “two” to To do"]
    assert await sentences(desk, card=ref) == await sentences(desk, card=desk.two.id) == told


async def test_events_of_an_older_rego_are_put_to_their_cards(site: Site, desk: Furnished) -> None:
    """What the migration says, on a log whose events name no card yet."""
    about = await activity(desk, card=desk.one.id, limit=200)
    await site.execute("UPDATE event_log SET card_id = NULL WHERE board_id = ?", desk.board.id)
    assert await activity(desk, card=desk.one.id) == []
    migration = import_module("rego_server.migrations.versions.0006_undo")
    await site.execute(migration.CARD_OF["postgresql" if site.database_url else "sqlite"])
    assert await activity(desk, card=desk.one.id, limit=200) == about


@pytest.mark.parametrize("card", ["OPS-999", "ZZZZ-1", "two"])
async def test_a_card_that_never_was_is_not_found(desk: Furnished, card: str) -> None:
    with pytest.raises(NotFound):
        await activity(desk, card=card)


async def test_the_activity_of_a_person(desk: Furnished) -> None:
    await desk.send(comments.create_comment(desk.two.id, CreateComment(text="Mine")))
    (mine,) = await activity(desk, by=desk.member, actor="me")
    assert mine.actor is not None
    assert (mine.type, mine.actor.id) == ("comment.created", desk.member.user.id)
    for name in (desk.member.user.id, desk.member.user.username, desk.member.user.username.upper()):
        assert await activity(desk, actor=name) == [mine]
    assert await activity(desk, actor="nobody-here") == []


async def test_the_activity_of_a_type_or_a_noun(desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert {entry.type for entry in await activity(desk, type="card.moved")} == {"card.moved"}
    about_cards = {entry.type for entry in await activity(desk, type="card", limit=200)}
    assert about_cards == {"card.created", "card.archived", "card.moved"}
    assert {name.partition(".")[0] for name in EVENT_TYPES} - set(NOUNS) == {
        "cards",
        "columns",
        "checklists",
        "checklist_items",
    }
    with pytest.raises(InvalidInput, match=r"such as card\.moved, or one of attachment, automation, board"):
        await activity(desk, type="song")


async def test_the_activity_of_a_time(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="second")))
    (latest,) = await activity(desk, limit=1)
    assert await activity(desk, since_at=latest.at, type="card.updated") == [latest]
    assert latest not in await activity(desk, before_at=latest.at, limit=200)
    assert await activity(desk, since_at=latest.at + timedelta(hours=1)) == []


async def test_filters_must_all_fit(desk: Furnished) -> None:
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    await desk.own(cards.move_card(desk.three.id, MoveCard(column_id=desk.doing.id)))
    (moved,) = await activity(desk, type="card.moved", actor="me", card=desk.three.id)
    assert moved.card_id == desk.three.id
    assert await activity(desk, type="card.moved", actor="me", card=desk.two.id) == []


@pytest.mark.parametrize(
    "query", ["since=-1", "since=x", "before_at=yesterday", "since_at=2026-01-01T00:00:00", "cursor=x", "limit=0", "song=1"]
)
async def test_a_wish_that_makes_no_sense_is_refused(site: Site, desk: Furnished, query: str) -> None:
    answer = await raw(site.url, "GET", f"/boards/{desk.board.id}/activity?{query}", token=desk.viewer.token)
    assert answer.status == 400


async def test_an_event_of_a_newer_rego_is_told_without_words(site: Site, desk: Furnished) -> None:
    await site.execute("UPDATE event_log SET type = 'card.sung' WHERE board_id = ? AND seq = 3", desk.board.id)
    (entry,) = await activity(desk, since=2, before=4)
    assert entry.sentence.endswith("did what this version of Rego has no words for (card.sung)")
