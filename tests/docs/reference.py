"""The reference pages, written from the code: `python -m tests.docs.reference --write`. A test compares them with the files."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from msgspec import Struct

from rego.cli.exit_codes import exit_code_of
from rego.client.settings import SETTINGS
from rego.wire import errors, events, frames, limits
from rego_server.core import settings
from rego_server.main import serve
from rego_tui.actions import ACTIONS
from rego_tui.keymap import key_label
from tests.docs import endpoints
from tests.docs.remarks import Constant, constants_of
from tests.docs.shapes import PAGE as SHAPES
from tests.docs.shapes import description_of, field_table, section_of, shapes_in, shapes_inside, shapes_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"

NOTE = "This page is written by `python -m tests.docs.reference --write`; a test checks that it is current."

DATA_DIR = "`rego` in the user's data directory: `~/.local/share/rego` on Linux, `~/Library/Application Support/rego` on macOS"

OTHER_VARIABLES = {
    "REGO_TOKEN": "client: a token that stands in for a login; it is never stored",
    "REGO_CONFIG_DIR": "client: the directory of `config.toml` and, where there is no keyring, of the logins",
    "REGO_CACHE_DIR": "client: the directory of the names that completion knows, and of the boards as they were last seen",
    "REGO_EVENT_TYPE": "for what `rego watch --exec` runs; so are `REGO_EVENT_SEQ`, `REGO_EVENT_BOARD`, `REGO_EVENT_CARD`",
    "REGO_DEBUG": "client: `1` prints the traceback of a failed command; server: see `debug`",
}
"""Environment variables that are no field of `Settings`. `REGO_DATA_DIR` is one, and local mode uses it too."""


REPEATED_FLAGS = {"trusted_proxies": "--trusted-proxy"}
"""Flags that are given once for each entry of a list."""


def settings_page() -> str:
    """What can be set on a server, then the other environment variables."""
    rows = [
        f"| `{settings.variable(each)}` | {_flag(each.name)} | {_default(each.name, settings.default_of(each))} "
        f"| {each.metadata['doc']} |"
        for each in fields(settings.Settings)
    ]
    clients = {variable: f"client: {each.help}" for each in SETTINGS for variable in each.variables}
    others = [f"| `{name}` | {meaning} |" for name, meaning in (clients | OTHER_VARIABLES).items()]
    return _page(
        "Settings",
        "A flag of `rego serve` wins over an environment variable, which wins over a line of the file `.env` in the working\n"
        "directory. Truth values are `true` or `false`.",
        "## The server\n",
        *_table_of(["variable", "flag", "default", "meaning"], rows),
        "\n## Other environment variables\n",
        "These are read from the environment alone, not from `.env`.\n",
        *_table_of(["variable", "meaning"], others),
    )


def events_page() -> str:
    """The envelope and every event type."""
    sections = [f"## {name}\n\n{description_of(kind)}\n\n{field_table(kind)}" for name, kind in event_types()]
    return _page(
        "Events",
        "An entry of a board's log. The same JSON comes from `GET /boards/{board_id}/events`, in an `event` frame of the\n"
        "socket and from `rego watch`. A client passes over types and fields that it does not know.",
        "## The envelope\n",
        section_of(events.Event),
        *sections,
    )


def event_types() -> Iterator[tuple[str, type[events.EventData]]]:
    """Every event type with its struct, in the order of their definition."""
    yield from events.EVENT_TYPES.items()


def errors_page() -> str:
    """Every error with its status, its exit code and when it is raised."""
    rows = [
        f"| `{name}` | {errors.HTTP_STATUS.get(getattr(errors, name), 'none')} "
        f"| {exit_code_of(getattr(errors, name)('')).value} | {meaning} |"
        for name, meaning in meanings_of_errors().items()
    ]
    return _page(
        "Errors",
        "Every answer that is no success has this body. `error_type` is one of the names below; a client that does not know\n"
        "it goes by the status. The exit codes are those of the command line ([their meaning](cli.md#exit-codes)).",
        field_table(errors.Problem),
        *_table_of(["error", "status", "exit code", "when"], rows),
        "\n`Taken` and `StaleVersion` are kinds of `Conflict`. Only clients raise `Unreachable` and `NotRego`.",
    )


def meanings_of_errors() -> dict[str, str]:
    """When each error is raised, as the tree at the top of `rego.wire.errors` says."""
    found = re.findall(r"[├└]── ([A-Z]\w+) +(?:\d{3})? +(.+)", inspect.getdoc(errors) or "")
    return dict(found)


def frames_page() -> str:
    """The frames in both directions and the close codes."""
    return _page(
        "Frames and close codes",
        "What goes over `GET /ws/boards/{board_id}`: JSON text frames, told apart by `type`. A client passes over frames and\n"
        "fields that it does not know; a server closes a socket that sends it such.",
        "## From the server\n",
        *map(_frame, frames.ServerFrame.__subclasses__()),
        "## From the client\n",
        *map(_frame, frames.ClientFrame.__subclasses__()),
        "## Close codes\n",
        "The range says what the client does next, so a code of a newer server is understood too.\n",
        *_table_of(["code", "name", "why", "what the client does"], [_close_code(each) for each in close_codes()]),
    )


def frame_type(kind: type[Struct]) -> str:
    """The `type` of a frame."""
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def close_codes() -> list[Constant]:
    """The close codes by name, each with its remark."""
    return constants_of(frames, owner="CloseCode")


def limits_page() -> str:
    """Every number of `rego.wire.limits`."""
    rows = [_limit(each) for each in constants_of(limits)]
    return _page(
        "Limits",
        "What both sides of the wire hold each other to. A text over its limit is refused with `InvalidInput`, a body with\n"
        "`TooLarge`.",
        *_table_of(["name", "value", "of what"], rows),
    )


def keys_page() -> str:
    """The keys of every place in the TUI."""
    parts = [part for title, rows in _keys().items() for part in (f"## {title}\n", *_table_of(_KEY_HEADINGS, rows), "")]
    return _page(
        "Keys",
        "The keys of the terminal board, by the place where they work. `^D` is Ctrl with D, `⇧` is Shift, `gg` is typed one\n"
        "after the other. A number may be typed before a key that takes a count: `3j` goes three cards down. `?` shows the\n"
        "same there, finds what is typed and runs it. The last column is the name by which you give an action\n"
        "[keys of your own](../howto/tui.md#keys-of-your-own).",
        *parts,
    )


def shapes_page() -> str:
    """Everything that answers, events and frames are made of."""
    return _page(
        "Shapes",
        "What [endpoints](endpoints.md) answer, and what [events](events.md) and [frames](frames.md) carry.",
        *[f"## {shape.__name__}\n\n{section_of(shape)}" for shape in all_shapes()],
    )


def all_shapes() -> list[type[Struct]]:
    """Every struct that another page names, and those in them."""
    answers = [shape for route in endpoints.routes() for shape in shapes_of(route.answer)]
    carriers: list[type[Struct]] = [events.Event, *events.EVENT_TYPES.values(), *frames.ServerFrame.__subclasses__()]
    in_bodies = [shape for route in endpoints.routes() if route.body for shape in shapes_inside(route.body)]
    return [shape for shape in shapes_in([*answers, *carriers, *in_bodies]) if shape not in carriers]


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "endpoints.md": lambda: _noted(endpoints.page()),
    "events.md": events_page,
    "errors.md": errors_page,
    "frames.md": frames_page,
    "limits.md": limits_page,
    SHAPES: shapes_page,
    "keys.md": keys_page,
}
"""Each page with the function that writes it."""


_KEY_HEADINGS = ["key", "what it does", "count", "action"]


def _keys() -> dict[str, list[str]]:
    """The rows of each group of keys, under the group's title."""
    groups: dict[str, list[str]] = {}
    for action in ACTIONS:
        place, group = action.place.value.capitalize(), action.group
        keys = " ".join(f"`{key_label(key)}`" for key in action.keys)
        row = f"| {keys} | {action.help} | {'yes' if action.counts else ''} | `{action.id}` |"
        groups.setdefault(group if place.lower() == group.lower() else f"{place}: {group}", []).append(row)
    return groups


