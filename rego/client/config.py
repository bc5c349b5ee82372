"""The user's configuration file, `config.toml`: which server they use. Other keys in it belong to others and are kept."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping

from msgspec import Struct

from rego.client.paths import Paths, write_private_file
from rego.client.server import Server
from rego.wire.errors import InvalidInput

_SERVER_LINE = re.compile(r"^[ \t]*server[ \t]*=.*(\n|\Z)", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


class Config(Struct, frozen=True, kw_only=True):
    """`server` is the address that `rego login` configured, or None for local mode."""

    server: str | None = None


def load_config(paths: Paths) -> Config:
    """The configuration; empty when there is no file. Raises `InvalidInput` when the file cannot be understood."""
    text = _read(paths)
    return Config() if text is None else Config(server=_parse(text, paths))


def save_config(paths: Paths, config: Config) -> None:
    """Write the configured server and leave the rest of the file as it is. Raises `InvalidInput` when it cannot be written."""
    text = _read(paths) or ""
    _parse(text, paths)
    try:
        write_private_file(paths.config_file, _with_server(text, config.server).encode())
    except OSError as error:
        raise InvalidInput(f"{paths.config_file} cannot be written: {error.strerror}.") from error


def choose_server(paths: Paths, flag: str | None = None, environ: Mapping[str, str] | None = None) -> Server | None:
    """The server to talk to: `flag`, else `REGO_SERVER`, else the configured one; None means local mode.

    Raises `InvalidInput` when the address, or the configuration file, cannot be understood.
    """
    environ = os.environ if environ is None else environ
    address = flag or environ.get("REGO_SERVER") or load_config(paths).server
    return Server.parse(address) if address else None


def _read(paths: Paths) -> str | None:
    try:
        return paths.config_file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{paths.config_file} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}.") from error


def _parse(text: str, paths: Paths) -> str | None:
    import tomllib

    try:
        server = tomllib.loads(text).get("server")
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{paths.config_file} is not valid TOML: {error}.") from error
    if server is not None and not isinstance(server, str):
        raise InvalidInput(f"`server` in {paths.config_file} is not a text in quotes.", field="server")
    return server


def _with_server(text: str, server: str | None) -> str:
    # A file that people also edit by hand keeps its comments and order, so only the one line changes.
    table = _TABLE.search(text)
    head, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    # TOML's basic strings are JSON's, with ASCII escapes.
    line = f"server = {json.dumps(server)}\n" if server is not None else ""
    return line + _SERVER_LINE.sub("", head) + rest
