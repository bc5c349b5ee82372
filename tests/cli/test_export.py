"""`rego export` against a real server: whole files or none, and nothing that steers a terminal."""

from __future__ import annotations

import json
import zipfile
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


def test_a_board_with_its_files_comes_back(rego: Rego, ops: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a file\n")
    (tmp_path / "large.bin").write_bytes(bytes(range(256)) * 4000)
    rego("attachments", "add", f"{ops}-2", str(tmp_path / "notes.txt"), str(tmp_path / "large.bin"))
    archive = tmp_path / "board.zip"
    result = rego("export", ops, "--output", str(archive))
    assert result.err == f"Board {ops} written to {archive} with its files, {archive.stat().st_size:,} bytes.\n"
    report = json.loads(rego("import", str(archive), "--json", "board,report").out)
    assert report["report"]["tallies"]["files"] == {"found": 2, "imported": 2}
    assert [remark["what"] for remark in report["report"]["remarks"]] == ["the board has another key"]
    second = report["board"]["key"]
    first_cards, second_cards = (json.loads(rego("export", each).out)["cards"] for each in (ops, second))
    assert first_cards == second_cards
    assert len(first_cards[1]["files"]) == 2
    rego("attachments", "get", f"{second}-2", "large.bin", "--output", str(tmp_path / "again.bin"))
    assert (tmp_path / "again.bin").read_bytes() == (tmp_path / "large.bin").read_bytes()


def test_an_archive_needs_a_file_and_is_no_table(rego: Rego, ops: str, tmp_path: Path) -> None:
    assert rego("export", ops, "--files").code == 2
    assert rego("export", ops, "--files", "--format", "csv", "-o", str(tmp_path / "x.zip")).code == 2
    assert list(tmp_path.glob("x.zip")) == []


def test_files_that_are_missing_or_changed_are_left_out_and_told(rego: Rego, ops: str, tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt", "three.txt"):
        (tmp_path / name).write_text(name)
    rego("attachments", "add", f"{ops}-1", *(str(tmp_path / f"{name}.txt") for name in ("one", "two", "three")))
    whole, hurt = tmp_path / "whole.zip", tmp_path / "hurt.zip"
    rego("export", ops, "-o", str(whole))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(hurt, "w") as new:
        for name in old.namelist():
            if not name.endswith("/1"):
                new.writestr(name, b"changed" if name.endswith("/2") else old.read(name))
    report = json.loads(rego("import", str(hurt), "--json", "report").out)["report"]
    assert report["tallies"]["files"] == {"found": 3, "imported": 1}
    assert [(remark["why"], remark["where"]) for remark in report["remarks"] if remark["what"] == "files left out"] == [
        ("The archive does not hold it whole.", "one.txt"),
        ("The archive holds something else under this name.", "two.txt"),
    ]


def test_a_zip_that_holds_no_board_is_refused(rego: Rego, ada: Person, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("something", "else")
    result = rego("import", str(path))
    assert (result.code, result.out) == (2, "")
    assert "is no archive of a board" in result.err


def test_a_board_s_own_file_names_its_files_and_says_that_they_are_elsewhere(rego: Rego, ops: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    rego("attachments", "add", f"{ops}-1", str(tmp_path / "notes.txt"))
    report = json.loads(rego("import", "-", "--json", "report", input=rego("export", ops).out).out)["report"]
    assert report["tallies"]["files"] == {"found": 1, "imported": 0}
    assert report["remarks"][0]["what"] == "files left out"


def test_a_zip_whose_bytes_are_damaged_is_no_bug(rego: Rego, ops: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("some words\n" * 500)
    rego("attachments", "add", f"{ops}-1", str(tmp_path / "notes.txt"))
    whole = tmp_path / "whole.zip"
    rego("export", ops, "-o", str(whole))
    for name, code in ((f"files/{ops}-1/1", 0), ("board.json", 2)):
        hurt = tmp_path / "hurt.zip"
        with zipfile.ZipFile(whole) as archive:
            info = archive.getinfo(name)
        content = bytearray(whole.read_bytes())
        begin = info.header_offset + 30 + len(info.filename)
        content[begin : begin + 10] = b"\xff" * 10
        hurt.write_bytes(content)
        result = rego("import", str(hurt), "--json", "report")
        assert result.code == code
        if code == 0:
            assert json.loads(result.out)["report"]["tallies"]["files"] == {"found": 1, "imported": 0}
        else:
            assert "is no archive of a board" in result.err
