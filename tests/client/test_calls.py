"""Every call goes to the method and path of the HTTP contract, and no id can leave its place in a path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rego.client import (
    admin,
    attachments,
    auth,
    boards,
    cards,
    checklists,
    columns,
    comments,
    exports,
    imports,
    invitations,
    labels,
    system,
    tokens,
    users,
)
from rego.client.call import Call, path_of
from rego.client.files import FileUpload
from rego.client.landing import Landing
from rego.wire.admin import UpdateUser
from rego.wire.attachments import UpdateAttachment
from rego.wire.base import Role
from rego.wire.boards import AddMember, CreateBoard, UpdateBoard, UpdateMember
from rego.wire.cards import CardSummary, CreateCard, MoveCard, UpdateCard
from rego.wire.checklists import (
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego.wire.columns import Color, CreateColumn, MoveColumn, UpdateColumn
from rego.wire.comments import CreateComment, UpdateComment
from rego.wire.errors import InvalidInput
from rego.wire.invitations import CreateInvitation
from rego.wire.labels import CreateLabel, UpdateLabel
from rego.wire.tokens import CreateToken
from rego.wire.users import ChangePassword, Register, ResetPassword, UpdateMe

CALLS: list[tuple[Call[Any], str]] = [
    (auth.register(Register(email="a@b.example", username="ada", password="correct horse")), "POST /auth/register"),
    (auth.login("ada", "secret"), "POST /auth/login"),
    (auth.refresh("r"), "POST /auth/refresh"),
    (auth.logout(), "POST /auth/logout"),
    (auth.me(), "GET /auth/me"),
    (auth.update_me(UpdateMe(firstname="Ada")), "PATCH /auth/me"),
    (auth.change_password(ChangePassword(current_password="old", new_password="correct horse")), "POST /auth/change-password"),
    (auth.list_sessions(), "GET /auth/sessions"),
    (auth.revoke_session("s"), "DELETE /auth/sessions/s"),
    (tokens.list_tokens(), "GET /auth/tokens"),
    (tokens.create_token(CreateToken(name="ci")), "POST /auth/tokens"),
    (tokens.revoke_token("t"), "DELETE /auth/tokens/t"),
    (auth.forgot_password("a@b.example"), "POST /auth/forgot-password"),
    (auth.reset_password(ResetPassword(token="t", password="correct horse")), "POST /auth/reset-password"),
    (auth.request_verification("a@b.example"), "POST /auth/request-verify-token"),
    (auth.verify("t"), "POST /auth/verify"),
    (auth.create_ticket("b"), "POST /auth/ws-ticket"),
    (users.get_profile("u"), "GET /users/u"),
    (admin.list_users(), "GET /admin/users"),
    (admin.update_user("u", UpdateUser(is_active=False)), "PATCH /admin/users/u"),
    (admin.reset_password("u"), "POST /admin/users/u/reset-password"),
    (invitations.list_invitations("b"), "GET /boards/b/invitations"),
    (invitations.create_invitation("b", CreateInvitation(role=Role.MEMBER)), "POST /boards/b/invitations"),
    (invitations.revoke_invitation("b", "i"), "DELETE /boards/b/invitations/i"),
    (invitations.accept_invitation("t"), "POST /invitations/accept"),
    (boards.list_boards(), "GET /boards"),
    (boards.create_board(CreateBoard(title="Ops")), "POST /boards"),
    (boards.get_board("b"), "GET /boards/b"),
    (boards.update_board("b", UpdateBoard(title="Ops")), "PATCH /boards/b"),
    (boards.delete_board("b"), "DELETE /boards/b"),
    (boards.get_snapshot("b"), "GET /boards/b/snapshot"),
    (boards.list_events("b"), "GET /boards/b/events"),
    (boards.get_presence("b"), "GET /boards/b/presence"),
    (boards.list_glances(), "GET /boards/glances"),
    (boards.list_members("b"), "GET /boards/b/members"),
    (boards.add_member("b", AddMember(username="ben", role=Role.MEMBER)), "POST /boards/b/members"),
    (boards.update_member("b", "u", UpdateMember(role=Role.VIEWER)), "PATCH /boards/b/members/u"),
    (boards.remove_member("b", "u"), "DELETE /boards/b/members/u"),
    (columns.list_columns("b"), "GET /boards/b/columns"),
    (columns.create_column("b", CreateColumn(title="Doing")), "POST /boards/b/columns"),
    (columns.get_column("c"), "GET /columns/c"),
    (columns.update_column("c", UpdateColumn(title="Doing")), "PATCH /columns/c"),
    (columns.delete_column("c"), "DELETE /columns/c"),
    (columns.move_column("c", MoveColumn()), "POST /columns/c/move"),
    (cards.list_cards("b"), "GET /boards/b/cards"),
    (cards.search("bug"), "GET /search"),
    (cards.create_card("b", CreateCard(title="Write", column_id="c")), "POST /boards/b/cards"),
    (cards.get_card("OPS-12"), "GET /cards/OPS-12"),
    (cards.update_card("k", UpdateCard(completed=True)), "PATCH /cards/k"),
    (cards.delete_card("k"), "DELETE /cards/k"),
    (cards.move_card("k", MoveCard()), "POST /cards/k/move"),
    (cards.assign_card("k", "u"), "PUT /cards/k/assignees/u"),
    (cards.unassign_card("k", "u"), "DELETE /cards/k/assignees/u"),
    (cards.label_card("k", "l"), "PUT /cards/k/labels/l"),
    (cards.unlabel_card("k", "l"), "DELETE /cards/k/labels/l"),
    (labels.list_labels("b"), "GET /boards/b/labels"),
    (labels.create_label("b", CreateLabel(name="bug", color=Color.RED)), "POST /boards/b/labels"),
    (labels.update_label("l", UpdateLabel(name="bug")), "PATCH /labels/l"),
    (labels.delete_label("l"), "DELETE /labels/l"),
    (attachments.list_attachments("OPS-12"), "GET /cards/OPS-12/attachments"),
    (attachments.create_attachment("k", FileUpload.of_bytes(b"x", "x.txt")), "POST /cards/k/attachments"),
    (attachments.get_attachment("a"), "GET /attachments/a"),
    (attachments.update_attachment("a", UpdateAttachment(filename="y.txt")), "PATCH /attachments/a"),
    (attachments.delete_attachment("a"), "DELETE /attachments/a"),
    (attachments.get_attachment_content("a", Landing(Path("x.txt"))), "GET /attachments/a/content"),
    (checklists.list_checklists("k"), "GET /cards/k/checklists"),
    (checklists.create_checklist("k", CreateChecklist(title="Steps")), "POST /cards/k/checklists"),
    (checklists.update_checklist("x", UpdateChecklist(title="Stages")), "PATCH /checklists/x"),
    (checklists.move_checklist("x", MoveChecklist()), "POST /checklists/x/move"),
    (checklists.delete_checklist("x"), "DELETE /checklists/x"),
    (checklists.create_checklist_item("x", CreateChecklistItem(text="step")), "POST /checklists/x/items"),
    (checklists.update_checklist_item("i", UpdateChecklistItem(done=True)), "PATCH /checklist-items/i"),
    (checklists.move_checklist_item("i", MoveChecklistItem()), "POST /checklist-items/i/move"),
    (checklists.delete_checklist_item("i"), "DELETE /checklist-items/i"),
    (comments.list_comments("k"), "GET /cards/k/comments"),
    (comments.create_comment("k", CreateComment(text="Good")), "POST /cards/k/comments"),
    (comments.update_comment("o", UpdateComment(text="Better")), "PATCH /comments/o"),
    (comments.delete_comment("o"), "DELETE /comments/o"),
    (imports.import_board("trello", b"{}"), "POST /boards/import"),
    (exports.export_board("b"), "GET /boards/b/export"),
    (system.health(), "GET /health"),
]


@pytest.mark.parametrize(("call", "route"), CALLS, ids=[route for _, route in CALLS])
def test_a_call_goes_where_the_contract_says(call: Call[Any], route: str) -> None:
    assert f"{call.method} {call.path}" == route


def test_only_calls_before_a_login_and_health_go_without_a_token() -> None:
    open_routes = {route for call, route in CALLS if not call.authenticated}
    before_a_login = {"register", "login", "refresh", "forgot-password", "reset-password", "request-verify-token", "verify"}
    assert open_routes == {"GET /health", *(f"POST /auth/{name}" for name in before_a_login)}


def test_deleting_a_thing_leaves_nothing_to_read() -> None:
    things = {call.path: call.returns for call, route in CALLS if route.startswith("DELETE")}
    off_a_card = {things.pop("/cards/k/assignees/u"), things.pop("/cards/k/labels/l")}
    assert set(things.values()) == {None}
    assert off_a_card == {CardSummary}


def test_optional_parameters_stand_in_the_query_only_when_given() -> None:
    assert boards.get_snapshot("b").query == {}
    assert boards.get_snapshot("b", archived=True).query == {"archived": "true"}
    assert boards.list_events("b", since=0, limit=5, order="desc").query == {"since": "0", "limit": "5", "order": "desc"}
    assert cards.list_cards("b", column_id="c", archived=True, limit=9).query == {
        "archived": "true",
        "column_id": "c",
        "limit": "9",
    }
    assert cards.list_cards("b", q="due<3d", utc_offset=-60).query == {"q": "due<3d", "utc_offset": "-60"}
    assert cards.search("").query == {"q": ""}
    assert admin.list_users().query == {}
    assert admin.list_users("ada", limit=9).query == {"name": "ada", "limit": "9"}
    assert imports.import_board("rego", b"").query == {"format": "rego"}


@pytest.mark.parametrize(
    ("piece", "path"),
    [("a/b", "/cards/a%2Fb"), ("a?b#c", "/cards/a%3Fb%23c"), ("../x", "/cards/..%2Fx"), ("Ä \n", "/cards/%C3%84%20%0A")],
)
def test_a_reference_stays_one_piece_of_the_path(piece: str, path: str) -> None:
    assert cards.get_card(piece).path == path


@pytest.mark.parametrize("piece", ["", ".", "..", "\udcff"])
def test_what_cannot_be_a_piece_of_a_path_is_refused(piece: str) -> None:
    with pytest.raises(InvalidInput):
        path_of("cards", piece)
