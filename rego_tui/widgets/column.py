"""One column of a board as one line-rendering widget: however many cards it has, only the lines in sight are drawn."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rego.wire.cards import CardSummary
from rego.wire.columns import Column
from rego_tui.card_list import CardList
from rego_tui.messages import CardClicked, ColumnClicked
from rego_tui.widgets.card_lines import card_height, card_lines, edge_height
from rego_tui.widgets.column_head import HEADER, Head, header_line, note_line, strip_line
from rego_tui.widgets.glide import Glide, Sides, Sight, glide_between, laid_over
from rego_tui.widgets.looks import Face, Looks, Styles

STRIP_WIDTH = 4
"""Cells of a column that is collapsed to a strip."""

CACHED_CARDS = 400

KNOWN_WIDTHS = 2
"""For so many widths heights are kept: with a card beside the board a column is narrower, and soon as wide as before."""

_NO_SIDES: Sides = {}


class ColumnView(ScrollView):
    """Draws the cards that it is given. The cursor, the ghost and the peers are faces on top; none changes a height."""

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "column--card",
        "column--card-focused",
        "column--card-ghost",
        "column--card-fresh",
        "column--bar",
        "column--rule",
        "column--title",
        "column--muted",
        "column--good",
        "column--warning",
        "column--error",
        "column--accent",
    }

    def __init__(self, column: Column, looks: Looks) -> None:
        super().__init__()
        self.column = column
        self.looks = looks
        self.cards = CardList()
        self.counts = (0, 0)
        self.number = 0
        self.note = ""
        self.active = self.collapsed = False
        self.faces: Mapping[str, Face] = {}
        self._tops: list[int] = [0]
        self._heights: dict[str, tuple[CardSummary, int]] = {}
        self._heights_at: OrderedDict[int, dict[str, tuple[CardSummary, int]]] = OrderedDict()
        self._measured_for = 0
        self._strips: OrderedDict[tuple[str, Face, int], tuple[CardSummary, list[Strip]]] = OrderedDict()
        self._styles: Styles | None = None
        self._restyled = False
        self._glide: Glide | None = None

    # --- what is shown -------------------------------------------------------------------------------------------

    def show_frame(
        self, column: Column, looks: Looks, *, number: int, active: bool, collapsed: bool = False, note: str = ""
    ) -> None:
        """Change what stands around the cards; `number` is the column's on the board, `active` says that the cursor is here.

        A `collapsed` one is a strip with its title and count. The `note` stands where there are no cards.
        """
        anew = (looks.density, collapsed) != (self.looks.density, self.collapsed)
        if looks is not self.looks:
            self._strips.clear()
        elif (column, number, active, note) == (self.column, self.number, self.active, self.note) and not anew:
            return
        self.column, self.looks, self.number, self.active, self.note = column, looks, number, active, note
        if anew:
            self.collapsed = collapsed
            self.set_class(collapsed, "-collapsed")
            self._measured_for = -1
            self._heights_at.clear()
            self._take(self.cards, self._focused_card())
        self.refresh()

    def show_cards(
        self, cards: CardList, counts: tuple[int, int], *, keep: str | None = None, sides: Sides = _NO_SIDES, now: float = 0.0
    ) -> None:
        """Show `cards`; `counts` are how many count as shown, and how many the column has. Draws the lines that change.

        The card `keep` stays where it is on the screen; without one the topmost does, except that a column at its very top
        stays there, so that cards which come in above are seen. The cards in `sides` glide there from `now` on, which changes
        nothing but what is drawn meanwhile.
        """
        if counts != self.counts:
            self.counts = counts
            self.refresh(Region(0, 0, self.size.width, 1))
        if cards is not self.cards:
            before, former = self._sight(), self._glide if self._is_gliding else None
            self._take(cards, keep)
            if sides and not self.collapsed:
                self._glide = glide_between(before, self._sight(), sides, self.size.width, now, former=former)
            if self._glide is not None or former is not None:
                self._refresh_between(HEADER, self.size.height)
            else:
                self._refresh_lines(before, self._sight())

    def glide_on(self, now: float) -> bool:
        """Draw the cards where they are on their way at a moment; False when they have arrived."""
        if self._glide is None:
            return False
        if not self._is_gliding or not self._glide.go_on(now):
            self._glide = None
        self._refresh_between(HEADER, self.size.height)
        return self._glide is not None

    @property
    def _is_gliding(self) -> bool:
        """Whether cards are on their way; whatever scrolls the column or gives it another width ends that."""
        glide = self._glide
        return glide is not None and (glide.first, glide.width) == (self.scroll_offset.y - HEADER, self.size.width)

    def _take(self, cards: CardList, keep: str | None) -> None:
        """Have other cards, or another width."""
        self._glide = None
        topmost = self._card_id_at_line(self.scroll_offset.y) if self.scroll_offset.y else None
        anchor = keep if self.index_of(keep) is not None else topmost
        line = self._line_of(anchor) - self.scroll_offset.y
        self.cards = cards
        self._measure()
        if self.index_of(anchor) is not None:
            self._scroll_to_line(self._line_of(anchor) - line)

    def _sight(self) -> Sight:
        """What is shown at the moment."""
        return Sight(self.cards, self._tops, self.scroll_offset.y - HEADER, self.size.height)

    def _refresh_lines(self, before: Sight, after: Sight) -> None:
        """Draw again what does not look as before: a card that is the same object on the same line does."""
        old, new = before.begins(), after.begins()
        for start, end in pairwise([*sorted(new), self.size.height]):
            if start not in old or old[start] is not new[start]:
                self._refresh_between(start, end)

    def show_faces(self, faces: Mapping[str, Face]) -> None:
        """Give cards another look; draws again the lines of those that changed."""
        before, self.faces = self.faces, faces
        for card_id in before.keys() | faces.keys():
            if before.get(card_id) != faces.get(card_id):
                self._refresh_card(card_id)

    # --- geometry ------------------------------------------------------------------------------------------------

    def index_of(self, card_id: str | None) -> int | None:
        """The card's index among those shown."""
        return self.cards.index_of(card_id)

    def card_at(self, y: int) -> CardSummary | None:
        """The card at line `y` of the widget, or None on the header and below the last card."""
        line = y - HEADER + self.scroll_offset.y
        return self._card_at_line(line) if y >= HEADER and line < self._tops[-1] else None

    def gap_at(self, y: int) -> int:
        """How many cards have their middle above line `y` of the widget: the index for a card that is let go there."""
        line = y - HEADER + self.scroll_offset.y
        return bisect_left(range(len(self.cards)), line, key=lambda n: (self._tops[n] + self._tops[n + 1]) // 2)

    def row_of(self, card_id: str) -> int:
        """The first text line of a card, counted from the widget's top; it may be out of sight."""
        return self._line_of(card_id) + edge_height(self.looks.density) - self.scroll_offset.y + HEADER

    def nearest_to(self, y: int) -> CardSummary | None:
        """The card that covers line `y` of the widget, or the one closest to it."""
        return self._card_at_line(max(0, y - HEADER + self.scroll_offset.y))

    def bring_into_sight(self, card_id: str) -> None:
        """Scroll as little as shows the whole card."""
        index = self.index_of(card_id)
        if index is None or self.page <= 0:
            return
        top, bottom = self._tops[index], self._tops[index + 1]
        first = self.scroll_offset.y
        if top < first or bottom - top > self.page:
            self._scroll_to_line(top + (self.page == 1))  # its title, where one line is all there is
        elif bottom > first + self.page:
            self._scroll_to_line(bottom - self.page)

    @property
    def page(self) -> int:
        """The lines in sight below the header."""
        return self.size.height - HEADER

    def _measure(self) -> None:
        """Work out where each card begins, for the scroll bar's sake too."""
        self._sum_heights()
        # Quietly: by itself Textual would lay out the whole screen again, and nothing else on it depends on this.
        self.set_reactive(ColumnView.virtual_size, Size(self.size.width, self._tops[-1] + HEADER))
        self._scroll_to_line(self.scroll_offset.y)

    def _sum_heights(self) -> None:
        width = 0 if self.collapsed else self.size.width
        if self._measured_for != width:
            self._measured_for = width
            self._heights = self._heights_at.pop(width, {})
            self._heights_at[width] = self._heights
            if len(self._heights_at) > KNOWN_WIDTHS:
                self._heights_at.popitem(last=False)
        known = self._heights
        # A card is measured again only when it or the width changed.
        heights = [
            height[1] if (height := known.get(card.id)) is not None and height[0] is card else self._height(card)
            for card in self.cards
        ]
        self._tops = [0, *accumulate(heights)]

    def _height(self, card: CardSummary) -> int:
        height = card_height(card, self._measured_for, self.looks.density) if self._measured_for else 0
        self._heights[card.id] = (card, height)
        return height

    def _line_of(self, card_id: str | None) -> int:
        index = self.index_of(card_id)
        return self._tops[index] if index is not None else 0

    def _index_at(self, line: int) -> int:
        return min(bisect_right(self._tops, line), len(self.cards)) - 1

    def _card_at_line(self, line: int) -> CardSummary | None:
        if not self._tops[-1]:
            return None  # no cards, or none measured yet
        return self.cards[self._index_at(line)]

    def _card_id_at_line(self, line: int) -> str | None:
        card = self._card_at_line(line)
        return card.id if card is not None else None

    def _scroll_to_line(self, line: int) -> None:
        self.scroll_to(y=line, animate=False, force=True)

    # --- drawing ---------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self.collapsed:
            return strip_line(self._head, y, self.styles_now, width)
        if y < HEADER:
            return header_line(self._head, y, self.styles_now, width)
        if width != self._measured_for:
            self._sum_heights()  # the size changed, and Textual draws once more before it tells
        if self._glide is not None and self._is_gliding:
            return self._line_of_glide(self._glide, y, width)
        if not self.cards:
            return note_line(self.note, y, self.styles_now, width)
        line = y - HEADER + self.scroll_offset.y
        if line >= self._tops[-1]:
            return self._blank(width)
        index = bisect_right(self._tops, line) - 1
        return self._strips_of(self.cards[index], width)[line - self._tops[index]]

    def _blank(self, width: int) -> Strip:
        return Strip([Segment(" " * width, self.styles_now.ground)], width)

    def _line_of_glide(self, glide: Glide, y: int, width: int) -> Strip:
        strip = self._blank(width)
        for flight, line, x in glide.at_line(y):
            strip = laid_over(strip, self._strips_of(flight.card, width, flight.face)[line], x)
        return strip

    def _strips_of(self, card: CardSummary, width: int, face: Face | None = None) -> list[Strip]:
        """The lines of a card, from the cache while neither the card nor its face changed."""
        face = face or self.faces.get(card.id, _PLAIN)
        key = (card.id, face, width)
        known = self._strips.get(key)
        if known is not None and known[0] is card and not self._restyled:
            self._strips.move_to_end(key)
            return known[1]
        strips = card_lines(card, face, self.looks, self.styles_now, width)
        self._strips[key] = (card, strips)
        if len(self._strips) > CACHED_CARDS:
            self._strips.popitem(last=False)
        return strips

    @property
    def _head(self) -> Head:
        return Head(self.column, self.number, self.active, self.counts)

    @property
    def styles_now(self) -> Styles:
        """The theme's styles for this widget."""
        if self._styles is None or self._restyled:
            styles, self._restyled = self._resolve_styles(), False
            if styles != self._styles:
                self._styles = styles
                self._strips.clear()
        return self._styles

    def _resolve_styles(self) -> Styles:
        def ground(name: str) -> Style:
            whole = self.get_component_rich_style(f"column--{name}")
            return Style(color=whole.color, bgcolor=whole.bgcolor)

        def part(name: str) -> Style:
            whole = self.get_component_rich_style(f"column--{name}")
            return Style(color=whole.color, bold=whole.bold)

        return Styles(
            ground=Style(bgcolor=self.rich_style.bgcolor),
            card=ground("card"),
            card_focused=ground("card-focused"),
            card_ghost=ground("card-ghost"),
            card_fresh=ground("card-fresh"),
            bar=part("bar"),
            bar_idle=part("rule"),
            title=part("title"),
            muted=part("muted"),
            good=part("good"),
            warning=part("warning"),
            error=part("error"),
            accent=part("accent"),
            dark=self.app.current_theme.dark,
        )

    def _refresh_card(self, card_id: str) -> None:
        index = self.index_of(card_id)
        if self._glide is not None:
            self._refresh_between(HEADER, self.size.height)
        elif index is not None:
            first = self.scroll_offset.y - HEADER
            self._refresh_between(self._tops[index] - first, self._tops[index + 1] - first)

    def _refresh_between(self, start: int, end: int) -> None:
        """Draw the lines of the widget from `start` to `end` again, as far as they are in sight."""
        start, end = max(start, HEADER), min(end, self.size.height)
        if start < end:
            self.refresh(Region(0, start, self.size.width, end - start))

    # --- what Textual tells ------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """The theme may have changed (or not: Textual calls this for less); the next line drawn finds out."""
        self._restyled = True
        super().notify_style_update()

    def on_resize(self) -> None:
        anchor = self._focused_card()
        self._take(self.cards, anchor)
        self.refresh()
        if anchor is not None:
            self.bring_into_sight(anchor)

    def _focused_card(self) -> str | None:
        return next((card_id for card_id, face in self.faces.items() if face.focused), None)

    def on_click(self, event: events.Click) -> None:
        card = None if self.collapsed else self.card_at(event.y)
        if card is not None:
            self.post_message(CardClicked(self.column.id, card.id, twice=event.chain > 1))
        else:
            self.post_message(ColumnClicked(self.column.id))


_PLAIN = Face()
