"""What the user wishes of the TUI, read from the settings once. Values that make no sense become sentences, not failures."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from rego.client.settings import BY_NAME, Choices
from rego.wire.errors import InvalidInput

NAMES = ("theme", "density", "notify", "mouse", "animation", "confirm_quit")
"""The settings that are the TUI's own, in the order in which they are shown."""


class Preferences(Struct, frozen=True, kw_only=True):
    """The settings as the TUI uses them; the defaults here are those of the settings."""

    theme: str = "rego-dark"
    density: str = "normal"
    notify: str = "app"
    mouse: bool = True
    animation: bool = True
    confirm_quit: bool = False


def preferences_of(values: Mapping[str, str], environ: Mapping[str, str] | None = None) -> Preferences:
    """What the values of `NAMES` mean here; over SSH nothing glides unless that was asked for."""
    environ = os.environ if environ is None else environ
    remote = bool(environ.get("SSH_CONNECTION"))
    return Preferences(
        theme=values["theme"],
        density=values["density"],
        notify=values["notify"],
        mouse=values["mouse"] == "on",
        animation=values["animation"] == "on" or (values["animation"] == "auto" and not remote),
        confirm_quit=values["confirm_quit"] == "on",
    )


def read_values(choices: Choices) -> tuple[dict[str, str], list[str]]:
    """The value of each of `NAMES`, and a sentence for each that cannot be; the default stands in for it."""
    values, problems = {}, []
    for name in NAMES:
        choice = next(choices.all_of(name))
        values[name] = choice.value
        try:
            BY_NAME[name].check(choice.value)
        except InvalidInput as error:
            values[name] = default_of(name)
            problems.append(f"{choice.source} is passed over: {error.detail}")
    return values, problems


def default_of(name: str) -> str:
    """The value that a setting has when nobody says one."""
    default = BY_NAME[name].default
    assert default is not None
    return default
