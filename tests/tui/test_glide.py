"""Cards that others move glide to their places: only what is drawn, only for a moment, and never in anybody's way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from textual.strip import Strip

from rego.wire.event_data import Actor
from rego.wire.snapshot import Snapshot
from rego_tui.screens import board_together, columns
from rego_tui.widgets.glide import AT_ONCE, DURATION, FRAME
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

MIA = Actor(id=boards.MIA.user_id, username="mia")
STEPS = round(DURATION / FRAME)


class Film:
    """A board whose glides go on picture by picture."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._now = 0.0
        desk.app.animation_level = "full"
        desk.board.columns.clock = lambda: self._now

    async def move(self, card: int, column: int, index: int) -> None:
        """Somebody else moves a card, and that is drawn."""
        self.desk.peer.move(boards.card_id(card), boards.column_id(column), index)
        await self.drawn()

    async def drawn(self) -> None:
        store, peer = self.desk.store, self.desk.peer
        await self.desk.until("it is drawn", lambda: store.loaded.seq == peer.replica.seq and store.drawn)

    async def picture(self, steps: int = 1) -> str:
        """The text of the picture so many steps on."""
        self._now += steps * FRAME + 1e-9
        self.desk.board.columns.glide_on()
        await self.desk.settle()
        return self.desk.text()

    def runs(self) -> bool:
        return any(column._glide is not None for column in self.desk.board.columns.views.values())

    def screen(self) -> list[Strip]:
        """All that is on the screen, with its colours."""
        return self.desk.app.screen._compositor.render_strips()


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change stays lit and a glide waits for the film, so that how long a test takes is not seen in its pictures."""
    monkeypatch.setattr(board_together, "FRESH", 3_600.0)
    monkeypatch.setattr(columns, "FRAME", 3_600.0)


@asynccontextmanager
async def filmed(snapshot: Snapshot | None = None, *, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Film]:
    async with at_desk(snapshot or boards.small(), size=size) as desk:
        yield Film(desk)


def place_of(words: str, text: str) -> tuple[int, int]:
    """Where words stand on the screen, as column and line."""
    return next((line.index(words), y) for y, line in enumerate(text.splitlines()) if words in line)


async def test_a_card_crosses_from_its_column_into_the_next_and_ends_where_it_belongs() -> None:
    async with filmed() as film:
        home, _ = place_of("A2", film.desk.text())
        await film.move(2, 2, 0)
        xs = [place_of("A2", film.desk.text())[0]]
        for _ in range(STEPS):
            xs.append(place_of("A2", await film.picture())[0])
        assert not film.runs()
        assert home < xs[0]
        assert xs == sorted(xs)
        assert len(set(xs)) >= STEPS - 2, "it is somewhere else on nearly every picture"
        glided = film.screen()
        async with filmed() as other:
            other.desk.app.animation_level = "none"
            await other.move(2, 2, 0)
            assert other.screen() == glided


async def test_the_cards_around_make_room_line_by_line() -> None:
    async with filmed() as film:
        (_, a3), (_, b1) = place_of("A3", film.desk.text()), place_of("B1", film.desk.text())
        await film.move(2, 2, 0)
        seen = [film.desk.text(), *[await film.picture() for _ in range(STEPS)]]
        assert [place_of("A3", text)[1] for text in seen] == sorted((place_of("A3", text)[1] for text in seen), reverse=True)
        assert (place_of("A3", seen[-1])[1], place_of("B1", seen[-1])[1]) == (a3 - 3, b1 + 3)


async def test_a_card_that_moves_within_its_column_passes_over_the_others() -> None:
    async with filmed() as film:
        await film.move(1, 1, 2)
        ys = [place_of("A1", film.desk.text())[1], *[place_of("A1", await film.picture())[1] for _ in range(STEPS)]]
        assert ys == sorted(ys)
        assert len(set(ys)) > 2
        assert film.desk.titles(1) == ["A2", "A3", "A1"]


async def test_without_animation_the_first_picture_is_the_last() -> None:
    async with filmed() as film:
        film.desk.app.animation_level = "none"
        await film.move(2, 2, 0)
        first = film.screen()
        assert not film.runs()
        await film.picture(STEPS)
        assert film.screen() == first


async def _delete(film: Film) -> None:
    film.desk.peer.delete(boards.card_id(2))
    await film.drawn()


async def _move_on(film: Film) -> None:
    await film.move(2, 1, 0)


async def _resize(film: Film) -> None:
    await film.desk.pilot.resize_terminal(70, 20)


async def _scheme(film: Film) -> None:
    film.desk.app.theme = "rego-light"
    await film.desk.settle()


@pytest.mark.parametrize("then", [_delete, _move_on, _resize, _scheme])
@pytest.mark.parametrize("steps", [0, 2, STEPS - 1])
async def test_whatever_happens_in_mid_flight_it_ends_with_the_same_picture(
    then: Callable[[Film], Awaitable[None]], steps: int
) -> None:
    async with filmed() as film, filmed() as other:
        other.desk.app.animation_level = "none"
        for each in (film, other):
            await each.move(2, 2, 0)
            await each.picture(steps)
            await then(each)
            await each.picture(STEPS)
        assert not film.runs()
        assert film.screen() == other.screen()


async def test_a_card_that_is_called_back_turns_round_where_it_is() -> None:
    async with filmed() as film:
        await film.move(2, 2, 1)
        x, _ = place_of("A2", await film.picture())
        await film.move(2, 1, 1)
        back, _ = place_of("A2", film.desk.text())
        assert 0 < x - back < 20
        assert place_of("A2", await film.picture())[0] < back


async def test_own_keys_do_not_wait_and_nothing_of_the_user_s_moves() -> None:
    async with filmed(boards.large(200, columns=3)) as film:
        desk = film.desk
        await desk.press(*"jjjjjjjjjj", "space")
        column, marked = desk.column(1), desk.view.card_id
        row, first = column.row_of(marked or ""), column.scroll_offset.y
        assert first > 0
        above = [card.id for card in desk.view.cards(boards.column_id(1))][8]
        desk.peer.move(above, boards.column_id(3), 0)
        await film.drawn()
        assert film.runs()
        y = next(y for y, line in enumerate(desk.text().splitlines()) if "▌" in line)
        for _ in range(STEPS):
            assert next(n for n, line in enumerate((await film.picture()).splitlines()) if "▌" in line) == y
        assert (column.row_of(marked or ""), desk.view.card_id, desk.view.marked()) == (row, marked, [marked])


async def test_a_key_that_scrolls_ends_it() -> None:
    async with filmed(boards.large(200, columns=3)) as film:
        await film.move(6, 2, 0)
        assert film.runs()
        await film.desk.press("G")
        assert "Card number 198" in film.desk.text()
        await film.picture()
        assert film.desk.column(1)._glide is None


async def test_own_moves_do_not_glide() -> None:
    async with filmed() as film:
        film.desk.store.me = MIA.id
        film.desk.peer.move(boards.card_id(2), boards.column_id(2), 0, actor=MIA)
        await film.drawn()
        assert not film.runs()
        await film.desk.press("L")
        assert not film.runs()


async def test_nothing_glides_under_a_title_that_is_typed() -> None:
    async with filmed() as film:
        await film.desk.press("n", *"half")
        await film.move(2, 2, 0)
        assert not film.runs()
        assert "half" in film.desk.text()


async def test_a_flood_does_not_glide() -> None:
    async with filmed(boards.large(40, columns=2)) as film:
        for number in range(1, 2 * AT_ONCE + 4, 2):
            film.desk.peer.move(boards.card_id(number), boards.column_id(1), 0)
        await film.drawn()
        assert not film.runs()


async def test_one_after_the_other_can_be_a_flood_too() -> None:
    async with filmed(boards.large(40, columns=2)) as film:
        await film.move(20, 2, 0)
        assert film.runs()
        for number in range(21, 21 + 2 * AT_ONCE, 2):
            await film.move(number, 1, 0)
        assert not film.runs()
        await film.picture(STEPS + 1)
        await film.move(20, 1, 0)
        assert film.runs(), "it is over"
