"""Undo: every type of event is taken back or says why not, conflicts are refused with both values, and undo can be undone."""

from __future__ import annotations

import pytest

from rego.client import boards, cards, columns, history, labels
from rego.wire import events as e
from rego.wire.base import Position, to_json
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.codec import RawEvent, read_event
from rego.wire.columns import CreateColumn, UpdateColumn, WipMode
from rego.wire.errors import ChangedSince, Conflict, Forbidden, KeyReused, NotFound
from rego_server.domains.cards.models import card_assignees, card_labels
from rego_server.domains.cards.models import cards as card_table
from rego_server.domains.cards.remains import HANGING
from rego_server.domains.undo.actions.inverses import INVERSES
from rego_server.domains.undo.rules import Irreversible
from rego_server.schema import metadata
from tests.board_replay import replay
from tests.conftest import Join
from tests.running import Somebody
from tests.server.board_state import whole_board
from tests.server.furnished import Furnished
from tests.server.site import Site, raw
from tests.server.undo_cases import UNDO_CASES, UndoCase


async def last_event(desk: Furnished) -> RawEvent:
    (event,) = await desk.own(boards.list_events(desk.board.id, order="desc", limit=1))
    return event


async def revert(desk: Furnished, seq: int, *, whole: bool = False, by: Somebody | None = None) -> list[RawEvent]:
    client = (by or desk.owner).client
    return await client.send(history.revert_event(desk.board.id, seq, whole=whole))


# --- the table ----------------------------------------------------------------------------------------------------------


def test_every_type_of_event_has_an_inverse_or_a_reason_for_none() -> None:
    assert set(INVERSES) == set(e.EVENT_TYPES.values())
    for kind, inverse in INVERSES.items():
        assert not isinstance(inverse, Irreversible) or len(inverse.reason) > 10, kind


def test_every_type_that_can_be_undone_has_a_case() -> None:
    reversible = {kind for kind, inverse in INVERSES.items() if not isinstance(inverse, Irreversible)}
    assert reversible == {case.undone for case in UNDO_CASES}


def test_whatever_ends_with_a_card_is_among_its_remains() -> None:
    """A new table that hangs on cards must be brought back with them, or be named here."""
    hanging = {card_table}
    while more := {t for t in metadata.tables.values() if {f.column.table for f in t.foreign_keys} & hanging} - hanging:
        hanging |= more
    assert hanging - {card_table, card_labels, card_assignees} == set(HANGING)


# --- do, undo, redo -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", UNDO_CASES, ids=[case.name for case in UNDO_CASES])
async def test_what_was_done_is_undone_and_done_again(desk: Furnished, join_site: Join, case: UndoCase) -> None:
    before = await whole_board(desk)
    await case.act(desk, await join_site("newcomer"))
    after = await whole_board(desk)
    done = await last_event(desk)
    assert (done.type, before == after) == (e.event_type(case.undone), False)

    undone = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, done.seq))
    assert await whole_board(desk) == before
    assert [event.seq for event in undone.answer] == [event.seq for event in undone.events]
    assert undone.events[-1].reverts == undone.answer[-1].reverts == done.seq
    assert undone.events[-1].actor == done.actor

    redone = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, undone.events[-1].seq))
    assert await whole_board(desk) == after

    await replay(desk.owner.client, desk.board.id, lambda: revert(desk, redone.events[-1].seq))
    assert await whole_board(desk) == before


async def test_a_card_that_comes_back_keeps_its_number_and_gets_a_newer_version(desk: Furnished) -> None:
    held = await desk.own(cards.get_card(desk.one.id))
    await desk.own(cards.delete_card(desk.one.id))
    await desk.own(cards.create_card(desk.board.id, CreateCard(title="later", column_id=desk.spare.id)))
    await revert(desk, (await last_event(desk)).seq - 1)
    back = await desk.own(cards.get_card(await desk.ref(desk.one)))
    assert (back.id, back.number, back.version) == (held.id, held.number, held.version + 1)
    assert (back.created_at, back.created_by, back.description) == (held.created_at, held.created_by, "The first")


async def test_a_big_card_comes_back_and_its_events_stay_small(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(description="x" * 100_000)))
    before = await whole_board(desk)
    await desk.own(cards.delete_card(desk.one.id))
    deleted = await last_event(desk)
    assert b"Look here" not in to_json(deleted)
    await revert(desk, deleted.seq)
    assert await whole_board(desk) == before


