"""Who decides: flags, the environment, the directory's file, the user's file and its profiles, the defaults, in this order."""

from __future__ import annotations

from pathlib import Path

import pytest

from rego.client.config import save_directory_settings, save_settings
from rego.client.paths import Paths
from rego.client.settings import Choices
from rego.wire.errors import InvalidInput, NotFound

A, B, C, D = "http://a", "http://b", "http://c", "http://d"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    directory = tmp_path / "here"
    directory.mkdir()
    return directory


def choices(paths: Paths, here: Path, flags: dict[str, str | None] | None = None, **environ: str) -> Choices:
    return Choices(paths, flags, environ=environ, directory=here)


def test_nothing_said_means_local_mode_and_the_defaults(paths: Paths, here: Path) -> None:
    asked = choices(paths, here)
    assert (asked.server, asked.value("board"), asked.value("color"), asked.value("editor")) == (None, None, "auto", "vi")


def test_the_order_of_those_who_decide(paths: Paths, here: Path) -> None:
    save_settings(paths, None, {"server": D, "profile": "work"})
    save_settings(paths, "work", {"server": C})
    save_directory_settings(here / ".rego.toml", {"server": B})
    asked = choices(paths, here, {"server": "http://flag"}, REGO_SERVER=A)
    assert [choice.value for choice in asked.all_of("server")] == ["http://flag", A, B, C, D]
    sources = [choice.source for choice in asked.all_of("server")]
    assert sources[:2] == ["the flag --server", "REGO_SERVER"]
    assert sources[2].endswith(".rego.toml")
    assert sources[3].startswith("the profile work in ")
    assert sources[4].endswith("config.toml")


def test_of_several_variables_the_own_one_wins(paths: Paths, here: Path) -> None:
    asked = choices(paths, here, VISUAL="code", EDITOR="ed")
    assert asked.value("editor") == "code"
    assert choices(paths, here, REGO_EDITOR="nano", VISUAL="code").value("editor") == "nano"


def test_a_directory_cannot_choose_what_is_run(paths: Paths, here: Path) -> None:
    (here / ".rego.toml").write_text('editor = "evil"\npager = "evil"\nboard = "OPS"\n')
    asked = choices(paths, here)
    assert (asked.value("editor"), asked.value("pager"), asked.value("board")) == ("vi", "less -FR", "OPS")


def test_a_token_from_the_environment_goes_to_no_server_that_a_directory_chose(paths: Paths, here: Path) -> None:
    save_directory_settings(here / ".rego.toml", {"server": B})
    assert str(choices(paths, here).server) == B
    with pytest.raises(InvalidInput, match="set REGO_SERVER too"):
        _ = choices(paths, here, REGO_TOKEN="rego_pat_x").server
    assert str(choices(paths, here, REGO_TOKEN="rego_pat_x", REGO_SERVER=B).server) == B


def test_a_board_holds_only_on_the_server_that_it_was_set_for(paths: Paths, here: Path) -> None:
    save_settings(paths, None, {"server": A, "board": "OPS"})
    save_settings(paths, "work", {"server": B, "board": "WEB"})
    assert choices(paths, here).value("board") == "OPS"
    assert choices(paths, here, {"profile": "work"}).value("board") == "WEB"
    assert choices(paths, here, {"server": C}).value("board") is None
    assert choices(paths, here, {"server": "http://a:80/"}).value("board") == "OPS"
    assert choices(paths, here, {"server": C}, REGO_BOARD="X").value("board") == "X"


def test_a_board_of_local_mode_holds_only_there(paths: Paths, here: Path) -> None:
    save_settings(paths, None, {"board": "OPS"})
    assert choices(paths, here).value("board") == "OPS"
    assert choices(paths, here, REGO_SERVER=A).value("board") is None


def test_a_directory_without_a_server_names_its_board_on_any(paths: Paths, here: Path) -> None:
    save_directory_settings(here / ".rego.toml", {"board": "OPS"})
    assert choices(paths, here, REGO_SERVER=A).value("board") == "OPS"
    save_directory_settings(here / ".rego.toml", {"server": B})
    assert choices(paths, here, REGO_SERVER=A).value("board") is None
    assert choices(paths, here).value("board") == "OPS"


def test_a_profile_that_is_not_there_is_answered_with_those_that_are(paths: Paths, here: Path) -> None:
    save_settings(paths, "work", {"server": A})
    with pytest.raises(NotFound, match="there are work"):
        choices(paths, here, {"profile": "home"}).value("server")
    assert choices(paths, here, {"profile": "home"}).profile_name == "home"


def test_a_broken_file_does_not_stand_in_the_way_of_a_flag(paths: Paths, here: Path) -> None:
    paths.config.mkdir(parents=True)
    paths.config_file.write_text("[")
    (here / ".rego.toml").write_text("[")
    assert str(choices(paths, here, {"server": A}).server) == A
    with pytest.raises(InvalidInput, match="not valid TOML"):
        _ = choices(paths, here).server


@pytest.mark.parametrize("text", ["server = 3", "profiles = 1", 'profile = "x"\nprofiles = {x = 3}'])
def test_what_is_of_the_wrong_kind_is_named(paths: Paths, here: Path, text: str) -> None:
    paths.config.mkdir(parents=True)
    paths.config_file.write_text(text)
    with pytest.raises(InvalidInput, match=r"config\.toml"):
        choices(paths, here, {"profile": "x"} if "profiles" in text else None).value("server")
