"""Colours and styles of what the line-rendering widgets draw, taken from the theme once and kept until it changes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from zlib import crc32

from msgspec import Struct
from rich.style import Style

from rego.wire.boards import Member
from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.labels import Label

LABELS_ON_DARK: dict[Color, str] = {
    Color.GREEN: "#229369",
    Color.YELLOW: "#f7e321",
    Color.ORANGE: "#fdc5a1",
    Color.RED: "#f92d1b",
    Color.PURPLE: "#cb95fc",
    Color.BLUE: "#0e7ff9",
    Color.SKY: "#9dddff",
    Color.LIME: "#89c813",
    Color.PINK: "#ee07c0",
    Color.GRAY: "#ababab",
}

LABELS_ON_LIGHT: dict[Color, str] = {
    Color.GREEN: "#3c8769",
    Color.YELLOW: "#8b791d",
    Color.ORANGE: "#562f00",
    Color.RED: "#b70234",
    Color.PURPLE: "#592b9d",
    Color.BLUE: "#1a54d4",
    Color.SKY: "#0277a2",
    Color.LIME: "#435800",
    Color.PINK: "#72164d",
    Color.GRAY: "#4b5d65",
}
"""Both sets keep a contrast of 3 to their grounds, as WCAG asks of marks, and stay apart for people who see no red or no green:
they differ in lightness as well as in hue, which `tests/tui/test_themes.py` measures. The name always stands beside."""

PEOPLE_ON_DARK = ("#e0a458", "#58b09c", "#c58be0", "#6fa8dc", "#e07a7a", "#93c572", "#d685b5", "#c2b25c")
PEOPLE_ON_LIGHT = ("#9a5b00", "#00725c", "#8a3fb0", "#1f64a8", "#b03a3a", "#3f7a12", "#a3327a", "#6f6200")


def label_color(color: Color, *, dark: bool = True) -> str:
    """The colour of a label or a column, on a dark or on a light theme."""
    return (LABELS_ON_DARK if dark else LABELS_ON_LIGHT)[color]


def person_color(user_id: str, *, dark: bool = True) -> str:
    """The colour of a person, the same on every screen. The one for dark themes is also a ground for dark text."""
    colors = PEOPLE_ON_DARK if dark else PEOPLE_ON_LIGHT
    return colors[crc32(user_id.encode("utf-8", "surrogatepass")) % len(colors)]


class Styles(Struct, frozen=True):
    """The theme's part, resolved for one widget."""

    ground: Style
    card: Style
    card_focused: Style
    card_ghost: Style
    card_fresh: Style
    bar: Style
    bar_idle: Style
    title: Style
    muted: Style
    good: Style
    warning: Style
    error: Style
    accent: Style
    dark: bool = True


class Density(StrEnum):
    """How much of each card is shown."""

    COMPACT = "compact"
    NORMAL = "normal"
    FULL = "full"


class Looks(Struct, frozen=True):
    """All that the drawing of a card depends on beside the card itself. A new object means: draw everything again."""

    key: str
    labels: dict[str, Label]
    members: dict[str, Member]
    now: datetime
    density: Density = Density.NORMAL


class Peer(Struct, frozen=True):
    """Somebody else whose cursor is on a card, or with `away` was when the server was last heard."""

    user_id: str
    name: str
    editing: bool
    away: bool = False


class Face(Struct, frozen=True):
    """How a card is shown at the moment."""

    focused: bool = False
    ghost: bool = False
    pending: bool = False
    marked: bool = False
    peers: tuple[Peer, ...] = ()
    changed_by: Peer | None = None


PRIORITY_MARK: dict[Priority, str] = {Priority.HIGH: "▲ high", Priority.URGENT: "▲ urgent"}
