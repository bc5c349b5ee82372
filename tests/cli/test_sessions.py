"""`rego sessions` against a real server."""

from __future__ import annotations

import json

import pytest

from rego.client import auth
from rego.client.blocking import Client
from tests.cli.conftest import Person, Rego
from tests.running import PASSWORD


@pytest.fixture
def elsewhere(ada: Person) -> None:
    """Two more logins of hers."""
    with Client(ada.server) as client:
        for _ in range(2):
            client.send(auth.login(ada.username, PASSWORD))


@pytest.mark.usefixtures("elsewhere")
def test_logins_are_listed_and_ended(rego: Rego) -> None:
    listed = json.loads(rego("sessions", "list", "--json", "id,current").out)
    assert [login["current"] for login in listed] == [False, False, True]
    assert rego("sessions", "list").lines[2].split("\t")[3] == "this one"
    assert rego("sessions", "end", listed[0]["id"], "--dry-run").err == "Would end 1 session.\n"
    assert len(rego("sessions", "list").lines) == 3
    assert rego("sessions", "end", listed[0]["id"]).err == "1 session ended.\n"
    assert rego("sessions", "list", "-q").lines == [login["id"] for login in listed[1:]]
    assert rego("sessions", "end", listed[0]["id"]).code == 3


@pytest.mark.usefixtures("elsewhere")
def test_all_others_end_at_once(rego: Rego) -> None:
    assert rego("sessions", "end", "--others").err == "2 sessions ended.\n"
    assert len(rego("sessions", "list").lines) == 1
    assert rego("sessions", "end", "--others").err == "0 sessions ended.\n"


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("words", [(), ("x", "--others")])
def test_which_one_must_be_clear(rego: Rego, words: tuple[str, ...]) -> None:
    result = rego("sessions", "end", *words)
    assert (result.code, result.err) == (2, "Give the id of a session, or --others.\n")


@pytest.mark.usefixtures("ada")
def test_what_is_no_session_is_not_found(rego: Rego) -> None:
    for name in ("x", "00000000-0000-7000-8000-000000000000"):
        assert rego("sessions", "end", name).code == 3
