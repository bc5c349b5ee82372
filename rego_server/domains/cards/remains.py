"""What a deleted card leaves behind: its row and all rows that hung on it, kept beside the event that says so.

They stand in no event, because a card may have a thousand comments, and an event goes to everybody who looks at the board.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Select, Table, bindparam, insert, select

from rego.wire.base import to_json
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id, Timestamp
from rego_server.core.uow import UnitOfWork
from rego_server.domains.attachments.models import attachments
from rego_server.domains.cards.models import card_remains, cards
from rego_server.domains.checklists.models import checklist_items, checklists
from rego_server.domains.comments.models import comments

_CARD_ID = bindparam("card_id", type_=Id)

HANGING: dict[Table, Select[Any]] = {
    checklists: select(checklists).where(checklists.c.card_id == _CARD_ID),
    checklist_items: select(checklist_items)
    .select_from(checklist_items.join(checklists, checklists.c.id == checklist_items.c.checklist_id))
    .where(checklists.c.card_id == _CARD_ID),
    comments: select(comments).where(comments.c.card_id == _CARD_ID),
    attachments: select(attachments).where(attachments.c.card_id == _CARD_ID),
}
"""Every table whose rows end with their card, parents first, and those rows. Labels and people stand in the card's own row."""

READ = {table: Statement(rows) for table, rows in HANGING.items()}
ADD = {table: Statement(insert(table)) for table in HANGING}
_ADD_REMAINS = Statement(insert(card_remains))
_GET_REMAINS = Statement(
    select(card_remains.c.content).where(
        card_remains.c.board_id == bindparam("board_id", type_=Id), card_remains.c.seq == bindparam("seq")
    )
)


class Remains(Struct):
    """A card's row, and by table the rows that hung on it, as they were."""

    card: dict[str, Any]
    hanging: dict[str, list[dict[str, Any]]] = {}


async def remains_of(uow: UnitOfWork, row: Row) -> Remains:
    """What there is of the card in `row`, which was entered to be deleted; what it does not have is not asked for."""
    hangs = {
        checklists: row["has_checklists"],
        checklist_items: row["checklist_total"],
        comments: row["comment_count"],
        attachments: row["attachment_count"],
    }
    found = {
        str(table.name): [dict(r) for r in await uow.fetch(READ[table], card_id=row["id"])] for table in HANGING if hangs[table]
    }
    return Remains({name: row[name] for name in _kinds(cards)}, found)


def keep_remains(uow: UnitOfWork, board_id: str, remains: Remains) -> None:
    """Keep `remains` beside the event that was just emitted, for as long as the log keeps that."""
    content = to_json(remains).decode()
    uow.write(_ADD_REMAINS, board_id=board_id, seq=uow.heads[board_id].seq, content=content)


async def find_remains(uow: UnitOfWork, board_id: str, seq: int) -> Remains | None:
    """What is kept beside the event `seq`: nothing when the card was deleted by a Rego that kept nothing."""
    row = await uow.fetch_one(_GET_REMAINS, board_id=board_id, seq=seq)
    if row is None:
        return None
    found = msgspec.json.decode(row["content"], type=Remains)
    found.card = _as_stored(cards, found.card)
    return found


async def hang_again(uow: UnitOfWork, remains: Remains) -> None:
    """Bring back the rows that hung on a card whose own row is back."""
    for table in HANGING:
        await uow.write_many(ADD[table], [_as_stored(table, row) for row in remains.hanging.get(table.name, ())])


def _as_stored(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """`row` as the database had it, JSON knowing no moments; a column that came later is empty."""
    return {name: _value(kind, row.get(name)) for name, kind in _kinds(table).items()}


def _kinds(table: Table) -> dict[str, object]:
    # SQLAlchemy's names are a subclass of str, which msgspec takes for no field's name.
    return {str(column.name): column.type for column in table.c}


def _value(kind: object, value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(kind, Timestamp) and value is not None else value
