"""Labels, and the cards that carry them."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select, update

from rego.wire.columns import Color
from rego.wire.labels import Label
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id, Json
from rego_server.core.patch import stamps
from rego_server.domains.access.policy import entrance, on_board
from rego_server.domains.cards.models import card_labels, cards
from rego_server.domains.labels.models import labels

_LABEL_ID = bindparam("label_id", type_=Id)

ENTER = entrance([labels], on_board(labels), labels.c.id == _LABEL_ID)
OF_BOARD = Statement(select(labels).where(labels.c.board_id == bindparam("board_id", type_=Id)).order_by(labels.c.id))
CARRIERS = Statement(
    select(cards.c.id, cards.c.label_ids)
    .select_from(card_labels.join(cards, cards.c.id == card_labels.c.card_id))
    .where(card_labels.c.label_id == _LABEL_ID)
    .order_by(cards.c.id)
)

ADD = Statement(insert(labels))
DELETE = Statement(delete(labels).where(labels.c.id == bindparam("row_id", type_=Id)))
SET_LABELS = Statement(
    update(cards).where(cards.c.id == bindparam("row_id", type_=Id)).values(label_ids=bindparam("label_ids", type_=Json))
)


def label_of(row: Row) -> Label:
    """The label in `row`."""
    return Label(**stamps(row), name=row["name"], color=Color(row["color"]))
