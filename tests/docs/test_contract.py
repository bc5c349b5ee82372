"""The promised endpoints are there, and each is documented; what is there beyond the promise is named too."""

from __future__ import annotations

import pytest

from rego_server.app import TABLES
from tests.docs.endpoints import page

CONTRACT = (
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/cookie/login",
    "POST /auth/cookie/logout",
    "POST /auth/logout",
    "GET /auth/me",
    "PATCH /auth/me",
    "POST /auth/change-password",
    "POST /auth/forgot-password",
    "POST /auth/reset-password",
    "POST /auth/request-verify-token",
    "POST /auth/verify",
    "GET /auth/sessions",
    "DELETE /auth/sessions/{session_id}",
    "GET /auth/tokens",
    "POST /auth/tokens",
    "DELETE /auth/tokens/{token_id}",
    "POST /auth/ws-ticket",
    "GET /users/{user_id}",
    "GET /boards",
    "POST /boards",
    "GET /boards/{board_id}",
    "PATCH /boards/{board_id}",
    "DELETE /boards/{board_id}",
    "GET /boards/{board_id}/snapshot",
    "GET /boards/{board_id}/events",
    "GET /boards/{board_id}/presence",
    "GET /boards/{board_id}/members",
    "POST /boards/{board_id}/members",
    "PATCH /boards/{board_id}/members/{user_id}",
    "DELETE /boards/{board_id}/members/{user_id}",
    "GET /boards/{board_id}/invitations",
    "POST /boards/{board_id}/invitations",
    "DELETE /boards/{board_id}/invitations/{invitation_id}",
    "POST /invitations/accept",
    "GET /boards/{board_id}/columns",
    "POST /boards/{board_id}/columns",
    "GET /columns/{column_id}",
    "PATCH /columns/{column_id}",
    "DELETE /columns/{column_id}",
    "POST /columns/{column_id}/move",
    "POST /cards/{card}/move",
    "POST /checklists/{checklist_id}/move",
    "POST /checklist-items/{item_id}/move",
    "GET /boards/{board_id}/cards",
    "POST /boards/{board_id}/cards",
    "GET /cards/{card}",
    "PATCH /cards/{card}",
    "DELETE /cards/{card}",
    "POST /cards/{card}/copy",
    "PUT /cards/{card}/assignees/{user_id}",
    "DELETE /cards/{card}/assignees/{user_id}",
    "PUT /cards/{card}/labels/{label_id}",
    "DELETE /cards/{card}/labels/{label_id}",
    "POST /boards/{board_id}/cards/bulk",
    "GET /boards/{board_id}/labels",
    "POST /boards/{board_id}/labels",
    "PATCH /labels/{label_id}",
    "DELETE /labels/{label_id}",
    "GET /cards/{card}/checklists",
    "POST /cards/{card}/checklists",
    "PATCH /checklists/{checklist_id}",
    "DELETE /checklists/{checklist_id}",
    "POST /checklists/{checklist_id}/items",
    "PATCH /checklist-items/{item_id}",
    "DELETE /checklist-items/{item_id}",
    "GET /cards/{card}/comments",
    "POST /cards/{card}/comments",
    "PATCH /comments/{comment_id}",
    "DELETE /comments/{comment_id}",
    "GET /cards/{card}/attachments",
    "POST /cards/{card}/attachments",
    "GET /attachments/{attachment_id}",
    "PATCH /attachments/{attachment_id}",
    "DELETE /attachments/{attachment_id}",
    "GET /attachments/{attachment_id}/content",
    "GET /boards/{board_id}/automations",
    "POST /boards/{board_id}/automations",
    "GET /automations/{automation_id}",
    "PATCH /automations/{automation_id}",
    "DELETE /automations/{automation_id}",
    "POST /automations/{automation_id}/test",
    "GET /automations/{automation_id}/runs",
    "POST /boards/{board_id}/events/{seq}/revert",
    "GET /search",
    "GET /boards/{board_id}/export",
    "POST /boards/import",
    "GET /health",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.json",
    "GET /docs",
)
"""What every client may rely on, apart from the socket. An endpoint that is here never goes away."""

BEYOND = (
    "GET /admin/users",
    "PATCH /admin/users/{user_id}",
    "POST /admin/users/{user_id}/reset-password",
    "GET /boards/glances",
    "GET /boards/{board_id}/activity",
    "POST /boards/{board_id}/cards/claim",
    "DELETE /cards/{card}/claim",
    "GET /docs/{asset}",
    "GET /invite",
)
"""What is there besides, and may still change."""

THERE = [f"{route.method} {route.path}" for table in TABLES for route in table.routes]


def test_what_is_promised_is_there_and_what_is_there_is_known() -> None:
    assert sorted(THERE) == sorted([*CONTRACT, *BEYOND])


@pytest.mark.parametrize("endpoint", CONTRACT)
def test_what_is_promised_is_documented(endpoint: str) -> None:
    assert f"\n### {endpoint}\n" in page()
