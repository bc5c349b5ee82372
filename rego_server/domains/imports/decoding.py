"""Bytes of a JSON file to structs; whatever is wrong with them becomes one sentence that says where."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from rego.wire.errors import InvalidInput
from rego_server.domains.imports.remarks import Remarks

T = TypeVar("T")

_TRUNCATED = "Input data was truncated"
_MESSAGE_MAX = 120
_MISMATCH = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_LACK = re.compile(r"Object missing required field `([^`]+)`")
# An even number of backslashes before it is text; the lookbehind makes sure that all of them are counted.
_SURROGATES = re.compile(
    r"(?<!\\)(?P<text>(?:\\\\)*)"
    r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)


def decode(content: bytes, kind: type[T], *, what: str, remarks: Remarks) -> T:
    """`content` as a `kind`; `what` names the file in errors. Half surrogate pairs become U+FFFD and are remarked.

    Raises `InvalidInput`: empty, cut off, not UTF-8, not JSON, nested too deeply, or of another shape (with its path).
    """
    text = _text(content, what)
    try:
        return _decode_text(text, kind, remarks)
    except RecursionError:
        raise InvalidInput(f"This is no {what}: its JSON is nested too deeply.") from None
    except msgspec.ValidationError as error:
        raise InvalidInput(f"This is no {what}: {_mismatch(str(error))}.") from None
    except msgspec.DecodeError as error:
        if str(error) == _TRUNCATED:
            raise _cut_off(content, what) from None
        raise InvalidInput(f"This is no {what}: {_printable(str(error))}.") from None


def _text(content: bytes, what: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise _cut_off(content, what) from None
        raise InvalidInput(f"This is no {what}: byte {error.start} is not UTF-8 text.") from None
    if not text.strip():
        raise InvalidInput(f"The file is empty, so it is no {what}.")
    return text


def _decode_text(text: str, kind: type[T], remarks: Remarks) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # The decoder refuses "\ud83d" alone, which programs that cut texts by UTF-16 units do write.
        mended, lone = _without_lone_surrogates(text)
        if not lone:
            raise
    decoded = msgspec.json.decode(mended, type=kind)
    remarks.note("broken characters replaced by U+FFFD", "the file holds only one half of them", count=lone)
    return decoded


def _without_lone_surrogates(text: str) -> tuple[str, int]:
    lone = 0

    def mend(found: re.Match[str]) -> str:
        nonlocal lone
        if found["lone"] is None:
            return found[0]
        lone += 1
        return found["text"] + "\\ufffd"

    return _SURROGATES.sub(mend, text), lone


def _cut_off(content: bytes, what: str) -> InvalidInput:
    return InvalidInput(
        f"The {what} is cut off: it ends in the middle of its JSON, after byte {len(content)}; export it again."
    )


def _mismatch(message: str) -> str:
    """msgspec's ``Expected `array`, got `int` - at `$.cards` `` as a clause that begins with the place."""
    problem, _, path = message.rpartition(" - at ")
    place = path.strip("`") if problem else "its top level"
    problem = problem or message
    if expected := _MISMATCH.fullmatch(problem):
        return f"{place} should be of type {expected[1].replace(' | ', ' or ')}, not {expected[2]}"
    if lack := _LACK.fullmatch(problem):
        return f"{place} lacks the field `{lack[1]}`"
    return f"{place}: {_printable(problem)}"


def _printable(message: str) -> str:
    """`message` without what a terminal would obey: it may quote the file."""
    shown = "".join(character if character.isprintable() else "?" for character in message)
    return shown if len(shown) <= _MESSAGE_MAX else shown[: _MESSAGE_MAX - 1] + "…"
