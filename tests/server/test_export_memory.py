"""A big board is exported in little memory: pages of cards, never the whole."""

from __future__ import annotations

import tracemalloc

from rego.client import boards
from rego.wire.imports import (
    ExportFormat,
    Plan,
    PlannedCard,
    PlannedChecklist,
    PlannedColumn,
    PlannedComment,
    PlannedItem,
    Report,
)
from rego_server.core.uow import Caller
from rego_server.domains.exports.actions import write_export
from rego_server.domains.imports.actions import import_board
from tests.conftest import Join
from tests.running import Running

CARDS = 10_000
MIB = 2**20
MEMORY_MAX = 3 * MIB

CARD = PlannedCard(
    column="c",
    title="A card of many",
    description="Text of a usual length. " * 80,
    checklists=[PlannedChecklist(title="Steps", items=[PlannedItem(text="First"), PlannedItem(text="Second", done=True)])],
    comments=[PlannedComment(text="A word on it. " * 10)],
)


async def test_ten_thousand_cards_take_little_memory(server: Running, people: Join) -> None:
    ann = await people("ann")
    caller = Caller(ann.user.id)
    plan = Plan(title="Big", columns=[PlannedColumn(key="c", title="All")], cards=[CARD] * CARDS)
    await server.server.runner.run(import_board, caller, None, "rego", plan, Report())
    (board,) = await ann.client.send(boards.list_boards())
    tracemalloc.start()
    try:
        export = await server.server.runner.read(write_export, caller, board.id, ExportFormat.JSON)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    with export.file as file:
        size = file.seek(0, 2)
    print(f"{server.server.database.dialect}: {CARDS:,} cards, file {size / MIB:.1f} MiB, peak {peak / MIB:.1f} MiB")
    assert size > 4 * MEMORY_MAX
    assert peak < MEMORY_MAX
