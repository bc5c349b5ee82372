"""What could come next on a command line: the fast path behind `rego --complete`, which loads next to nothing.

The commands are data that is written beside the code (`python -m rego.cli.tree`); the names of boards, columns, cards, labels
and people are in a cache that a process in the background brings up to date. So a completion waits for nobody.
"""

from __future__ import annotations

import os
import sys
import time

from rego.cli.synonyms import meant
from rego.client.directories import user_directory

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` alone would take a third of the time
    from collections.abc import Iterator, Sequence
    from typing import Any

FILES = "<files>"
"""Said instead of words where the shell itself knows better."""

MORE = "<more>"
"""Said before words that go on, so that no space belongs behind them."""

FIELDS = "[FIELDS]"
"""The value of an option that takes names with commas between them, or nothing at all: `--json`."""

FRESH = 30.0
"""Seconds for which the names are not asked for again."""

SHOWN_AT_MOST = 200

_NOTHING: dict[str, Any] = {"value": "", "choices": []}
"""An option that is not known, or takes no value."""

_KINDS = {
    "BOARD": "boards",
    "CARD": "cards",
    "COLUMN": "columns",
    "LABEL": "labels",
    "PERSON": "people",
}


def answer(arguments: Sequence[str]) -> int:
    """Print the words that fit: `PLACE WORD...`, where the first word is `rego` and PLACE the index of the one to complete."""
    place, words = int(arguments[0]), list(arguments[1:])
    current = words[place] if place < len(words) else ""
    for value, help_text in complete(words[1:place], current):
        print(f"{value}\t{help_text}" if help_text else value)
    return 0


def complete(before: Sequence[str], current: str) -> list[tuple[str, str]]:
    """The words that may stand after `before` and begin with `current`."""
    from rego.cli.tree_data import TREE

    command, positionals, wanting = _walk(TREE, before)
    glued = ""
    if wanting is not None:
        current = "" if current == "=" else current
    elif current.startswith("--") and "=" in current:
        flag, _, current = current.partition("=")
        glued, wanting = f"{flag}=", _wanting(command, flag) or _NOTHING
    if wanting is not None and (glued or not _is_next_option(wanting, current)):
        found = _values(wanting, current)
    elif current.startswith("-"):
        found = ((flag, option["help"]) for option in _options(command) for flag in option["flags"])
    elif command["commands"]:
        found = ((name, child["help"]) for name, child in command["commands"].items())
    else:
        found = _argument(command["arguments"], positionals)
    return list(_fitting(found, glued, current.casefold()))[:SHOWN_AT_MOST]


def _fitting(found: Iterator[tuple[str, str]], glued: str, beginning: str) -> Iterator[tuple[str, str]]:
    """Those that begin as the word does, behind what the shell has `glued` to it; what is said to the shell goes through."""
    for value, meaning in found:
        if value in (FILES, MORE):
            yield value, meaning
        elif value.casefold().startswith(beginning):
            yield glued + value, meaning


def _walk(command: dict[str, Any], words: Sequence[str]) -> tuple[dict[str, Any], int, dict[str, Any] | None]:
    """The command that `words` lead to, how many arguments it has, and the option whose value comes next, if one does."""
    positionals, wanting = 0, None
    for word in words:
        if wanting is not None and not _is_next_option(wanting, word):
            # For bash the "=" before a value is a word.
            wanting = wanting if word == "=" else None
        elif word.startswith("-") and word != "-":
            wanting = _wanting(command, word)
        elif name := meant(word, command["commands"]):
            command, positionals = command["commands"][name], 0
        else:
            positionals += 1
    return command, positionals, wanting


def _is_next_option(wanting: dict[str, Any], word: str) -> bool:
    """Whether `word` is no value, where there may be none."""
    return bool(wanting["value"] == FIELDS and word.startswith("-"))


def _wanting(command: dict[str, Any], word: str) -> dict[str, Any] | None:
    """The option `word`, if its value comes in the next word."""
    return next((option for option in _options(command) if word in option["flags"] and option["value"]), None)


def _options(command: dict[str, Any]) -> list[dict[str, Any]]:
    """The command's own options, and the global ones that it has no own one for."""
    from rego.cli.tree_data import TREE

    tree: dict[str, Any] = TREE
    own = {flag for option in command["options"] for flag in option["flags"]}
    return [*command["options"], *(option for option in tree["global"] if option["flags"][0] not in own)]


def _argument(arguments: Sequence[dict[str, Any]], given: int) -> Iterator[tuple[str, str]]:
    if not arguments:
        return iter(())
    if given >= len(arguments) and not arguments[-1]["many"]:
        return iter(())
    argument = arguments[min(given, len(arguments) - 1)]
    kinds = argument["value"].split("|")
    # Several kinds in one argument, as in `cards move CARD... COLUMN`: what comes first is of the first kind.
    wanted = kinds[:1] if given == 0 else kinds
    return (found for kind in wanted for found in _values({**argument, "value": kind}))


def _values(parameter: dict[str, Any], current: str = "") -> Iterator[tuple[str, str]]:
    """What may stand for an option's value or an argument."""
    if parameter["value"] == FIELDS:
        return _fields(parameter["choices"], current)
    if parameter["choices"]:
        return ((choice, "") for choice in parameter["choices"])
    kind = parameter["value"]
    if kind in ("FILE", "DIR"):
        return iter([(FILES, "")])
    return iter(_names().get(_KINDS.get(kind, ""), ()))


def _fields(names: Sequence[str], current: str) -> Iterator[tuple[str, str]]:
    """The list in `current` with each field as its last that is not in it yet."""
    given, comma, _ = current.rpartition(",")
    yield MORE, ""
    yield from ((given + comma + name, "") for name in names if name not in given.split(","))


def _names() -> dict[str, list[tuple[str, str]]]:
    """The names in the cache, which are asked for anew in the background when they are not fresh."""
    path = cache_file()
    names: dict[str, list[tuple[str, str]]] = {}
    try:
        age = time.time() - os.stat(path).st_mtime
        with open(path, encoding="utf-8") as file:
            for line in file:
                kind, value, meaning = line.rstrip("\n").split("\t")
                names.setdefault(kind, []).append((value, meaning))
    except (OSError, ValueError):
        age = FRESH + 1
    if age > FRESH:
        _refresh(path)
    return names


def _refresh(path: str) -> None:
    """Start a process that asks the server; a second completion within a moment starts none."""
    command = [sys.executable, "-m", "rego", "completion", "--refresh"]
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    try:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        with open(path, "a", opener=lambda name, flags: os.open(name, flags, 0o600)):
            os.utime(path)
        os.posix_spawn(sys.executable, command, os.environ, file_actions=nowhere, setsid=True)
    except OSError:
        return


def cache_file() -> str:
    """Where the names are kept for what decides about server and board: the environment and the files with settings."""
    # Not hashlib, which takes longer to load than all the rest here.
    from zlib import crc32

    config_file = os.path.join(user_directory("config", os.environ), "config.toml")
    said = [os.environ.get(name, "") for name in _DECISIVE]
    for path in (config_file, *_directory_files()):
        try:
            said.append(f"{path} {os.stat(path).st_mtime_ns}")
        except OSError:
            continue
    digest = crc32("\0".join(said).encode("utf-8", "surrogateescape"))
    return os.path.join(user_directory("cache", os.environ), f"names-{digest:08x}.tsv")


_DECISIVE = ("REGO_SERVER", "REGO_PROFILE", "REGO_BOARD", "REGO_TOKEN", "REGO_CONFIG_DIR", "REGO_DATA_DIR")


def _directory_files() -> Iterator[str]:
    here = os.getcwd()
    while True:
        yield os.path.join(here, ".rego.toml")
        above = os.path.dirname(here)
        if above == here:
            return
        here = above
