"""`rego help` and `rego api`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rego.cli.help import TOPICS
from rego.cli.root import COMMANDS
from rego.cli.synonyms import SYNONYMS
from tests.cli.conftest import Person, Rego


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_page(rego: Rego, topic: str) -> None:
    said = rego("help", topic)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("# ")
    assert max(map(len, said.lines)) <= 140


def test_help_of_a_command_is_its_own_help(rego: Rego) -> None:
    assert rego("help", "cards", "move").out == rego("cards", "move", "--help").out
    assert rego("help", "exit", "codes").out == rego("help", "exit-codes").out


def test_an_unknown_topic_names_those_there_are(rego: Rego) -> None:
    said = rego("help", "querry")
    assert (said.code, "query, formatting" in said.err) == (3, True)


def test_a_mistyped_command_is_answered_with_the_right_one(rego: Rego) -> None:
    assert "Did you mean 'cards'" in rego("crads", "list").err
    assert "Did you mean 'list'" in rego("cards", "lst").err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("card", "view"), ("cards", "show")),
        (("boards", "ls"), ("boards", "list")),
        (("label", "create"), ("labels", "add")),
        (("cards", "new"), ("cards", "add")),
        (("cards", "close"), ("cards", "done")),
        (("card", "mv"), ("cards", "move")),
        (("cards", "rm"), ("cards", "delete")),
        (("members", "rm"), ("members", "remove")),
        (("token", "rm"), ("tokens", "revoke")),
    ],
)
def test_the_words_of_other_tools_are_understood(rego: Rego, typed: tuple[str, ...], meant: tuple[str, ...]) -> None:
    helped = rego(*typed, "--help")
    assert (helped.code, helped.out) == (0, rego(*meant, "--help").out)
    assert rego("help", *typed).out == helped.out


def test_no_command_has_a_name_that_means_another() -> None:
    """Else a synonym would hide it, or depend on the noun."""
    assert not set(SYNONYMS) & set(COMMANDS)
    assert {name for name in COMMANDS if f"{name}s" in COMMANDS} == set()


def test_any_request_can_be_sent(rego: Rego, ops: str, tmp_path: Path) -> None:
    (board,) = json.loads(rego("api", "GET", "/boards").out)
    assert board["key"] == ops
    made = rego(
        "api", "post", f"/boards/{board['id']}/columns", "-f", "title=Review", "-F", "wip_limit=3", "--jq", ".wip_limit"
    )
    assert (made.code, made.out) == (0, "3\n")
    assert rego("api", "GET", f"/boards/{board['id']}/cards", "-f", "q=One", "--jq", ".[].title").out == "One\n"
    (tmp_path / "body.json").write_text('{"title": "Renamed"}')
    patched = rego("api", "PATCH", f"/boards/{board['id']}", "--input", str(tmp_path / "body.json"))
    assert json.loads(patched.out)["title"] == "Renamed"
    assert rego("api", "PATCH", f"/boards/{board['id']}", "--input", "-", input='{"title": "Again"}').code == 0
    assert rego("api", "DELETE", f"/boards/{board['id']}").out == ""


def test_the_method_may_be_left_out(rego: Rego, ada: Person) -> None:
    assert rego("api", "/boards").out == "[]\n"
    assert rego("api", "/boards", "-f", "title=New", "--jq", ".title").out == "New\n"
    assert rego("api", "/boards", "--input", "-", input='{"title": "Newer"}').code == 0
    assert rego("api", "/boards", "--jq", "length").out == "2\n"


def test_all_pages_come_as_one_list(rego: Rego, ops: str) -> None:
    (board,) = json.loads(rego("api", "GET", "/boards").out)
    path = f"/boards/{board['id']}/cards?limit=2"
    assert len(json.loads(rego("api", "GET", path).out)) == 2
    assert rego("api", "GET", f"/boards/{board['id']}/cards", "-f", "limit=2", "--paginate", "--jq", "length").out == "3\n"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("FETCH", "/boards"), 2, "GET, POST"),
        (("GET", "/boards", "title=x"), 2, "Give a method and a path"),
        (("GET", "boards"), 2, "begin with /"),
        (("GET", "/a b"), 2, "percent-encoded"),
        (("GET", "/boards", "--input", "-"), 2, "no body"),
        (("POST", "/boards", "-f", "title"), 2, "KEY=VALUE"),
        (("POST", "/boards", "-F", "title=x"), 2, "must be JSON"),
        (("POST", "/boards", "-f", "title=x", "--input", "-"), 2, "not both"),
        (("POST", "/boards", "-f", "titel=x"), 2, "titel"),
        (("GET", "/nowhere"), 3, "no such endpoint"),
        (("POST", "/boards", "--input", "/no/such/file"), 1, "/no/such/file"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(rego: Rego, ada: Person, arguments: tuple[str, ...], code: int, says: str) -> None:
    said = rego("api", *arguments)
    assert (said.code, said.out) == (code, "")
    assert says in said.err
