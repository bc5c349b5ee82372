"""`rego register`, `login`, `logout`, `whoami`, `health` against a real server."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from rego.client.paths import write_private_file
from rego.client.waiting import FORMAT, Scope
from tests.cli.conftest import Person, Rego, Result


@pytest.fixture
def username() -> str:
    return f"bob-{uuid4().hex[:8]}"


def register(rego: Rego, url: str, username: str, password: str = "correct horse battery") -> Result:
    words = ("--server", url, "--username", username, "--email", f"{username}@example.com", "--password-stdin")
    return rego("register", *words, input=f"{password}\n")


def test_from_register_to_logout(rego: Rego, server_url: str, username: str, home: Path) -> None:
    result = register(rego, server_url, username)
    assert (result.code, result.out) == (0, "")
    assert f"Logged in to {server_url} as {username}." in result.err
    assert rego("whoami").out == f"{username} on {server_url}\n"
    assert json.loads(rego("whoami", "--json", "username").out) == {"username": username}
    assert rego("logout").err == f"Logged out of {server_url}.\n"
    assert rego("whoami").code == 4
    words = ("--username", f"{username}@example.com", "--password-stdin")
    assert rego("login", *words, input="correct horse battery").code == 0
    assert rego("whoami", "-q").out == f"{username}\n"


def test_the_login_is_kept_where_only_the_user_can_read_it(rego: Rego, server_url: str, username: str, home: Path) -> None:
    result = register(rego, server_url, username)
    kept = home / "config" / "credentials.json"
    assert str(kept) in result.err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_wrong_password_is_exit_code_4_and_forgets_nothing(rego: Rego, server_url: str, username: str) -> None:
    register(rego, server_url, username)
    result = rego("login", "--server", server_url, "-u", username, "--password-stdin", input="wrong horse battery\n")
    assert (result.code, result.out) == (4, "")
    assert len(result.err.splitlines()) == 1
    assert rego("whoami").code == 0


def test_a_taken_name_is_exit_code_6(rego: Rego, server_url: str, username: str) -> None:
    register(rego, server_url, username)
    result = register(rego, server_url, username)
    assert (result.code, len(result.err.splitlines())) == (6, 1)


@pytest.mark.parametrize("password", ["", "short"])
def test_a_bad_password_is_exit_code_2(rego: Rego, server_url: str, username: str, password: str) -> None:
    result = register(rego, server_url, username, password)
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)


def test_without_a_terminal_nobody_is_asked(rego: Rego, server_url: str) -> None:
    for words in (("login",), ("login", "-u", "bob"), ("register", "-u", "bob", "--email", "b@example.com")):
        result = rego(*words, "--server", server_url)
        assert (result.code, result.out) == (2, "")
        assert "there is no terminal" in result.err.lower()


def test_logging_out_can_lead_back_to_this_machine(rego: Rego, server_url: str, username: str, home: Path) -> None:
    register(rego, server_url, username)
    rego("logout", "--forget-server")
    assert "not logged in anywhere" in rego("logout").err
    assert server_url not in (home / "config" / "config.toml").read_text()


def test_logging_out_of_a_server_that_is_gone_still_forgets_the_tokens(
    rego: Rego, server_url: str, username: str, home: Path
) -> None:
    register(rego, server_url, username)
    kept = home / "config" / "credentials.json"
    gone = f"unix:{home}/gone.sock"
    kept.write_text(kept.read_text().replace(server_url, gone))
    result = rego("--server", gone, "logout")
    assert (result.code, result.err) == (0, f"Logged out of {gone} here; it could not be told.\n")
    assert gone not in kept.read_text()


def test_logging_out_with_a_personal_token_says_that_it_still_works(
    rego: Rego, ada: Person, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = rego("tokens", "add", "script").lines[0]
    monkeypatch.delenv("REGO_TOKEN")
    assert rego("login", "--server", ada.server.url, "--with-token", input=token).code == 0
    result = rego("--server", ada.server.url, "logout")
    assert (result.code, result.err) == (
        0,
        f"Logged out of {ada.server.url} here; the token itself works until it is revoked.\n",
    )
    assert token not in (home / "config" / "credentials.json").read_text()


def test_health_needs_no_login(rego: Rego, server_url: str) -> None:
    result = rego("--server", server_url, "health")
    assert result.code == 0
    assert result.lines[0] == "status: healthy"
    assert json.loads(rego("--server", server_url, "health", "--json", "server").out) == {"server": "rego"}


def test_the_password_is_changed(rego: Rego, server_url: str, username: str) -> None:
    register(rego, server_url, username)
    result = rego("password", "--password-stdin", input="correct horse battery\na longer horse battery\n")
    assert (result.code, result.out) == (0, "")
    assert "other sessions have ended" in result.err
    assert rego("whoami").code == 0
    words = ("--server", server_url, "-u", username, "--password-stdin")
    assert rego("login", *words, input="correct horse battery\n").code == 4
    assert rego("login", *words, input="a longer horse battery\n").code == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("wrong horse battery\na longer horse battery\n", "The current password is wrong."),
        ("correct horse battery\npassword123\n", "among the most common"),
        ("correct horse battery\n", "new_password"),
        ("", "current_password"),
    ],
)
def test_a_password_that_cannot_be_changed_stays(rego: Rego, server_url: str, username: str, typed: str, sentence: str) -> None:
    register(rego, server_url, username)
    result = rego("password", "--password-stdin", input=typed)
    assert (result.code, sentence in result.err, len(result.err.splitlines())) == (2, True, 1), result.err


# --- a forgotten password, an address to verify ---------------------------------------------------------------------------


def test_a_forgotten_password_is_asked_about_and_set(rego: Rego, server_url: str, ada: Person) -> None:
    asked = rego("password", "--forgotten", f"{ada.username}@example.com")
    assert (asked.code, asked.out) == (0, "")
    assert asked.err == "If there is such an account, a letter is on its way. Then run 'rego password --reset'.\n"
    wrong = rego("password", "--reset", "--password-stdin", input="rego_reset_x\na longer horse battery\n")
    assert (wrong.code, "This token is not valid" in wrong.err) == (2, True)
    assert rego("password", "--reset").code == 2


def test_an_address_is_verified_with_a_token_alone(rego: Rego, ada: Person) -> None:
    assert rego("verify", "--send").err == "A letter is on its way; run 'rego verify'.\n"
    wrong = rego("verify", "--token-stdin", input="rego_verify_x\n")
    assert (wrong.code, "This token is not valid" in wrong.err) == (2, True)


def waits(home: Path, server: str, user: str) -> Path:
    """A change made in the TUI that waits on disk for a server."""
    scope = Scope(server=server, user=user, board="b1", title="Ops")
    path = home / "data" / "waiting" / scope.directory / "1.json"
    write_private_file(path, msgspec.json.encode({"format": FORMAT, "scope": scope}))
    return path


def test_logging_out_says_what_waits_and_keeps_it(rego: Rego, server_url: str, username: str, home: Path) -> None:
    register(rego, server_url, username)
    mine = waits(home, server_url, json.loads(rego("whoami", "--json", "id").out)["id"])
    other, elsewhere = waits(home, server_url, "somebody else"), waits(home, "https://rego.example.com", "somebody else")
    said = rego("logout").err
    assert "1 change waits for it on this machine until you log in again" in said
    assert "--drop-waiting" in said
    assert mine.exists()
    assert rego("logout", "--drop-waiting").code == 0, "it can be said afterwards, too; then it is meant for everybody's here"
    assert not mine.exists()
    assert not other.exists()
    assert elsewhere.exists()


def test_logging_out_can_let_go_of_what_waits(rego: Rego, server_url: str, username: str, home: Path) -> None:
    register(rego, server_url, username)
    mine = waits(home, server_url, json.loads(rego("whoami", "--json", "id").out)["id"])
    other = waits(home, server_url, "somebody else")
    assert "1 change that waited for it was let go." in rego("logout", "--drop-waiting").err
    assert not mine.exists()
    assert other.exists()
