"""`rego attachments` against a real server: files up and down, and names that others chose."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from rego.client import attachments
from rego.client.blocking import Client
from rego.client.files import FileUpload
from rego.wire.attachments import Attachment
from tests.cli.conftest import Person, Rego

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2_000


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory in which the commands run."""
    (home / "here").mkdir()
    monkeypatch.chdir(home / "here")
    return home / "here"


@pytest.fixture
def card(ops: str) -> str:
    return f"{ops}-1"


def _attach(person: Person, card: str, content: bytes, name: str) -> Attachment:
    """By the SDK, as anybody may do it."""
    with Client(person.server, person.credentials) as client:
        return client.send(attachments.create_attachment(card, FileUpload.of_bytes(content, name)))


def test_files_go_up_and_come_down(rego: Rego, card: str, here: Path) -> None:
    (here / "plan.png").write_bytes(PNG)
    (here / "notes.txt").write_text("Grüße\n")
    added = rego("attachments", "add", card, "plan.png", "notes.txt")
    assert (added.code, len(added.lines)) == (0, 2)
    assert added.err == f"plan.png added to {card}, 512.0 kB.\nnotes.txt added to {card}, 8 B.\n"
    (here / "plan.png").unlink()
    listed = rego("attachments", "list", card)
    assert [line.split("\t")[:3] for line in listed.lines] == [
        ["plan.png", "512.0 kB", "image/png"],
        ["notes.txt", "8 B", "text/plain"],
    ]
    assert rego("attachments", "list", card, "-q").lines == added.lines
    got = rego("attachments", "get", card, "plan.png")
    assert (got.code, got.out, got.err) == (0, "plan.png\n", "plan.png is in plan.png, 512.0 kB.\n")
    assert (here / "plan.png").read_bytes() == PNG
    assert rego("attachments", "get", "1", added.lines[0], "-o", "copy").code == 0
    assert (here / "copy").read_bytes() == PNG
    assert (here / "copy").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in here.iterdir()) == ["copy", "notes.txt", "plan.png"]


def test_a_file_is_renamed_and_deleted(rego: Rego, card: str, here: Path) -> None:
    made = rego("attachments", "add", card, "-", "--name", "a.txt", "--json", input="x")
    [attachment] = json.loads(made.out)
    assert (attachment["filename"], attachment["size"], attachment["content_type"]) == ("a.txt", 1, "text/plain")
    renamed = rego("attachments", "rename", card, "a.txt", "../b.txt")
    assert (renamed.code, renamed.out, renamed.err) == (0, f"{attachment['id']}\n", "a.txt is called b.txt now.\n")
    assert rego("attachments", "delete", card, "b.txt").code == 2
    assert rego("attachments", "delete", card, "b.txt", "--dry-run").err == "Would delete the file b.txt.\n"
    assert rego("attachments", "list", card, "-q").lines == [attachment["id"]]
    deleted = rego("attachments", "delete", card, "b.txt", "--yes")
    assert (deleted.code, deleted.out, deleted.err) == (0, "", "File b.txt deleted\n")
    assert rego("attachments", "list", card).out == ""


def test_stdin_and_stdout_carry_the_bytes_as_they_are(
    rego_process: Rego, rego: Rego, ada: Person, card: str, here: Path
) -> None:
    text = "\r\n\x1b[31mred\x00\n" * 50_000
    assert rego_process("attachments", "add", card, "-", "--name", "raw", input=text).code == 0
    result = rego_process("attachments", "get", card, "raw", "-o", "-")
    assert (result.code, result.out, result.err) == (0, text, "")
    assert list(here.iterdir()) == []


def test_nothing_is_overwritten_without_force(rego: Rego, ada: Person, card: str, here: Path) -> None:
    _attach(ada, card, b"theirs", "a.txt")
    (here / "a.txt").write_text("mine")
    for words in ((), ("-o", "a.txt")):
        result = rego("attachments", "get", card, "a.txt", *words)
        assert (result.code, result.out, result.err) == (2, "", "a.txt is there already; --force overwrites it.\n")
        assert (here / "a.txt").read_text() == "mine"
    (here / "folder").mkdir()
    assert "is a directory" in rego("attachments", "get", card, "a.txt", "-o", "folder", "--force").err
    assert "cannot be written" in rego("attachments", "get", card, "a.txt", "-o", "no/a.txt").err
    assert rego("attachments", "get", card, "a.txt", "--force").code == 0
    assert (here / "a.txt").read_text() == "theirs"


@pytest.mark.parametrize("name", ["../../up.txt", "/etc/passwd", ".bashrc", "-rf", "a\nb\x1b[2J", "..", "C:\\x\\y.txt"])
def test_a_name_that_others_chose_stays_in_the_directory(rego: Rego, ada: Person, card: str, here: Path, name: str) -> None:
    made = _attach(ada, card, b"x", name)
    result = rego("attachments", "get", card, made.id)
    [path] = here.iterdir()
    assert (result.code, result.out) == (0, f"{path.name}\n")
    assert not path.name.startswith((".", "-"))
    assert path.name.isprintable()


