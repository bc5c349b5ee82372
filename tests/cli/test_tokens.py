"""`rego tokens` against a real server, and REGO_TOKEN with what it makes."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Person, Rego


def test_a_token_is_made_used_and_revoked(rego: Rego, ada: Person, ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    login = ada.credentials.access_token
    made = rego("tokens", "add", "ci", "--scope", "write")
    assert made.code == 0
    assert "Token ci made." in made.err
    (secret,) = made.lines
    assert secret.startswith("rego_pat_")
    assert secret not in made.err
    monkeypatch.setenv("REGO_TOKEN", secret)
    assert rego("whoami", "-q").lines == [ada.username]
    assert rego("cards", "add", "From CI").code == 0
    assert rego("tokens", "list").code == 5
    monkeypatch.setenv("REGO_TOKEN", login)
    assert rego("tokens", "list").lines[0].startswith("ci\twrite\t\tall\tnever\t")
    assert rego("tokens", "revoke", "ci", "--dry-run").err == "Would revoke the token ci.\n"
    assert rego("tokens", "revoke", "ci").err == "Token ci is revoked.\n"
    assert rego("tokens", "list").out == ""
    monkeypatch.setenv("REGO_TOKEN", secret)
    result = rego("boards", "list")
    assert (result.code, "This personal token is not valid" in result.err) == (4, True)


def test_what_an_agent_does_stands_in_the_activity(rego: Rego, ada: Person, ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (secret,) = rego("tokens", "add", "triage", "--scope", "write", "--agent").lines
    assert rego("tokens", "list").lines[0].startswith("triage\twrite\tagent\tall")
    monkeypatch.setenv("REGO_TOKEN", secret)
    rego("cards", "claim", f"{ops}-1")
    assert f"{ada.username} (agent: triage) claimed {ops}-1" in rego("activity").out


def test_a_token_for_one_board_reads_that_one_alone(rego: Rego, ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (other,) = rego("boards", "add", "Another").lines
    made = json.loads(rego("tokens", "add", "wall", "--board", ops, "--expires", "+2d", "--json").out)
    assert made["scope"] == "read"
    assert len(made["board_ids"]) == 1
    assert made["expires_at"] is not None
    assert rego("tokens", "list", "-q").lines == [made["id"]]
    monkeypatch.setenv("REGO_TOKEN", made["token"])
    assert rego("boards", "list", "-q").lines == [ops]
    assert len(rego("cards", "list").lines) == 3
    assert rego("cards", "list", other).code == 3
    result = rego("cards", "add", "x")
    assert (result.code, "may only read" in result.err) == (5, True)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("add", ""), 2, "name"),
        (("add", "x", "--scope", "all"), 2, "all"),
        (("add", "x", "--expires", "2020-01-01"), 2, "lies in the past"),
        (("add", "x", "--expires", "soon"), 2, "soon"),
        (("add", "x", "--board", "nope"), 3, "nope"),
        (("revoke", "nope"), 3, "You have no token called 'nope': there are none."),
    ],
)
def test_what_makes_no_sense_makes_no_token(rego: Rego, ops: str, words: tuple[str, ...], code: int, sentence: str) -> None:
    result = rego("tokens", *words)
    assert (result.code, result.out, sentence in result.err) == (code, "", True), result.err
    assert rego("tokens", "list").out == ""


def test_two_tokens_of_one_name_are_told_apart_by_id(rego: Rego, ada: Person) -> None:
    for _ in range(2):
        rego("tokens", "add", "ci", "-q")
    newest, first = rego("tokens", "list", "-q").lines
    result = rego("tokens", "revoke", "ci")
    assert (result.code, first in result.err, newest in result.err) == (2, True, True)
    assert rego("tokens", "revoke", first).code == 0
    assert rego("tokens", "list", "-q").lines == [newest]
