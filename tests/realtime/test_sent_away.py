"""Crowds of clients that do not read, or that are silently gone: the server ends each with the right code, answer or none."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp

from rego.client import cards
from rego.wire.cards import UpdateCard
from rego.wire.frames import CloseCode
from tests.bench.audience import Audience, Manner
from tests.bench.gauges import closed_with, gauges_of
from tests.realtime.connections import eventually, transports
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import PATIENCE
from tests.running import Running, Somebody

BACKLOG = 400_000
LARGE = 100_000
"""Characters of a description; its event carries it twice, as it was and as it is."""

ENOUGH = 80
"""Changes that fill the backlog and all that the kernel holds for a connection on the way, about 6 MB, and more."""


async def test_the_deaf_are_sent_away_as_too_slow_and_the_others_get_everything(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(backlog_bytes=BACKLOG, close=0.1)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    card, audience, highest = await desk.add(), _audience(live, desk, ada), 0
    readers = await audience.grow(3)
    deaf = await audience.grow(4, Manner.DEAF)
    for number in range(ENOUGH):
        delivery = audience.expect(f"{number}")
        text = f"{number}" + "x" * LARGE
        await desk.client.send(cards.update_card(card.id, UpdateCard(description=text)), op_id=f"{number}")
        async with asyncio.timeout(PATIENCE):
            await delivery.everybody
        audience.settle(f"{number}", delivery)
        highest = max([highest, *(transport.get_write_buffer_size() for transport in transports(live))])
    await eventually(lambda: live.server.hub.total_connections == len(readers))
    assert BACKLOG < highest <= BACKLOG + 2 * LARGE + 2_000
    assert await _closed_with(live, CloseCode.TOO_SLOW) == len(deaf)
    assert len(audience.latencies) == ENOUGH * len(readers)
    audience.close()


async def test_the_gone_are_sent_away_as_silent_and_cut_off_though_they_answer_nothing(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(silence=0.3, close=0.1)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    audience = _audience(live, desk, ada)
    gone = await audience.grow(3, Manner.GONE)
    await eventually(lambda: all(each.closed for each in gone))
    assert await _closed_with(live, CloseCode.SILENT) == len(gone)
    assert [each.code for each in gone] == [None, None, None]
    assert live.server.hub.total_connections == 0


def _audience(live: Running, desk: Desk, who: Somebody) -> Audience:
    place = urlsplit(live.url)
    assert place.hostname is not None
    assert place.port is not None
    return Audience(place.hostname, place.port, f"/ws/boards/{desk.board.id}", who.token)


async def _closed_with(live: Running, code: CloseCode) -> float:
    async with aiohttp.ClientSession() as session:
        return (await gauges_of(session, live.url)).get(closed_with(code), 0.0)
