"""One run: people write, others follow, something goes wrong and is healed, and then the oracle looks."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

from msgspec import Struct

from rego.client import aio, auth, boards, columns
from rego.client.credentials import Credentials
from rego.client.retry import Policy
from rego.client.server import Server
from rego.wire.boards import CreateBoard
from rego.wire.columns import CreateColumn
from rego.wire.users import Register
from tests.chaos import oracle
from tests.chaos.faults import FAULTS, Site
from tests.chaos.fleet import fleet
from tests.chaos.followers import BareFollower, ChaosFollower, SdkFollower
from tests.chaos.proxy import proxy_to
from tests.chaos.writers import Writer
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
        assert (self.diverged, self.seen_wrong) == (0, []), self
        assert self.converged is not None, f"not within {CONVERGED_WITHIN} s: {self}"


class Board(Struct, frozen=True):
    """A fresh board, and the login of its owner."""

    id: str
    columns: list[str]
    credentials: Credentials


@asynccontextmanager
async def site(postgres: OwnPostgres, redis: OwnValkey, seed: int, command: Sequence[str] = REAL) -> AsyncIterator[Site]:
    """Two servers on a fresh database and both services, behind a proxy."""
    database_url = await postgres.create_database(f"rego_{uuid4().hex}")
    async with fleet(database_url, redis.url, command=command) as nodes, proxy_to(*(node.port for node in nodes)) as front:
        yield Site(nodes, front, redis, postgres, database_url, random.Random(seed))


async def run(site: Site, fault: str, seed: int, *, trusting: bool = False) -> Verdict:
    """Let one fault happen on a fresh board. `trusting` followers are those of the control."""
    async with AsyncExitStack() as stack:
        board = await _board(site)
        followers = [await _follower(site, board, number, stack, trusting) for number in range(FOLLOWERS)]
        following = [stack.enter_context(_Running(follower)) for follower in followers]
        await _greeted(followers)
        writers = [await _writer(site, board, number, seed, stack) for number in range(WRITERS)]
        writing = [asyncio.create_task(writer.run()) for writer in writers]
        await asyncio.sleep(CALM)
        await FAULTS[fault](site)
        healed = time.monotonic()
        await asyncio.sleep(CALM)
        for writer in writers:
            writer.stop()
        await asyncio.gather(*writing)
        quiet = await stack.enter_async_context(_client(site.nodes[0].url, board.credentials))
        truth = await oracle.board_of(quiet, board.id)
        converged = await _wait_for(followers, truth, healed)
        for each in following:
            each.check()
        await oracle.check_log(quiet, board.id, truth["seq"])
        return _verdict(fault, seed, writers, followers, truth, converged)


async def _greeted(followers: Sequence[ChaosFollower]) -> None:
    """Wait until everybody has the board."""
    while any(follower.seq < 0 for follower in followers):  # noqa: ASYNC110 - they follow for themselves and set no event
        await asyncio.sleep(0.02)


async def _wait_for(followers: Sequence[ChaosFollower], truth: oracle.Board, healed: float) -> float | None:
    """Seconds from the heal until nobody is diverged; None when somebody is after `CONVERGED_WITHIN` of it and of the quiet."""
    until = time.monotonic() + CONVERGED_WITHIN
    while any(oracle.is_diverged(follower, truth) for follower in followers):
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


async def _board(site: Site) -> Board:
    name = f"ann-{uuid4().hex[:8]}"
    url = site.nodes[0].url
    async with _client(url, None) as stranger:
        await stranger.send(auth.register(Register(email=f"{name}@example.com", username=name, password=PASSWORD)))
        tokens = await stranger.send(auth.login(name, PASSWORD))
    credentials = Credentials(server=url, access_token=tokens.access_token)
    async with _client(url, credentials) as client:
        board = await client.send(boards.create_board(CreateBoard(title="Chaos")))
        made = [await client.send(columns.create_column(board.id, CreateColumn(title=title))) for title in ("One", "Two")]
    return Board(board.id, [column.id for column in made], credentials)


async def _follower(site: Site, board: Board, number: int, stack: AsyncExitStack, trusting: bool) -> ChaosFollower:
    url = f"http://127.0.0.1:{site.front.port}"
    if trusting or number % 2:
        return BareFollower(url, board.id, board.credentials.access_token or "", trusting=trusting)
    return SdkFollower(await stack.enter_async_context(_client(url, board.credentials)), board.id)


async def _writer(site: Site, board: Board, number: int, seed: int, stack: AsyncExitStack) -> Writer:
    client = await stack.enter_async_context(_client(f"http://127.0.0.1:{site.front.port}", board.credentials))
    return Writer(f"w{number}", client, board.id, board.columns, seed + number)