def _page(title: str, introduction: str, *parts: str) -> str:
    return _noted("\n".join([f"# {title}\n\n{introduction}\n", *parts]))


def _noted(page: str) -> str:
    """The page with the note behind its title, and one blank line where there are several."""
    title, _, rest = page.partition("\n")
    return re.sub(r"\n{3,}", "\n\n", f"{title}\n\n{NOTE}\n{rest}").rstrip() + "\n"


def _table_of(headings: list[str], rows: list[str]) -> list[str]:
    return [f"| {' | '.join(headings)} |", "|" + "---|" * len(headings), *rows]


def _flag(name: str) -> str:
    flag = REPEATED_FLAGS.get(name, f"--{name.replace('_', '-')}")
    return f"`{flag}`" if name in inspect.signature(serve).parameters else "none"


def _default(name: str, value: Any) -> str:
    """A default as people write it; one that depends on the machine in words."""
    if name == "data_dir":
        return DATA_DIR
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value != "" else "empty"


def _frame(kind: type[Struct]) -> str:
    return f"### {frame_type(kind)}\n\n{section_of(kind)}"


def _close_code(each: Constant) -> str:
    code = frames.CloseCode[each.names[0]]
    return f"| {code.value} | `{code.name}` | {each.remark} | {frames.advice_for(code).value} |"


def _limit(each: Constant) -> str:
    numbers = [getattr(limits, name) for name in each.names]
    values, unit = " to ".join(f"{number:,}".removesuffix(".0") for number in numbers), _unit(each.names[0], numbers[0])
    return f"| {', '.join(f'`{name}`' for name in each.names)} | {values}{unit} | {each.remark} |"


_COUNTED = (
    "LIST",
    "CLAIM_LIFE",
    "REPLAY",
    "IMPORT",
    "TOKENS",
    "TOKEN_BOARDS",
    "INVITATION",
    "QUERY_TERMS",
    "QUERY_DEPTH",
    "UTC_OFFSET",
)
"""Limits whose remark says of what they are."""


def _unit(name: str, value: int | float) -> str:
    if isinstance(value, float):
        return " seconds"
    if name.endswith("_BYTES"):
        return " bytes"
    return "" if name.startswith(_COUNTED) else " characters"


def main(arguments: list[str]) -> int:
    """Write all pages, or say which are not current; returns the exit code."""
    stale = [name for name, write in PAGES.items() if not _is_current(FOLDER / name, write())]
    if "--write" in arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
    print(f"{'written' if '--write' in arguments else 'not current'}: {', '.join(stale) or 'nothing'}")
    return 0 if "--write" in arguments or not stale else 1


def _is_current(path: Path, page: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == page


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
