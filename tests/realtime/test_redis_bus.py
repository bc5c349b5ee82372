"""The bus over Redis by itself: two processes' buses on one real Valkey, and what arrives where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from rego.wire.errors import InvalidInput
from rego_server.core.events import Committed
from rego_server.core.redis.bus import HINT_MAX_BYTES, read_hint
from rego_server.core.redis.feed import RECONNECT_MAX
from rego_server.core.redis.link import PROBE_EVERY, TIMEOUT
from rego_server.core.redis.shared import Shared, open_shared
from tests.valkey import OwnValkey

BOARD, OTHER = "0198-board", "0198-other"
PATIENCE = 30.0


def event(seq: int, board_id: str = BOARD, text: str = "") -> bytes:
    return f'{{"seq":{seq},"board_id":"{board_id}","type":"card.created","data":{{"text":"{text}"}}}}'.encode()


def news(first: int, last: int, board_id: str = BOARD) -> Committed:
    return Committed(board_id, first, [event(seq, board_id) for seq in range(first, last + 1)])


class Ear:
    """Keeps what it hears, and how often it was told to look for itself."""

    def __init__(self) -> None:
        self.heard: list[Committed] = []
        self.looks = 0
        self._news = asyncio.Condition()

    def hear(self, committed: Committed) -> None:
        self.heard.append(committed)
        self._wake()

    def missed(self) -> None:
        self.looks += 1
        self._wake()

    async def until(self, condition: Callable[[Ear], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: condition(self))

    def _wake(self) -> None:
        self._task = asyncio.create_task(self._notify())

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()


class Process:
    """The shared parts of one server, and an ear on its bus."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.bus = shared.bus
        self.ear = Ear()
        self.bus.listen(self.ear)

    async def follow(self, board_id: str) -> None:
        """Follow a board, and wait until it is heard."""
        looks = self.ear.looks
        self.bus.follow(board_id)
        await self.ear.until(lambda ear: ear.looks > looks)


