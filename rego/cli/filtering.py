"""What `--jq`, `--template` and `--csv` make of data. Loaded only when one of them is given."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from rego.cli.output import escaped
from rego.safe_text import safe_text
from rego.wire.errors import InvalidInput

_FORMULA = ("=", "+", "-", "@", "\t")
"""How a cell begins that a spreadsheet would run instead of show."""


def filtered(value: Any, program: str) -> Iterator[str]:
    """Each result of the jq `program` on a line: texts as they are, all else as JSON, as `jq --raw-output` does.

    Raises `InvalidInput` for a program that is wrong, or that does not fit the data.
    """
    import jq

    try:
        for result in jq.compile(program).input_value(value):
            yield (safe_text(result, multiline=True) if isinstance(result, str) else _json(result)) + "\n"
    except ValueError as error:
        raise InvalidInput(f"The jq filter does not work: {' '.join(str(error).split())}.", field="jq") from error


def rendered(value: Any, template: str) -> Iterator[str]:
    r"""The Jinja `template` filled in for each record; `\n` and `\t` in it are a new line and a tab.

    Raises `InvalidInput` for a template that is wrong or names a field that does not exist.
    """
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    try:
        sheet = environment.from_string(template.replace("\\n", "\n").replace("\\t", "\t"))
        for record in value if isinstance(value, list) else [value]:
            yield safe_text(sheet.render(record), multiline=True)
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
