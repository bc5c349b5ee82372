"""Undo where a place was taken meanwhile, or something that is needed is gone."""

from __future__ import annotations

from functools import partial

import pytest

from rego.client import attachments, boards, cards, checklists, columns, labels
from rego.wire import events as e
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.checklists import CreateChecklist, MoveChecklistItem
from rego.wire.codec import read_event
from rego.wire.columns import UpdateColumn, WipMode
from rego.wire.errors import Conflict
from tests.board_replay import replay
from tests.server.board_state import whole_board
from tests.server.furnished import Furnished
from tests.server.site import Site, raw
from tests.server.undoing import last_event, revert

# --- places that are taken or gone --------------------------------------------------------------------------------------


async def test_a_card_whose_place_was_taken_goes_just_above_whoever_has_it(site: Site, desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.three.id, MoveCard(column_id=desk.doing.id)))
    moved = await last_event(desk)
    # The end of the column is free now, and another card gets the very rank.
    await desk.own(cards.create_card(desk.board.id, CreateCard(title="new", column_id=desk.todo.id)))
    data = read_event(moved).data
    assert isinstance(data, e.CardMoved)
    await site.execute(
        "UPDATE cards SET rank = ? WHERE title = 'new' AND column_id = ?", int(data.before.rank, 16), desk.todo.id
    )
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


async def test_an_archived_card_goes_back_to_a_full_column_where_it_takes_no_place(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.five.id, UpdateCard(archived=True)))
    await desk.own(cards.move_card(desk.five.id, MoveCard(column_id=desk.spare.id)))
    moved = await last_event(desk)
    await desk.own(cards.delete_card(desk.four.id))
    deleted = await last_event(desk)
    for column in (desk.doing, desk.todo):
        await desk.own(cards.create_card(desk.board.id, CreateCard(title="new", column_id=column.id)))
        await desk.own(columns.update_column(column.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)))
    for event in (moved, deleted):
        await replay(desk.owner.client, desk.board.id, partial(revert, desk, event.seq))
    back = [await desk.own(cards.get_card(card.id)) for card in (desk.four, desk.five)]
    assert [(card.column_id, card.archived) for card in back] == [(desk.four.column_id, True), (desk.doing.id, True)]


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
        await replay(desk.owner.client, desk.board.id, partial(revert, desk, event.seq))
    snapshot = await desk.snapshot()
    assert [card.title for card in snapshot.cards if card.label_ids == [desk.label.id]] == ["two"]


# --- files and lists that are gone --------------------------------------------------------------------------------------


async def test_a_file_that_comes_back_has_its_content(site: Site, desk: Furnished) -> None:
    await desk.own(cards.delete_card(desk.one.id))
    await revert(desk, (await last_event(desk)).seq)
    path = f"/attachments/{desk.attachment.id}/content"
    assert (await raw(site.url, "GET", path, token=desk.owner.token)).body == b"a file\n"


async def test_a_file_does_not_come_back_without_its_content(site: Site, desk: Furnished) -> None:
    await desk.own(attachments.delete_attachment(desk.attachment.id))
    deleted = await last_event(desk)
    await site.execute("DELETE FROM blobs WHERE board_id = ?", desk.board.id)
    with pytest.raises(Conflict, match=r"content of notes\.txt is not kept any more"):
        await revert(desk, deleted.seq)


async def test_a_card_comes_back_without_the_files_whose_content_is_gone(site: Site, desk: Furnished) -> None:
    await desk.own(cards.delete_card(desk.one.id))
    deleted = await last_event(desk)
    await site.execute("DELETE FROM blobs WHERE board_id = ?", desk.board.id)
    await replay(desk.owner.client, desk.board.id, lambda: revert(desk, deleted.seq))
    assert (await desk.own(cards.get_card(desk.one.id))).attachment_count == 0


async def test_an_item_does_not_go_back_to_a_checklist_that_is_gone(desk: Furnished) -> None:
    other = await desk.own(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))
    await desk.own(checklists.move_checklist_item(desk.open_item.id, MoveChecklistItem(checklist_id=other.id)))
    moved = await last_event(desk)
    await desk.own(checklists.delete_checklist(desk.checklist.id))
    with pytest.raises(Conflict, match="Steps is not on this board any more"):
        await revert(desk, moved.seq)
