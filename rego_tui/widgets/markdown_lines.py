"""Markdown as lines of cells: headings, lists, quotes, code, tables; links are shown in full, and nothing can be clicked. Pure.

Textual's own widget mounts a widget for each block, and shows links without where they lead. HTML is text here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len, chop_cells
from rich.style import Style

from rego_tui.widgets.prose import Inks, Line, Span, flow, steady_block, width_of
from rego_tui.widgets.table_lines import table_lines

MARKDOWN_MAX = 20_000
"""Characters that are read as Markdown; what comes after them is shown as it was written, because to read it takes too long."""

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9](?:[\w.-]*\w)?")
_BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
_BULLETS = "•◦▪"


def markdown_lines(text: str, width: int, inks: Inks, *, mentions: frozenset[str] = frozenset()) -> list[Line]:
    """Foreign text, made safe here, in lines of at most `width` cells; names in `mentions` (lower case) stand out after @."""
    whole = steady_block(text).strip("\n")
    head, tail = whole, ""
    if len(whole) > MARKDOWN_MAX:
        cut = whole.rfind("\n", 0, MARKDOWN_MAX) + 1 or MARKDOWN_MAX
        head, tail = whole[:cut], whole[cut:]
    writer = _Writer(max(width, 8), inks, mentions)
    for token in _PARSER.parse(head):
        writer.take(token)
    if tail:
        writer.put(flow([(tail, inks.text)], width))
    return writer.lines


class _Prefix:
    """What stands before the lines of a list item or a quote."""

    def __init__(self, first: Span, rest: Span) -> None:
        self.first: Span | None = first
        self.rest = rest


class _Writer:
    """Takes tokens in and writes lines."""

    def __init__(self, width: int, inks: Inks, mentions: frozenset[str]) -> None:
        self.lines: list[Line] = []
        self._width = width
        self._inks = inks
        self._mentions = mentions
        self._prefixes: list[_Prefix] = []
        self._lists = 0
        self._tight = False
        self._style = inks.text
        self._heading = ""
        self._rows: list[list[Line]] | None = None

    def take(self, token: Token) -> None:
        if handler := _HANDLERS.get(token.type):
            handler(self, token)

    @property
    def _room(self) -> int:
        return max(self._width - sum(cell_len(p.rest[0]) for p in self._prefixes), 4)

    def put(self, lines: Sequence[Line]) -> None:
        """Write a block, apart from the one before it unless a list is tight."""
        fresh = any(prefix.first is not None for prefix in self._prefixes)
        if self.lines and not (self._lists and (self._tight or fresh)):
            self.lines.append(self._before(blank=True))
        for line in lines or [[]]:
            self.lines.append([*self._before(), *line])

    def _before(self, *, blank: bool = False) -> Line:
        spans = []
        for prefix in self._prefixes:
            if prefix.first is None:
                spans.append(prefix.rest)
            elif not blank:
                spans.append(prefix.first)
                prefix.first = None
        return spans

    # --- blocks ------------------------------------------------------------------------------------------------------

    def heading(self, token: Token) -> None:
        self._heading = token.tag if token.nesting == 1 else ""
        self._style = self._inks.heading if token.nesting == 1 else self._inks.text

    def paragraph(self, token: Token) -> None:
        self._tight = token.hidden

    def inline(self, token: Token) -> None:
        spans = self._boxed(_inline(token.children or [], self._style, self._inks, self._mentions))
        if self._rows is not None:
            self._rows[-1].append(list(spans))
            return
        lines = flow(spans, self._room)
        if self._heading == "h1":
            lines.append([("─" * max(map(width_of, lines), default=0), self._inks.muted)])
        self.put(lines)

    def _boxed(self, spans: list[Span]) -> list[Span]:
        """A task's brackets as a box, which takes the bullet's place."""
        if self._prefixes and self._prefixes[-1].first is not None and spans:
            text, style = spans[0]
            if box := _BOXES.get(text[:4]):
                self._prefixes[-1].first = (box, self._inks.accent)
                return [(text[4:], style), *spans[1:]]
        return spans

    def listing(self, token: Token) -> None:
        if token.nesting == 1 and not self._lists and self.lines:
            self.lines.append(self._before(blank=True))
        self._lists += token.nesting

    def item(self, token: Token) -> None:
        if token.nesting == -1:
            self._prefixes.pop()
            return
        bullet = f"{token.info}{token.markup} " if token.info else f"{_BULLETS[min(self._lists, 3) - 1]} "
        self._tight = True
        self._prefixes.append(_Prefix((bullet, self._inks.accent), (" " * len(bullet), self._inks.text)))

    def quote(self, token: Token) -> None:
        if token.nesting == -1:
            self._prefixes.pop()
            self._style = self._inks.text
            return
        self._style = self._inks.muted
        self._prefixes.append(_Prefix(("▎ ", self._inks.accent), ("▎ ", self._inks.accent)))

    def code(self, token: Token) -> None:
        room = self._room - 2
        lines = [part for line in token.content.rstrip("\n").split("\n") for part in (chop_cells(line, room) or [""])]
        self.put([[(f" {line}{' ' * (room - cell_len(line))} ", self._inks.code)] for line in lines])

    def rule(self, _: Token) -> None:
        self.put([[("─" * self._room, self._inks.muted)]])

    def table(self, token: Token) -> None:
        if token.nesting == 1:
            self._rows = []
            return
        rows, self._rows = self._rows or [], None
        self.put(table_lines(rows, self._room, self._inks))

    def row(self, token: Token) -> None:
        if token.nesting == 1 and self._rows is not None:
            self._rows.append([])


def _inline(tokens: Sequence[Token], style: Style, inks: Inks, mentions: frozenset[str]) -> list[Span]:
    spans: list[Span] = []
    styles, target = [style], ""
    for token in tokens:
        if token.type in _LINE_STYLES and token.nesting == 1:
            styles.append(styles[-1] + _LINE_STYLES[token.type])
        elif token.type in _ENDS:
            styles.pop()
        elif token.type == "link_open":
            target = str(token.attrs.get("href", ""))
            styles.append(styles[-1] + inks.accent + Style(underline=True))
        elif token.type == "link_close":
            styles.pop()
            if target and target != _last(spans):
                spans.append((f" ({target})", styles[-1] + inks.muted))
        elif token.type in ("softbreak", "hardbreak"):
            spans.append(("\n", style))
        elif token.type == "code_inline":
            spans.append((token.content, styles[-1] + inks.code))
        elif token.type == "image":
            spans.append((f"▣ {token.content} ({token.attrs.get('src', '')})", styles[-1] + inks.muted))
        else:
            spans += _text(token.content, styles[-1], inks, mentions)
    return spans


def _last(spans: Sequence[Span]) -> str:
    return spans[-1][0] if spans else ""


def _text(text: str, style: Style, inks: Inks, mentions: frozenset[str]) -> list[Span]:
    """Plain text, with the names of members after an @ in another ink."""
    spans, at = list[Span](), 0
    for found in _MENTION.finditer(text) if mentions else ():
        if found[0][1:].lower() in mentions:
            spans += [(text[at : found.start()], style), (found[0], style + inks.warning + Style(bold=True))]
            at = found.end()
    return [*spans, (text[at:], style)]


_LINE_STYLES = {"em_open": Style(italic=True), "strong_open": Style(bold=True), "s_open": Style(strike=True)}
_ENDS = {"em_close", "strong_close", "s_close"}

_HANDLERS: dict[str, Callable[[_Writer, Token], None]] = {
    "heading_open": _Writer.heading,
    "heading_close": _Writer.heading,
    "paragraph_open": _Writer.paragraph,
    "inline": _Writer.inline,
    "bullet_list_open": _Writer.listing,
    "bullet_list_close": _Writer.listing,
    "ordered_list_open": _Writer.listing,
    "ordered_list_close": _Writer.listing,
    "list_item_open": _Writer.item,
    "list_item_close": _Writer.item,
    "blockquote_open": _Writer.quote,
    "blockquote_close": _Writer.quote,
    "fence": _Writer.code,
    "code_block": _Writer.code,
    "hr": _Writer.rule,
    "table_open": _Writer.table,
    "table_close": _Writer.table,
    "tr_open": _Writer.row,
}
