"""The files with settings: reading them, and that writing one key leaves everything else alone."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import platformdirs
import pytest

from rego.client.config import directory_file, read_toml, save_directory_settings, save_settings
from rego.client.paths import Paths
from rego.wire.errors import InvalidInput


def write(paths: Paths, text: str) -> None:
    paths.config.mkdir(parents=True, exist_ok=True)
    paths.config_file.write_text(text, "utf-8")


def test_no_file_says_nothing(paths: Paths) -> None:
    assert read_toml(paths.config_file) == {}


@pytest.mark.parametrize("address", ["http://localhost:8000", 'unix:/odd "path"\\ü\n/s', "https://b.example"])
def test_what_was_saved_is_loaded(paths: Paths, address: str) -> None:
    save_settings(paths, None, {"server": address})
    assert read_toml(paths.config_file) == {"server": address}


def test_the_file_and_its_directory_are_the_users_own(paths: Paths) -> None:
    save_settings(paths, None, {"server": "http://a"})
    assert stat.S_IMODE(paths.config_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700


def test_other_keys_comments_and_tables_stay(paths: Paths) -> None:
    write(paths, '# mine\nserver   = "http://old" # here\ntheme = "dark"\n\n[keys]\nserver = "not this one"\nquit = "q"\n')
    save_settings(paths, None, {"server": "http://new"})
    text = paths.config_file.read_text()
    assert text == ('# mine\nserver   = "http://new" # here\ntheme = "dark"\n\n[keys]\nserver = "not this one"\nquit = "q"\n')
    save_settings(paths, None, {"server": None, "board": "OPS"})
    assert tomllib.loads(paths.config_file.read_text()) == {
        "theme": "dark",
        "board": "OPS",
        "keys": {"server": "not this one", "quit": "q"},
    }
    assert "# mine" in paths.config_file.read_text()


def test_a_profile_has_a_table_of_its_own(paths: Paths) -> None:
    save_settings(paths, None, {"server": "http://a"})
    save_settings(paths, "at work", {"server": "http://b"})
    save_settings(paths, "at work", {"board": "OPS"})
    assert read_toml(paths.config_file) == {
        "server": "http://a",
        "profiles": {"at work": {"server": "http://b", "board": "OPS"}},
    }


def test_a_file_without_a_line_end_stays_valid(paths: Paths) -> None:
    write(paths, 'theme = "dark"')
    save_settings(paths, None, {"server": "http://new"})
    assert tomllib.loads(paths.config_file.read_text()) == {"server": "http://new", "theme": "dark"}


@pytest.mark.parametrize("text", ["server = ", "[", "\x00"])
def test_a_broken_file_is_named_and_not_overwritten(paths: Paths, text: str) -> None:
    write(paths, text)
    with pytest.raises(InvalidInput, match=r"config\.toml"):
        read_toml(paths.config_file)
    with pytest.raises(InvalidInput, match=r"config\.toml"):
        save_settings(paths, None, {"server": "http://new"})
    assert paths.config_file.read_text() == text


def test_a_profiles_key_that_is_no_table_is_named_and_not_overwritten(paths: Paths) -> None:
    write(paths, "profiles = 3\n")
    with pytest.raises(InvalidInput, match="profiles"):
        save_settings(paths, "work", {"server": "http://new"})
    assert paths.config_file.read_text() == "profiles = 3\n"


def test_a_file_that_is_not_text_is_named(paths: Paths) -> None:
    paths.config.mkdir()
    paths.config_file.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_toml(paths.config_file)


def test_a_directory_that_cannot_be_made_is_named(paths: Paths) -> None:
    paths.config.write_text("a file stands here")
    with pytest.raises(InvalidInput, match=r"config\.toml cannot be"):
        save_settings(paths, None, {"server": "http://a"})


def test_the_nearest_directory_file_is_found_upwards(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert directory_file(below) is None
    save_directory_settings(tmp_path / ".rego.toml", {"board": "OPS", "server": None})
    assert directory_file(below) == tmp_path / ".rego.toml"
    save_directory_settings(below / ".rego.toml", {"board": "WEB"})
    assert directory_file(below) == below / ".rego.toml"
    assert (tmp_path / ".rego.toml").read_text() == 'board = "OPS"\n'


def test_the_file_of_somebody_else_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a directory such as /tmp anybody could choose the server of whoever works there."""
    save_directory_settings(tmp_path / ".rego.toml", {"server": "http://evil.example"})
    owner = (tmp_path / ".rego.toml").stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 4711)
    if owner != 0:
        assert directory_file(tmp_path) is None
    else:
        os.chown(tmp_path / ".rego.toml", 4712, 4712)
        assert directory_file(tmp_path) is None


@pytest.mark.parametrize("environ", [{"REGO_CONFIG_DIR": "/c", "REGO_DATA_DIR": "~/d"}])
def test_directories_can_be_chosen(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    chosen = Paths.of_user(environ)
    assert (str(chosen.config), str(chosen.data)) == ("/c", "/home/ada/d")


@pytest.mark.parametrize("given", [{}, {"XDG_CONFIG_HOME": "/x/c", "XDG_DATA_HOME": "/x/d", "XDG_CACHE_HOME": "not/absolute"}])
def test_directories_are_the_platforms_otherwise(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.delenv(f"XDG_{kind}_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    usual = Paths.of_user(given)
    assert usual.config == platformdirs.user_config_path("rego")
    assert usual.data == platformdirs.user_data_path("rego")
    assert usual.cache == platformdirs.user_cache_path("rego")
