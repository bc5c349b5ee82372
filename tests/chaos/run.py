"""One run: people write, others follow, something goes wrong and is healed, and then the oracle looks."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from msgspec import Struct

from rego.client import aio, auth, boards, columns, labels
from rego.client.credentials import Credentials
from rego.client.retry import Policy
from rego.client.server import Server
from rego.wire.base import Role
from rego.wire.boards import AddMember, CreateBoard
from rego.wire.columns import Color, CreateColumn
from rego.wire.errors import RegoError
from rego.wire.labels import CreateLabel
from rego.wire.users import Register, User
from tests.chaos import oracle
from tests.chaos.faults import FAULTS, LASTS, Site
from tests.chaos.fleet import Ways, fleet
from tests.chaos.followers import BareFollower, ChaosFollower, SdkFollower
from tests.chaos.proxy import Proxy, proxy_to
from tests.chaos.writers import Board, Writer
from tests.postgres import OwnPostgres
from tests.running import PASSWORD
from tests.valkey import OwnValkey

REAL = ("-m", "rego", "serve")
NAIVE = ("-m", "tests.chaos.naive", "serve")

CONVERGED_WITHIN = 5.0
FOLLOWERS = 4
WRITERS = 4
CALM = 1.0
WRITTEN_MIN = 10
ANSWERS_WITHIN = 2.0


class Verdict(Struct, frozen=True, kw_only=True):
    """What a run came to; `converged` is how many seconds after the heal everybody was right, None for never."""

    fault: str
    seed: int
    acknowledged: int
    unknown: int
    events: int
    lost: list[str]
    doubled: list[str]
    strangers: list[str]
    shared_ranks: list[tuple[str, str]]
    diverged: int
    followers: int
    converged: float | None
    seen_wrong: list[str]
    overheard: list[str]
    errors: dict[str, int]

    def __str__(self) -> str:
        when = f"converged {self.converged:.1f} s after the heal" if self.converged is not None else "never converged"
        written = f"{self.acknowledged} acknowledged, {self.unknown} unknown, {self.events} events"
        wrong = f"{len(self.lost)} lost, {len(self.doubled)} doubled, {self.diverged} of {self.followers} followers diverged"
        return f"{self.fault} (seed {self.seed}): {written}, {wrong}, {when}"

    def check(self) -> None:
        """Whether nothing was lost, doubled, missed or late."""
        assert self.acknowledged > WRITTEN_MIN, self
        assert (self.lost, self.doubled, self.strangers, self.shared_ranks) == ([], [], [], []), self
        assert (self.diverged, self.seen_wrong, self.overheard) == (0, [], []), self
        assert self.converged is not None, f"not within {CONVERGED_WITHIN} s: {self}"


class People(NamedTuple):
    """The owner of a fresh board, as whom everybody writes and follows, and a guest, who will be taken off it."""

    owner: Credentials
    guest: Credentials


@asynccontextmanager
async def site(postgres: OwnPostgres, redis: OwnValkey, seed: int, command: Sequence[str] = REAL) -> AsyncIterator[Site]:
    """Two servers on a fresh database and both services, behind a proxy."""
    database_url = await postgres.create_database(f"rego_{uuid4().hex}")
    async with AsyncExitStack() as stack:
        to_postgres, to_redis = [await stack.enter_async_context(proxy_to(_port(url))) for url in (database_url, redis.url)]
        ways = [Ways(_through(to_postgres, database_url), _through(to_redis, redis.url)), Ways(database_url, redis.url)]
        nodes = await stack.enter_async_context(fleet(ways, command))
        front = await stack.enter_async_context(proxy_to(*(node.port for node in nodes)))
        yield Site(nodes, front, to_redis, to_postgres, redis, postgres, database_url, random.Random(seed))


async def run(site: Site, fault: str, seed: int, *, trusting: bool = False) -> Verdict:
    """Let one fault happen on a fresh board. `trusting` followers are those of the control."""
    async with AsyncExitStack() as stack:
        board, people = await _board(site)
        followers = [await _follower(site, board, people.owner, number, stack, trusting) for number in range(FOLLOWERS)]
        guest = BareFollower(_front(site), board.id, people.guest.access_token or "")
        following = [stack.enter_context(_Running(follower)) for follower in (*followers, guest)]
        await _greeted([*followers, guest])
        writers = [await _writer(site, board, people.owner, number, seed, stack) for number in range(WRITERS)]
        writing = [asyncio.create_task(writer.run()) for writer in writers]
        await asyncio.sleep(CALM)
        removing = asyncio.create_task(_remove_guest(site, board, people.owner))
        await FAULTS[fault](site)
        healed = time.monotonic()
        await asyncio.sleep(CALM)
        for writer in writers:
            writer.stop()
        await asyncio.gather(*writing, removing)
        quiet = await stack.enter_async_context(_patient(site.nodes[0].url, people.owner))
        truth = await oracle.board_of(quiet, board.id)
        converged = await _wait_for(followers, guest, truth, healed)
        for each in following:
            each.check()
        events = await oracle.check_log(quiet, board.id, truth["seq"])
        return _verdict(fault, seed, writers, followers, truth, converged, oracle.overheard(guest, events))


async def _greeted(followers: Sequence[ChaosFollower]) -> None:
    """Wait until everybody has the board."""
    while any(follower.seq < 0 for follower in followers):  # noqa: ASYNC110 - they follow for themselves and set no event
        await asyncio.sleep(0.02)


async def _wait_for(
    followers: Sequence[ChaosFollower], guest: BareFollower, truth: oracle.Board, healed: float
) -> float | None:
    """Seconds from the heal until nobody is diverged and the guest is gone.

    None when that is not so after `CONVERGED_WITHIN` of the heal and of the quiet.
    """
    until = time.monotonic() + CONVERGED_WITHIN
    while guest.welcome or any(oracle.is_diverged(follower, truth) for follower in followers):
        if time.monotonic() > until:
            return None
        await asyncio.sleep(0.05)
    return time.monotonic() - healed


def _verdict(
    fault: str,
    seed: int,
    writers: Sequence[Writer],
    followers: Sequence[ChaosFollower],
    truth: oracle.Board,
    converged: float | None,
    overheard: list[str],
) -> Verdict:
    lost, doubled = oracle.lost_and_doubled(writers, truth)
    return Verdict(
        fault=fault,
        seed=seed,
        acknowledged=sum(len(writer.acknowledged) for writer in writers),
        unknown=sum(len(writer.unknown) for writer in writers),
        events=truth["seq"],
        lost=lost,
        doubled=doubled,
        strangers=oracle.strangers(writers, truth),
        shared_ranks=oracle.shared_ranks(truth),
        diverged=sum(oracle.is_diverged(follower, truth) for follower in followers),
        followers=len(followers),
        converged=converged,
        seen_wrong=[wrong for follower in followers for wrong in follower.faults],
        overheard=overheard,
        errors=dict(sum((writer.errors for writer in writers), start=Counter[str]())),
    )


class _Running:
    """A follower's task, cancelled at the end; `check` raises what it ended with."""

    def __init__(self, follower: ChaosFollower) -> None:
        self._task = asyncio.create_task(follower.run())

    def __enter__(self) -> _Running:
        return self

    def __exit__(self, *_: object) -> None:
        self._task.cancel()

    def check(self) -> None:
        if self._task.done():
            self._task.result()


