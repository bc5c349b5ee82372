"""`rego db` on both databases: what there is, upgrades, and backups that bring everything back."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from rego.client import attachments
from rego.client.blocking import Client
from rego.client.files import FileUpload
from rego.client.server import Server
from rego_server.core.db.postgres_tools import way_to
from rego_server.migrations import REVISIONS
from tests.cli.conftest import Person, Rego, join
from tests.postgres import client_programs
from tests.running import fast_settings, server_thread

CONTENT = b"what was said\n" * 1_000


class Bin:
    """Takes a download into memory."""

    def __init__(self) -> None:
        self.content = b""

    def begin(self) -> None:
        self.content = b""

    def write(self, piece: bytes) -> None:
        self.content += piece


class Desk:
    """A machine with a server's data on it, and the server where a test asks for it."""

    def __init__(self, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = fast_settings(home / "data", database_url)
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("REGO_DATABASE_URL", database_url)
        monkeypatch.setenv("REGO_PG_BIN", str(client_programs()))

    @contextmanager
    def serving(self) -> Iterator[str]:
        with server_thread(self.settings) as url:
            self._monkeypatch.setenv("REGO_SERVER", url)
            yield url

    def log_in(self, person: Person) -> None:
        self._monkeypatch.setenv("REGO_TOKEN", person.credentials.access_token)


@pytest.fixture
def desk(home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(home, database_url, monkeypatch)


def _state(rego: Rego) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(rego("db", "current", "--json").out)
    return state


def test_an_empty_database_is_upgraded(rego: Rego, database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGO_DATABASE_URL", database_url)
    if not database_url:
        assert rego("db", "current").out.endswith("empty; 'rego db upgrade' or the start of a server makes its tables\n")
        assert not (home / "data" / "rego.db").exists(), "looking must not make a database"
    done = rego("db", "upgrade", "-q")
    assert (done.code, done.lines) == (0, ["current"])
    state = _state(rego)
    assert (state["revision"], state["people"], state["boards"]) == (REVISIONS[-1], 0, 0)
    assert rego("db", "upgrade").code == 0


def test_a_backup_brings_everything_back_under_a_new_epoch(rego: Rego, desk: Desk, home: Path) -> None:
    file = home / "monday.rego"
    with desk.serving() as url:
        ann = join(url, "ann")
        desk.log_in(ann)
        (key,) = rego("boards", "add", "Operations").lines
        rego("columns", "add", "To do", "--board", key)
        (card,) = rego("cards", "add", "Kept", "--board", key).lines
        card_id = json.loads(rego("cards", "show", card, "--json", "id").out)["id"]
        with Client(ann.server, ann.credentials) as client:
            kept = client.send(attachments.create_attachment(card_id, FileUpload.of_bytes(CONTENT, "said.txt")))
        made = rego("db", "backup", str(file))
        assert (made.code, made.lines, "1 attached file " in made.err) == (0, [str(file)], True)
        assert file.stat().st_mode & 0o777 == 0o600
        again = rego("db", "backup", str(file))
        assert (again.code, "--force" in again.err) == (6, True)
        assert rego("db", "backup", str(file), "--force").code == 0
        rego("cards", "add", "Lost", "--board", key)
        busy = rego("db", "restore", str(file), "--force")
        assert (busy.code, "stop" in busy.err) == (8, True)
    before = _state(rego)
    shutil.rmtree(home / "data" / "blobs")
    hesitant = rego("db", "restore", str(file))
    assert (hesitant.code, "1 accounts and 1 boards" in hesitant.err) == (6, True)
    restored = rego("db", "restore", str(file), "--force")
    after = _state(rego)
    assert (restored.code, restored.lines) == (0, [after["epoch"]])
    assert after["epoch"] != before["epoch"]
    with desk.serving() as url:
        assert json.loads(rego("cards", "list", "--board", key, "--json", "title").out) == [{"title": "Kept"}]
        taken = Bin()
        with Client(Server.parse(url), ann.credentials) as client:
            client.send(attachments.get_attachment_content(kept.id, taken))
        assert taken.content == CONTENT


def test_a_damaged_backup_changes_nothing(rego: Rego, desk: Desk, home: Path) -> None:
    file, harmed = home / "monday.rego", home / "harmed.rego"
    with desk.serving() as url:
        join(url, "ann")
    rego("db", "backup", str(file))
    before = _state(rego)
    for harm in ("cut", "changed", "other", "newer", "no manifest"):
        _harm(file, harmed, harm)
        refused = rego("db", "restore", str(harmed), "--force")
        assert (refused.code != 0, refused.err.count("\n"), "Traceback" in refused.err) == (True, 1, False), refused
        assert _state(rego) == before, harm
    assert not [path for path in (home / "data").iterdir() if path.name.startswith(".rego-")]


def _harm(file: Path, harmed: Path, harm: str) -> None:
    content = file.read_bytes()
    if harm == "cut":
        harmed.write_bytes(content[: len(content) // 2])
    elif harm == "changed":
        middle = len(content) // 2
        harmed.write_bytes(content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :])
    elif harm == "no manifest":
        harmed.write_bytes(b"hello\n" * 1_000)
    else:
        _rewrite_manifest(file, harmed, {"other": {"database": "oracle"}, "newer": {"revision": "9999_from_the_future"}}[harm])


def _rewrite_manifest(file: Path, harmed: Path, changes: dict[str, str]) -> None:
    with tarfile.open(file) as tar, tarfile.open(harmed, "w") as other:
        for entry in tar:
            source = tar.extractfile(entry)
            assert source is not None
            content = source.read()
            if entry.name == "manifest.json":
                content = json.dumps(json.loads(content) | changes).encode()
                entry.size = len(content)
            other.addfile(entry, BytesIO(content))


def test_what_local_backup_wrote_is_restored_too(rego: Rego, home: Path) -> None:
    with server_thread(fast_settings(home / "data")) as url:
        join(url, "ann")
    copy = home / "copy.db"
    assert rego("local", "backup", str(copy)).code == 0
    assert rego("db", "restore", str(copy), "--data-dir", str(home / "elsewhere")).code == 0
    state = json.loads(rego("db", "current", "--json", "people,place", "--data-dir", str(home / "elsewhere")).out)
    assert state == {"people": 1, "place": str(home / "elsewhere" / "rego.db")}
    with closing(sqlite3.connect(home / "other.db")) as other:
        other.execute("CREATE TABLE things (id INTEGER)")
    stranger = rego("db", "restore", str(home / "other.db"), "--force")
    assert (stranger.code, stranger.err) == (2, f"{home}/other.db is an SQLite database, but not one of Rego.\n")


def test_without_the_programs_of_postgresql_it_says_what_to_install(
    rego: Rego, desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGO_PG_BIN", str(home))
    rego("db", "upgrade")
    made = rego("db", "backup", str(home / "monday.rego"))
    if desk.settings.database_url:
        assert (made.code, "install PostgreSQL's client programs" in made.err) == (8, True)
        assert not (home / "monday.rego").exists()
    else:
        assert made.code == 0


def test_no_password_is_shown() -> None:
    way = way_to("postgresql://rego:se%40cret@db.example.com:5433/rego?sslmode=require&password=other")
    assert (way.address, way.environment) == (
        "postgresql://rego@db.example.com:5433/rego?sslmode=require",
        {"PGPASSWORD": "other"},
    )
    assert way_to("postgresql://rego:se%40cret@db/rego").environment == {"PGPASSWORD": "se@cret"}
