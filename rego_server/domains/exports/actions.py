"""Writing a board to a file, in one consistent state and with little memory. It changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import BinaryIO, NamedTuple

from rego.wire.errors import Unavailable
from rego.wire.imports import ExportFormat, Plan
from rego_server.core.db import Row
from rego_server.core.uow import Reading
from rego_server.domains.access.policy import look
from rego_server.domains.automations import queries as automations
from rego_server.domains.columns import queries as columns
from rego_server.domains.exports import planning, queries
from rego_server.domains.exports.formats import WRITERS, Writer
from rego_server.domains.imports.rule_keys import Meanings
from rego_server.domains.labels import queries as labels

PAGE = 100
"""Cards that are in memory at once; each may have a description of 128 Ki characters."""

BEFORE_ALL_RANKS = -1


class Export(NamedTuple):
    """A file without a name on disk, ready to be read from its start; `key` is the board's."""

    file: BinaryIO
    key: str


async def write_export(reading: Reading, board_id: str, wanted: ExportFormat) -> Export:
    """The board as a file. It is written before it is sent, so that no slow reader holds a database connection.

    Raises `Unavailable` when the server's disk has no room for it.
    """
    board = await look(reading, queries.BOARD, board_id=board_id)
    writer = WRITERS[wanted]()
    column_rows = await reading.fetch(columns.OF_BOARD, board_id=board_id)
    plan, cards = await _head(reading, board, column_rows)
    with ExitStack() as stack:
        try:
            # Plain writes to a file that is never flushed to disk: they cost the event loop less than a hop to a thread.
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(writer.begin(plan))
            await _write_cards(reading, file, writer, column_rows, cards)
            file.write(writer.end())
            file.seek(0)
        except OSError as error:
            raise Unavailable("The server has no room to write the export; its disk may be full.") from error
        stack.pop_all()
    return Export(file, board["key"])


async def _head(reading: Reading, board: Row, column_rows: Sequence[Row]) -> tuple[Plan, planning.Cards]:
    """The board without its cards, and what makes those."""
    people, planned_people = planning.planned_people(await reading.fetch(queries.PEOPLE, board_id=board["id"]))
    label_keys, planned_labels = planning.planned_labels(await reading.fetch(labels.OF_BOARD, board_id=board["id"]))
    column_keys, planned_columns = planning.planned_columns(column_rows)
    rules = await reading.fetch(automations.OF_BOARD, board_id=board["id"])
    plan = Plan(
        title=board["title"],
        description=board["description"],
        key=board["key"],
        archived=board["archived"],
        created_at=board["created_at"],
        last_number=board["last_number"],
        people=planned_people,
        labels=planned_labels,
        columns=planned_columns,
        rules=planning.planned_rules(rules, Meanings(column_keys, label_keys, people)),
    )
    return plan, planning.Cards(people, label_keys, column_keys)


async def _write_cards(
    reading: Reading, file: BinaryIO, writer: Writer, column_rows: Sequence[Row], cards: planning.Cards
) -> None:
    """All cards, column by column, with a page in memory at a time."""
    for column in column_rows:
        after = BEFORE_ALL_RANKS
        while rows := await reading.fetch(queries.CARDS, column_id=column["id"], after=after, count=PAGE):
            belongings = await _belongings(reading, [row["id"] for row in rows])
            file.writelines(map(writer.card, cards.planned(rows, belongings)))
            after = rows[-1]["rank"]


async def _belongings(reading: Reading, card_ids: list[str]) -> planning.Belongings:
    return planning.Belongings(
        await reading.fetch(queries.CHECKLISTS, card_ids=card_ids),
        await reading.fetch(queries.ITEMS, card_ids=card_ids),
        await reading.fetch(queries.COMMENTS, card_ids=card_ids),
        await reading.fetch(queries.FILES, card_ids=card_ids),
    )