class Room:
    """Opens processes on one Redis."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def process(self, url: str, timeout: float = TIMEOUT) -> Process:
        return Process(await self._stack.enter_async_context(open_shared(url, timeout=timeout)))


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with AsyncExitStack() as stack:
        yield Room(stack)


@pytest.fixture
async def here(room: Room, redis_url: str) -> Process:
    return await room.process(redis_url, PATIENCE)


@pytest.fixture
async def there(room: Room, redis_url: str) -> Process:
    return await room.process(redis_url, PATIENCE)


async def test_what_one_process_commits_the_others_hear_in_order_and_whole(here: Process, there: Process) -> None:
    await there.follow(BOARD)
    sent = [news(number, number + 1) for number in range(1, 1_000, 2)]
    for each in sent:
        here.bus.publish(each)
    await there.ear.until(lambda ear: len(ear.heard) == len(sent))
    assert there.ear.heard == sent


async def test_ones_own_news_come_once_and_at_once(here: Process, there: Process) -> None:
    await here.follow(BOARD)
    await there.follow(BOARD)
    here.bus.publish(news(1, 1))
    assert here.ear.heard == [news(1, 1)]
    there.bus.publish(news(2, 2))
    await here.ear.until(lambda ear: len(ear.heard) == 2)
    assert here.ear.heard == [news(1, 1), news(2, 2)]


async def test_only_boards_that_are_followed_are_heard(here: Process, there: Process) -> None:
    for board_id in (BOARD, OTHER):
        await there.follow(board_id)
    there.bus.unfollow(BOARD)
    here.bus.publish(news(1, 1, OTHER))
    await there.ear.until(lambda ear: len(ear.heard) == 1)
    async with Redis.from_url(here.shared.link.url) as redis:
        while await redis.pubsub_numsub(f"rego:board:{BOARD}") != [(f"rego:board:{BOARD}".encode(), 0)]:
            pass
    here.bus.publish(news(1, 1))
    here.bus.publish(news(2, 2, OTHER))
    await there.ear.until(lambda ear: len(ear.heard) == 2)
    assert there.ear.heard == [news(1, 1, OTHER), news(2, 2, OTHER)]


async def test_who_follows_again_at_once_is_told_to_look(there: Process) -> None:
    await there.follow(BOARD)
    there.bus.unfollow(BOARD)
    await there.follow(BOARD)


async def test_a_large_hint_says_only_that_there_is_something(here: Process, there: Process) -> None:
    await there.follow(BOARD)
    here.bus.publish(Committed(BOARD, 7, [event(7, text="x" * HINT_MAX_BYTES)]))
    await there.ear.until(lambda ear: len(ear.heard) == 1)
    assert there.ear.heard == [Committed(BOARD, 7, ())]


@pytest.mark.parametrize(
    "message",
    [
        b"nonsense",
        b"\xff\xfe",
        b'{"sender":"x","first_seq":1,"events":[',
        b'{"sender":"x"}',
        b'{"sender":"x","first_seq":1,"events":[{"seq":2,"board_id":"0198-board"}]}',
        b'{"sender":"x","first_seq":1,"events":[{"seq":1,"board_id":"another"}]}',
        b'{"sender":"x","first_seq":1,"events":[{"seq":1,"board_id":"0198-board"},{"seq":3,"board_id":"0198-board"}]}',
        b'{"sender":"x","first_seq":1,"events":[1]}',
    ],
)
async def test_a_damaged_hint_only_makes_one_look(there: Process, redis_url: str, message: bytes) -> None:
    await there.follow(BOARD)
    async with Redis.from_url(redis_url) as redis:
        await redis.publish(f"rego:board:{BOARD}", message)
    await there.ear.until(lambda ear: len(ear.heard) == 1)
    assert not there.ear.heard[0].events
    assert read_hint(BOARD, message) == there.ear.heard[0]


async def test_a_redis_that_dies_is_found_again_and_everybody_looks(room: Room, own_valkey: OwnValkey) -> None:
    here, there = await room.process(own_valkey.url), await room.process(own_valkey.url)
    await there.follow(BOARD)
    await until(lambda: there.bus.flowing)
    looks = there.ear.looks
    await asyncio.to_thread(own_valkey.kill)
    await there.ear.until(lambda ear: ear.looks > looks)
    assert not there.bus.flowing
    here.bus.publish(news(1, 1))
    looks = there.ear.looks
    await asyncio.to_thread(own_valkey.start)
    await there.ear.until(lambda ear: ear.looks > looks)
    await until(lambda: there.bus.flowing and here.shared.link.up)
    here.bus.publish(news(2, 2))
    await there.ear.until(lambda ear: news(2, 2) in ear.heard)


async def test_a_redis_that_hangs_is_noticed_by_its_silence(room: Room, own_valkey: OwnValkey) -> None:
    here, there = await room.process(own_valkey.url), await room.process(own_valkey.url)
    await there.follow(BOARD)
    await until(lambda: there.bus.flowing)
    own_valkey.pause()
    here.bus.publish(news(1, 1))
    looks = there.ear.looks
    await until(lambda: not there.bus.flowing and not there.shared.link.up)
    own_valkey.resume()
    await there.ear.until(lambda ear: bool(ear.heard) or ear.looks > looks)
    await until(lambda: there.bus.flowing and there.shared.feed.lag is not None)


async def test_what_could_not_be_sent_is_made_good_by_one_look(room: Room, own_valkey: OwnValkey) -> None:
    """A process that alone cannot reach Redis: the others hear, once it can, that they have missed something."""
    here, there = await room.process(own_valkey.url), await room.process(own_valkey.url)
    await there.follow(BOARD)
    here.shared.link._break(TimeoutError())
    looks = there.ear.looks
    for number in range(100):
        here.bus.publish(news(number, number))
    await there.ear.until(lambda ear: ear.looks > looks)
    assert (there.ear.heard, there.ear.looks) == ([], looks + 1)


async def test_a_redis_that_was_never_there_costs_nothing(room: Room, own_valkey: OwnValkey) -> None:
    await asyncio.to_thread(own_valkey.kill)
    here = await room.process(own_valkey.url)
    here.bus.follow(BOARD)
    here.bus.publish(news(1, 1))
    assert here.ear.heard == [news(1, 1)]
    await asyncio.to_thread(own_valkey.start)
    await here.ear.until(lambda ear: ear.looks > 0)


@pytest.mark.parametrize("url", ["http://localhost", "localhost:6379", "redis://localhost:six"])
async def test_a_url_that_is_none_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        async with open_shared(url):
            pass
    assert refused.value.detail.startswith("The Redis URL ")


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nothing announces."""
    async with asyncio.timeout(PATIENCE + PROBE_EVERY + RECONNECT_MAX):
        while not condition():  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.01)
