"""The exit codes are an interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rego.cli.exit_codes import EXIT_CODES, ExitCode, exit_code_of
from rego.wire.errors import NotFound, RegoError


def _tree(error: type[RegoError]) -> Iterator[type[RegoError]]:
    yield error
    for child in error.__subclasses__():
        yield from _tree(child)


def test_every_error_of_the_tree_has_one() -> None:
    ours = {error for error in _tree(RegoError) if error.__module__ == "rego.wire.errors"}
    assert set(EXIT_CODES) == ours


def test_the_numbers_never_change() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "NOT_FOUND": 3,
        "NOT_LOGGED_IN": 4,
        "FORBIDDEN": 5,
        "CONFLICT": 6,
        "RATE_LIMITED": 7,
        "UNREACHABLE": 8,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize("error", EXIT_CODES)
def test_an_error_never_ends_well(error: type[RegoError]) -> None:
    assert exit_code_of(error("no")) is not ExitCode.OK


def test_an_error_of_tomorrow_ends_as_its_parent_does() -> None:
    class Vanished(NotFound):
        pass

    assert exit_code_of(Vanished("gone")) is ExitCode.NOT_FOUND
