"""Cards that go from one board to another, moved or copied: what comes along, who may, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from rego.client import attachments, boards, cards, checklists, columns, comments, labels
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard, UpdateBoard
from rego.wire.cards import CardSummary, CopyCard, CreateCard, MoveCard, UpdateCard
from rego.wire.checklists import UpdateChecklistItem
from rego.wire.columns import Color, Column, CreateColumn, UpdateColumn, WipMode
from rego.wire.errors import Conflict, Forbidden, InvalidInput, NotFound
from rego.wire.events import CardArrived, CardCreated, CardLeft, Event
from rego.wire.labels import CreateLabel, Label
from rego.wire.snapshot import Snapshot
from tests.board_replay import events_since
from tests.server.furnished import Furnished
from tests.server.site import Site, raw
from tests.server.undoing import last_event, revert


@dataclass(frozen=True)
class Elsewhere:
    """A board of the desk's member, with the owner on it, but not the viewer."""

    desk: Furnished
    board: Board
    column: Column
    bug: Label

    async def snapshot(self) -> Snapshot:
        return await self.desk.send(boards.get_snapshot(self.board.id, archived=True))

    async def events(self) -> list[Event]:
        return await events_since(self.desk.member.client, self.board.id, 0)

    def here(self, **place: Any) -> MoveCard:
        """A place on this board."""
        return MoveCard(board_id=self.board.id, **(place or {"column_id": self.column.id}))


@pytest.fixture
async def elsewhere(desk: Furnished) -> AsyncIterator[Elsewhere]:
    board = await desk.send(boards.create_board(CreateBoard(title="Elsewhere")))
    await desk.send(boards.add_member(board.id, AddMember(role=Role.MEMBER, username=desk.owner.user.username)))
    column = await desk.send(columns.create_column(board.id, CreateColumn(title="There")))
    bug = await desk.send(labels.create_label(board.id, CreateLabel(name="BUG", color=Color.PINK)))
    yield Elsewhere(desk, board, column, bug)


# --- moving -------------------------------------------------------------------------------------------------------------


async def test_a_card_keeps_its_id_and_gets_a_number_of_the_other_board(desk: Furnished, elsewhere: Elsewhere) -> None:
    first = await desk.send(cards.create_card(elsewhere.board.id, CreateCard(title="first", column_id=elsewhere.column.id)))
    moved = await desk.send(cards.move_card(desk.two.id, elsewhere.here(before_id=first.id)))
    assert (moved.id, moved.board_id, moved.column_id) == (desk.two.id, elsewhere.board.id, elsewhere.column.id)
    assert (moved.number, moved.version) == (first.number + 1, desk.two.version + 1)
    assert [card.title for card in (await elsewhere.snapshot()).cards] == ["two", "first"]
    assert await desk.titles(desk.todo) == ["one", "three"]
    found = await desk.send(cards.get_card(f"{elsewhere.board.key}-{moved.number}"))
    assert found.id == desk.two.id
    with pytest.raises(NotFound):
        await desk.send(cards.get_card(await desk.ref(desk.two)))


async def test_what_hangs_on_a_card_comes_along(desk: Furnished, elsewhere: Elsewhere) -> None:
    before = await desk.send(cards.get_card(desk.one.id))
    await desk.send(cards.move_card(desk.one.id, elsewhere.here()))
    after = await desk.send(cards.get_card(desk.one.id))
    kept = ("title", "description", "due_at", "checklist_done", "checklist_total", "comment_count", "attachment_count")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert [c.text for c in await desk.send(comments.list_comments(desk.one.id))] == ["Look here"]
    assert [i.text for c in await desk.send(checklists.list_checklists(desk.one.id)) for i in c.items] == ["open", "done"]
    assert [a.filename for a in await desk.send(attachments.list_attachments(desk.one.id))] == ["notes.txt"]


