"""`/boards/{id}/cards/bulk`: one operation on many cards, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.cards import BulkCards, CardSummary
from rego_server.domains.attachments.routes import DEPOT
from rego_server.domains.bulk import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("POST", "/boards/{board_id}/cards/bulk", needs=Role.MEMBER)
async def bulk_cards(request: Request, body: BulkCards) -> Sequence[CardSummary]:
    """Move, archive, complete, assign, label or delete many cards at once, or none when one of them refuses."""
    return await request.run(actions.bulk_cards, request.id("board_id"), body, request.http.app[DEPOT].board_max_mb)
