"""Colours and styles of what the line-rendering widgets draw, taken from the theme once and kept until it changes."""

from __future__ import annotations

from datetime import datetime
from zlib import crc32

from msgspec import Struct
from rich.style import Style

from rego.wire.boards import Member
from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.labels import Label

# Readable on dark and on light ground, and apart for the common kinds of colour blindness; the name always stands beside.
LABEL_COLORS: dict[Color, str] = {
    Color.GREEN: "#3fa66b",
    Color.YELLOW: "#c9a227",
    Color.ORANGE: "#d9822b",
    Color.RED: "#d9534f",
    Color.PURPLE: "#9b7ede",
    Color.BLUE: "#4c8eda",
    Color.SKY: "#3fb0c4",
    Color.LIME: "#8fb339",
    Color.PINK: "#d673a8",
    Color.GRAY: "#8a93a2",
}

PERSON_COLORS = ("#e0a458", "#58b09c", "#c58be0", "#6fa8dc", "#e07a7a", "#93c572", "#d685b5", "#c2b25c")


def person_color(user_id: str) -> str:
    """The colour of a person, the same on every screen."""
    return PERSON_COLORS[crc32(user_id.encode("utf-8", "surrogatepass")) % len(PERSON_COLORS)]


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


class Looks(Struct, frozen=True):
    """All that the drawing of a card depends on beside the card itself. A new object means: draw everything again."""

    key: str
    labels: dict[str, Label]
    members: dict[str, Member]
    now: datetime


class Peer(Struct, frozen=True):
    """Somebody else whose cursor is on a card."""

    user_id: str
    name: str
    editing: bool


class Face(Struct, frozen=True):
    """How a card is shown at the moment."""

    focused: bool = False
    ghost: bool = False
    pending: bool = False
    marked: bool = False
    peers: tuple[Peer, ...] = ()
    changed_by: Peer | None = None


PRIORITY_MARK: dict[Priority, str] = {Priority.HIGH: "▲ high", Priority.URGENT: "▲ urgent"}
