"""`rego config`, profiles, `.rego.toml` and `rego boards use`, on real commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Person, Rego
from tests.running import PASSWORD


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    directory = home / "here"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def test_what_is_set_is_explained_with_its_source(rego: Rego, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rego("config", "set", "color", "never").err == "color is now never.\n"
    monkeypatch.setenv("REGO_COLOR", "always")
    (said,) = json.loads(rego("config", "explain", "color", "--json").out)
    assert (said["value"], said["source"]) == ("always", "REGO_COLOR")
    assert said["overridden"][0].startswith("never (")
    assert said["overridden"][0].endswith("config.toml)")
    assert said["overridden"][1] == "auto (the default)"
    assert [line.split("\t")[0] for line in rego("config", "explain").lines] == [
        "profile", "server", "board", "start", "color", "editor", "pager",
        "theme", "density", "notify", "mouse", "animation", "confirm_quit",
    ]  # fmt: skip


def test_what_is_no_setting_is_said_with_what_was_meant(rego: Rego, here: Path, home: Path) -> None:
    (here / ".rego.toml").write_text('bord = "OPS"\ntheme = "nord"\n')
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text('xyz = "1"\n[profiles.work]\nserve = "http://h.example"\n')
    result = rego("config", "explain")
    assert (result.code, result.err.splitlines()) == (
        0,
        [
            f"{here}/.rego.toml says bord, which is no setting; did you mean board?",
            f"{here}/.rego.toml says theme, which only your own file may say.",
            f"{home}/config/config.toml says xyz, which is no setting.",
            f"{home}/config/config.toml says serve of the profile work, which is no setting; did you mean server?",
        ],
    )


def test_setting_something_that_is_hidden_says_so(rego: Rego, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGO_BOARD", "WEB")
    assert rego("config", "set", "board", "OPS").err.endswith("Here REGO_BOARD says WEB, which wins.\n")


def test_get_set_unset_and_path(rego: Rego, here: Path, home: Path) -> None:
    assert rego("config", "get", "board").code == 3
    rego("config", "set", "board", "OPS")
    assert rego("config", "get", "board").out == "OPS\n"
    assert rego("config", "unset", "board").err == "board is no longer set.\n"
    assert rego("config", "get", "board").code == 3
    assert rego("config", "path").out == f"{home}/config/config.toml\n"


def test_an_address_that_is_none_is_shown_with_where_it_comes_from(rego: Rego, home: Path) -> None:
    (home / "config").mkdir()
    (home / "config/config.toml").write_text('server = "ftp://x"\nboard = "OPS"\n')
    refused = rego("cards", "list")
    assert (refused.code, refused.err.endswith(f"It comes from {home}/config/config.toml.\n")) == (2, True)
    explained = rego("config", "explain", "server")
    assert (explained.code, explained.lines) == (0, [f"server\tftp://x\t{home}/config/config.toml\t"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("set", "colour", "never"), 3, "there are profile, server"),
        (("set", "color", "blue"), 2, "always, never, auto"),
        (("set", "density", "thick"), 2, "compact, normal, full"),
        (("set", "server", "ftp://x"), 2, "http://"),
        (("set", "board", ""), 2, "'rego config unset board'"),
        (("get", "nope"), 3, "no setting 'nope'"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(rego: Rego, here: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    result = rego("config", *arguments)
    assert (result.code, result.out) == (code, "")
    assert says in result.err


def test_a_board_is_used_everywhere_or_in_one_directory(
    rego: Rego, ops: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (web,) = rego("boards", "add", "Website").lines
    assert rego("columns", "list").code == 2
    assert rego("boards", "use", "operations").code == 0
    # REGO_SERVER chooses the server here, so what is set for local mode does not count until the file says the same.
    rego("config", "set", "server", rego("config", "get", "server").out.strip())
    assert len(rego("columns", "list").lines) == 3
    result = rego("boards", "use", web, "--here")
    assert (result.code, str(here / ".rego.toml") in result.err) == (0, True)
    assert rego("columns", "list").lines == []
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    assert rego("columns", "list").lines == []
    assert len(rego("columns", "list", ops).lines) == 3


def test_profiles_keep_two_logins_side_by_side(
    rego: Rego, here: Path, server_url: str, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = ("login", "--server", server_url, "--username", bob.username, "--password-stdin")
    assert rego("--profile", "work", *login, input=PASSWORD).code == 0
    assert rego("--profile", "work", "whoami", "-q").out == f"{bob.username}\n"
    assert rego("config", "get", "server").code == 3
    monkeypatch.setenv("REGO_PROFILE", "work")
    assert rego("whoami", "-q").out == f"{bob.username}\n"
    assert "there are work" in rego("--profile", "home", "whoami").err
    assert rego("--profile", "work", "logout", "--forget-server").code == 0
    assert rego("config", "get", "server").code == 3


def test_a_token_from_stdin_is_a_login(rego: Rego, here: Path, server_url: str, bob: Person) -> None:
    login = ("login", "--server", server_url, "--with-token")
    assert rego(*login, input="").code == 2
    assert rego(*login, input="rego_pat_wrong\n").code == 4
    assert rego("config", "get", "server").code == 3
    assert rego(*login, input=bob.credentials.access_token + "\n").code == 0
    assert rego("whoami", "-q").out == f"{bob.username}\n"


def test_nobody_is_asked_where_nothing_may_be_asked(rego: Rego, here: Path, server_url: str) -> None:
    result = rego("--no-input", "login", "--server", server_url)
    assert (result.code, "--no-input says not to ask" in result.err) == (2, True)


def test_a_board_of_another_server_is_not_in_force_here_and_that_is_said(rego: Rego, ada: Person) -> None:
    assert "another server" in rego("config", "set", "start", "Doing").err
