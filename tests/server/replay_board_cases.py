"""The cases about columns, the board itself, its labels and its people."""

from __future__ import annotations

from rego.client import boards, cards, columns, history, invitations, labels
from rego.wire.base import Position, Role
from rego.wire.boards import AddMember, UpdateBoard, UpdateMember
from rego.wire.columns import Color, CreateColumn, MoveColumn, UpdateColumn, WipMode
from rego.wire.invitations import CreateInvitation
from rego.wire.labels import CreateLabel, UpdateLabel
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.replay_cases import case

# --- columns ------------------------------------------------------------------------------------------------------------


@case("POST /boards/{board_id}/columns", "column.created")
async def create_a_column(desk: Furnished, _: Somebody) -> None:
    body = CreateColumn(title="New", wip_limit=3, wip_mode=WipMode.HARD, done=True, color=Color.LIME)
    await desk.send(columns.create_column(desk.board.id, body))


@case("POST /boards/{board_id}/columns", "column.created")
async def create_a_column_between_others(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.create_column(desk.board.id, CreateColumn(title="New", after_id=desk.todo.id)))


@case("PATCH /columns/{column_id}", "column.updated")
async def change_a_column(desk: Furnished, _: Somebody) -> None:
    body = UpdateColumn(title="Renamed", wip_limit=2, wip_mode=WipMode.HARD, done=True, color=Color.SKY)
    await desk.send(columns.update_column(desk.todo.id, body))


@case("PATCH /columns/{column_id}", "column.updated", "column.updated")
async def clear_a_columns_fields(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(wip_limit=2, color=Color.SKY)))
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(wip_limit=None, color=None)))


@case("PATCH /columns/{column_id}", "column.updated", "column.updated")
async def archive_and_restore_a_column(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(archived=True, title="Away")))
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(archived=False)))


@case("PATCH /columns/{column_id}", "column.updated")
async def archive_a_column(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.update_column(desk.todo.id, UpdateColumn(archived=True)))


@case("POST /columns/{column_id}/move", "column.moved")
async def move_a_column_to_the_left(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.move_column(desk.spare.id, MoveColumn(position=Position.TOP)))


@case("POST /columns/{column_id}/move", "column.moved")
async def move_a_column_to_the_right(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.move_column(desk.todo.id, MoveColumn()))


@case("POST /columns/{column_id}/move", "column.moved")
async def move_a_column_between(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.move_column(desk.spare.id, MoveColumn(before_id=desk.doing.id)))


@case("POST /columns/{column_id}/move")
async def move_a_column_to_where_it_is(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.move_column(desk.doing.id, MoveColumn(after_id=desk.todo.id)))


@case("DELETE /columns/{column_id}", "column.deleted")
async def delete_a_column(desk: Furnished, _: Somebody) -> None:
    await desk.send(columns.delete_column(desk.spare.id))


# --- the board, its labels and its people -------------------------------------------------------------------------------


@case("PATCH /boards/{board_id}", "board.updated")
async def change_the_board(desk: Furnished, _: Somebody) -> None:
    await desk.own(boards.update_board(desk.board.id, UpdateBoard(title="Renamed", description="", archived=True)))


@case("POST /boards/{board_id}/labels", "label.created")
async def create_a_label(desk: Furnished, _: Somebody) -> None:
    await desk.send(labels.create_label(desk.board.id, CreateLabel(name="", color=Color.PINK)))


@case("PATCH /labels/{label_id}", "label.updated")
async def change_a_label(desk: Furnished, _: Somebody) -> None:
    await desk.send(labels.update_label(desk.label.id, UpdateLabel(name="defect", color=Color.ORANGE)))


@case("DELETE /labels/{label_id}", "card.labelled", "card.labelled", "label.deleted")
async def delete_a_label_that_cards_carry(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.label_card(desk.two.id, desk.label.id))
    await desk.send(cards.label_card(desk.four.id, desk.label.id))
    await desk.send(labels.delete_label(desk.label.id))


@case("POST /boards/{board_id}/members", "member.added")
async def add_a_member(desk: Furnished, newcomer: Somebody) -> None:
    body = AddMember(role=Role.MEMBER, username=newcomer.user.username)
    await desk.own(boards.add_member(desk.board.id, body))


@case("POST /boards/{board_id}/invitations", "invitation.created")
async def invite(desk: Furnished, _: Somebody) -> None:
    await desk.own(invitations.create_invitation(desk.board.id, CreateInvitation(role=Role.MEMBER, email="x@example.com")))


@case("DELETE /boards/{board_id}/invitations/{invitation_id}", "invitation.created", "invitation.revoked")
async def revoke_an_invitation(desk: Furnished, _: Somebody) -> None:
    made = await desk.own(invitations.create_invitation(desk.board.id, CreateInvitation(role=Role.MEMBER)))
    await desk.own(invitations.revoke_invitation(desk.board.id, made.id))


@case("POST /invitations/accept", "invitation.created", "member.added")
async def accept_an_invitation(desk: Furnished, newcomer: Somebody) -> None:
    made = await desk.own(invitations.create_invitation(desk.board.id, CreateInvitation(role=Role.MEMBER)))
    await newcomer.client.send(invitations.accept_invitation(made.token))


@case("POST /invitations/accept", "invitation.created", "member.updated")
async def accept_a_higher_role(desk: Furnished, _: Somebody) -> None:
    made = await desk.own(invitations.create_invitation(desk.board.id, CreateInvitation(role=Role.OWNER)))
    await desk.viewer.client.send(invitations.accept_invitation(made.token))


@case("POST /invitations/accept", "invitation.created")
async def accept_what_one_has(desk: Furnished, _: Somebody) -> None:
    made = await desk.own(invitations.create_invitation(desk.board.id, CreateInvitation(role=Role.VIEWER)))
    await desk.send(invitations.accept_invitation(made.token))


@case("PATCH /boards/{board_id}/members/{user_id}", "member.updated")
async def change_a_role(desk: Furnished, _: Somebody) -> None:
    await desk.own(boards.update_member(desk.board.id, desk.viewer.user.id, UpdateMember(role=Role.OWNER)))


@case("DELETE /boards/{board_id}/members/{user_id}", "member.removed")
async def remove_a_member(desk: Furnished, _: Somebody) -> None:
    await desk.own(boards.remove_member(desk.board.id, desk.viewer.user.id))


@case("DELETE /boards/{board_id}/members/{user_id}", "member.removed")
async def leave(desk: Furnished, _: Somebody) -> None:
    await desk.send(boards.remove_member(desk.board.id, desk.member.user.id))


# --- undo, of which every kind is in undo_cases.py ----------------------------------------------------------------------


@case("POST /boards/{board_id}/events/{seq}/revert", "card.deleted", "card.created")
async def delete_a_card_and_take_it_back(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.delete_card(desk.one.id))
    (deleted,) = await desk.send(boards.list_events(desk.board.id, order="desc", limit=1))
    await desk.send(history.revert_event(desk.board.id, deleted.seq))
