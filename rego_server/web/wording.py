"""What the decoder says of a value that it does not take, in the words of whoever sent it."""

from __future__ import annotations

import re

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
    "datetime": "a moment",
}

_GOT = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
_BOUND = re.compile(r"Expected `(?P<kind>str|array|int|float)`(?P<length> of length)? (?P<sign>>=|<=) (?P<bound>-?\d+)")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)

_NAME_SHOWN = 60
"""So many characters of the name of a field that is not there are said again."""

_OTHERS = {
    "Invalid RFC3339 encoded datetime": "must be a moment such as 2026-11-30T17:00:00Z",
    "Expected `datetime` with a timezone component": "must say its time zone, as 2026-11-30T17:00:00Z does",
    "Number out of range": "is a number that is too big",
}


def worded(what: str, field: str | None) -> tuple[str, str | None]:
    """The sentence for the decoder's `what` about `field`, without its full stop, and the field that it is about."""
    if missing := _MISSING.fullmatch(what):
        name = _inside(field, missing["name"])
        return f"{name} is missing", name
    if unknown := _UNKNOWN.fullmatch(what):
        name = _inside(field, unknown["name"])
        return f"There is no field of the name {name} here", name
    return printable(f"{field or 'The body'} {_about_value(what)}"), field


def printable(text: str) -> str:
    """`text` with a question mark for whatever a terminal should not be sent."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _inside(field: str | None, name: str) -> str:
    # The decoder quotes the names of unknown fields, and whoever reads the answer may do so on a terminal.
    name = printable(name if len(name) <= _NAME_SHOWN else name[:_NAME_SHOWN] + "…")
    return f"{field}.{name}" if field else name


def _about_value(what: str) -> str:
    if got := _GOT.fullmatch(what):
        wanted = " or ".join(_KINDS.get(each, each) for each in got["wanted"].split(" | "))
        return f"must be {wanted}, not {_KINDS.get(got['got'], got['got'])}"
    if bound := _BOUND.fullmatch(what):
        limit = f"at {'least' if bound['sign'] == '>=' else 'most'} {bound['bound']}"
        return f"must have {limit} {_unit(bound['kind'], bound['bound'])}" if bound["length"] else f"must be {limit}"
    return _OTHERS.get(what, f"is not right: {what}")


def _unit(kind: str, count: str) -> str:
    one, several = ("character", "characters") if kind == "str" else ("entry", "entries")
    return one if count == "1" else several
