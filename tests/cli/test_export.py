"""`rego export` against a real server: whole files or none, and nothing that steers a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Person, Rego

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def key(rego: Rego, ada: Person) -> str:
    """The key of a board with cards of every kind."""
    return rego("import", "trello", str(DATA / "trello" / "complete.json"), "-q").lines[0]


def test_stdout_by_default_in_rego_s_own_format(rego: Rego, key: str) -> None:
    result = rego("export", key)
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["key"] == key


def test_an_export_can_be_imported(rego: Rego, key: str, tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    result = rego("export", key, "-o", str(path))
    assert (result.code, result.out) == (0, "")
    assert result.err == f"Board {key} written to {path}, {path.stat().st_size:,} bytes.\n"
    second = rego("import", str(path), "-q").lines[0]
    assert rego("cards", "list", second, "--archived").lines != []
    first_cards, second_cards = (json.loads(rego("export", each).out)["cards"] for each in (key, second))
    assert first_cards == second_cards


@pytest.mark.parametrize(("name", "start"), [("b.csv", "card,column,"), ("b.MD", "# "), ("b.json", "{"), ("b.txt", "{")])
def test_the_ending_tells_the_format(rego: Rego, key: str, tmp_path: Path, name: str, start: str) -> None:
    assert rego("export", key, "--output", str(tmp_path / name)).code == 0
    assert (tmp_path / name).read_text().startswith(start)


def test_the_option_goes_before_the_ending(rego: Rego, key: str, tmp_path: Path) -> None:
    assert rego("export", key, "-f", "md", "-o", str(tmp_path / "b.csv")).code == 0
    assert (tmp_path / "b.csv").read_text().startswith("# ")


def test_nothing_is_overwritten_without_force(rego: Rego, key: str, tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    path.write_text("mine")
    result = rego("export", key, "-o", str(path))
    assert (result.code, result.err) == (2, f"{path} is there already; --force overwrites it.\n")
    assert path.read_text() == "mine"
    assert rego("export", key, "-o", str(path), "--force").code == 0
    assert path.read_text().startswith("{")


@pytest.mark.parametrize(
    ("name", "said"), [("", "is a directory"), ("missing/board.json", "cannot be written: No such file or directory")]
)
def test_a_place_that_cannot_be_written_is_one_sentence(rego: Rego, key: str, tmp_path: Path, name: str, said: str) -> None:
    result = rego("export", key, "-o", str(tmp_path / name))
    assert (result.code, said in result.err, len(result.err.splitlines())) == (2, True, 1)


def test_an_unknown_board_leaves_no_file(rego: Rego, key: str, tmp_path: Path) -> None:
    assert rego("export", "NOPE", "-o", str(tmp_path / "b.json")).code == 3
    assert not (tmp_path / "b.json").exists()
