"""The entry point: usage errors, failures of every kind, streams that break."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rego import __version__
from rego.cli import boards
from rego.cli.failure import report
from rego.wire.errors import Internal, NotAuthenticated, RateLimited
from tests.cli.conftest import Rego
from tests.cli.payloads import HOSTILE, steering


@pytest.mark.parametrize("flags", [("--version",), ("-V",), ("version",), ("--server", "http://localhost:1", "--version")])
def test_version(rego: Rego, flags: tuple[str, ...]) -> None:
    result = rego(*flags)
    assert (result.code, result.out, result.err) == (0, f"rego {__version__}\n", "")


def test_the_module_is_the_command(rego_process: Rego) -> None:
    result = rego_process("--version")
    assert (result.code, result.out) == (0, f"rego {__version__}\n")


def test_without_a_command_there_is_help(rego: Rego) -> None:
    assert rego().out == rego("--help").out
    assert rego("cards").out == rego("cards", "--help").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("crads",), "Did you mean 'cards'?"),
        (("cards", "lst"), "Did you mean 'list'?"),
        (("cards", "show"), "Missing argument 'CARD'"),
        (("cards", "list", "--nope"), "No such option: --nope"),
        (("cards", "add", "x", "--priority", "huge"), "'huge' is not one of 'none', 'low'"),
        (("cards", "add", "x", "--due", "someday"), "write 2026-11-30"),
        (("cards", "add", "x", "--top", "--bottom"), "Give one place, not several."),
        (("cards", "edit", "OPS-1"), "Nothing to change"),
        (("cards", "edit", "OPS-1", "--due", "today", "--no-due"), "not both"),
        (("cards", "move", "OPS-1"), "Give the cards, and then the column"),
        (("cards", "move", "what", "Doing"), "'what' names no card"),
        (("cards", "list", "OPS", "--board", "WEB"), "Name the board once"),
        (("cards", "list", "--json", "titel"), "no JSON field titel"),
        (("boards", "add", "\x1b[2J"), "control character U+001B"),
        (("watch", "--since", "-1"), "-1 is not in the range"),
        (("import", "jira", "x"), "'jira' is no format to import"),
        (("serve", "--port", "99999"), "99999 is not in the range"),
        (("login",), "Which server? Give --server URL."),
        (("logout",), "not logged in anywhere"),
        (("--server", "ftp://x", "boards"), "http://"),
        (("tui",), "needs a terminal"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_exit_code_2(rego: Rego, arguments: tuple[str, ...], said: str) -> None:
    result = rego(*arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert "Traceback" not in result.err
    assert steering(result.err) == []
    assert len(result.err.splitlines()) <= 2


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_argument_comes_back_harmless(rego: Rego, payload: str) -> None:
    for arguments in ((payload,), ("cards", payload), ("cards", "show", payload), ("cards", "list", f"--{payload}")):
        result = rego(*arguments)
        assert result.code == 2
        assert steering(result.err) == []


def test_a_server_that_is_away_is_exit_code_8(rego: Rego, tmp_path: Path) -> None:
    result = rego("--server", f"unix:{tmp_path}/none.sock", "boards")
    assert (result.code, result.out) == (8, "")
    assert len(result.err.splitlines()) == 1


def test_a_server_of_another_kind_is_exit_code_8(rego: Rego) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with subprocess.Popen([sys.executable, "-c", ANSWER, str(other.fileno())], pass_fds=[other.fileno()]) as child:
            result = rego("--server", f"http://127.0.0.1:{port}", "health")
            child.kill()
    assert (result.code, result.out) == (8, "")
    assert "Rego" in result.err
    assert len(result.err.splitlines()) == 1


ANSWER = """
import socket, sys
server = socket.socket(fileno=int(sys.argv[1]))
while True:
    peer, _ = server.accept()
    peer.recv(65536)
    peer.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: 9\\r\\n\\r\\n<b>hi</b>")
    peer.close()
"""


def test_ctrl_c_is_exit_code_130(rego: Rego, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(boards, "list_boards", interrupt)
    result = rego("boards", "list")
    assert (result.code, result.out, result.err) == (130, "", "Interrupted.\n")


def test_ctrl_c_in_a_real_process_leaves_no_traceback(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "rego", "--server", url, "boards"]
        silent.settimeout(30)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            peer, _ = silent.accept()
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=30)
            peer.close()
    assert (child.returncode, out, err) == (130, b"", b"Interrupted.\n")


def test_a_bug_is_one_sentence_too(rego: Rego, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("\x1b[2J")

    monkeypatch.setattr(boards, "list_boards", fail)
    result = rego("boards", "list")
    assert result.code == 1
    assert "Rego has a bug: KeyError" in result.err
    assert len(result.err.splitlines()) == 1
    monkeypatch.setenv("REGO_DEBUG", "1")
    assert "Traceback" in rego("boards", "list").err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (NotAuthenticated("Your session is over."), 4, "Your session is over.\n"),
        (RateLimited("Too many.", retry_after=12.4), 7, "Too many. Come back in 12 s.\n"),
        (Internal("A bug.", request_id="abc"), 1, "A bug. The server's log has it under abc.\n"),
        (PermissionError(13, "Permission denied", "/data"), 1, "/data: Permission denied.\n"),
    ],
)
def test_an_error_says_what_to_do_next(
    error: Exception, code: int, said: str, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert report(error) == code
    assert capsys.readouterr().err == said


def test_a_reader_that_leaves_early_is_no_failure(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "rego", "--help"], stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_letters_that_the_encoding_of_stdout_lacks_are_spelt_out(rego: Rego, ops: str) -> None:
    rego("cards", "add", "K\u00e4se \u2713", "--to", "Doing")
    command = [sys.executable, "-m", "rego", "cards", "list", "--column", "Doing", "--json", "title"]
    done = subprocess.run(command, env=os.environ | {"PYTHONIOENCODING": "latin-1"}, capture_output=True, check=True)
    assert done.stdout.decode("latin-1") == '[{"title":"K\u00e4se \\u2713"}]\n'