async def test_labels_are_kept_by_name_and_people_by_membership(desk: Furnished, elsewhere: Elsewhere) -> None:
    await desk.send(cards.label_card(desk.one.id, desk.other_label.id))
    await desk.send(cards.assign_card(desk.one.id, desk.viewer.user.id))
    for item, person in ((desk.open_item, desk.viewer), (desk.done_item, desk.member)):
        await desk.send(checklists.update_checklist_item(item.id, UpdateChecklistItem(assignee_id=person.user.id)))
    moved = await desk.send(cards.move_card(desk.one.id, elsewhere.here()))
    assert (moved.label_ids, moved.assignee_ids) == ([elsewhere.bug.id], [desk.member.user.id])
    (steps,) = await desk.send(checklists.list_checklists(desk.one.id))
    assert [item.assignee_id for item in steps.items] == [None, desk.member.user.id]
    labelled = await desk.send(cards.list_cards(elsewhere.board.id, q="label:bug assignee:me"))
    assert [card.id for card in labelled] == [desk.one.id]


async def test_nameless_labels_are_told_apart_by_their_colour(desk: Furnished, elsewhere: Elsewhere) -> None:
    red, blue = [
        await desk.send(labels.create_label(desk.board.id, CreateLabel(name="", color=color)))
        for color in (Color.RED, Color.BLUE)
    ]
    for label in (red, blue):
        await desk.send(cards.label_card(desk.two.id, label.id))
    there = await desk.send(labels.create_label(elsewhere.board.id, CreateLabel(name="", color=Color.BLUE)))
    moved = await desk.send(cards.move_card(desk.two.id, elsewhere.here()))
    assert moved.label_ids == [there.id]


async def test_each_board_hears_its_half(desk: Furnished, elsewhere: Elsewhere) -> None:
    seq = (await desk.snapshot()).seq
    await desk.send(cards.move_card(desk.one.id, elsewhere.here()), desk.board.id)
    (left,) = await events_since(desk.viewer.client, desk.board.id, seq)
    arrived = (await elsewhere.events())[-1]
    assert isinstance(left.data, CardLeft)
    assert isinstance(arrived.data, CardArrived)
    assert (left.data.card.id, left.data.ref, left.data.to_board_id) == (
        desk.one.id,
        await desk.ref(desk.one),
        elsewhere.board.id,
    )
    assert (arrived.data.card.id, arrived.data.from_board_id) == (desk.one.id, desk.board.id)
    assert (arrived.data.description, arrived.data.column_title) == ("The first", "There")
    assert left.op_id == arrived.op_id == desk.board.id


async def test_a_repeat_moves_nothing_again(desk: Furnished, elsewhere: Elsewhere) -> None:
    move = cards.move_card(desk.one.id, elsewhere.here())
    first, again = [await desk.send(move, desk.board.id) for _ in range(2)]
    assert first == again
    assert [event.type for event in await elsewhere.events()].count("card.arrived") == 1


async def test_a_file_counts_on_the_board_where_its_card_is(site: Site, desk: Furnished, elsewhere: Elsewhere) -> None:
    await desk.send(cards.move_card(desk.one.id, elsewhere.here()))
    (row,) = await site.execute(
        "SELECT board_id FROM blobs WHERE id = (SELECT blob_id FROM attachments WHERE id = ?)", desk.attachment.id
    )
    assert str(row[0]) == elsewhere.board.id


async def test_a_move_that_names_its_own_board_is_one_on_the_board(desk: Furnished) -> None:
    seq = (await desk.snapshot()).seq
    await desk.send(cards.move_card(desk.one.id, MoveCard(board_id=desk.board.id, column_id=desk.spare.id)))
    assert [event.type for event in await events_since(desk.member.client, desk.board.id, seq)] == ["card.moved"]


@pytest.mark.parametrize("place", ["nothing", "an end"])
async def test_another_board_needs_a_column_or_a_neighbour(
    site: Site, desk: Furnished, elsewhere: Elsewhere, place: str
) -> None:
    body = {"board_id": elsewhere.board.id} | ({"position": "top"} if place == "an end" else {})
    answer = await raw(site.url, "POST", f"/cards/{desk.one.id}/move", token=desk.member.token, body=body)
    assert (answer.status, answer.json["field"]) == (400, "column_id")
    await _nothing_happened(desk, elsewhere)


