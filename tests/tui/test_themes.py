"""The look: text is read easily on every ground, label colours stay apart for colour-blind people, and no colour is needed."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from rego_tui.screens.board import BoardScreen
from rego_tui.themes import THEMES
from rego_tui.widgets.bars import BoardBar, OptionsBar
from rego_tui.widgets.choices import ChoiceList
from rego_tui.widgets.column import ColumnView
from rego_tui.widgets.looks import LABELS_ON_DARK, LABELS_ON_LIGHT, PEOPLE_ON_DARK, PEOPLE_ON_LIGHT
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

TEXT_MIN, MARK_MIN = 4.5, 3.0
"""The least contrast of text and of marks, by WCAG 2.2 (1.4.3 and 1.4.11)."""

APART_MIN = 0.07
"""The least distance of two label colours in OKLab, where 0.02 is about what people just notice."""

NAMES = [theme.name for theme in THEMES]


def linear(color: Color) -> tuple[float, float, float]:
    """The light of a colour, by WCAG's definition of relative luminance."""
    parts = [part / 255 for part in (color.r, color.g, color.b)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: Color, other: Color) -> float:
    bright, dark = sorted((0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other))), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def ink(style: Style) -> Color:
    assert style.color is not None
    return Color.from_rich_color(style.color)


def ground(style: Style) -> Color:
    assert style.bgcolor is not None
    return Color.from_rich_color(style.bgcolor)


async def in_theme(desk: Desk, name: str) -> None:
    desk.app.wish("theme", name)
    await desk.settle()


def columns_grounds(column: ColumnView) -> dict[str, Color]:
    styles = column.styles_now
    return {name: ground(getattr(styles, name)) for name in ("ground", "card", "card_focused", "card_ghost")}


@pytest.mark.parametrize("name", NAMES)
async def test_all_text_of_a_board_is_read_easily(name: str) -> None:
    async with at_desk(boards.rich()) as desk:
        await in_theme(desk, name)
        column = next(iter(desk.board.query(ColumnView)))
        inks = {
            each: ink(getattr(column.styles_now, each)) for each in ("title", "muted", "good", "warning", "error", "accent")
        }
        faint = {
            (each, where): round(contrast(color, under), 2)
            for each, color in inks.items()
            for where, under in columns_grounds(column).items()
            if contrast(color, under) < TEXT_MIN
        }
        assert not faint


@pytest.mark.parametrize("name", NAMES)
async def test_all_text_of_bars_and_popups_is_read_easily(name: str) -> None:
    async with at_desk(boards.rich()) as desk:
        await in_theme(desk, name)
        await desk.press("a")
        await desk.until("the popup is there", lambda: bool(desk.app.screen.query(ChoiceList)))
        widgets: list[Widget] = [
            desk.board.query_one(BoardBar),
            desk.board.query_one(OptionsBar),
            desk.app.screen.query_one(ChoiceList),
        ]
        faint = {
            part: round(contrast(ink(style), ground(style)), 2)
            for widget in widgets
            for part in widget.COMPONENT_CLASSES
            if contrast(ink(style := widget.get_component_rich_style(part)), ground(style)) < TEXT_MIN
        }
        assert not faint


@pytest.mark.parametrize(
    ("name", "labels", "people"),
    [("rego-dark", LABELS_ON_DARK, PEOPLE_ON_DARK), ("rego-light", LABELS_ON_LIGHT, PEOPLE_ON_LIGHT)],
)
async def test_the_marks_of_labels_and_people_stand_out(name: str, labels: dict[object, str], people: tuple[str, ...]) -> None:
    async with at_desk(boards.rich()) as desk:
        await in_theme(desk, name)
        grounds = columns_grounds(next(iter(desk.board.query(ColumnView))))
        faint = {
            (color, where): round(contrast(Color.parse(color), under), 2)
            for color in (*labels.values(), *people)
            for where, under in grounds.items()
            if contrast(Color.parse(color), under) < MARK_MIN
        }
        assert not faint


def test_names_on_the_tags_of_others_are_read_easily() -> None:
    assert min(contrast(Color.parse("#101418"), Color.parse(color)) for color in PEOPLE_ON_DARK) >= TEXT_MIN


SIGHT = {
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
}
"""What deuteranopes and protanopes see, on linear light: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency" (2009), at full severity."""


def oklab(light: tuple[float, ...]) -> tuple[float, float, float]:
    """Where a colour is in a space of equal steps: Björn Ottosson, "A perceptual color space for image processing" (2020)."""
    red, green, blue = light
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


def seen(color: str, sight: str) -> tuple[float, float, float]:
    """Where somebody sees a colour."""
    light = linear(Color.parse(color))
    rows = SIGHT[sight]
    return oklab(tuple(min(max(sum(a * b for a, b in zip(row, light, strict=True)), 0.0), 1.0) for row in rows))


@pytest.mark.parametrize("sight", list(SIGHT))
@pytest.mark.parametrize("labels", [LABELS_ON_DARK, LABELS_ON_LIGHT], ids=["dark", "light"])
def test_label_colours_stay_apart_whatever_one_sees(labels: dict[object, str], sight: str) -> None:
    near = {
        (one, other): round(math.dist(seen(labels[one], sight), seen(labels[other], sight)), 3)
        for one, other in combinations(labels, 2)
        if math.dist(seen(labels[one], sight), seen(labels[other], sight)) < APART_MIN
    }
    assert not near


async def test_without_colour_the_board_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with at_desk(boards.rich()) as desk:
        assert desk.app.no_color
        strips = desk.app.screen._compositor.render_strips()
        colors = [
            Color.from_rich_color(color)
            for strip in strips
            for segment in strip.apply_filter(desk.app.get_line_filters()[-1], Color.parse("#000000"))
            if segment.style is not None
            for color in (segment.style.color, segment.style.bgcolor)
            if color is not None
        ]
        assert colors
        assert {color for color in colors if not color.r == color.g == color.b} == set()
        text = desk.text()
        assert isinstance(desk.app.screen, BoardScreen)
        assert "▌" in text, "the cursor is a mark"
        assert "● live" in text
        labels = desk.store.loaded.labels.values()
        assert any(label.name in text for label in labels), "labels are words"
