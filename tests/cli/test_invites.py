"""`rego invites` against a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rego.client.credentials import CredentialStore
from rego.client.paths import Paths
from tests.cli.conftest import Person, Rego


def test_somebody_is_invited_and_comes(rego: Rego, ops: str, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made = rego("invites", "add", "--role", "viewer")
    assert made.code == 0
    (token,) = made.lines
    assert token.startswith("rego_invite_")
    assert f"is viewer on {ops}" in made.err
    assert token not in made.err
    (line,) = rego("invites", "list").lines
    assert line.startswith("whoever brings it\tviewer\t")
    monkeypatch.setenv("REGO_TOKEN", bob.credentials.access_token)
    joined = rego("invites", "accept", "--token-stdin", input=f"{token}\n")
    assert (joined.code, joined.err) == (0, f"You are viewer on {ops} (Operations) now\n")
    assert rego("boards", "list", "-q").lines == [ops]
    assert rego("invites", "list").code == 5
    assert rego("invites", "accept").code == 2


def test_an_invitation_is_revoked(rego: Rego, ops: str) -> None:
    made = json.loads(rego("invites", "add", "--email", "eve@example.com", "--expires", "+2d", "--json").out)
    assert (made["email"], made["role"]) == ("eve@example.com", "member")
    assert rego("invites", "list", "-q").lines == [made["id"]]
    theirs = f"the invitation of eve@example.com to {ops}"
    assert rego("invites", "revoke", "eve@example.com", "--dry-run").err == f"Would revoke {theirs}.\n"
    assert rego("invites", "list", "-q").lines == [made["id"]]
    assert rego("invites", "revoke", "eve@example.com").err == f"The{theirs[3:]} is revoked.\n"
    assert rego("invites", "list").out == ""
    gone = rego("invites", "accept", "--token-stdin", input=made["token"])
    assert (gone.code != 0, "another e-mail address" in gone.err) == (True, True)


def test_one_of_two_invitations_of_an_address_is_revoked_by_the_beginning_of_its_id(rego: Rego, ops: str) -> None:
    first, second = (json.loads(rego("invites", "add", "--email", "eve@example.com", "--json").out) for _ in range(2))
    unclear = rego("invites", "revoke", "eve@example.com")
    assert (unclear.code, unclear.err.startswith("2 invitations fit 'eve@example.com': give the id")) == (2, True)
    same = next(n for n, (one, other) in enumerate(zip(first["id"], second["id"], strict=True), 1) if one != other)
    assert rego("invites", "revoke", first["id"][: max(same, 9)]).code == 0
    assert rego("invites", "list", "-q").lines == [second["id"]]


def test_a_link_names_the_server_too(rego: Rego, ops: str, bob: Person, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = rego("invites", "add", "--link")
    (link,) = made.lines
    assert link.startswith(f"{bob.server}/invite#rego_invite_")
    assert "with this link" in made.err
    monkeypatch.delenv("REGO_SERVER")
    unknown = rego("invites", "accept", "--token-stdin", input=link)
    assert (unknown.code, f"'rego login --server {bob.server}'" in unknown.err) == (4, True), "REGO_TOKEN is for another server"
    monkeypatch.delenv("REGO_TOKEN")
    CredentialStore(Paths.of_user()).save(bob.credentials)
    assert rego("invites", "accept", "--token-stdin", input=f" {link}\n").err == f"You are member on {ops} (Operations) now\n"


def test_a_link_to_this_machine_alone_is_refused_before_anything_is_made(rego: Rego) -> None:
    try:
        rego("boards", "add", "Own")
        result = rego("invites", "add", "--link")
        assert (result.code, "no address that others could reach" in result.err) == (2, True)
        assert rego("invites", "list", "-q").lines == []
    finally:
        rego("local", "stop")


@pytest.mark.parametrize(
    "link", ["#x", "nowhere#x", "http://#x", "https://h.example/elsewhere#x", "https://a:b@h.example/invite#x"]
)
def test_a_link_that_is_none_is_refused(rego: Rego, ada: Person, link: str) -> None:
    assert rego("invites", "accept", "--token-stdin", input=link).code == 2


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("add", "--role", "god"), 2, "god"),
        (("add", "--expires", "+40d"), 2, "from an hour to 30 days"),
        (("add", "--email", "nobody"), 2, "email"),
        (("revoke", "00000000-0000-7000-8000-000000000000"), 3, "is open: there are none"),
    ],
)
def test_what_makes_no_sense_invites_nobody(rego: Rego, ops: str, words: tuple[str, ...], code: int, sentence: str) -> None:
    result = rego("invites", *words)
    assert (result.code, result.out, sentence in result.err) == (code, "", True), result.err
