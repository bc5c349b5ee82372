"""The files with settings: the user's `config.toml` and a directory's `.rego.toml`. Keys that belong to others are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rego.client.paths import Paths, write_private_file
from rego.wire.errors import InvalidInput

DIRECTORY_FILE = ".rego.toml"

Table = Mapping[str, Any]


def read_toml(path: Path) -> Table:
    """The content of `path`, nothing when there is no such file. Raises `InvalidInput` when it cannot be understood."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}.") from error
    # Here, because a command that is told all it needs reads no file.
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path} is not valid TOML: {error}. Mend it there, or take the file away.") from error


def text_in(table: Table, key: str, path: Path) -> str | None:
    """The text under `key`, or None. Raises `InvalidInput` when something else stands there."""
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"`{key}` in {path} is not a text in quotes.", field=key)
    return value or None


def table_in(table: Table, key: str, path: Path) -> Table:
    """The table under `key`, by default an empty one. Raises `InvalidInput` when something else stands there."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise InvalidInput(f"`{key}` in {path} is not a table.", field=key)
    return value


def save_settings(paths: Paths, profile: str | None, values: Mapping[str, str | None]) -> None:
    """Write `values` into the user's file, for `profile` or at its top; None takes a key out. All else stays as it is.

    Raises `InvalidInput` when the file is broken or cannot be written.
    """
    _rewrite(paths.config_file, values, ("profiles", profile) if profile else (), write_private_file)


def save_directory_settings(path: Path, values: Mapping[str, str | None]) -> None:
    """Write `values` into a directory's file, as `save_settings` does."""
    _rewrite(path, values, (), lambda file, content: file.write_bytes(content))


def directory_file(start: Path) -> Path | None:
    """The nearest `.rego.toml` from `start` upwards that this user or the system's may have written, or None.

    Somebody else's is passed over: in a directory that many can write to it would choose for others.
    """
    for directory in (start, *start.parents):
        path = directory / DIRECTORY_FILE
        try:
            owner = path.stat().st_uid
        except OSError:
            continue
        if owner in (os.getuid(), 0):
            return path
    return None


def _rewrite(
    path: Path, values: Mapping[str, str | None], where: tuple[str, ...], write: Callable[[Path, bytes], object]
) -> None:
    there = read_toml(path)
    for name in where:
        there = table_in(there, name, path)
    import tomlkit

    document = tomlkit.parse(path.read_text("utf-8") if path.exists() else "")
    table: Any = document
    for name in where:
        table = table.setdefault(name, tomlkit.table())
    for key, value in values.items():
        if value is not None:
            table[key] = value
        elif key in table:
            del table[key]
    try:
        write(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