async def test_a_card_deleted_by_an_older_rego_comes_back_as_its_event_tells(site: Site, desk: Furnished) -> None:
    await desk.own(cards.delete_card(desk.one.id))
    await site.execute("DELETE FROM card_remains WHERE board_id = ?", desk.board.id)
    await revert(desk, (await last_event(desk)).seq)
    back = await desk.own(cards.get_card(desk.one.id))
    assert (back.title, back.description, back.label_ids) == ("one", "The first", [desk.label.id])
    assert (back.checklist_total, back.comment_count) == (0, 0)


async def test_several_steps_are_undone_one_after_the_other(desk: Furnished) -> None:
    states, seqs = [], []
    for call in (
        cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)),
        cards.move_card(desk.two.id, MoveCard(position=Position.TOP)),
        cards.update_card(desk.two.id, UpdateCard(title="second")),
        cards.move_card(desk.two.id, MoveCard(column_id=desk.spare.id)),
        cards.delete_card(desk.two.id),
    ):
        states.append(await whole_board(desk))
        await desk.own(call)
        seqs.append((await last_event(desk)).seq)
    while seqs:
        await revert(desk, seqs.pop())
        assert await whole_board(desk) == states.pop()


# --- places that are taken or gone --------------------------------------------------------------------------------------


async def test_a_card_whose_place_was_taken_goes_just_above_whoever_has_it(site: Site, desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.three.id, MoveCard(column_id=desk.doing.id)))
    moved = await last_event(desk)
    # The end of the column is free now, and the next card gets the very rank.
    await desk.own(cards.create_card(desk.board.id, CreateCard(title="new", column_id=desk.todo.id)))
    ((taken,),) = await site.execute("SELECT rank FROM cards WHERE title = 'new' AND column_id = ?", desk.todo.id)
    data = read_event(moved).data
    assert isinstance(data, e.CardMoved)
    await site.execute("UPDATE cards SET rank = ? WHERE rank = ?", int(data.before.rank, 16), taken)
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="Two")))
    done = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, moved.seq))
    assert done.types == ["card.moved"]
    assert await desk.titles(desk.todo) == ["one", "Two", "three", "new"]


async def test_cards_make_room_for_one_that_comes_back_where_there_is_none(site: Site, desk: Furnished) -> None:
    await desk.own(cards.delete_card(desk.two.id))
    deleted = await last_event(desk)
    data = read_event(deleted).data
    assert isinstance(data, e.CardDeleted)
    rank = int(data.card.rank, 16)
    await site.execute("UPDATE cards SET rank = ? WHERE id = ?", rank - 1, desk.one.id)
    await site.execute("UPDATE cards SET rank = ? WHERE id = ?", rank, desk.three.id)
    await desk.own(cards.update_card(desk.five.id, UpdateCard(title="Five")))
    done = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, deleted.seq))
    assert done.types == ["cards.reranked", "card.created"]
    assert [event.reverts for event in done.events] == [None, deleted.seq]
    assert await desk.titles(desk.todo) == ["one", "two", "three"]


async def test_a_card_does_not_go_back_to_a_column_that_is_gone_until_that_is_back(desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.five.id, MoveCard(column_id=desk.spare.id)))
    moved = await last_event(desk)
    before = await whole_board(desk)
    await desk.own(columns.delete_column(desk.doing.id))
    deleted = await last_event(desk)
    with pytest.raises(Conflict, match="Doing is not on this board any more"):
        await revert(desk, moved.seq)
    await revert(desk, deleted.seq)
    assert await whole_board(desk) == before
    await revert(desk, moved.seq)
    assert await desk.titles(desk.doing) == ["five"]


async def test_a_full_column_takes_no_card_back(desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.five.id, MoveCard(column_id=desk.spare.id)))
    moved = await last_event(desk)
    await desk.own(cards.create_card(desk.board.id, CreateCard(title="new", column_id=desk.doing.id)))
    await desk.own(columns.update_column(desk.doing.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)))
    with pytest.raises(Conflict, match="Doing is full"):
        await revert(desk, moved.seq)


