"""`rego import` against a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rego.client.sniffing import FORMATS
from rego_server.domains.imports import formats
from tests.cli.conftest import Person, Rego

DATA = Path(__file__).parents[1] / "data"
TRELLO = DATA / "trello" / "complete.json"


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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("trello/complete.json", "Trello board export"),
        ("kanban-cli/complete.json", "kanban board file"),
        ("taskwarrior/complete.json", "Taskwarrior export"),
        ("beads/complete.jsonl", "beads issue file"),
    ],
)
def test_the_file_tells_its_format(rego: Rego, ada: Person, name: str, said: str) -> None:
    result = rego("import", str(DATA / name))
    assert result.code == 0
    assert result.err.splitlines()[0] == f"{DATA / name} is a {said}."
    assert len(boards(rego)) == 1


def test_stdin_tells_its_format_too(rego: Rego, ada: Person) -> None:
    result = rego("import", "-", input='{"title": "Piped", "columns": []}')
    assert (result.code, result.err.splitlines()[0]) == (0, "stdin is a Rego board file.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["jira", str(TRELLO)], "'jira' is no format to import; there are rego, trello, kanban-cli, taskwarrior, beads."),
        (["trello"], "Name the file too: rego import trello FILE."),
        (["trello", "a", "b"], "An import takes one file at a time: rego import [FORMAT] FILE."),
        (
            [str(DATA / "README.md")],
            f"{DATA / 'README.md'}: It cannot be told what kind of file this is: "
            "it is damaged, or none of rego, trello, kanban-cli, taskwarrior, beads.",
        ),
        (
            ["kanban-cli", str(TRELLO)],
            "This is no kanban board file: its data has no boards and no columns and no cards.",
        ),
        (["trello", str(DATA / "kanban-cli/complete.json")], "This is no Trello board export: it has no lists and no cards."),
    ],
    ids=["unknown format", "no file", "two files", "unknown file", "trello as kanban", "kanban as trello"],
)
def test_what_cannot_be_taken_is_one_sentence(rego: Rego, ada: Person, words: list[str], sentence: str) -> None:
    result = rego("import", *words)
    assert (result.code, result.out, result.err) == (2, "", sentence + "\n")
    assert boards(rego) == []


def test_the_client_knows_the_server_s_formats() -> None:
    assert set(FORMATS) == set(formats.FORMATS)
