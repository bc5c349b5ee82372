"""The commands as data for the completion, which must not load them: `python -m rego.cli.tree` writes it anew."""

from __future__ import annotations

from enum import Enum
from inspect import isfunction, ismodule, unwrap
from pathlib import Path
from types import FunctionType
from typing import Any

from typer._click import Command, Parameter
from typer._click import Context as ClickContext
from typer.core import TyperGroup

from rego.cli.completing import FIELDS
from rego.cli.everywhere import global_options
from rego.cli.help import TOPICS
from rego.cli.output import View
from rego.cli.root import COMMANDS, root_command

FILE = Path(__file__).with_name("tree_data.py")

_HEAD = '''"""The commands with their options and arguments as data, written by `python -m rego.cli.tree`."""

from __future__ import annotations

'''


def tree() -> str:
    """The file's content: one line for each command of the first level."""
    root = _command(root_command(), "rego", None)
    everywhere = [option.opts for option in global_options(hidden=False)]
    root["global"] = [option for option in root["options"] if option["flags"] in everywhere]
    root["options"] = [option for option in root["options"] if option["flags"] not in everywhere]
    children = root.pop("commands")
    lines = "".join(f"        {name!r}: {child!r},\n" for name, child in children.items())
    rest = "".join(f"    {key!r}: {value!r},\n" for key, value in root.items())
    return f"{_HEAD}TREE: dict[str, object] = {{\n{rest}    'commands': {{\n{lines}    }},\n}}\n"


def _command(command: Command, name: str, parent: ClickContext | None) -> dict[str, Any]:
    context = ClickContext(command, info_name=name, parent=parent)
    children: dict[str, Any] = {}
    if isinstance(command, TyperGroup):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                children[child] = _command(found, child, context)
    parameters = command.params
    return {
        "help": _first_line(command.help or ""),
        "commands": children,
        "options": [_option(each, context) for each in parameters if each.param_type_name == "option"],
        "arguments": [_argument(each, context) for each in parameters if each.param_type_name == "argument"],
    }


def _option(option: Parameter, context: ClickContext) -> dict[str, Any]:
    flags = [*option.opts, *option.secondary_opts]
    value = "" if getattr(option, "is_flag", False) else option.make_metavar(context)
    return {
        "flags": sorted(flags, key=len, reverse=True),
        "help": _first_line(getattr(option, "help", None) or ""),
        "value": value,
        "choices": fields(context.command) if value == FIELDS else _choices(option),
    }


def fields(command: Command) -> list[str]:
    """The JSON fields of what `command` prints: those of the views for which it, or what it calls, asks `form_of`."""
    function = unwrap(command.callback or fields)
    called = [each for each in _named(function) if isfunction(each) and each.__module__ == function.__module__]
    views = [view for each in (function, *called) if "form_of" in each.__code__.co_names for view in _named(each)]
    return list(dict.fromkeys(field for view in views if isinstance(view, View) for field in view.fields()))


def _named(function: FunctionType) -> list[Any]:
    """What `function` names of its module, and of the modules that it names."""
    names, known = function.__code__.co_names, function.__globals__
    scopes = [known, *(vars(known[name]) for name in names if ismodule(known.get(name)))]
    return [scope[name] for name in names for scope in scopes if name in scope]


def _argument(argument: Parameter, context: ClickContext) -> dict[str, Any]:
    # Such as "CARD... [COLUMN]", where the first word is a card and the others may be either.
    kinds = [word.strip("[]{}.") for word in argument.make_metavar(context).split()]
    value = "|".join(kinds) if kinds[0] in ("CARD", "CARDS") else kinds[-1]
    return {"value": value, "many": argument.nargs != 1, "choices": _choices(argument)}


def _choices(parameter: Parameter) -> list[str]:
    known = {"color": ["always", "never", "auto"], "topic": [*TOPICS, *COMMANDS]}.get(parameter.name or "")
    if known:
        return known
    return [choice.value if isinstance(choice, Enum) else str(choice) for choice in getattr(parameter.type, "choices", ())]


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].partition("\f")[0]


if __name__ == "__main__":
    FILE.write_text(tree(), encoding="utf-8")