async def test_cards_come_back_with_the_labels_and_people_that_are_still_there(desk: Furnished) -> None:
    await desk.own(cards.delete_card(desk.one.id))
    deleted = await last_event(desk)
    await desk.own(labels.delete_label(desk.label.id))
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    await replay(desk.owner.client, desk.board.id, lambda: revert(desk, deleted.seq))
    back = await desk.own(cards.get_card(desk.one.id))
    assert (back.label_ids, back.assignee_ids) == ([], [])


async def test_labels_and_people_come_back_to_the_cards_that_are_still_there(desk: Furnished) -> None:
    await desk.own(cards.label_card(desk.two.id, desk.label.id))
    await desk.own(labels.delete_label(desk.label.id))
    label_deleted = await last_event(desk)
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    removed = await last_event(desk)
    await desk.own(cards.delete_card(desk.one.id))
    for event in (label_deleted, removed):
        await replay(desk.owner.client, desk.board.id, lambda event=event: revert(desk, event.seq))  # type: ignore[misc]
    snapshot = await desk.snapshot()
    assert [card.title for card in snapshot.cards if card.label_ids == [desk.label.id]] == ["two"]


# --- refusals -----------------------------------------------------------------------------------------------------------


async def refused(desk: Furnished, seq: int) -> ChangedSince:
    """The refusal to undo what was changed since, which changes nothing."""
    before = await whole_board(desk)
    with pytest.raises(ChangedSince) as caught:
        await revert(desk, seq)
    assert await whole_board(desk) == before
    return caught.value


async def test_a_field_that_was_changed_since_is_not_taken_back(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="uno", description="primo")))
    changed = await last_event(desk)
    await desk.send(cards.update_card(desk.one.id, UpdateCard(title="eins")))
    error = await refused(desk, changed.seq)
    assert error.data == {"title": {"left": "uno", "now": "eins"}}
    assert error.field == "title"
    assert "has changed since: title" in error.detail


async def test_another_field_that_was_changed_since_stays(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="uno")))
    changed = await last_event(desk)
    await desk.send(cards.update_card(desk.one.id, UpdateCard(description="mine", completed=True)))
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id)))
    await revert(desk, changed.seq)
    card = await desk.own(cards.get_card(desk.one.id))
    assert (card.title, card.description, card.completed, card.column_id) == ("one", "mine", True, desk.doing.id)


async def test_a_card_that_was_moved_on_is_not_fetched_back(desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id)))
    moved = await last_event(desk)
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.spare.id)))
    error = await refused(desk, moved.seq)
    assert error.data["column_id"] == {"left": desk.doing.id, "now": desk.spare.id}


async def test_a_card_that_only_made_room_since_goes_back(site: Site, desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id)))
    moved = await last_event(desk)
    await site.execute("UPDATE cards SET rank = rank + 7 WHERE id = ?", desk.one.id)
    await revert(desk, moved.seq)
    assert await desk.titles(desk.todo) == ["one", "two", "three"]


async def test_a_card_that_was_worked_on_is_not_deleted_by_an_undo_of_its_making(desk: Furnished) -> None:
    card = await desk.own(cards.create_card(desk.board.id, CreateCard(title="new", column_id=desk.todo.id)))
    created = await last_event(desk)
    await desk.send(cards.update_card(card.id, UpdateCard(description="Work")))
    error = await refused(desk, created.seq)
    assert error.data["description"] == {"left": "", "now": "Work"}


async def test_a_column_with_cards_is_not_deleted_by_an_undo_of_its_making(desk: Furnished) -> None:
    column = await desk.own(columns.create_column(desk.board.id, CreateColumn(title="New")))
    created = await last_event(desk)
    await desk.own(cards.move_card(desk.one.id, MoveCard(column_id=column.id)))
    with pytest.raises(Conflict, match="still holds 1 cards"):
        await revert(desk, created.seq)


async def test_what_is_gone_cannot_be_changed_back(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="second")))
    changed = await last_event(desk)
    await desk.own(cards.delete_card(desk.two.id))
    with pytest.raises(Conflict, match="is not on this board any more"):
        await revert(desk, changed.seq)


async def test_a_person_who_left_is_not_put_on_a_card_again(desk: Furnished) -> None:
    await desk.own(cards.unassign_card(desk.one.id, desk.member.user.id))
    unassigned = await last_event(desk)
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    with pytest.raises(Conflict, match="That person is not on this board"):
        await revert(desk, unassigned.seq)


async def test_an_event_is_undone_once(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="second")))
    changed = await last_event(desk)
    (undone,) = await revert(desk, changed.seq)
    with pytest.raises(Conflict, match=f"undone already, by event {undone.seq}"):
        await revert(desk, changed.seq)


