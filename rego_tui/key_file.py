"""The user's own keys: `keys.toml` in the configuration directory, read into overrides of the action table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from rego.client.paths import write_private_file
from rego.wire.errors import InvalidInput
from rego_tui.actions import ACTIONS
from rego_tui.key_names import read_keys
from rego_tui.keymap import Keymap, keymap

_HEAD = """\
# Your own keys for `rego tui`. Take the # away before a line and change its keys; the rest stays as it is.
# A key is written x, X, ctrl+d, alt+x, shift+left, enter or f5; keys typed one after the other have blanks
# between: "g g". An action may have several keys, ["h", "left"], or none, []. F2 reads this file again.
"""


def read_keymap(path: Path | None) -> tuple[Keymap, list[str]]:
    """The action table with the keys of the file at `path`, and a sentence for each thing that is wrong in it.

    What is wrong changes nothing: a file that is no TOML leaves every key as it was. No file is no mistake.
    """
    try:
        text = path.read_text("utf-8") if path is not None else ""
        written = dict(_flat(tomllib.loads(text)))
    except FileNotFoundError:
        return keymap()[0], []
    except tomllib.TOMLDecodeError as error:
        return keymap()[0], [f"{path} is not valid TOML, so no key of it counts: {error}."]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        return keymap()[0], [f"{path} cannot be read, so no key of it counts: {why}."]
    overrides, problems = _overrides(written)
    table, clashes = keymap(overrides)
    lines = _lines_of(text)
    return table, [f"{path}, line {lines.get(name, 1)}: {sentence}" for name, sentence in [*problems, *clashes]]


def write_example(path: Path) -> None:
    """Write a file that names every action with the keys that it has, all switched off. Raises `InvalidInput`."""
    try:
        write_private_file(path, example().encode())
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error


def example() -> str:
    """A keys file in which every line is switched off, by place and group."""
    parts = [_HEAD]
    for (place, group), actions in groupby(ACTIONS, key=lambda action: (action.place, action.group)):
        parts.append(f"\n# {place.value.capitalize()}: {group}\n")
        for action in actions:
            keys = ", ".join(f'"{_escaped(key)}"' for key in action.keys)
            parts.append(f"#{action.id} = [{keys}]  # {action.help}\n")
    return "".join(parts)


def _escaped(key: str) -> str:
    return key.replace("\\", "\\\\").replace('"', '\\"')


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """`card.open = …`, `[card] open = …` and `"card.open" = …` all name the action `card.open`."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _overrides(written: Mapping[str, Any]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """What can be read as keys, and what cannot as (action, sentence)."""
    overrides, problems = {}, []
    for name, value in written.items():
        keys = [value] if isinstance(value, str) else value
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            problems.append((name, f'{name} is a key in quotes or a list of them, such as ["x", "ctrl+x"].'))
            continue
        try:
            overrides[name] = [read_keys(key) for key in keys]
        except InvalidInput as error:
            problems.append((name, f"{name}: {error.detail}"))
    return overrides, problems


def _lines_of(text: str) -> dict[str, int]:
    """The line on which each action stands, as far as a plain reading of the lines tells."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            table = _plain(bare.strip("[]")) + "."
        elif "=" in bare and not bare.startswith("#"):
            found.setdefault(table + _plain(bare.partition("=")[0]), number)
    return found


def _plain(name: str) -> str:
    """A dotted TOML name without its quotes and blanks."""
    return "".join(character for character in name if character not in "\"' \t")
