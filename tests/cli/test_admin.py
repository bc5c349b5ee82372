"""`rego admin` against a real server, and the first superuser from the server's own shell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rego_server.bootstrap import promote
from tests.cli.conftest import Person, Rego, join
from tests.running import fast_settings, server_thread


@pytest.fixture
def root(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """A superuser, on a server of their own, whom REGO_SERVER and REGO_TOKEN make the user of every command."""
    settings = fast_settings(home / "server", f"sqlite:///{home}/server/rego.db")
    with server_thread(settings) as url:
        root = join(url, "root")
        join(url, "bob")
    promote(settings, root.username)
    with server_thread(settings) as url:
        monkeypatch.setenv("REGO_SERVER", url)
        monkeypatch.setenv("REGO_TOKEN", root.credentials.access_token)
        yield root


def test_accounts_are_listed_and_kept_out(rego: Rego, root: Person) -> None:
    first, second = rego("admin", "list").lines
    assert first.split("\t")[:4] == [root.username, f"{root.username}@example.com", "no", "a superuser"]
    bob = second.split("\t")[0]
    assert rego("admin", "list", "-q", "--limit", "1").lines == [root.username]
    out = rego("admin", "deactivate", f"{bob}@example.com")
    assert (out.code, out.err) == (0, f"{bob} is not active now\n")
    assert json.loads(rego("admin", "activate", bob, "--json", "is_active").out) == {"is_active": True}
    assert rego("admin", "promote", bob).err == f"{bob} is a superuser now\n"
    assert rego("admin", "demote", bob, "-q").lines == [bob]
    last = rego("admin", "demote", root.username)
    assert (last.code, last.err) == (6, "This is the last superuser who can log in; make somebody else one first.\n")
    nobody = rego("admin", "deactivate", "nobody")
    assert (nobody.code, "Nobody on this server is called 'nobody'" in nobody.err) == (3, True)


def test_a_password_is_reset(rego: Rego, root: Person) -> None:
    bob = rego("admin", "list", "-q").lines[1]
    made = rego("admin", "reset-password", bob)
    (token,) = made.lines
    assert token.startswith("rego_reset_")
    assert (f"to {bob}" in made.err, "within 60 minutes" in made.err, token in made.err) == (True, True, False)
    assert rego("password", "--reset", "--password-stdin", input=f"{token}\na longer horse battery\n").code == 0


def test_others_may_not(rego: Rego, ada: Person) -> None:
    for words in (("list",), ("promote", ada.username), ("reset-password", ada.username)):
        result = rego("admin", *words)
        assert (result.code, result.out, "Only a superuser" in result.err) == (5, "", True), words


def test_on_the_machine_of_a_local_server_nobody_logs_in(rego: Rego) -> None:
    (me,) = rego("admin", "list", "-q").lines
    try:
        made = rego("admin", "bootstrap", me)
        assert (made.code, made.err) == (0, f"{me} is a superuser now.\n")
        nobody = rego("admin", "bootstrap", "nobody")
        assert (nobody.code, nobody.err) == (3, "Nobody here is called nobody.\n")
    finally:
        rego("local", "stop")


def test_elsewhere_the_database_is_named(rego: Rego, home: Path) -> None:
    url = f"sqlite:///{home}/elsewhere/rego.db"
    with server_thread(fast_settings(home / "elsewhere", url)) as address:
        ann = join(address, "ann").username
        busy = rego("admin", "bootstrap", ann, "--database-url", url)
        assert (busy.code != 0, "stop it" in busy.err) == (True, True)
    assert rego("admin", "bootstrap", ann, "--database-url", url).err == f"{ann} is a superuser now.\n"
    assert rego("admin", "bootstrap", ann, "--database-url", "mysql://x").code == 2
