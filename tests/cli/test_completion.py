"""Completion: what is offered where, from data that is current, with names that a background process fetches, without noise."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rego.cli import tree
from rego.cli.completing import FIELDS, cache_file
from rego.cli.tree_data import TREE
from tests.cli.conftest import Rego
from tests.cli.test_loaded_modules import loaded, packages
from tests.e2e.home import until


def offered(rego: Rego, *words: str) -> list[str]:
    said = rego("--complete", str(len(words)), "rego", *words)
    assert (said.code, said.err) == (0, "")
    return [line.partition("\t")[0] for line in said.lines]


@pytest.fixture
def cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REGO_CACHE_DIR", str(home / "cache"))
    monkeypatch.setattr("rego.cli.completing._refresh", lambda path: None)
    monkeypatch.chdir(home)
    return home / "cache"


@pytest.fixture
def names(cache: Path, ops: str, rego: Rego) -> str:
    """A cache that knows the board `ops`; its key."""
    assert rego("completion", "--refresh").code == 0
    return ops


def test_the_data_about_commands_is_current() -> None:
    assert tree.FILE.read_text("utf-8") == tree.tree(), "run: python -m rego.cli.tree"


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (("ca",), ["cards"]),
        (("cards", "mo"), ["move"]),
        (("cards", "list", "--qu"), ["--query", "--quiet"]),
        (("cards", "add", "x", "--priority", "u"), ["urgent"]),
        (("--server", "http://x", "boa"), ["boards"]),
        (("cards", "list", "--server", "http://x", "--color", "n"), ["never"]),
        (("cards", "--no-input", "list", "--pro"), ["--profile"]),
        (("login", "--ser"), ["--server"]),
        (("card", "create", "x", "--priority", "u"), ["urgent"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("cards", "list", "--color=n"), ["--color=never"]),
        (("cards", "list", "--color", "=", "n"), ["never"]),
        (("cards", "list", "--color", "="), ["always", "never", "auto"]),
        (("cards", "list", "--colour=n"), []),
        (("import", "trello", ""), ["<files>"]),
        (("import", "trello", "./boa"), ["<files>"]),
        (("nonsense", "x"), []),
    ],
)
def test_commands_options_and_choices(rego: Rego, cache: Path, words: tuple[str, ...], some: list[str]) -> None:
    assert offered(rego, *words) == some


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (("columns", "list", "--json", "wip_l"), ["<more>", "wip_limit"]),
        (("columns", "list", "--json", "id,WIP_L"), ["<more>", "id,wip_limit"]),
        (("columns", "list", "--json=id,wip_l"), ["<more>", "--json=id,wip_limit"]),
        (("columns", "list", "--json", "=", "id,wip_l"), ["<more>", "id,wip_limit"]),
        (("columns", "list", "--json", "id,id,i"), ["<more>"]),
        (("columns", "list", "--json", "--cs"), ["--csv"]),
        (("columns", "list", "--json", "--jq", "."), []),
        (("columns", "list", "--json", "id", "--cs"), ["--csv"]),
        (("watch", "--json", "--te"), ["--text"]),
    ],
)
def test_the_fields_of_json_one_after_the_other(rego: Rego, cache: Path, words: tuple[str, ...], some: list[str]) -> None:
    assert offered(rego, *words) == some


def test_the_fields_offered_are_those_that_there_are(rego: Rego, cache: Path, ops: str) -> None:
    fields = offered(rego, "cards", "list", "--json", "")[1:]
    assert list(json.loads(rego("cards", "list", "--json").out)[0]) == fields
    assert list(json.loads(rego("cards", "list", "--json", ",".join(fields)).out)[0]) == fields


def test_every_command_that_prints_fields_offers_them() -> None:
    assert [command for command in commands(TREE) if any(not option["choices"] for option in lists(command))] == []


def commands(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield command
    for child in command["commands"].values():
        yield from commands(child)


def lists(command: dict[str, Any]) -> list[dict[str, Any]]:
    """Its options that take names of fields."""
    return [option for option in command["options"] if option["value"] == FIELDS]


def test_names_of_boards_columns_and_cards(rego: Rego, names: str) -> None:
    assert offered(rego, "cards", "list", names[:1].lower()) == [names]
    assert offered(rego, "cards", "move", "") == [f"{names}-{n}" for n in (1, 2, 3)]
    assert offered(rego, "cards", "move", f"{names}-1", "d") == ["Doing", "Done"]
    assert offered(rego, "cards", "add", "Fix", "--to", "to") == ["To do"]


def test_a_title_goes_along_and_steers_nothing(rego: Rego, cache: Path, ops: str) -> None:
    rego("cards", "edit", f"{ops}-1", "--title", "Fix \u00e4 login")
    rego("completion", "--refresh")
    assert rego("--complete", "3", "rego", "cards", "show", f"{ops}-1").lines == [f"{ops}-1\tFix \u00e4 login"]


def test_a_damaged_cache_is_as_good_as_none(rego: Rego, names: str) -> None:
    Path(cache_file()).write_bytes(b"\xff\x00 nonsense")
    assert offered(rego, "cards", "show", "") == []


def test_a_first_completion_makes_the_second_one_know(cache: Path, ops: str, rego: Rego) -> None:
    """Asked for in the background: the key press itself waits for nobody."""
    command = [sys.executable, "-m", "rego", "--complete", "3", "rego", "cards", "show", ""]
    subprocess.run(command, check=True, timeout=30, capture_output=True)
    path = Path(cache_file())
    until(lambda: path.exists() and path.stat().st_size)
    assert offered(rego, "cards", "show", "") == [f"{ops}-{n}" for n in (1, 2, 3)]


def test_another_server_has_other_names(names: str, rego: Rego, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGO_SERVER", "unix:/nowhere.sock")
    assert offered(rego, "cards", "show", "") == []


def test_a_completion_loads_next_to_nothing(names: str, tmp_path: Path) -> None:
    modules = loaded(tmp_path, "--complete", "3", "rego", "cards", "show", "")
    assert (tmp_path / "out").read_text().count("\n") == 3
    assert packages(modules) <= {"rego", "__future__", "collections", "gc", "zlib"}
    assert {name for name in modules if name.startswith("rego")} == {
        "rego", "rego.cli", "rego.cli.main", "rego.cli.completing", "rego.cli.synonyms", "rego.cli.tree_data",
        "rego.client", "rego.client.directories",
    }  # fmt: skip


@pytest.fixture
def in_bash(rego: Rego, tmp_path: Path) -> Callable[..., list[str]]:
    """What bash makes of a key press behind these words, which are cut as bash does; `compopt` says what it is told."""
    script = rego("completion", "bash").out
    (tmp_path / "rego").write_text(f'#!/bin/sh\nexec {sys.executable} -m rego "$@"\n')
    (tmp_path / "rego").chmod(0o755)
    bash = shutil.which("bash")
    assert bash is not None

    def call(*words: str) -> list[str]:
        set_up = f'PATH="{tmp_path}:$PATH"; {script}\ncompopt() {{ echo "compopt $2"; }}'
        ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rego; printf "%s\\n" "${COMPREPLY[@]}"'
        command = [bash, "-c", f"{set_up}\n{ask}", "bash", "rego", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        assert done.stderr == ""
        return done.stdout.splitlines()

    return call


def test_the_script_of_bash_offers_what_rego_offers(in_bash: Callable[..., list[str]], names: str) -> None:
    assert in_bash("cards", "move", "X-1", "d") == ["Doing", "Done"]
    assert in_bash("columns", "list", "--json", "=", "id,wip_l") == ["compopt nospace", "id,wip_limit"]
    assert in_bash("import", "trello", "./boa") == ["compopt default", ""]


def test_a_shell_must_be_named(rego: Rego) -> None:
    assert rego("completion").code == 2
    assert rego("completion", "tcsh").code == 2
