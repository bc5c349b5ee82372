"""How fast the TUI is on boards of three sizes: what a person waits for, in a pseudo-terminal, and what it costs, headless.

    python -m tests.bench.tui [--rounds 3] [--presses 20] [--sizes 100 1000 10000] [--quick]

In the pseudo-terminal (160 by 45) it is the command itself, `rego tui`, beside a local server that already runs. The sizes take
turns, so that whatever else the machine does hits all of them. Times are in ms from the press of a key to the first and to the
last byte that is written about it, whatever the server's answer changes on the screen included; p50 / p99. A move by somebody
else is timed from the sending of its request, so before its commit. "After a held key" is how long after the last of 30 presses
a second bytes still come. The bars are those for 10,000 cards.

Headless, through Textual's Pilot, a scripted peer takes the server's part, and processor time is counted: it says what the code
costs, on a busy machine too. What the peer costs is in it, what it costs to write to a terminal is not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rego.client import boards, imports
from rego.client.blocking import Client
from rego.client.local import find
from rego.client.paths import Paths
from rego.wire.base import to_json
from tests.bench.boards import plan
from tests.bench.headless import CASES as HEADLESS
from tests.bench.headless import Costs, costs_of
from tests.bench.processes import BOUNDLESS
from tests.bench.sittings import BARS, Sitting, Times

REGO = [sys.executable, "-m", "rego"]


@dataclass(frozen=True)
class Size:
    """How much to measure: `presses` of each key in each of the rounds, a key held for some seconds, events at the end."""

    sizes: Sequence[int] = (100, 1_000, 10_000)
    rounds: int = 3
    presses: int = 20
    held: float = 3.0
    events: int = 1_000


QUICK = Size(sizes=(20,), rounds=1, presses=1, held=0.1, events=10)
"""Shows that everything runs; its figures mean nothing."""


@contextmanager
def _home() -> Iterator[dict[str, str]]:
    """The environment of somebody who has nothing yet; the local server that comes to be in it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="rego-") as home:
        # As installed: with compiled modules, and without what an earlier line of the environment says about a server.
        kept = {n: v for n, v in os.environ.items() if not n.startswith("REGO_") and n != "PYTHONDONTWRITEBYTECODE"}
        ours = {name: str(Path(home) / name) for name in ("REGO_DATA_DIR", "REGO_CONFIG_DIR", "REGO_CACHE_DIR")}
        environ = {**kept, **BOUNDLESS, "HOME": home, **ours}
        try:
            yield environ
        finally:
            subprocess.run([*REGO, "local", "stop"], env=environ, capture_output=True, check=False)


@contextmanager
def _peer(environ: dict[str, str]) -> Iterator[Client]:
    """A client of the local server, which is started."""
    subprocess.run([*REGO, "boards", "list"], env=environ, capture_output=True, check=True)
    found = find(Paths.of_user(environ))
    assert found is not None
    with Client(found.server, found.credentials) as client:
        yield client


def in_terminal(size: Size) -> list[Times]:
    """What a person waits for, for each size of board."""
    with _home() as environ, _peer(environ) as peer:
        made = [_import(peer, cards) for cards in size.sizes]
        found = [Times() for _ in made]
        for turn in range(size.rounds):
            for board_id, times in zip(made, found, strict=True):
                snapshot = peer.send(boards.get_snapshot(board_id))
                command = [*REGO, "tui", snapshot.board.key]
                shutil.rmtree(Path(environ["REGO_CACHE_DIR"]) / "boards", ignore_errors=True)
                with Sitting(command, environ, peer, snapshot, times) as sitting:
                    sitting.keys(size.presses)
                    sitting.moves_of_another(size.presses)
                    sitting.hold(size.held)
                    if turn == size.rounds - 1:
                        sitting.events(size.events)
                with Sitting(command, environ, peer, snapshot, times, seen=True):
                    pass
        return found


def _import(peer: Client, cards: int) -> str:
    return peer.send(imports.import_board("rego", to_json(plan(f"{cards} cards", cards)))).board.id


def headless(size: Size) -> list[Costs]:
    """What the same costs in processor time, for each size of board."""
    return [asyncio.run(costs_of(cards, size.presses, size.events)) for cards in size.sizes]


def run(size: Size) -> Iterator[str]:
    """Measure everything; gives the lines of both tables."""
    yield _row("in a pseudo-terminal", [f"{cards:,} cards" for cards in size.sizes], "bar", "ratio")
    times = in_terminal(size)
    for name, bar in BARS.items():
        samples = [found.samples[name] for found in times]
        yield _row(name, [_shown(each) for each in samples], "" if bar is None else f"{bar:g}", _ratio(samples))
    yield ""
    yield _row("headless, processor time in ms", [f"{cards:,} cards" for cards in size.sizes], "", "ratio")
    costs = headless(size)
    for name in HEADLESS:
        samples = [found[name] for found in costs]
        yield _row(name, [_shown(each) for each in samples], "", _ratio(samples))


def _row(name: str, cells: Sequence[str], bar: str, ratio: str) -> str:
    return f"{name:<36}{''.join(f'{cell:>18}' for cell in cells)}{bar:>8}{ratio:>8}"


def _shown(samples: Sequence[float]) -> str:
    ordered = sorted(samples)
    if len(ordered) == 1:
        return f"{ordered[0]:.1f}"
    return f"{median(ordered):.1f} / {ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]:.1f}"


def _ratio(samples: Sequence[Sequence[float]]) -> str:
    """The largest board beside the smallest."""
    return f"{median(samples[-1]) / max(median(samples[0]), 0.01):.2f}"


def _asked(arguments: Sequence[str] | None) -> Size:
    parser = argparse.ArgumentParser(prog="tests.bench.tui", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=Size.rounds, help="starts of the program for each size")
    parser.add_argument("--presses", type=int, default=Size.presses, help="presses of each key in a round")
    parser.add_argument("--sizes", type=int, nargs="+", default=Size.sizes, help="cards on the boards")
    parser.add_argument("--quick", action="store_true", help="only show that it runs; the other options are ignored")
    asked = parser.parse_args(arguments)
    return QUICK if asked.quick else Size(sizes=asked.sizes, rounds=asked.rounds, presses=asked.presses)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    for line in run(_asked(arguments)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