async def test_both_boards_are_checked(desk: Furnished, elsewhere: Elsewhere) -> None:
    theirs = await desk.send(cards.create_card(elsewhere.board.id, CreateCard(title="x", column_id=elsewhere.column.id)))
    with pytest.raises(NotFound):  # a board that they are not on
        await desk.viewer.client.send(cards.move_card(theirs.id, MoveCard(board_id=desk.board.id, column_id=desk.todo.id)))
    await desk.send(boards.add_member(elsewhere.board.id, AddMember(role=Role.MEMBER, username=desk.viewer.user.username)))
    with pytest.raises(Forbidden):  # a viewer here
        await desk.viewer.client.send(cards.move_card(desk.one.id, elsewhere.here()))
    with pytest.raises(Forbidden):
        await desk.viewer.client.send(cards.move_card(theirs.id, MoveCard(board_id=desk.board.id, column_id=desk.todo.id)))
    with pytest.raises(Forbidden):
        await desk.viewer.client.send(cards.copy_card(theirs.id, CopyCard(board_id=desk.board.id, column_id=desk.todo.id)))
    assert await desk.titles(desk.todo) == ["one", "two", "three"]


async def test_a_place_must_be_on_the_board_that_is_named(desk: Furnished, elsewhere: Elsewhere) -> None:
    with pytest.raises(NotFound):
        await desk.send(cards.move_card(desk.one.id, elsewhere.here(column_id=desk.doing.id)))
    with pytest.raises((NotFound, InvalidInput)):
        await desk.send(cards.move_card(desk.one.id, elsewhere.here(after_id=desk.two.id)))
    with pytest.raises(InvalidInput):
        await desk.send(cards.move_card(desk.one.id, elsewhere.here(column_id=elsewhere.column.id, after_id=desk.two.id)))
    await _nothing_happened(desk, elsewhere)


async def test_a_full_column_an_archived_one_and_an_archived_board_refuse(desk: Furnished, elsewhere: Elsewhere) -> None:
    limit = UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)
    await desk.send(columns.update_column(elsewhere.column.id, limit))
    await desk.send(cards.create_card(elsewhere.board.id, CreateCard(title="only", column_id=elsewhere.column.id)))
    copy = CopyCard(board_id=elsewhere.board.id, column_id=elsewhere.column.id)
    for why, change in (
        ("There is full", None),
        ("There is archived", columns.update_column(elsewhere.column.id, UpdateColumn(archived=True))),
        ("This board is archived", boards.update_board(elsewhere.board.id, UpdateBoard(archived=True))),
    ):
        if change is not None:
            await desk.send(change)
        for call in (cards.move_card(desk.one.id, elsewhere.here()), cards.copy_card(desk.one.id, copy)):
            with pytest.raises(Conflict, match=why):
                await desk.send(call)
    assert [card.title for card in (await elsewhere.snapshot()).cards] == ["only"]
    assert await desk.titles(desk.todo) == ["one", "two", "three"]


async def test_cards_that_cross_each_others_way_do_not_wait_for_ever(desk: Furnished, elsewhere: Elsewhere) -> None:
    """Each move locks both boards; in the order of the moves they would wait for each other."""

    async def there_and_back(card: CardSummary) -> None:
        for _ in range(4):
            await desk.send(cards.move_card(card.id, elsewhere.here()))
            await desk.send(cards.move_card(card.id, MoveCard(board_id=desk.board.id, column_id=desk.todo.id)))

    await asyncio.gather(*map(there_and_back, (desk.one, desk.two, desk.three, desk.four, desk.five)))
    assert sorted(await desk.titles(desk.todo)) == ["five", "one", "three", "two"]
    numbers = [card.number for card in (await desk.snapshot(archived=True)).cards]
    assert len(set(numbers)) == 5
    assert (await elsewhere.snapshot()).cards == []


async def _nothing_happened(desk: Furnished, elsewhere: Elsewhere) -> None:
    assert await desk.titles(desk.todo) == ["one", "two", "three"]
    assert (await elsewhere.snapshot()).cards == []


# --- copying ------------------------------------------------------------------------------------------------------------


