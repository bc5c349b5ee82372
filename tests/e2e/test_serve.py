"""`rego serve` at its edges: what it cannot use, how it ends, where its settings come from; and servers that are not Rego."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rego.cli.exit_codes import ExitCode
from rego_server.core.db.migrate import migrate_sqlite
from tests.e2e.home import Home
from tests.ports import free_port


def refusal(home: Home, *words: str, code: int = 1, **variables: str) -> str:
    """The one sentence with which a command fails."""
    failed = home.rego(*words, **variables)
    assert (failed.returncode, failed.stdout) == (code, "")
    [sentence] = failed.stderr.splitlines()
    assert sentence.endswith("."), sentence
    return sentence


def test_a_port_in_use(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refusal(home, "serve", "--port", str(port)) == (
            f"rego: Port {port} of 127.0.0.1 is in use; stop what runs there or choose another with --port."
        )
    assert not (home.data / "local.json").exists()


def test_an_address_that_is_not_of_this_machine(home: Home) -> None:
    assert "203.0.113.1" in refusal(home, "serve", "--port", "0", "--host", "203.0.113.1")


@pytest.mark.parametrize("name", ["file", "file/inside"])
def test_a_data_directory_that_cannot_be_made(home: Home, name: str) -> None:
    (home.root / "file").write_text("in the way")
    place = home.root / name
    sentence = refusal(home, "serve", "--port", "0", "--data-dir", str(place))
    assert sentence.startswith(f"rego: The data directory {place} cannot be ")
    assert (home.root / "file").read_text() == "in the way"


def test_a_database_of_a_newer_version_is_left_alone(home: Home) -> None:
    home.data.mkdir(mode=0o700)
    file = home.data / "rego.db"
    asyncio.run(migrate_sqlite(file))
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    told = "This database was made by a newer Rego (revision 9999"
    assert refusal(home, "serve", "--port", "0").startswith(f"rego: {told}")
    assert told in refusal(home, "boards", "list", code=ExitCode.UNREACHABLE)
    assert file.read_bytes() == before


def test_a_file_that_is_no_database(home: Home) -> None:
    home.data.mkdir()
    (home.data / "rego.db").write_bytes(b"This is no database. " * 100)
    assert "rego.db" in refusal(home, "serve", "--port", "0")
    assert (home.data / "rego.db").read_bytes() == b"This is no database. " * 100


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(home: Home, number: int) -> None:
    with home.serving(port=free_port()) as server:
        assert server.stop(number) == 0
        server.stderr.end()
        assert len(server.stderr.lines) == 1, "it complained on its way out"
    assert not (home.data / "local.json").exists()
    assert not (home.data / "rego.sock").exists()
    assert not (home.data / "rego.db-wal").exists(), "the last changes were left beside the database"


def test_a_flag_beats_the_environment_which_beats_the_file(home: Home) -> None:
    flag, variable, written = free_port(), free_port(), free_port()
    (home.root / ".env").write_text(f"REGO_PORT={written}\n")
    for flags, variables, port in (
        (["--port", str(flag)], {"REGO_PORT": str(variable)}, flag),
        ([], {"REGO_PORT": str(variable)}, variable),
        ([], {}, written),
    ):
        with home.beside("serve", *flags, **variables) as server:
            [first] = server.stderr.until(bool)
            assert first.startswith(f"Rego is on http://127.0.0.1:{port} "), first
            assert server.stop() == 0


def test_a_setting_that_cannot_be(home: Home) -> None:
    (home.root / ".env").write_text("REGO_PORT=eighty\n")
    assert refusal(home, "serve") == "rego: REGO_PORT must be a whole number, not 'eighty'."


class Page(BaseHTTPRequestHandler):
    """What some other server answers to everything."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>Welcome</title>\x1b]0;owned\x07"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that the standard library looks for

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def somebody_else() -> Iterator[str]:
    """The URL of a web server that is not Rego."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "words",
    [
        ("boards", "list"),
        ("watch", "OPS"),
        ("health",),
        ("login", "--username", "ada", "--password-stdin"),
    ],
    ids=lambda words: words[0],
)
def test_a_server_that_is_not_rego(home: Home, words: tuple[str, ...]) -> None:
    with somebody_else() as url:
        failed = home.rego(*words, stdin="correct horse battery\n", REGO_SERVER=url, REGO_TOKEN="t")
        assert failed.returncode not in (0, None)
        [sentence] = failed.stderr.splitlines()
        assert url in sentence
        assert "not Rego" in sentence
        assert failed.stdout == ""
    assert not (home.config / "config.toml").exists()


def test_nobody_there(home: Home) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    failed = home.rego("boards", "list", REGO_SERVER=url, REGO_TOKEN="t")
    assert failed.returncode not in (0, None)
    [sentence] = failed.stderr.splitlines()
    assert url in sentence
