"""What a command prints: data on stdout, narration on stderr; tables for people, plain lines for pipes, JSON for programs.

Text from other people becomes harmless here: see `rego.safe_text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TextIO, TypeVar

import msgspec
from msgspec import Struct

from rego.safe_text import safe_text
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.text import BIDI_CONTROLS

T = TypeVar("T")

# JSON itself escapes what lies below U+0020.
_STEERING = re.compile(f"[\x7f-\x9f\u2028\u2029{BIDI_CONTROLS}]")


@dataclass(frozen=True)
class Piece:
    """A word of a cell in its colour."""

    text: str
    color: Color | None = None


@dataclass(frozen=True)
class Cell(Generic[T]):
    """One column of a table: its heading, and what stands under it. A `long` one is cut first when the terminal is narrow."""

    heading: str
    show: Callable[[T], str | list[Piece]]
    long: bool = False


@dataclass(frozen=True)
class Form:
    """The form that the caller asked for: JSON with some fields (`()` for all), only names, or what suits the place."""

    json: tuple[str, ...] | None = None
    quiet: bool = False


@dataclass(frozen=True)
class View(Generic[T]):
    """How one kind of thing is shown.

    `cells` are for people. A JSON record has the fields of `struct`, read from what `entity` returns, and the `extras`.
    `short` is what `--quiet` prints: the shortest name that other commands take.
    """

    struct: type[Struct]
    entity: Callable[[T], Struct]
    short: Callable[[T], str]
    cells: Sequence[Cell[T]] = ()
    extras: dict[str, Callable[[T], Any]] = field(default_factory=dict)

    def form(self, json: str | None, quiet: bool) -> Form:
        """The form that the flags ask for; raises `InvalidInput` for a field that does not exist."""
        if json is None:
            return Form(quiet=quiet)
        if quiet:
            raise InvalidInput("Give --json or --quiet, not both.")
        fields = tuple(name.strip() for name in json.split(",") if name.strip())
        if unknown := [name for name in fields if name not in self.fields()]:
            raise InvalidInput(f"There is no JSON field {', '.join(unknown)}; there are {', '.join(self.fields())}.")
        return Form(json=fields)

    def fields(self) -> list[str]:
        """The names of the JSON fields."""
        return [*(f.encode_name for f in msgspec.structs.fields(self.struct)), *self.extras]

    def record(self, item: T, fields: tuple[str, ...]) -> dict[str, Any]:
        """`item` as a JSON object with `fields`, or with all of them."""
        extras = {name: msgspec.to_builtins(of(item)) for name, of in self.extras.items()}
        whole = msgspec.to_builtins(self.entity(item)) | extras
        return {name: whole[name] for name in fields or self.fields()}


class Output:
    """The two streams of a command."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self.out = out
        self.err = err
        self.terminal = out.isatty()

    def many(self, view: View[T], items: Sequence[T], form: Form, *, none: str = "") -> None:
        """Print a list. `none` says on stderr, to a person, that there is nothing."""
        if form.json is not None:
            self.json([view.record(item, form.json) for item in items])
        elif form.quiet:
            self.lines(view.short(item) for item in items)
        elif items or not self.terminal:
            self.table(view.cells, items)
        elif none:
            self.note(none)

    def one(self, view: View[T], item: T, form: Form, text: str) -> None:
        """Print one thing: as `text`, of one or several lines, for people."""
        if form.json is not None:
            self.json(view.record(item, form.json))
        else:
            self.block(view.short(item) if form.quiet else text)

    def changed(self, view: View[T], item: T, form: Form, sentence: str) -> None:
        """Report a change: a sentence for the person, and the thing's name for whoever reads stdout."""
        if form.json is not None:
            self.json(view.record(item, form.json))
            return
        if not form.quiet:
            self.note(sentence)
        if form.quiet or not self.terminal:
            self.lines([view.short(item)])

    def table(self, cells: Sequence[Cell[T]], items: Sequence[T]) -> None:
        """A table on a terminal; elsewhere lines with tabs between the cells, without headings, whole."""
        if self.terminal:
            from rego.cli.tables import print_table

            print_table(self.out, cells, items)
        else:
            for item in items:
                self.out.write("\t".join(safe_text(plain(cell.show(item))) for cell in cells) + "\n")

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
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded)