async def test_what_has_no_inverse_says_why(desk: Furnished) -> None:
    with pytest.raises(Conflict, match="it is the board's beginning"):
        await revert(desk, 1)


@pytest.mark.parametrize("seq", ["0", "-1", "x", "1.5", "9" * 17, "99999"])
async def test_an_event_that_is_not_in_the_log_is_not_found(site: Site, desk: Furnished, seq: str) -> None:
    path = f"/boards/{desk.board.id}/events/{seq}/revert"
    answer = await raw(site.url, "POST", path, token=desk.owner.token, body={})
    assert (answer.status, answer.json["error_type"]) == (404, "NotFound")


async def test_what_is_below_the_floor_of_the_log_is_not_found(site: Site, desk: Furnished) -> None:
    changed = (await last_event(desk)).seq
    await site.execute("UPDATE board_heads SET floor = ? WHERE board_id = ?", changed, desk.board.id)
    with pytest.raises(NotFound, match=f"begins after event {changed}"):
        await revert(desk, changed)


async def test_an_event_of_a_newer_rego_is_left_alone(site: Site, desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="second")))
    changed = await last_event(desk)
    await site.execute("UPDATE event_log SET type = 'card.sung' WHERE board_id = ? AND seq = ?", desk.board.id, changed.seq)
    with pytest.raises(Conflict, match="written by another Rego"):
        await revert(desk, changed.seq)


async def test_an_unknown_field_is_refused(site: Site, desk: Furnished) -> None:
    path = f"/boards/{desk.board.id}/events/1/revert"
    answer = await raw(site.url, "POST", path, token=desk.owner.token, body={"all": True})
    assert answer.status == 400


# --- rights -------------------------------------------------------------------------------------------------------------


async def test_members_undo_what_members_may_do(desk: Furnished) -> None:
    await desk.own(cards.delete_card(desk.one.id))
    await revert(desk, (await last_event(desk)).seq, by=desk.member)
    undone = await last_event(desk)
    assert undone.actor is not None
    assert undone.actor.id == desk.member.user.id


async def test_only_owners_undo_what_only_owners_may_do(desk: Furnished) -> None:
    await desk.own(boards.remove_member(desk.board.id, desk.viewer.user.id))
    removed = await last_event(desk)
    with pytest.raises(Forbidden, match="this needs a owner"):
        await revert(desk, removed.seq, by=desk.member)
    await revert(desk, removed.seq)


async def test_only_its_author_and_owners_bring_a_comment_back(desk: Furnished) -> None:
    from rego.client import comments

    await desk.own(comments.delete_comment(desk.comment.id))
    with pytest.raises(Forbidden, match="bring a comment back"):
        await revert(desk, (await last_event(desk)).seq, by=desk.member)


async def test_a_repeated_undo_answers_the_same_and_changes_nothing(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.two.id, UpdateCard(title="second")))
    changed = await last_event(desk)
    call = history.revert_event(desk.board.id, changed.seq)
    first = await desk.own(call, "the-key")
    assert await desk.own(call, "the-key") == first
    assert (await last_event(desk)).seq == changed.seq + 1
    with pytest.raises(KeyReused):
        await desk.own(history.revert_event(desk.board.id, changed.seq + 1), "the-key")


# --- all that was done together -----------------------------------------------------------------------------------------


async def test_what_was_done_together_is_undone_together(desk: Furnished) -> None:
    before = await whole_board(desk)
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="kept", archived=True)))
    archived = await last_event(desk)
    done = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, archived.seq, whole=True))
    assert done.types == ["card.restored", "card.updated"]
    assert [event.reverts for event in done.events] == [archived.seq, archived.seq - 1]
    assert await whole_board(desk) == before


async def test_one_event_of_several_is_undone_alone(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="kept", archived=True)))
    await revert(desk, (await last_event(desk)).seq)
    card = await desk.own(cards.get_card(desk.one.id))
    assert (card.title, card.archived) == ("kept", False)


async def test_nothing_is_undone_when_one_part_cannot_be(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="kept", archived=True)))
    archived = await last_event(desk)
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="mine")))
    before = await whole_board(desk)
    with pytest.raises(ChangedSince):
        await revert(desk, archived.seq, whole=True)
    assert await whole_board(desk) == before
