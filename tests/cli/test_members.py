"""`rego members` against a real server."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Person, Rego


def test_a_person_is_added_given_a_role_and_removed(rego: Rego, ada: Person, bob: Person, ops: str) -> None:
    added = rego("members", "add", bob.username)
    assert (added.code, added.lines, added.err) == (0, [bob.username], f"{bob.username} is member on {ops} now\n")
    assert rego("members", "list", ops).lines == [f"{ada.username}\t\towner\t", f"{bob.username}\t\tmember\t"]
    changed = rego("members", "role", bob.username.upper(), "viewer")
    assert (changed.code, changed.err) == (0, f"{bob.username} is viewer on {ops} now; was member\n")
    assert json.loads(rego("members", "list", "--json", "role").out) == [{"role": "owner"}, {"role": "viewer"}]
    assert rego("members", "remove", bob.username, "--dry-run").err == f"Would take {bob.username} off {ops}.\n"
    assert rego("members", "remove", bob.username).err == f"{bob.username} is off {ops} now\n"
    assert rego("members", "list", "-q").lines == [ada.username]


def test_a_person_is_added_by_address(rego: Rego, bob: Person, ops: str) -> None:
    added = rego("members", "add", f"{bob.username}@example.com", "--role", "viewer", "--json", "username,role")
    assert json.loads(added.out) == {"username": bob.username, "role": "viewer"}


def test_anybody_may_leave_but_only_owners_change_others(
    rego: Rego, ada: Person, bob: Person, ops: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rego("members", "add", bob.username, "--board", ops)
    monkeypatch.setenv("REGO_TOKEN", bob.credentials.access_token)
    for words in (("add", "somebody"), ("role", ada.username, "viewer"), ("remove", ada.username)):
        result = rego("members", *words)
        assert (result.code, result.out, "You are a member of this board; this needs an owner." in result.err) == (5, "", True)
    assert rego("members", "remove", bob.username).code == 0
    assert rego("boards", "list").out == ""


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("add", "no-such-person"), 3, "Nobody here is called no-such-person."),
        (("add", "{ada}"), 6, "already on this board"),
        (("role", "{ada}", "viewer"), 6, "A board needs an owner"),
        (("remove", "{ada}"), 6, "A board needs an owner"),
        (("role", "nobody", "viewer"), 3, "Nobody called 'nobody' is on this board"),
        (("role", "{ada}", "king"), 2, "king"),
        (("add", "x", "--role", "king"), 2, "king"),
    ],
)
def test_what_cannot_be_says_so_and_changes_nothing(
    rego: Rego, ada: Person, ops: str, words: tuple[str, ...], code: int, sentence: str
) -> None:
    result = rego("members", *(word.format(ada=ada.username) for word in words))
    assert (result.code, result.out, sentence in result.err) == (code, "", True), result.err
    assert rego("members", "list").lines == [f"{ada.username}\t\towner\t"]
