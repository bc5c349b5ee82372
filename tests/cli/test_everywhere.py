"""The global options: wherever on the line they stand they mean the same, and they take nothing that is another's."""

from __future__ import annotations

import json

import pytest

from rego.cli.everywhere import global_options
from rego.cli.root import COMMANDS, load_command
from tests.cli.conftest import Rego
from tests.cli.pseudo_terminal import Terminal


@pytest.mark.parametrize(
    "line",
    [
        "--server unix:/there cards list",
        "cards --server unix:/there list",
        "cards list --server unix:/there",
        "cards list --server=unix:/there --no-input -n 3",
        "cards list -q --server unix:/there",
        "cards list --json --server unix:/there",
        "--server unix:/here cards --server unix:/neither list --server unix:/there",
        "watch --exec --server --server unix:/there",
        "health --server unix:/there",
    ],
)
def test_the_server_is_named_anywhere(rego: Rego, line: str) -> None:
    result = rego(*line.split())
    assert (result.code, result.out) == (8, "")
    assert "No answer from unix:/there" in result.err


def test_what_is_an_argument_or_a_value_stays_one(rego: Rego, ops: str) -> None:
    rego("cards", "add", "--to", "Doing", "--description", "--no-input", "--", "--server")
    card = json.loads(rego("cards", "show", f"{ops}-4", "--json", "title,description").out)
    assert card == {"title": "--server", "description": "--no-input"}


def test_a_terminal_is_not_asked_on_when_that_was_said_behind_the_command(ops: str) -> None:
    terminal = Terminal("boards", "delete", ops, "--no-input")
    assert terminal.end() == 2
    assert "[y/N]" not in terminal.text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("login --server {url}", "Username? Give it as an option: there is no terminal to ask on."),
        ("login --server {url} --no-input", "Username? Give it as an option: --no-input says not to ask."),
        ("login --server {url} -u ada --no-input", "Password? Pipe it in and give --password-stdin: --no-input says"),
        ("invites accept", "Token or link? Pipe it in and give --token-stdin: there is no terminal to ask on."),
        ("verify --no-input", "Token? Pipe it in and give --token-stdin: --no-input says not to ask."),
    ],
)
def test_what_cannot_be_asked_is_said_with_the_reason_and_the_way(rego: Rego, server_url: str, line: str, says: str) -> None:
    result = rego(*line.format(url=server_url).split())
    assert (result.code, result.out) == (2, "")
    assert says in result.err


def test_a_profile_is_named_behind_the_command(rego: Rego) -> None:
    assert "no profile 'elsewhere'" in rego("cards", "list", "--profile", "elsewhere").err
    assert "'rego login --profile elsewhere --server URL' makes one." in rego("login", "--profile", "elsewhere").err


@pytest.mark.parametrize("line", ["cards list --server", "cards list --no-input=1", "--profile"])
def test_a_value_too_few_or_too_many_is_said(rego: Rego, line: str) -> None:
    result = rego(*line.split())
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Option '--")


def test_a_mistyped_one_is_suggested(rego: Rego) -> None:
    assert "--server" in rego("cards", "list", "--serve", "x").err


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_lists_them_among_its_options(rego: Rego, name: str) -> None:
    own = {flag for parameter in load_command(name).params for flag in parameter.opts}
    shown = rego(name, "--help").out.partition("\n\nGlobal options: ")
    for flag in (option.opts[0] for option in global_options(hidden=False)):
        assert (f"  {flag}" in shown[0]) == (flag in own)
        assert (flag in shown[2]) != (flag in own)
