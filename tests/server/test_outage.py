"""PostgreSQL goes away under load: requests are refused politely, nothing acknowledged is lost, and it heals by itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from uuid import uuid4

from rego.client import boards, columns
from rego.wire.boards import CreateBoard
from rego.wire.columns import CreateColumn
from tests.board_replay import events_since
from tests.postgres import start_own_postgres
from tests.running import Running, Somebody, fast_settings, join, running
from tests.server.site import raw

WRITERS = 6
FEW = 20


class Load:
    """Writers that make cards without pause, and what they were answered."""

    def __init__(self, server: Running, somebody: Somebody, board_id: str, column_id: str) -> None:
        self._server = server
        self._token = somebody.token
        self._path = f"/boards/{board_id}/cards"
        self._column_id = column_id
        self._stopping = False
        self._answered = asyncio.Condition()
        self.tried: set[str] = set()
        self.made: set[str] = set()
        self.statuses: Counter[int] = Counter()

    async def write(self) -> None:
        """Make cards until told to stop; each request is sent once."""
        while not self._stopping:
            title = uuid4().hex
            self.tried.add(title)
            body = {"title": title, "column_id": self._column_id}
            answer = await raw(self._server.url, "POST", self._path, token=self._token, body=body)
            if answer.status == 201:
                self.made.add(title)
            if answer.status == 503:
                assert int(answer.headers["Retry-After"]) >= 1
                assert answer.json["error_type"] == "Unavailable"
            async with self._answered:
                self.statuses[answer.status] += 1
                self._answered.notify_all()

    async def until_answered(self, status: int, times: int) -> None:
        """Wait until this many more requests were answered with `status`."""
        wanted = self.statuses[status] + times
        async with self._answered:
            await self._answered.wait_for(lambda: self.statuses[status] >= wanted)

    def stop(self) -> None:
        self._stopping = True


async def test_postgresql_that_dies_and_comes_back_costs_no_acknowledged_write(tmp_path: Path) -> None:
    with start_own_postgres(durable=True) as cluster:
        url = await cluster.create_database("rego_outage")
        async with running(fast_settings(tmp_path, url)) as server:
            ann = await join(server.url, "ann")
            board = await ann.client.send(boards.create_board(CreateBoard(title="Load")))
            column = await ann.client.send(columns.create_column(board.id, CreateColumn(title="x")))
            load = Load(server, ann, board.id, column.id)
            async with asyncio.TaskGroup() as writers:
                for _ in range(WRITERS):
                    writers.create_task(load.write())
                await load.until_answered(201, FEW)
                await cluster.kill()
                await load.until_answered(503, FEW)
                await _check_health(server, 503, "unhealthy")
                await asyncio.to_thread(cluster.start)
                await load.until_answered(201, FEW)
                load.stop()
            await _check_health(server, 200, "healthy")
            await _check_result(ann, board.id, load)
            await ann.client.close()


async def _check_health(server: Running, status: int, word: str) -> None:
    answer = await raw(server.url, "GET", "/health")
    assert (answer.status, answer.json["status"]) == (status, word)
    assert (await raw(server.url, "GET", "/health/live")).status == 200
    ready = await raw(server.url, "GET", "/health/ready")
    assert ready.status == status


async def _check_result(ann: Somebody, board_id: str, load: Load) -> None:
    """Acknowledged cards are there once, others once or not at all; numbers and events have no hole."""
    assert set(load.statuses) == {201, 503}
    snapshot = await ann.client.send(boards.get_snapshot(board_id))
    titles = [card.title for card in snapshot.cards]
    assert len(set(titles)) == len(titles)
    assert load.made <= set(titles) <= load.tried
    assert sorted(card.number for card in snapshot.cards) == list(range(1, len(titles) + 1))
    events = await events_since(ann.client, board_id, 0)
    assert [event.data.card.title for event in events if event.type == "card.created"] == titles
    assert len(events) == snapshot.seq
