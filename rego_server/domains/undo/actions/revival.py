"""Bringing a deleted card back, under its id and number, with all that hung on it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from rego.wire import events as e
from rego.wire.events import Event
from rego_server.core.uow import UnitOfWork
from rego_server.domains.attachments.models import attachments
from rego_server.domains.cards import queries
from rego_server.domains.cards.belongings import attach
from rego_server.domains.cards.remains import Remains, find_remains, hang_again
from rego_server.domains.undo.actions.attachments import claim_contents
from rego_server.domains.undo.actions.cards import free_rank, room_in


async def card_deleted(uow: UnitOfWork, event: Event, data: e.CardDeleted) -> None:
    """To its old place; labels, people and files are on it again as far as the board still has them."""
    remains = await find_remains(uow, event.board_id, event.seq) or _as_told(data)
    place = e.CardPlace(column_id=data.card.column_id, column_title="of this card", rank=data.card.rank)
    target = await room_in(uow, place, None, archived=remains.card["archived"])
    rank = await free_rank(uow, event.board_id, place, None)
    row = {**remains.card, **await _belongings(uow, event.board_id, remains.card), "rank": rank}
    row["attachment_count"] = await _keep_files(uow, remains)
    row |= {"version": row["version"] + 1, "updated_at": uow.now, "updated_by": uow.author_id}
    uow.write(queries.ADD, **row)
    await attach(uow, row)
    await hang_again(uow, remains)
    uow.emit(
        event.board_id,
        e.CardCreated(
            card=queries.summary_of(row),
            ref=data.ref,
            column_title=target["target_title"],
            description=row["description"],
        ),
    )


async def _belongings(uow: UnitOfWork, board_id: str, card: dict[str, Any]) -> dict[str, list[str]]:
    """The card's labels and people that are on the board today."""
    found = {}
    for name, among in (("label_ids", queries.LABELS_AMONG), ("assignee_ids", queries.MEMBERS_AMONG)):
        rows = await uow.fetch(among, board_id=board_id, ids=card[name])
        found[name] = sorted(row["id"] for row in rows)
    return found


async def _keep_files(uow: UnitOfWork, remains: Remains) -> int:
    """Pass over the files whose content is not kept any more; how many there are then."""
    files = remains.hanging.get(attachments.name, [])
    kept = await claim_contents(uow, [file["blob_id"] for file in files])
    remains.hanging[attachments.name] = [file for file in files if file["blob_id"] in kept]
    return len(kept)


def _as_told(data: e.CardDeleted) -> Remains:
    """The card as its event tells of it, for one that was deleted before anything else was kept."""
    lost = {"checklist_done": 0, "checklist_total": 0, "comment_count": 0, "attachment_count": 0}
    return Remains({**asdict(data.card), **lost, "description": data.description, "field_versions": {}})
