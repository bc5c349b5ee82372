"""The column widget: draws only what is in sight, whatever the number of cards, and keeps the eye where it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.app import App, ComposeResult

import rego_tui
from rego.wire.cards import CardSummary
from rego.wire.columns import Column
from rego_tui.card_list import CardList
from rego_tui.widgets import column as column_module
from rego_tui.widgets.card_lines import card_lines
from rego_tui.widgets.column import ColumnView
from rego_tui.widgets.column_head import HEADER
from rego_tui.widgets.looks import Face, Looks
from tests.tui import boards
from tests.tui.seen import screen_text

LOOKS = Looks(key="OPS", labels={}, members={}, now=boards.NOW)


class OneColumn(App[None]):
    """A column alone on the screen."""

    CSS_PATH = Path(rego_tui.__file__).parent / "theme.tcss"

    def __init__(self, column: Column, cards: list[CardSummary]) -> None:
        super().__init__()
        self.shown = ColumnView(column, LOOKS)
        self.cards = cards

    def compose(self) -> ComposeResult:
        yield self.shown

    def on_mount(self) -> None:
        self.shown.show_frame(self.shown.column, LOOKS, number=1, active=False)
        self.shown.show_cards(CardList(self.cards), (len(self.cards), len(self.cards)))


def cards(count: int) -> list[CardSummary]:
    return [boards.card(number, f"Card {number}") for number in range(1, count + 1)]


@asynccontextmanager
async def one_column(column: Column, shown: list[CardSummary]) -> AsyncIterator[tuple[OneColumn, ColumnView]]:
    app = OneColumn(column, shown)
    async with app.run_test(size=(30, 20)) as pilot:
        await pilot.pause()
        yield app, app.shown


async def test_the_cursor_in_ten_thousand_cards_draws_only_what_is_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def counting(card: CardSummary, *args: object) -> object:
        drawn.append(card.id)
        return card_lines(card, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(column_module, "card_lines", counting)
    async with one_column(boards.column(1, "Todo"), cards(10_000)) as (app, view):
        in_sight = -(-view.page // 3) + 1
        assert 0 < len(set(drawn)) <= in_sight
        for number in range(1, 60):
            drawn.clear()
            view.show_faces({boards.card_id(number): Face(focused=True)})
            view.bring_into_sight(boards.card_id(number))
            screen_text(app)
            assert len(drawn) <= 3, f"step {number}: the card left, the card reached, and one that came into sight"


async def test_a_column_begins_at_its_first_card() -> None:
    async with one_column(boards.column(1, "Todo"), cards(100)) as (app, _):
        assert "Card 1\n" in screen_text(app)


async def test_an_unchanged_card_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with one_column(boards.column(1, "Todo"), cards(3)) as (_, view):
        before = [view.render_line(y) for y in range(20)]
        monkeypatch.setattr(column_module, "card_lines", None)
        after = [view.render_line(y) for y in range(20)]
        assert [line.text for line in after] == [line.text for line in before]


async def test_a_card_whose_counts_changed_is_drawn_again_although_its_version_did_not() -> None:
    shown = cards(3)
    async with one_column(boards.column(1, "Todo"), shown) as (app, view):
        view.show_cards(CardList([replace(shown[0], comment_count=7), *shown[1:]]), (3, 3))
        assert "❝ 7" in screen_text(app)


async def test_only_lines_that_look_otherwise_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = cards(100)
    async with one_column(boards.column(1, "Todo"), shown) as (_, view):
        regions: list[tuple[int, int]] = []
        monkeypatch.setattr(view, "refresh", lambda *found: regions.extend((r.y, r.bottom) for r in found))
        view.show_cards(CardList([shown[0], replace(shown[1], title="Other"), *shown[2:]]), (100, 100))
        assert regions == [(HEADER + 3, HEADER + 6)]
        regions.clear()
        view.show_cards(CardList([*shown[:50], *shown[51:]]), (99, 99))
        assert regions == [(0, 1), (HEADER + 3, HEADER + 6)], (
            "the count, and the title that is back; what left was out of sight"
        )
        regions.clear()
        view.show_cards(CardList(shown[:3]), (3, 3))
        assert regions == [(0, 1), (HEADER + 9, 20)]


async def test_the_header_stays_while_the_cards_scroll() -> None:
    async with one_column(boards.column(1, "Todo", wip_limit=99), cards(100)) as (app, view):
        view.bring_into_sight(boards.card_id(100))
        text = screen_text(app)
        assert text.splitlines()[0].split() == ["1", "Todo", "100/99", "over"]
        assert "Card 100" in text


async def test_cards_that_come_above_do_not_push_the_kept_card_away() -> None:
    shown = cards(100)
    async with one_column(boards.column(1, "Todo"), shown) as (_, view):
        view.bring_into_sight(boards.card_id(50))
        row = view.row_of(boards.card_id(50))
        more = [boards.card(number, "New\nlonger") for number in range(200, 205)]
        view.show_cards(CardList([*more, *shown]), (105, 105), keep=boards.card_id(50))
        assert view.row_of(boards.card_id(50)) == row


async def test_without_a_kept_card_the_topmost_stays() -> None:
    shown = cards(100)
    async with one_column(boards.column(1, "Todo"), shown) as (app, view):
        view.bring_into_sight(boards.card_id(60))
        first = screen_text(app).splitlines()[HEADER:]
        view.show_cards(CardList(shown[3:]), (97, 97))
        assert screen_text(app).splitlines()[HEADER:] == first


async def test_at_the_top_a_card_that_comes_in_above_is_seen() -> None:
    shown = cards(100)
    async with one_column(boards.column(1, "Todo"), shown) as (app, view):
        view.show_cards(CardList([boards.card(200, "New"), *shown]), (101, 101))
        assert "New" in screen_text(app)


@pytest.mark.parametrize(
    ("limit", "count", "words"), [(None, 2, "2"), (3, 2, "2/3"), (2, 2, "2/2 full"), (1, 2, "2/1 over"), (5, 0, "0/5")]
)
async def test_the_header_says_how_the_count_stands_to_the_limit(limit: int | None, count: int, words: str) -> None:
    async with one_column(boards.column(1, "Todo", wip_limit=limit), cards(count)) as (app, _):
        assert screen_text(app).splitlines()[0].split()[2:] == words.split()


async def test_the_card_under_the_mouse() -> None:
    async with one_column(boards.column(1, "Todo"), cards(2)) as (_, view):
        assert view.card_at(0) is None
        assert view.card_at(HEADER + 1) == boards.card(1, "Card 1")
        assert view.card_at(HEADER + 3) == boards.card(2, "Card 2")
        assert view.card_at(HEADER + 6) is None