def test_two_files_of_one_name_are_told_apart_by_id(rego: Rego, ada: Person, card: str, here: Path) -> None:
    first, second = [_attach(ada, card, content, "a.txt") for content in (b"1", b"2")]
    for verb in ("get", "delete"):
        result = rego("attachments", verb, card, "a.txt")
        assert (result.code, first.id in result.err, second.id in result.err) == (2, True, True)
    assert rego("attachments", "get", card, second.id, "-o", "-").out == "2"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("list", "{key}-999"), 3, "There is no card {key}-999 here, or it is not yours to see."),
        (("add", "{key}-999", "there"), 3, "There is no card {key}-999 here, or it is not yours to see."),
        (("get", "{key}-1", "a.txt"), 3, "No file called 'a.txt' is on this card: there are none."),
        (("add", "{key}-1", "missing"), 2, "missing cannot be read: No such file or directory."),
        (("add", "{key}-1", "there", "missing"), 2, "missing cannot be read: No such file or directory."),
        (("add", "{key}-1", "."), 2, ". cannot be read: Is a directory."),
        (("add", "{key}-1", "/dev/zero"), 2, "/dev/zero is no file: its length cannot be told. Copy it to a file first."),
        (("add", "{key}-1", "-"), 2, "What comes from stdin has no name: give it one with --name."),
        (("add", "{key}-1", "there", "there", "--name", "x"), 2, "--name is for one file at a time."),
        (("open", "{key}-1", "a.txt"), 3, "No file called 'a.txt' is on this card: there are none."),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    rego: Rego, ops: str, here: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    (here / "there").write_text("x")
    result = rego("attachments", *[word.format(key=ops) for word in words])
    assert (result.code, result.out, result.err) == (code, "", sentence.format(key=ops) + "\n")
    assert rego("attachments", "list", f"{ops}-1").out == ""
    assert [path.name for path in here.iterdir()] == ["there"]


def test_a_card_is_shown_with_its_files(rego: Rego, ada: Person, card: str) -> None:
    assert "Files" not in rego("cards", "show", card).out
    made = [_attach(ada, card, content, name) for content, name in ((PNG, "plan.png"), (b"x", "a\u202eb.txt"))]
    assert rego("cards", "show", card).lines[-3:] == ["Files (2)", "  plan.png, 512.0 kB", "  ab.txt, 1 B"]
    assert json.loads(rego("cards", "show", card, "--jq", "[.attachments[].id]").out) == [each.id for each in made]


def test_what_was_sent_before_a_failure_is_named(rego: Rego, card: str, here: Path) -> None:
    (here / "small").write_bytes(b"x")
    (here / "large").write_bytes(bytes(26_000_000))
    result = rego("attachments", "add", card, "small", "large")
    assert (result.code, len(result.lines)) == (2, 1)
    assert result.err == f"small added to {card}, 1 B.\nThe file may have at most 25,000,000 bytes.\n"
    assert rego("attachments", "list", card, "-q").lines == result.lines


def test_a_viewer_fetches_and_changes_nothing(
    rego: Rego, ada: Person, bob: Person, card: str, ops: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _attach(ada, card, b"x", "a.txt")
    rego("members", "add", bob.username, "--role", "viewer", "--board", ops)
    monkeypatch.setenv("REGO_TOKEN", bob.credentials.access_token)
    assert rego("attachments", "get", card, "a.txt").code == 0
    for words in (("add", card, "a.txt"), ("rename", card, "a.txt", "b.txt"), ("delete", card, "a.txt", "-y")):
        assert rego("attachments", *words).code == 5
    assert rego("attachments", "list", card, "--jq", ".[].filename").lines == ["a.txt"]


# --- open ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in which the machine's opener, which this stands in for, writes what it was to open."""
    told, program = home / "opened", home / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{told}"\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    (home / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(home / "tmp"))
    return told


@pytest.mark.parametrize(
    ("content", "name", "opened_as"),
    [
        (PNG[:99], "plan.png", "plan.png"),
        (PNG[:99], "plan.PNG", "plan.PNG"),
        (PNG[:99], "plan.command", "plan.command.png"),
        (b"#!/bin/sh\nrm -rf ~", "run.sh", "run.sh.txt"),
        (b"[Desktop Entry]\nExec=evil", "x.desktop", "x.desktop.txt"),
        (b"<script>alert(1)</script>", "page.html", "page.html.txt"),
        (b"x", "-e", "e.txt"),
    ],
)
def test_a_file_is_opened_as_what_it_is(
    rego: Rego, ada: Person, card: str, opened: Path, content: bytes, name: str, opened_as: str
) -> None:
    made = _attach(ada, card, content, name)
    result = rego("attachments", "open", card, made.id)
    assert (result.code, result.out) == (0, ""), result.err
    path = Path(opened.read_text())
    assert (path.name, path.read_bytes()) == (opened_as, content)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("head", [b"\x7fELF\x02\x01\x01", b"MZ", b"PK\x03\x04"])
def test_what_might_be_run_is_not_opened(rego: Rego, ada: Person, card: str, opened: Path, head: bytes) -> None:
    _attach(ada, card, head + bytes(99), "x.png")
    result = rego("attachments", "open", card, "x.png")
    assert (result.code, "is not opened from here" in result.err) == (2, True)
    assert not opened.exists()


def test_a_machine_that_opens_nothing_says_so(
    rego: Rego, ada: Person, card: str, opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _attach(ada, card, PNG, "a.png")
    program = opened.parent / "bin" / "xdg-open"
    program.write_text("#!/bin/sh\nexit 3\n")
    assert "found no program that shows image/png." in rego("attachments", "open", card, "a.png").err
    monkeypatch.setenv("PATH", str(opened.parent))
    result = rego("attachments", "open", card, "a.png")
    assert (result.code, "There is no xdg-open here" in result.err) == (2, True)
