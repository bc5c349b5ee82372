"""What `--jq`, `--template` and `--csv` make of data. Loaded only when one of them is given."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from rego.cli.output import escaped
from rego.safe_text import safe_text
from rego.wire.errors import InvalidInput

if TYPE_CHECKING:
    from jinja2 import Environment

_FORMULA = ("=", "+", "-", "@", "\t")
"""How a cell begins that a spreadsheet would run instead of show."""


def check(program: str | None, template: str | None, fields: Sequence[str] = ()) -> None:
    """Raise `InvalidInput` for a program or a template that is wrong in itself, before that is done whose answer it is for."""
    if program is not None:
        _compiled(program)
    if template is not None:
        from jinja2 import meta

        environment, text = _environment(), _unescaped(template)
        with _told_as_input():
            unknown = meta.find_undeclared_variables(environment.parse(text)) - set(fields) - set(environment.globals)
            environment.from_string(text)
        if unknown:
            raise InvalidInput(f"The template does not work: '{min(unknown)}' is undefined.", field="template")


def filtered(value: Any, program: str) -> Iterator[str]:
    """Each result of the jq `program` on a line: texts as they are, all else as JSON, as `jq --raw-output` does.

    Raises `InvalidInput` for a program that is wrong, or that does not fit the data.
    """
    compiled = _compiled(program)
    try:
        for result in compiled.input_value(value):
            yield (safe_text(result, multiline=True) if isinstance(result, str) else _json(result)) + "\n"
    except ValueError as error:
        raise _no_filter(error) from error


def rendered(value: Any, template: str) -> Iterator[str]:
    r"""The Jinja `template` filled in for each record; `\n` and `\t` in it are a new line and a tab.

    Raises `InvalidInput` for a template that is wrong or names a field that does not exist.
    """
    with _told_as_input():
        sheet = _environment().from_string(_unescaped(template))
        for record in value if isinstance(value, list) else [value]:
            yield safe_text(sheet.render(record), multiline=True)


def _compiled(program: str) -> Any:
    import jq

    try:
        return jq.compile(program)
    except ValueError as error:
        raise _no_filter(error) from error


def _no_filter(error: ValueError) -> InvalidInput:
    return InvalidInput(f"The jq filter does not work: {' '.join(str(error).split())}.", field="jq")


def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)


def _unescaped(template: str) -> str:
    return template.replace("\\n", "\n").replace("\\t", "\t")


@contextmanager
def _told_as_input() -> Iterator[None]:
    """Whatever Jinja finds wrong in the block is something wrong with what the caller wrote."""
    from jinja2 import TemplateError

    try:
        yield
    except TemplateError as error:
        raise InvalidInput(f"The template does not work: {error}.", field="template") from error


def write_csv(out: TextIO, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows as CSV (RFC 4180) under `headings`; a cell that a spreadsheet would take for a formula gets a quote before it."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_cell(safe_text(text)) for text in row])


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _json(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
