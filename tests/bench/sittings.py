"""One sitting of the TUI's benchmark: the real program on a pseudo-terminal, with keys and others' moves, all of it timed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread
from time import perf_counter
from types import TracebackType

from rego.client import cards
from rego.client.blocking import Client
from rego.wire.base import Position
from rego.wire.cards import MoveCard
from rego.wire.snapshot import Snapshot
from tests.bench.processes import cpu_seconds, resident_bytes
from tests.bench.tty import SILENCE, Reaction, Tty

COLUMNS, LINES = 160, 45

REST = 0.2
"""Seconds without a byte after which nothing is under way any more: the others have been told where the cursor is too."""

RATE = 30
"""Presses a second of a key that is held."""

WORDS = "nightly"

FIRST_CARD, SEEN_CARD = "first card, ms", "first card, seen before, ms"
MEMORY, HELD = "memory, MB", "lag after a held j, ms"
EVENTS = "1,000 events, processor ms"

BARS: dict[str, float | None] = {
    FIRST_CARD: 600,
    SEEN_CARD: 600,
    "j, first byte": 15,
    "j, last byte": 30,
    "L, first byte": 30,
    "L, last byte": None,
    "a letter of a filter, first byte": 30,
    "a letter of a filter, last byte": None,
    "another's move, first byte": 100,
    "another's move, last byte": None,
    HELD: 30,
    EVENTS: None,
    MEMORY: 90,
}
"""What is measured, and the most that a board of 10,000 cards may take."""


@dataclass
class Times:
    """The samples of each measure, of one size of board."""

    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        self.samples[name].append(value)

    def add_reaction(self, name: str, reaction: Reaction) -> None:
        self.add(f"{name}, first byte", reaction.first * 1e3)
        self.add(f"{name}, last byte", reaction.last * 1e3)


class Sitting:
    """The program from its start to its end, which come with the block; `seen`: the board was opened there before."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        peer: Client,
        snapshot: Snapshot,
        times: Times,
        *,
        seen: bool = False,
    ) -> None:
        self._seen = seen
        self._tty = Tty(command, environ, columns=COLUMNS, lines=LINES)
        self._peer = peer
        self._times = times
        self._columns = [column.id for column in snapshot.columns]
        # Two neighbours, so that the topmost cards of both stand side by side.
        self._movers = [card.id for card in snapshot.cards if card.column_id == self._columns[1]]

    def __enter__(self) -> Sitting:
        self._times.add(SEEN_CARD if self._seen else FIRST_CARD, (self._tty.until("Card ") - self._tty.began) * 1e3)
        self._tty.until("● live")
        self._tty.drain(REST)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            if not self._seen:
                self._times.add(MEMORY, resident_bytes(self._tty.process.pid) / 1e6)
            self._tty.press("q")
            self._tty.drain(REST)
        self._tty.close()

    def keys(self, presses: int) -> None:
        """The cursor down, the card to the right, and a filter letter by letter."""
        for turn in range(presses):
            if turn % 10 == 0:  # at the end of a short column there is nothing to draw
                self._tty.press("g")
                self._tty.press("g")
                self._tty.drain(REST)
            self._timed("j, {}", "j")
        for turn in range(presses):
            self._timed("L, {}", "L" if turn % 2 == 0 else "H")
        self._tty.press("/")
        self._tty.drain(REST)
        for turn in range(presses):
            typed, back = divmod(turn, len(WORDS))
            self._timed("a letter of a filter, {}", WORDS[back] if typed % 2 == 0 else "\x7f")
        self._tty.press("\x1b")
        self._tty.drain(REST)

    def _timed(self, name: str, key: str) -> None:
        self._times.add_reaction(name.removesuffix(", {}"), self._tty.reaction(self._tty.press(key)))
        self._tty.drain(REST)

    def moves_of_another(self, moves: int) -> None:
        """Somebody else moves cards between the tops of two columns in sight."""
        for number in range(moves):
            send = self._move(number)
            began = perf_counter()
            sending = Thread(target=send)
            sending.start()
            self._times.add_reaction("another's move", self._tty.reaction(began))
            sending.join()
            self._tty.drain(REST)

    def _move(self, number: int) -> Callable[[], object]:
        card_id = self._movers[number // 2 % len(self._movers)]
        to = MoveCard(column_id=self._columns[2 - number % 2], position=Position.TOP)
        return lambda: self._peer.send(cards.move_card(card_id, to))

    def hold(self, seconds: float) -> None:
        """Hold a key, and see how long after it is let go the screen goes on changing."""
        self._tty.press("g")
        self._tty.press("g")
        self._tty.drain(REST)
        released = perf_counter()
        for _ in range(max(int(seconds * RATE), 1)):
            self._tty.read_for(1 / RATE)
            released = self._tty.press("j")
        self._times.add(HELD, ((self._tty.drain(SILENCE) or released) - released) * 1e3)
        self._tty.drain(REST)

    def events(self, amount: int) -> None:
        """Somebody else makes many moves, one after the other."""
        before = cpu_seconds(self._tty.process.pid)
        sending = Thread(target=lambda: [self._move(number)() for number in range(amount)])
        sending.start()
        while sending.is_alive():
            self._tty.read_for(0.05)
        self._tty.drain(REST)
        after = cpu_seconds(self._tty.process.pid)
        self._times.add(EVENTS, (after - before) * 1e6 / amount if before is not None and after is not None else 0.0)
