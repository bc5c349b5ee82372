"""Which server is configured, and that writing it leaves everything else in the file alone."""

from __future__ import annotations

import stat
import tomllib

import pytest

from rego.client.config import Config, choose_server, load_config, save_config
from rego.client.paths import Paths
from rego.wire.errors import InvalidInput


def write(paths: Paths, text: str) -> None:
    paths.config.mkdir(parents=True, exist_ok=True)
    paths.config_file.write_text(text, "utf-8")


def test_no_file_is_no_server(paths: Paths) -> None:
    assert load_config(paths) == Config(server=None)
    assert choose_server(paths, environ={}) is None


@pytest.mark.parametrize("address", ["http://localhost:8000", 'unix:/odd "path"\\ü\n/s', "https://b.example"])
def test_what_was_saved_is_loaded(paths: Paths, address: str) -> None:
    save_config(paths, Config(server=address))
    assert load_config(paths).server == address


def test_the_file_and_its_directory_are_the_users_own(paths: Paths) -> None:
    save_config(paths, Config(server="http://a"))
    assert stat.S_IMODE(paths.config_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700


def test_other_keys_comments_and_tables_stay(paths: Paths) -> None:
    others = '# mine\ntheme = "dark"\n\n[keys]\nserver = "not this one"\nquit = "q"\n'
    write(paths, 'server   = "http://old" # here\n' + others)
    save_config(paths, Config(server="http://new"))
    assert paths.config_file.read_text() == 'server = "http://new"\n' + others
    save_config(paths, Config(server=None))
    assert paths.config_file.read_text() == others


def test_a_file_without_a_line_end_stays_valid(paths: Paths) -> None:
    write(paths, 'theme = "dark"')
    save_config(paths, Config(server="http://new"))
    assert tomllib.loads(paths.config_file.read_text()) == {"server": "http://new", "theme": "dark"}


@pytest.mark.parametrize("text", ["server = ", "server = 3", "[", "\x00"])
def test_a_broken_file_is_named_and_not_overwritten(paths: Paths, text: str) -> None:
    write(paths, text)
    with pytest.raises(InvalidInput, match=r"config\.toml"):
        load_config(paths)
    with pytest.raises(InvalidInput, match=r"config\.toml"):
        save_config(paths, Config(server="http://new"))
    assert paths.config_file.read_text() == text


def test_a_file_that_is_not_text_is_named(paths: Paths) -> None:
    paths.config.mkdir()
    paths.config_file.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        load_config(paths)


def test_a_directory_that_cannot_be_made_is_named(paths: Paths) -> None:
    paths.config.write_text("a file stands here")
    with pytest.raises(InvalidInput, match=r"config\.toml cannot be"):
        save_config(paths, Config(server="http://a"))


def test_the_flag_wins_over_the_environment_and_that_over_the_file(paths: Paths) -> None:
    save_config(paths, Config(server="http://file"))
    assert str(choose_server(paths, "http://flag", {"REGO_SERVER": "http://env"})) == "http://flag"
    assert str(choose_server(paths, None, {"REGO_SERVER": "http://env"})) == "http://env"
    assert str(choose_server(paths, None, {})) == "http://file"


def test_a_broken_file_does_not_stand_in_the_way_of_a_flag(paths: Paths) -> None:
    write(paths, "[")
    assert str(choose_server(paths, "http://flag", {})) == "http://flag"


@pytest.mark.parametrize("environ", [{"REGO_CONFIG_DIR": "/c", "REGO_DATA_DIR": "~/d"}])
def test_directories_can_be_chosen(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    chosen = Paths.of_user(environ)
    assert (str(chosen.config), str(chosen.data)) == ("/c", "/home/ada/d")


def test_directories_are_the_platforms_otherwise() -> None:
    usual = Paths.of_user({})
    assert usual.config.name == "rego"
    assert usual.data.name == "rego"
    assert usual.config != usual.data
