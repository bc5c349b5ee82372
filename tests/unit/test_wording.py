"""What was wrong with a body, in words: what the decoder says of it is for programmers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta, Struct

from rego.wire.users import Register, UpdateMe
from rego_server.web.problems import invalid


class _Part(Struct, forbid_unknown_fields=True):
    due: str


class _Body(Struct, forbid_unknown_fields=True):
    title: Annotated[str, Meta(min_length=2, max_length=4)]
    count: Annotated[int, Meta(ge=1, le=9)] | None = None
    marks: Annotated[list[int], Meta(min_length=1, max_length=2)] = []
    part: _Part | None = None
    done: bool = False


@pytest.mark.parametrize(
    ("body", "sentence", "field"),
    [
        ({}, "title is missing.", "title"),
        ([], "The body must be an object, not a list.", None),
        ({"title": "abc", "x\x1b": 1}, "There is no field of the name x? here.", "x?"),
        ({"title": "abc", "x" * 70: 1}, f"There is no field of the name {'x' * 60}… here.", "x" * 60 + "…"),
        ({"title": "abc", "part": {}}, "part.due is missing.", "part.due"),
        ({"title": "abc", "part": {"due": "", "z": 1}}, "There is no field of the name part.z here.", "part.z"),
        ({"title": None}, "title must be text, not null.", "title"),
        ({"title": "a"}, "title must have at least 2 characters.", "title"),
        ({"title": "abcde"}, "title must have at most 4 characters.", "title"),
        ({"title": "abc", "count": "3"}, "count must be a whole number or null, not text.", "count"),
        ({"title": "abc", "count": 0}, "count must be at least 1.", "count"),
        ({"title": "abc", "count": 10}, "count must be at most 9.", "count"),
        ({"title": "abc", "marks": []}, "marks must have at least 1 entry.", "marks"),
        ({"title": "abc", "marks": [1, 2, 3]}, "marks must have at most 2 entries.", "marks"),
        ({"title": "abc", "marks": [True]}, "marks[0] must be a whole number, not true or false.", "marks[0]"),
        ({"title": "abc", "done": 1}, "done must be true or false, not a whole number.", "done"),
    ],
)
def test_what_is_wrong_is_said_in_words_with_the_field(body: Any, sentence: str, field: str | None) -> None:
    assert _refusal(body, _Body) == (sentence, field)


def test_what_has_a_pattern_is_explained_by_an_example() -> None:
    assert _refusal({"email": "ann"}, UpdateMe) == ("email must be such as ann@example.org.", "email")
    register = {"email": "ann@example.org", "username": "-ann", "password": "x" * 9}
    assert _refusal(register, Register) == ("username must be such as ann or ann.lee-2.", "username")


def _refusal(body: Any, kind: type[Struct]) -> tuple[str, str | None]:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(msgspec.json.encode(body), type=kind)
    error = invalid(caught.value, kind)
    return error.detail, error.field
