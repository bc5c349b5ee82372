"""The cases of what hangs on cards: people, labels, checklists and comments."""

from __future__ import annotations

from rego.client import boards, cards, checklists, comments
from rego.wire.base import Position
from rego.wire.cards import ClaimCard
from rego.wire.checklists import (
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego.wire.comments import CreateComment, UpdateComment
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.replay_cases import case


@case("PUT /cards/{card}/assignees/{user_id}", "card.assigned")
async def assign(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.assign_card(desk.one.id, desk.owner.user.id))


@case("PUT /cards/{card}/assignees/{user_id}")
async def assign_again(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.assign_card(desk.one.id, desk.member.user.id))


@case("DELETE /cards/{card}/assignees/{user_id}", "card.unassigned")
async def unassign(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.unassign_card(desk.one.id, desk.member.user.id))


@case("DELETE /boards/{board_id}/members/{user_id}", "card.assigned", "card.assigned", "member.removed")
async def remove_a_member_who_is_on_cards(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.assign_card(desk.two.id, desk.viewer.user.id))
    await desk.send(cards.assign_card(desk.four.id, desk.viewer.user.id))
    await desk.own(boards.remove_member(desk.board.id, desk.viewer.user.id))


@case("DELETE /cards/{card}/assignees/{user_id}", "member.removed")
async def unassign_somebody_who_left(desk: Furnished, _: Somebody) -> None:
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    await desk.own(cards.unassign_card(desk.one.id, desk.member.user.id))


@case("POST /boards/{board_id}/cards/claim", "card.claimed")
async def claim_the_next_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.claim_card(desk.board.id, ClaimCard()))


@case("POST /boards/{board_id}/cards/claim", "card.claimed", "card.claimed")
async def claim_a_card_and_keep_it_for_longer(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.claim_card(desk.board.id, ClaimCard(card=desk.two.id)))
    await desk.send(cards.claim_card(desk.board.id, ClaimCard(card=desk.two.id)))


@case("DELETE /cards/{card}/claim", "card.claimed", "card.unassigned")
async def release_a_claimed_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.claim_card(desk.board.id, ClaimCard(card=desk.two.id)))
    await desk.send(cards.release_card(desk.two.id))


@case("DELETE /cards/{card}/claim")
async def release_a_card_that_nobody_claimed(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.release_card(desk.one.id))


@case("PUT /cards/{card}/labels/{label_id}", "card.labelled")
async def put_a_label_on(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.label_card(desk.one.id, desk.other_label.id))


@case("PUT /cards/{card}/labels/{label_id}", "card.labelled")
async def put_a_label_on_an_archived_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.label_card(desk.four.id, desk.label.id))


@case("DELETE /cards/{card}/labels/{label_id}", "card.unlabelled")
async def take_a_label_off(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.unlabel_card(desk.one.id, desk.label.id))


@case("DELETE /cards/{card}/labels/{label_id}")
async def take_a_label_off_that_is_not_on(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.unlabel_card(desk.one.id, desk.other_label.id))


@case("POST /cards/{card}/checklists", "checklist.created")
async def create_a_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))


@case("POST /cards/{card}/checklists", "checklist.created")
async def create_a_checklist_above_another(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="First", before_id=desk.checklist.id)))


@case("PATCH /checklists/{checklist_id}", "checklist.updated")
async def rename_a_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.update_checklist(desk.checklist.id, UpdateChecklist(title="Stages")))


@case("POST /checklists/{checklist_id}/move", "checklist.created", "checklist.moved")
async def move_a_checklist(desk: Furnished, _: Somebody) -> None:
    more = await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))
    await desk.send(checklists.move_checklist(more.id, MoveChecklist(position=Position.TOP)))


@case("POST /checklists/{checklist_id}/move")
async def move_a_checklist_to_where_it_is(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.move_checklist(desk.checklist.id, MoveChecklist()))


@case("DELETE /checklists/{checklist_id}", "checklist.deleted")
async def delete_a_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.delete_checklist(desk.checklist.id))


@case("POST /checklists/{checklist_id}/items", "checklist_item.created")
async def create_an_item(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.create_checklist_item(desk.checklist.id, CreateChecklistItem(text="third")))


@case("POST /checklist-items/{item_id}/move", "checklist_item.moved")
async def move_an_item(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.move_checklist_item(desk.open_item.id, MoveChecklistItem(after_id=desk.done_item.id)))


@case("POST /checklist-items/{item_id}/move", "checklist.created", "checklist_item.moved")
async def move_an_item_to_another_checklist(desk: Furnished, _: Somebody) -> None:
    more = await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))
    await desk.send(checklists.move_checklist_item(desk.done_item.id, MoveChecklistItem(checklist_id=more.id)))


@case("PATCH /checklist-items/{item_id}", "checklist_item.updated")
async def tick_an_item(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(done=True)))


@case("PATCH /checklist-items/{item_id}", "checklist_item.updated")
async def untick_and_assign_an_item(desk: Furnished, _: Somebody) -> None:
    body = UpdateChecklistItem(done=False, assignee_id=desk.member.user.id, text="again")
    await desk.send(checklists.update_checklist_item(desk.done_item.id, body))


@case("DELETE /checklist-items/{item_id}", "checklist_item.deleted")
async def delete_a_done_item(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.delete_checklist_item(desk.done_item.id))


@case("DELETE /checklist-items/{item_id}", "checklist_item.deleted")
async def delete_an_open_item(desk: Furnished, _: Somebody) -> None:
    await desk.send(checklists.delete_checklist_item(desk.open_item.id))


@case("POST /cards/{card}/comments", "comment.created")
async def comment_on_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(comments.create_comment(desk.one.id, CreateComment(text="Yes")))


@case("DELETE /comments/{comment_id}", "comment.deleted")
async def delete_a_comment(desk: Furnished, _: Somebody) -> None:
    await desk.own(comments.delete_comment(desk.comment.id))


@case("PATCH /comments/{comment_id}", "comment.updated")
async def change_a_comment(desk: Furnished, _: Somebody) -> None:
    text = f"See @{desk.member.user.username}"
    await desk.own(comments.update_comment(desk.comment.id, UpdateComment(text=text)))


@case("PATCH /comments/{comment_id}")
async def change_nothing_of_a_comment(desk: Furnished, _: Somebody) -> None:
    await desk.own(comments.update_comment(desk.comment.id, UpdateComment(text=desk.comment.text)))
