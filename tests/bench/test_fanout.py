"""The fan-out benchmark runs and prints, and its audience reads what comes in pieces and in lumps."""

from __future__ import annotations

import asyncio

from rego.wire.frames import CloseCode
from rego_server.realtime.outgoing import close_frame, text_frame
from tests.bench.audience import Audience, Listener, Manner
from tests.bench.fanout import HEADER, QUICK, run
from tests.postgres import Postgres
from tests.realtime.wire import PATIENCE

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
LIVE = text_frame(b'{"type":"presence"}')
EVENT = text_frame(b'{"type":"event","event":{"op_id":"a"}}')
LARGE = text_frame(b'{"type":"event","event":{"op_id":"a","data":"' + b"x" * 300 + b'"}}')
HUGE = text_frame(b'{"type":"event","event":{"op_id":"a","data":"' + b"x" * 70_000 + b'"}}')
CLOSE = close_frame(CloseCode.TOO_SLOW, "You are too far behind.")


def test_the_benchmark_runs_and_prints_both_sides(postgres: Postgres) -> None:
    header, ours, floor = run(postgres, QUICK)
    assert header == HEADER
    assert ours.startswith("5 sockets ")
    assert floor.startswith("  the floor ")
    assert all(float(each.replace(",", "")) >= 0 for line in (ours, floor) for each in line[14:].split())


class Pipe(asyncio.Transport):
    """Where a listener writes to."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.reading = False


def _listener() -> tuple[Audience, Listener, Pipe]:
    audience, pipe = Audience("127.0.0.1", 0, "/follow"), Pipe()
    audience.attentive = 1
    listener = Listener(audience, b"")
    listener.connection_made(pipe)
    return audience, listener, pipe


async def test_frames_that_come_in_pieces_or_all_at_once_count_each_once() -> None:
    for size in (1_000, 7_000, 100_000):
        audience, listener, pipe = _listener()
        delivery = audience.expect("a")
        sent = UPGRADED + LIVE + EVENT + LARGE + HUGE + EVENT + CLOSE
        for at in range(0, len(sent), size):
            listener.data_received(sent[at : at + size])
        assert listener.live.done()
        assert len(delivery.latencies) == 4
        assert listener.code == CloseCode.TOO_SLOW
        assert pipe.written.startswith(b"\x88\x82")


async def test_a_frame_that_was_met_before_is_known_at_once_and_forgotten_in_the_end() -> None:
    audience, listener, _ = _listener()
    delivery = audience.expect("a")
    for piece in (UPGRADED + LIVE, EVENT, EVENT):
        listener.data_received(piece)
    async with asyncio.timeout(PATIENCE):
        await delivery.everybody
    assert list(audience.under_way) == [EVENT]
    audience.settle("a", delivery)
    assert (audience.under_way, len(audience.latencies)) == ({}, 2)


async def test_who_is_gone_says_nothing_and_who_is_deaf_does_not_read() -> None:
    _, gone, pipe = _listener()
    gone.data_received(UPGRADED + LIVE)
    gone.behave(Manner.GONE)
    gone.data_received(CLOSE)
    assert (gone.code, pipe.written) == (None, b"")
    _, deaf, pipe = _listener()
    deaf.behave(Manner.DEAF)
    deaf.pong()
    assert not pipe.reading
    assert pipe.written.endswith(b'{"type":"pong"}')
