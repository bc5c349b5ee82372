"""Every command with its arguments and options, one a line: `python -m tests.cli.surface` writes the golden file anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from typer._click import Command, Context, Parameter
from typer.core import TyperGroup

from rego.cli.root import root_command

GOLDEN = Path(__file__).with_name("surface.txt")


def surface() -> str:
    """The whole surface as text."""
    return "".join(f"{line}\n" for line in _lines(root_command(), "rego", None))


def _lines(command: Command, name: str, parent: Context | None) -> Iterator[str]:
    context = Context(command, info_name=name, parent=parent)
    words = [_word(parameter, context) for parameter in command.params if parameter.name != "help"]
    yield " ".join([context.command_path, *words])
    if isinstance(command, TyperGroup):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from _lines(found, child, context)


def _word(parameter: Parameter, context: Context) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.make_metavar(context).strip("[]")
        return name if parameter.required else f"[{name}]"
    flags = "|".join([*parameter.opts, *parameter.secondary_opts])
    return flags if getattr(parameter, "is_flag", False) else f"{flags}={parameter.make_metavar(context)}"


if __name__ == "__main__":
    GOLDEN.write_text(surface(), encoding="utf-8")
