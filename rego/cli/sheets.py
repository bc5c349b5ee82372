"""A card on a terminal: its Markdown rendered, its labels in colour. Loads rich, and only when something is really drawn."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.text import Text

from rego.cli.card_views import CardSheet, facts, file_line, minute
from rego.cli.tables import STYLES
from rego.naming import label_name
from rego.safe_text import safe_text
from rego.wire.labels import Label

WIDEST = 100
"""Lines of prose that are longer are hard to read."""


def drawn(sheet: CardSheet, width: int, *, colors: bool | None = None) -> str:
    """The card as styled text. It is made safe last, because Markdown can hide what steers a terminal in `&#27;`."""
    console = Console(
        file=StringIO(),
        width=min(width, WIDEST),
        force_terminal=True,
        no_color=None if colors is None else not colors,
        markup=False,
        emoji=False,
        highlight=False,
    )
    for part in _parts(sheet):
        safe = [
            Segment(safe_text(segment.text, multiline=True), segment.style)
            for segment in console.render(part)
            if not segment.control
        ]
        console.print(Segments(safe), end="")
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def _parts(sheet: CardSheet) -> Iterator[RenderableType]:
    card = sheet.card
    yield Text.assemble((sheet.ref, "bold cyan"), "  ", (safe_text(card.title), "bold"))
    yield Text(safe_text(" · ".join(facts(sheet))), style="dim")
    if sheet.labels:
        yield Text(" ").join(map(_label, sheet.labels))
    if card.description:
        yield Text("")
        yield _markdown(card.description)
    for checklist in sheet.checklists:
        done = sum(item.done for item in checklist.items)
        yield Text(f"\n{safe_text(checklist.title)} ({done} of {len(checklist.items)})", style="bold")
        for item in checklist.items:
            yield Text(f"  {'☑' if item.done else '☐'} {safe_text(item.text)}", style="dim" if item.done else "")
    if sheet.attachments:
        yield Text(f"\nFiles ({len(sheet.attachments)})", style="bold")
    for attachment in sheet.attachments:
        yield Text(f"  {safe_text(file_line(attachment))}")
    if sheet.comments:
        yield Text(f"\nComments ({len(sheet.comments)})", style="bold")
    for comment in sheet.comments:
        yield Text(f"\n{safe_text(comment.author)}, {minute(comment.created_at)}", style="dim")
        yield Padding(_markdown(comment.text), (0, 0, 0, 2))


def _label(label: Label) -> Text:
    return Text(f" {safe_text(label_name(label))} ", style=f"reverse {STYLES[label.color]}")


def _markdown(text: str) -> Markdown:
    # Links are written out: what an escape sequence hides, nobody can check.
    return Markdown(safe_text(text, multiline=True), hyperlinks=False)
