"""What a command prints: data on stdout, narration on stderr; tables for people, plain lines for pipes, JSON for programs.

Text from other people becomes harmless here: see `rego.safe_text`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Generic, TextIO, TypeVar

import msgspec
from msgspec import Struct

from rego.safe_text import safe_text
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.text import BIDI_CONTROLS

T = TypeVar("T")


class Piece(Struct, frozen=True):
    """A word of a cell in its colour."""

    text: str
    color: Color | None = None


class Cell(Struct, Generic[T], frozen=True):
    """One column of a table: its heading, and what stands under it. A `long` one is cut first when the terminal is narrow."""

    heading: str
    show: Callable[[T], str | list[Piece]]
    long: bool = False


class Form(Struct, frozen=True):
    """The form that the caller asked for: at most one of JSON with some fields (`()` for all), only names, or CSV.

    `jq` and `template` work on the JSON; without any of them the form is what suits the place. `limit` is how many entries of
    a list are shown at most, 0 for all.
    """

    json: tuple[str, ...] | None = None
    quiet: bool = False
    csv: bool = False
    jq: str | None = None
    template: str | None = None
    limit: int = 0

    @property
    def for_people(self) -> bool:
        """Whether no form was asked for, so that it may be what reads best."""
        return self.json is None and not self.quiet and not self.csv


class View(Struct, Generic[T], frozen=True):
    """How one kind of thing is shown.

    `cells` are for people. A JSON record has the fields of `struct`, read from what `entity` returns, and the `extras`.
    `short` is what `--quiet` prints: the shortest name that other commands take.
    """

    struct: type[Struct]
    entity: Callable[[T], Struct]
    short: Callable[[T], str]
    cells: Sequence[Cell[T]] = ()
    extras: dict[str, Callable[[T], Any]] = {}

    def named_fields(self, text: str) -> tuple[str, ...]:
        """The JSON fields in `text`, which has commas between them; raises `InvalidInput` for one that does not exist."""
        fields = tuple(name.strip() for name in text.split(",") if name.strip())
        if unknown := [name for name in fields if name not in self.fields()]:
            raise InvalidInput(f"There is no JSON field {', '.join(unknown)}; there are {', '.join(self.fields())}.")
        return fields

    def fields(self) -> list[str]:
        """The names of the JSON fields."""
        return [*(f.encode_name for f in msgspec.structs.fields(self.struct)), *self.extras]

    def record(self, item: T, fields: tuple[str, ...]) -> dict[str, Any]:
        """`item` as a JSON object with `fields`, or with all of them."""
        extras = {name: msgspec.to_builtins(of(item)) for name, of in self.extras.items()}
        whole = msgspec.to_builtins(self.entity(item)) | extras
        return {name: whole[name] for name in fields or self.fields()}


class Output:
    """The two streams of a command. `colors` is whether to colour; None leaves it to the place and the environment."""

    def __init__(self, out: TextIO, err: TextIO, colors: bool | None = None) -> None:
        self.out = out
        self.err = err
        self.terminal = out.isatty()
        self.colors = colors

    def many(self, view: View[T], items: Sequence[T], form: Form, *, none: str = "") -> None:
        """Print a list. `none` says on stderr, to a person, that there is nothing."""
        shown = items[: form.limit] if form.limit else items
        if form.json is not None:
            self._data([view.record(item, form.json) for item in shown], form)
        elif form.quiet:
            self.lines(view.short(item) for item in shown)
        elif form.csv:
            self._csv(view.cells, shown)
        elif shown or not self.terminal:
            self.table(view.cells, shown)
        elif none:
            self.note(none)
        if len(shown) < len(items):
            self.note(f"{len(shown)} of {len(items)} shown; --limit 0 shows all.")

    def one(self, view: View[T], item: T, form: Form, text: str) -> None:
        """Print one thing: as `text`, of one or several lines, for people."""
        if form.json is not None:
            self._data(view.record(item, form.json), form)
        elif form.csv:
            self._csv(view.cells, [item])
        else:
            self.block(view.short(item) if form.quiet else text)

    def changed(self, view: View[T], item: T, form: Form, sentence: str) -> None:
        """Report a change: a sentence for the person, and the thing's name for whoever reads stdout."""
        if form.json is not None:
            self._data(view.record(item, form.json), form)
            return
        if not form.quiet:
            self.note(sentence)
        if form.csv:
            self._csv(view.cells, [item])
        elif form.quiet or not self.terminal:
            self.lines([view.short(item)])

    def changed_many(self, view: View[T], items: Sequence[T], form: Form, sentence: str) -> None:
        """Report one change of several things: one sentence, and all their names."""
        if form.for_people:
            self.note(sentence)
            if not self.terminal:
                self.lines(view.short(item) for item in items)
        else:
            self.many(view, items, form)

    def table(self, cells: Sequence[Cell[T]], items: Sequence[T]) -> None:
        """A table on a terminal; elsewhere lines with tabs between the cells, without headings, whole."""
        if self.terminal:
            from rego.cli.tables import print_table

            print_table(self.out, cells, items, colors=self.colors)
        elif self._colors_in_a_pipe():
            from rego.cli.tables import painted

            for item in items:
                self.out.write("\t".join(painted(cell.show(item)) for cell in cells) + "\n")
        else:
            for item in items:
                self.out.write("\t".join(safe_text(plain(cell.show(item))) for cell in cells) + "\n")

    def _colors_in_a_pipe(self) -> bool:
        if self.colors is not None:
            return self.colors
        return os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0") and not os.environ.get("NO_COLOR")

    def _csv(self, cells: Sequence[Cell[T]], items: Sequence[T]) -> None:
        from rego.cli.filtering import write_csv

        headings = [cell.heading for cell in cells]
        write_csv(self.out, headings, [[plain(cell.show(item)) for cell in cells] for item in items])

    def _data(self, value: Any, form: Form) -> None:
        """JSON, or what the caller's filter or template makes of it."""
        if form.jq is None and form.template is None:
            self.json(value)
            return
        from rego.cli.filtering import filtered, rendered

        self.out.writelines(filtered(value, form.jq) if form.jq is not None else rendered(value, form.template or ""))
        self.out.flush()

    def json(self, value: Any) -> None:
        """`value` as JSON, indented on a terminal; whatever could steer a terminal is escaped."""
        encoded = msgspec.json.encode(value)
        self.encoded(msgspec.json.format(encoded, indent=2) if self.terminal else encoded)

    def encoded(self, encoded: bytes) -> None:
        """JSON that is encoded already, on a line of its own, at once."""
        self.out.write(escaped(encoded.decode()) + "\n")
        self.out.flush()

    def lines(self, lines: Iterable[str]) -> None:
        """One name or sentence a line."""
        for line in lines:
            self.out.write(safe_text(line) + "\n")

    def block(self, text: str) -> None:
        """Text of several lines."""
        self.out.write(safe_text(text, multiline=True) + "\n")

    def note(self, sentence: str) -> None:
        """A sentence of narration."""
        self.err.write(safe_text(sentence) + "\n")
        self.err.flush()


def plain(shown: str | list[Piece]) -> str:
    """The text of a cell without its colours."""
    return shown if isinstance(shown, str) else ", ".join(piece.text for piece in shown)


def escaped(encoded: str) -> str:
    """JSON text with the controls that JSON allows in strings written as escapes."""
    if encoded.isascii() and "\x7f" not in encoded:
        return encoded
    return _steering().sub(lambda found: f"\\u{ord(found[0]):04x}", encoded)


@cache
def _steering() -> re.Pattern[str]:
    # JSON itself escapes what lies below U+0020.
    return re.compile(f"[\x7f-\x9f\u2028\u2029{BIDI_CONTROLS}]")
