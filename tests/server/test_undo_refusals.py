"""Undo that is refused: what was changed since, with both values, and whoever may not."""

from __future__ import annotations

import pytest

from rego.client import boards, cards, columns, history
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import ChangedSince, Conflict, Forbidden, Gone, KeyReused
from tests.server.board_state import whole_board
from tests.server.furnished import Furnished
from tests.server.site import Site, raw
from tests.server.undoing import last_event, revert

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


async def test_what_is_below_the_floor_of_the_log_is_gone(site: Site, desk: Furnished) -> None:
    changed = (await last_event(desk)).seq
    await site.execute("UPDATE board_heads SET floor = ? WHERE board_id = ?", changed, desk.board.id)
    with pytest.raises(Gone, match=f"begins after event {changed}"):
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
    with pytest.raises(Forbidden, match="this needs an owner"):
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
