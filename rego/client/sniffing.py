"""Which program a file of boards or tasks comes from, told by what stands in it. Pure."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from rego.wire.errors import InvalidInput

FORMATS = {
    "rego": "Rego board file",
    "trello": "Trello board export",
    "kanban-cli": "kanban board file",
    "taskwarrior": "Taskwarrior export",
    "beads": "beads issue file",
}
"""What the formats that `guess_format` knows are called in a sentence."""

T = TypeVar("T")

_Object = dict[str, msgspec.Raw]

_object = msgspec.json.Decoder(_Object)
_objects = msgspec.json.Decoder(list[_Object])


def guess_format(content: bytes) -> str:
    """The name of the format of `content`, one of `FORMATS`; raises `InvalidInput` when it looks like none of them."""
    kind = _kind_of_object(_read(_object, content)) or _kind_of_record(_first_record(content))
    if kind is None:
        raise InvalidInput(f"It cannot be told what kind of file this is: it is damaged, or none of {', '.join(FORMATS)}.")
    return kind


def _kind_of_object(found: _Object | None) -> str | None:
    """For files that hold one object."""
    if found is None:
        return None
    if found.keys() >= {"lists", "cards"}:
        return "trello"
    if "data" in found and (_read(_object, bytes(found["data"])) or {}).keys() >= {"boards", "columns", "cards"}:
        return "kanban-cli"
    if "title" in found and found.keys() & {"columns", "cards", "people"}:
        return "rego"
    return None


def _kind_of_record(found: _Object | None) -> str | None:
    """For files of many objects, by the first."""
    if found is None:
        return None
    if found.keys() >= {"description", "entry"} or found.keys() >= {"description", "uuid"}:
        return "taskwarrior"
    if found.keys() >= {"id", "title", "status"}:
        return "beads"
    return None


def _first_record(content: bytes) -> _Object | None:
    """The first object of an array, or of a file with one object a line."""
    if records := _read(_objects, content):
        return records[0]
    first_line = next((line for line in content.splitlines() if line.strip()), b"")
    return _read(_object, first_line)


def _read(decoder: msgspec.json.Decoder[T], content: bytes) -> T | None:
    try:
        return decoder.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
