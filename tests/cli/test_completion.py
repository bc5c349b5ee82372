"""Completion: what is offered where, from data that is current, with names that a background process fetches, without noise."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rego.cli import tree
from rego.cli.completing import cache_file
from tests.cli.conftest import Rego
from tests.cli.test_loaded_modules import loaded, packages


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
        (("cards", "list", "--color", "n"), ["never"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("import", "trello", ""), ["<files>"]),
        (("nonsense", "x"), []),
    ],
)
def test_commands_options_and_choices(rego: Rego, cache: Path, words: tuple[str, ...], some: list[str]) -> None:
    assert offered(rego, *words) == some


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
    deadline = time.monotonic() + 30
    while not path.exists() or not path.stat().st_size:
        assert time.monotonic() < deadline
    assert offered(rego, "cards", "show", "") == [f"{ops}-{n}" for n in (1, 2, 3)]


def test_another_server_has_other_names(names: str, rego: Rego, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGO_SERVER", "unix:/nowhere.sock")
    assert offered(rego, "cards", "show", "") == []


def test_a_completion_loads_next_to_nothing(names: str, tmp_path: Path) -> None:
    modules = loaded(tmp_path, "--complete", "3", "rego", "cards", "show", "")
    assert (tmp_path / "out").read_text().count("\n") == 3
    assert packages(modules) <= {"rego", "__future__", "collections", "gc", "zlib"}
    assert {name for name in modules if name.startswith("rego")} == {
        "rego", "rego.cli", "rego.cli.main", "rego.cli.completing", "rego.cli.tree_data",
    }  # fmt: skip


def test_the_script_of_bash_offers_what_rego_offers(rego: Rego, names: str, tmp_path: Path) -> None:
    script = rego("completion", "bash").out
    (tmp_path / "rego").write_text(f'#!/bin/sh\nexec {sys.executable} -m rego "$@"\n')
    (tmp_path / "rego").chmod(0o755)
    ask = 'COMP_WORDS=(rego cards move "" d); COMP_CWORD=4; COMP_WORDS[3]=X-1; _rego; printf "%s\\n" "${COMPREPLY[@]}"'
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "-c", f'PATH="{tmp_path}:$PATH"; {script}\n{ask}'], capture_output=True, text=True, timeout=30, check=True
    )
    assert (done.stdout.splitlines(), done.stderr) == (["Doing", "Done"], "")


def test_a_shell_must_be_named(rego: Rego) -> None:
    assert rego("completion").code == 2
    assert rego("completion", "tcsh").code == 2
