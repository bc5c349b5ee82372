"""`rego import` against a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Person, Rego

TRELLO = Path(__file__).parents[1] / "data" / "trello" / "complete.json"


def boards(rego: Rego) -> list[str]:
    return rego("boards", "list", "-q").lines


def test_the_report_counts_what_came_in(rego: Rego, ada: Person) -> None:
    result = rego("import", "trello", str(TRELLO))
    assert result.code == 0
    tallies = {cells[0]: (int(cells[1]), int(cells[2])) for line in result.lines if len(cells := line.split("\t")) == 3}
    written = json.loads(TRELLO.read_bytes())
    assert tallies["cards"] == (len(written["cards"]), len(written["cards"]))
    assert "Imported as the board " in result.err
    (key,) = boards(rego)
    assert len(rego("cards", "list", key, "--archived").lines) == len(written["cards"])


def test_twice_makes_two_boards(rego: Rego, ada: Person) -> None:
    first, second = (rego("import", "trello", str(TRELLO), "-q").lines for _ in range(2))
    assert first != second
    assert sorted(boards(rego)) == sorted(first + second)
    assert len(rego("cards", "list", first[0]).lines) == len(rego("cards", "list", second[0]).lines) > 0


def test_a_title_of_one_s_own(rego: Rego, ada: Person) -> None:
    report = json.loads(rego("import", "trello", str(TRELLO), "--title", "Ours", "--json").out)
    assert report["board"]["title"] == "Ours"
    assert rego("boards").lines[0].split("\t")[1] == "Ours"


def test_from_stdin(rego: Rego, ada: Person) -> None:
    result = rego("import", "rego", "-", "-q", input=json.dumps({"title": "Piped"}))
    assert (result.code, result.lines) == (0, boards(rego))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.json", None, "No such file"),
        ("", None, "Is a directory"),
        ("empty.json", b"", "empty"),
        ("blank.json", b" \n", "empty"),
        ("cut.json", TRELLO.read_bytes()[:2000], ""),
        ("other.json", b'{"name": "x"}', ""),
        ("list.json", b"[1, 2]", ""),
        ("noise.json", b"\xff\xfe\x00", ""),
    ],
)
def test_what_is_no_export_is_one_sentence_and_changes_nothing(
    rego: Rego, ada: Person, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = rego("import", "trello", str(path))
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert len(result.err.splitlines()) == 1
    assert boards(rego) == []


def test_a_file_over_the_limit_is_not_sent(rego: Rego, ada: Person, tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    result = rego("import", "trello", str(path))
    assert (result.code, "64 MiB" in result.err) == (2, True)


def test_a_bad_title_is_refused_before_the_import(rego: Rego, ada: Person) -> None:
    assert rego("import", "trello", str(TRELLO), "--title", "\x1b[2J").code == 2
    assert boards(rego) == []
