"""The error tree, its tables, and the way of an error over the network."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest

from rego.wire import errors
from rego.wire.base import to_json
from rego.wire.errors import (
    BY_NAME,
    HTTP_STATUS,
    Conflict,
    InvalidInput,
    NotRego,
    Problem,
    RateLimited,
    RegoError,
    StaleVersion,
    Unreachable,
    error_of,
    problem_of,
)

CLIENT_SIDE = {Unreachable, NotRego}


def every_error(kind: type[RegoError] = RegoError) -> Iterator[type[RegoError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from every_error(child)


def test_every_error_has_a_status_or_is_made_by_clients() -> None:
    assert set(every_error()) == set(HTTP_STATUS) | CLIENT_SIDE
    assert not set(HTTP_STATUS) & CLIENT_SIDE


def test_codes_are_unique_and_speak_the_name_of_the_class() -> None:
    for kind in every_error():
        assert kind.code == re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def test_the_tree_at_the_top_of_the_module_is_the_tree() -> None:
    assert errors.__doc__ is not None
    drawn = dict(re.findall(r"[├└]── (\w+) +(\d{3})?", errors.__doc__))
    drawn.pop("client", None)
    assert drawn == {kind.__name__: str(HTTP_STATUS.get(kind, "")) for kind in every_error()}


@pytest.mark.parametrize("kind", HTTP_STATUS, ids=lambda kind: kind.__name__)
def test_an_error_comes_out_as_it_went_in(kind: type[RegoError]) -> None:
    error = kind("No such card.", field="card_id", data={"version": 3}, request_id="r-1", retry_after=2.5)
    sent = to_json(problem_of(error))
    received = error_of(msgspec.json.decode(sent, type=Problem), HTTP_STATUS[kind], retry_after=2.5)
    assert type(received) is kind
    assert vars(received) == vars(error)
    assert str(received) == "No such card."


def test_a_body_names_only_what_applies() -> None:
    assert to_json(problem_of(RateLimited("Slow down."))) == b'{"detail":"Slow down.","error_type":"RateLimited"}'


@pytest.mark.parametrize(("status", "kind"), [(409, Conflict), (400, InvalidInput), (429, RateLimited), (418, RegoError)])
def test_an_error_of_a_newer_server_falls_back_on_its_status(status: int, kind: type[RegoError]) -> None:
    assert type(error_of(Problem(detail="New.", error_type="NeverHeardOf"), status)) is kind


def test_a_server_cannot_pretend_that_it_was_unreachable() -> None:
    assert CLIENT_SIDE.isdisjoint(BY_NAME.values())


def test_specific_conflicts_are_conflicts_and_bad_input_is_a_value_error() -> None:
    assert issubclass(StaleVersion, Conflict)
    assert issubclass(InvalidInput, ValueError)