def _client(url: str, credentials: Credentials | None) -> aio.Client:
    return aio.Client(Server.parse(url), credentials, policy=Policy(budget=1.0, unreachable=1.0), timeout=ANSWERS_WITHIN)


def _patient(url: str, credentials: Credentials | None) -> aio.Client:
    """For what comes before and after the fault, where only the machine is slow."""
    return aio.Client(Server.parse(url), credentials)


async def _board(site: Site) -> tuple[Board, People]:
    url = site.nodes[0].url
    (_, owner), (guest, guests) = await _account(url, "ann"), await _account(url, "bo")
    async with _patient(url, owner) as client:
        board = await client.send(boards.create_board(CreateBoard(title="Chaos")))
        made = [await client.send(columns.create_column(board.id, CreateColumn(title=title))) for title in ("One", "Two")]
        label = await client.send(labels.create_label(board.id, CreateLabel(name="loud", color=Color.RED)))
        await client.send(boards.add_member(board.id, AddMember(username=guest.username, role=Role.MEMBER)))
    return Board(board.id, [column.id for column in made], label.id, guest.id), People(owner, guests)


async def _account(url: str, name: str) -> tuple[User, Credentials]:
    name = f"{name}-{uuid4().hex[:8]}"
    async with _patient(url, None) as stranger:
        user = await stranger.send(auth.register(Register(email=f"{name}@example.com", username=name, password=PASSWORD)))
        tokens = await stranger.send(auth.login(name, PASSWORD))
    return user, Credentials(server=url, access_token=tokens.access_token)


async def _remove_guest(site: Site, board: Board, owner: Credentials) -> None:
    """In the middle of the fault, however often it has to be asked for."""
    await asyncio.sleep(LASTS / 2)
    call, key = boards.remove_member(board.id, board.guest_id), uuid4().hex
    async with _client(_front(site), owner) as client:
        while True:
            with suppress(RegoError):
                return await client.send(call, key)


async def _follower(
    site: Site, board: Board, owner: Credentials, number: int, stack: AsyncExitStack, trusting: bool
) -> ChaosFollower:
    if trusting or number % 2:
        return BareFollower(_front(site), board.id, owner.access_token or "", trusting=trusting)
    return SdkFollower(await stack.enter_async_context(_client(_front(site), owner)), board.id)


async def _writer(site: Site, board: Board, owner: Credentials, number: int, seed: int, stack: AsyncExitStack) -> Writer:
    client = await stack.enter_async_context(_client(_front(site), owner))
    return Writer(f"w{number}", client, board, seed + number)


def _front(site: Site) -> str:
    return f"http://127.0.0.1:{site.front.port}"


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def _through(way: Proxy, url: str) -> str:
    """`url`, by way of a proxy."""
    return url.replace(f":{_port(url)}/", f":{way.port}/")