async def test_a_copy_is_the_same_work_to_be_done_again(desk: Furnished) -> None:
    await desk.send(cards.update_card(desk.one.id, UpdateCard(completed=True)))
    original = await desk.send(cards.get_card(desk.one.id))
    copy = await desk.send(cards.copy_card(desk.one.id, CopyCard(column_id=desk.spare.id)))
    same = ("title", "description", "label_ids", "assignee_ids", "priority", "checklist_total", "attachment_count")
    assert [getattr(copy, name) for name in same] == [getattr(original, name) for name in same]
    assert (copy.completed, copy.checklist_done, copy.comment_count, copy.version) == (False, 0, 0, 1)
    assert (copy.number, copy.created_by) == (desk.five.number + 1, desk.member.user.id)
    assert copy == await desk.send(cards.get_card(copy.id))
    (steps,) = await desk.send(checklists.list_checklists(copy.id))
    assert [(item.text, item.done) for item in steps.items] == [("open", False), ("done", False)]
    assert steps.id != desk.checklist.id
    (file,) = await desk.send(attachments.list_attachments(copy.id))
    assert (file.filename, file.sha256) == ("notes.txt", desk.attachment.sha256)
    assert await desk.send(comments.list_comments(copy.id)) == []


async def test_a_copied_file_outlives_the_original(site: Site, desk: Furnished) -> None:
    copy = await desk.send(cards.copy_card(desk.one.id, CopyCard()))
    (file,) = await desk.send(attachments.list_attachments(copy.id))
    await desk.send(cards.delete_card(desk.one.id))
    answer = await raw(site.url, "GET", f"/attachments/{file.id}/content", token=desk.viewer.token)
    assert (answer.status, answer.body) == (200, b"a file\n")


async def test_an_original_comes_back_with_its_file_though_a_copy_took_that_along(
    site: Site, desk: Furnished, elsewhere: Elsewhere
) -> None:
    copy = await desk.send(cards.copy_card(desk.one.id, CopyCard()))
    await desk.send(cards.move_card(copy.id, elsewhere.here()))
    await desk.own(cards.delete_card(desk.one.id))
    await revert(desk, (await last_event(desk)).seq)
    answer = await raw(site.url, "GET", f"/attachments/{desk.attachment.id}/content", token=desk.viewer.token)
    assert (answer.status, answer.body) == (200, b"a file\n")


async def test_a_copy_goes_where_it_is_told_under_a_title_of_its_own(desk: Furnished) -> None:
    await desk.send(cards.copy_card(desk.one.id, CopyCard(title="again", after_id=desk.one.id)))
    await desk.send(cards.copy_card(await desk.ref(desk.four), CopyCard()))
    assert await desk.titles(desk.todo) == ["one", "again", "two", "three", "four"]


async def test_the_event_of_a_copy_names_the_original_on_the_same_board_only(desk: Furnished, elsewhere: Elsewhere) -> None:
    seq = (await desk.snapshot()).seq
    await desk.send(cards.copy_card(desk.one.id, CopyCard()))
    (made,) = await events_since(desk.member.client, desk.board.id, seq)
    assert isinstance(made.data, CardCreated)
    assert made.data.copy_of is not None
    assert (made.data.copy_of.id, made.data.copy_of.ref) == (desk.one.id, await desk.ref(desk.one))
    await desk.send(cards.copy_card(desk.one.id, CopyCard(board_id=elsewhere.board.id, column_id=elsewhere.column.id)))
    there = (await elsewhere.events())[-1]
    assert isinstance(there.data, CardCreated)
    assert (there.data.copy_of, there.data.card.label_ids) == (None, [elsewhere.bug.id])


async def test_a_copy_takes_a_place_as_a_new_card_does(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(wip_limit=3, wip_mode=WipMode.HARD)))
    with pytest.raises(Conflict, match="To do is full: its limit is 3"):
        await desk.send(cards.copy_card(desk.one.id, CopyCard()))
    with pytest.raises(Conflict, match="full"):
        await desk.send(cards.copy_card(desk.four.id, CopyCard()))
    assert await desk.titles(desk.todo) == ["one", "two", "three"]
