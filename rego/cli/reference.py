"""The reference page of the command line, written from the command tree: `python -m rego.cli.reference [FILE]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from typer._click import Command
from typer._click import Context as ClickContext
from typer.core import TyperGroup

from rego.cli.exit_codes import EXIT_CODES, ExitCode
from rego.cli.root import root_command

WIDTH = 100

_INTRODUCTION = """\
# The command line

This page is written by `python -m rego.cli.reference docs/reference/cli.md`; a test checks that it is current.

stdout is data, stderr is narration. On a terminal lists are tables; in a pipe they are lines with tabs between the cells,
without headings, colours or cuts. `--json` prints every field, `--json id,title` those fields, `--jq` and `--template` what a
filter or a template makes of them; `--csv` prints the table; `--quiet` prints only the names that other commands take. Which
server, board and editor are meant is a [setting](../howto/settings.md). A noun may be written in the singular, and the words
of other tools are understood: `view`, `create`, `new`, `ls`, `close`, `mv`, `cp`, `rm`. `REGO_TOKEN` stands in for a login,
`REGO_DEBUG=1` shows the traceback of a failure, `NO_COLOR` turns colours off.
"""


def page() -> str:
    """The whole page as Markdown."""
    sections = [f"## {path}\n\n```text\n{text}\n```\n" for path, text in helps()]
    return "\n".join([_INTRODUCTION, _exit_codes(), *sections])


def helps() -> Iterator[tuple[str, str]]:
    """Each command's full name and its help, depth first."""
    yield from _helps(root_command(), "rego", None)


def _helps(command: Command, name: str, parent: ClickContext | None) -> Iterator[tuple[str, str]]:
    with ClickContext(command, info_name=name, parent=parent, terminal_width=WIDTH, **command.context_settings) as context:
        yield context.command_path, "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        if isinstance(command, TyperGroup):
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found is not None
                yield from _helps(found, child, context)


def _exit_codes() -> str:
    rows = [f"| {code.value} | {code.meaning} | {_errors(code)} |" for code in ExitCode]
    return "\n".join(["## Exit codes", "", "| code | meaning | errors |", "|---|---|---|", *rows]) + "\n"


def _errors(code: ExitCode) -> str:
    return ", ".join(f"`{error.__name__}`" for error, its_code in EXIT_CODES.items() if its_code is code)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
