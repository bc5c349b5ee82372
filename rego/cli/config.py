"""`rego config`: what is set, where, and who said so."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import Struct

from rego.cli.context import Session
from rego.cli.options import DataCommand, ListCommand, RegoCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client.settings import BY_NAME, SETTINGS, Choice, Setting
from rego.wire.errors import InvalidInput, NotFound

app = noun("Your settings: what they are, where they come from, changing them.")


class Said(Struct, frozen=True):
    """One setting as it is. `overridden` lists what else was said of it."""

    name: str
    value: str | None
    source: str
    overridden: list[str]


class Line(Struct, frozen=True):
    """A setting with everything that was said of it, the one in force first."""

    setting: Setting
    choices: list[Choice]

    @property
    def said(self) -> Said:
        first = self.choices[0] if self.choices else None
        return Said(
            self.setting.name,
            first.value if first else None,
            first.source if first else "nothing",
            [f"{choice.value} ({choice.source})" for choice in self.choices[1:]],
        )


SETTING = View[Line](
    struct=Said,
    entity=lambda line: line.said,
    short=lambda line: line.setting.name,
    cells=(
        Cell("name", lambda line: line.setting.name),
        Cell("value", lambda line: line.said.value or "-"),
        Cell("from", lambda line: line.said.source, long=True),
        Cell("overrides", lambda line: ", ".join(line.said.overridden), long=True),
    ),
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Such as server, board or color.")]


@app.command("explain", cls=ListCommand)
def _explain(
    context: typer.Context, name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only this setting.")] = None
) -> None:
    """Say what each setting is and where it comes from.

    Flags win over REGO_* variables, those over the nearest .rego.toml, that over your own file.
    """
    explain(session_of(context), name, form_of(context, SETTING))


@app.command("get", cls=DataCommand)
def _get(context: typer.Context, name: NameArgument) -> None:
    """Print the value of one setting."""
    get(session_of(context), name, form_of(context, SETTING))


@app.command("set", cls=RegoCommand)
def _set(context: typer.Context, name: NameArgument, value: Annotated[str, typer.Argument(metavar="VALUE")]) -> None:
    """Write a setting into your file, for the profile that is in use."""
    change(session_of(context), name, value)


@app.command("unset", cls=RegoCommand)
def _unset(context: typer.Context, name: NameArgument) -> None:
    """Take a setting out of your file."""
    change(session_of(context), name, None)


@app.command("path", cls=RegoCommand)
def _path(context: typer.Context) -> None:
    """Print where your file is, whether or not it is there."""
    session = session_of(context)
    session.output.lines([str(session.paths.config_file)])


def explain(session: Session, name: str | None, form: Form) -> None:
    """Print the settings with their sources."""
    wanted = SETTINGS if name is None else (_known(name),)
    session.output.many(SETTING, [_line(session, setting) for setting in wanted], form)
    for sentence in session.choices.unknown():
        session.output.note(sentence)


def get(session: Session, name: str, form: Form) -> None:
    """Print one value; raises `NotFound` when nobody said one."""
    line = _line(session, _known(name))
    if not line.choices:
        raise NotFound(f"{name} is not set; 'rego config set {name} VALUE' sets it.")
    session.output.one(SETTING, line, form, line.choices[0].value)


def change(session: Session, name: str, value: str | None) -> None:
    """Write or remove a setting; raises `InvalidInput` for a value that it cannot have."""
    setting = _known(name)
    if value is not None and not value.strip():
        raise InvalidInput(f"Give a value; 'rego config unset {name}' takes the setting out of your file.")
    session.home.save(name, value)
    session.output.note(f"{name} is now {value}." if value is not None else f"{name} is no longer set.")
    _warn(session, setting, value)


def _warn(session: Session, setting: Setting, value: str | None) -> None:
    """Say when something stronger hides what was just written."""
    now = session.choices.all_of(setting.name)
    first = next(now, None)
    if value is not None and first is None:
        session.output.note("It goes with another server than the one in force here, which has its own.")
    if value is not None and first is not None and first.value != value:
        session.output.note(f"Here {first.source} says {first.value}, which wins.")


def _line(session: Session, setting: Setting) -> Line:
    return Line(setting, list(session.choices.all_of(setting.name)))


def _known(name: str) -> Setting:
    if name not in BY_NAME:
        raise NotFound(f"There is no setting {name!r}: there are {', '.join(BY_NAME)}.")
    return BY_NAME[name]
