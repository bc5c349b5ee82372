"""The cases of copies, of cards that leave the board and come to it, and of one operation on many cards."""

from __future__ import annotations

from datetime import UTC, datetime

from rego.client import boards, cards, columns
from rego.wire.base import Position
from rego.wire.boards import CreateBoard
from rego.wire.cards import BulkCards, CardSummary, CopyCard, CreateCard, MoveCard, Priority, UpdateCards
from rego.wire.columns import CreateColumn
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.replay_cases import case


async def another_board(desk: Furnished) -> tuple[str, str]:
    """A board of the member's own, and its column."""
    board = await desk.send(boards.create_board(CreateBoard(title="Another")))
    return board.id, (await desk.send(columns.create_column(board.id, CreateColumn(title="There")))).id


async def _card_elsewhere(desk: Furnished) -> CardSummary:
    board_id, column_id = await another_board(desk)
    return await desk.send(cards.create_card(board_id, CreateCard(title="theirs", column_id=column_id)))


@case("POST /cards/{card}/copy", "card.created")
async def copy_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.copy_card(desk.one.id, CopyCard()))


@case("POST /cards/{card}/copy", "card.created")
async def copy_a_card_to_a_place(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.copy_card(desk.one.id, CopyCard(title="again", after_id=desk.five.id)))


@case("POST /cards/{card}/copy", "card.created")
async def copy_an_archived_card_below_itself(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.copy_card(desk.four.id, CopyCard(after_id=desk.four.id)))


@case("POST /cards/{card}/copy")
async def copy_a_card_to_another_board(desk: Furnished, _: Somebody) -> None:
    board_id, column_id = await another_board(desk)
    await desk.send(cards.copy_card(desk.one.id, CopyCard(board_id=board_id, column_id=column_id)))


@case("POST /cards/{card}/copy", "card.created")
async def copy_a_card_from_another_board(desk: Furnished, _: Somebody) -> None:
    theirs = await _card_elsewhere(desk)
    await desk.send(cards.copy_card(theirs.id, CopyCard(board_id=desk.board.id, before_id=desk.two.id)))


@case("POST /cards/{card}/move", "card.left")
async def move_a_card_to_another_board(desk: Furnished, _: Somebody) -> None:
    board_id, column_id = await another_board(desk)
    await desk.send(cards.move_card(desk.one.id, MoveCard(board_id=board_id, column_id=column_id)))


@case("POST /cards/{card}/move", "card.left", "card.arrived")
async def move_an_archived_card_to_another_board_and_back(desk: Furnished, _: Somebody) -> None:
    board_id, column_id = await another_board(desk)
    await desk.send(cards.move_card(desk.four.id, MoveCard(board_id=board_id, column_id=column_id)))
    await desk.send(cards.move_card(desk.four.id, MoveCard(board_id=desk.board.id, column_id=desk.spare.id)))


@case("POST /cards/{card}/move", "card.arrived")
async def move_a_card_here_from_another_board(desk: Furnished, _: Somebody) -> None:
    theirs = await _card_elsewhere(desk)
    await desk.send(cards.move_card(theirs.id, MoveCard(board_id=desk.board.id, after_id=desk.one.id)))


@case("POST /boards/{board_id}/cards/bulk", "card.moved", "card.moved", "card.moved")
async def move_many(desk: Furnished, _: Somebody) -> None:
    place = MoveCard(column_id=desk.doing.id, position=Position.TOP)
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=[desk.three.id, desk.one.id, desk.four.id], move=place)))


@case("POST /boards/{board_id}/cards/bulk", "card.left", "card.left")
async def move_many_to_another_board(desk: Furnished, _: Somebody) -> None:
    board_id, column_id = await another_board(desk)
    place = MoveCard(board_id=board_id, column_id=column_id)
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=[desk.one.id, desk.five.id], move=place)))


@case("POST /boards/{board_id}/cards/bulk", "card.archived", "card.archived", "card.restored", "card.restored")
async def archive_and_restore_many(desk: Furnished, _: Somebody) -> None:
    """The one that is archived already stays as it is."""
    card_ids = [desk.one.id, desk.four.id, desk.five.id]
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids, archive=True)))
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids[1:], archive=False)))


@case("POST /boards/{board_id}/cards/bulk", "card.updated", "card.updated")
async def complete_many(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=[desk.one.id, desk.four.id], complete=True)))


@case("POST /boards/{board_id}/cards/bulk", "card.updated", "card.updated", "card.updated")
async def change_many(desk: Furnished, _: Somebody) -> None:
    """The one that had no due date has nothing to lose."""
    card_ids = [desk.one.id, desk.two.id]
    fields = UpdateCards(due_at=datetime(2030, 1, 2, tzinfo=UTC), priority=Priority.HIGH)
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids, update=fields)))
    await desk.send(
        cards.bulk_cards(desk.board.id, BulkCards(card_ids=[card_ids[0], desk.five.id], update=UpdateCards(due_at=None)))
    )


@case("POST /boards/{board_id}/cards/bulk", "card.assigned", "card.unassigned", "card.unassigned")
async def assign_and_unassign_many(desk: Furnished, _: Somebody) -> None:
    card_ids, person = [desk.one.id, desk.two.id], desk.member.user.id
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids, assign=person)))
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids, unassign=person)))


@case("POST /boards/{board_id}/cards/bulk", "card.labelled", "card.unlabelled", "card.unlabelled")
async def label_and_unlabel_many(desk: Furnished, _: Somebody) -> None:
    card_ids = [desk.one.id, desk.two.id]
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids, label=desk.label.id)))
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids, unlabel=desk.label.id)))


@case(
    "POST /boards/{board_id}/cards/bulk",
    "card.updated",
    "card.unlabelled",
    "card.labelled",
    "card.unassigned",
    "card.updated",
    "card.labelled",
)
async def change_and_hang_on_many(desk: Furnished, _: Somebody) -> None:
    """What a card has already, or has not, is no change of it."""
    fields = UpdateCards(
        priority=Priority.LOW,
        add_label_ids=[desk.other_label.id],
        remove_label_ids=[desk.label.id],
        remove_assignee_ids=[desk.member.user.id],
    )
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=[desk.one.id, desk.two.id], update=fields)))


@case("POST /boards/{board_id}/cards/bulk", "card.deleted", "card.deleted", "card.deleted")
async def delete_many(desk: Furnished, _: Somebody) -> None:
    card_ids = [desk.one.id, desk.four.id, desk.five.id]
    await desk.send(cards.bulk_cards(desk.board.id, BulkCards(card_ids=card_ids, delete=True)))
