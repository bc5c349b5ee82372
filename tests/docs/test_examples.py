"""The examples in README, the quickstart and the how-tos do what the pages say, in an empty home."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from rego.client.local import find
from rego.client.paths import Paths
from tests.docs.examples import Example, examples_of, is_printed
from tests.docs.pages import ROOT, label, pages

WITH_EXAMPLES = [page for page in pages() if examples_of(page)]
EXPORT = ROOT / "tests" / "data" / "trello" / "trello-simple-project-board.json"
SERVER = "http://127.0.0.1:8000"
"""The server of the pages; here it runs on a free port."""

PATIENCE = 60.0
"""Seconds that one block may take."""


class Reader:
    """Somebody who does what a page says, in a directory of their own."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.environ = environ
        self.printed = ""
        self.url = SERVER
        self.stack = ExitStack()

    def do(self, example: Example) -> None:
        """Follow one example; fails when it does not do what it should."""
        if example.mark == "prints":
            assert is_printed(example.body, self.printed), self.printed
        elif example.mark == "run":
            self.run(example.body)
        else:
            process = self.stack.enter_context(self.begin(example.body))
            self.read_until(process, example.text)
            if example.mark == "until":
                interrupt(process)

    def run(self, script: str) -> None:
        with self.begin(script) as process:
            self.printed, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, self.printed

    @contextmanager
    def begin(self, script: str) -> Iterator[subprocess.Popen[str]]:
        """A shell on the script, in a process group of its own; at the end the whole group is gone."""
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script.replace(SERVER, self.url)],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                interrupt(process)

    def read_until(self, process: subprocess.Popen[str], text: str) -> None:
        """Read what is printed until `text` has come; the test's own time limit ends a wait in vain."""
        assert process.stdout is not None
        self.printed = ""
        while text not in self.printed:
            line = process.stdout.readline()
            assert line, f"ended without {text!r}:\n{self.printed}"
            self.printed += line
        if served := re.search(r"http://127\.0\.0\.1:\d+", self.printed):
            self.url = served[0]


def interrupt(process: subprocess.Popen[str]) -> None:
    """Press Ctrl-C, unless it has ended."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home, where the local server of the first command serves all pages."""
    home = tmp_path_factory.mktemp("home")
    yield home
    if local := find(Paths(config=home, data=home / "data", cache=home)):
        os.kill(local.pid, signal.SIGTERM)
        with (home / "data" / "server.lock").open() as lock:
            # Free when the server has ended.
            fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.fixture
def reader(home: Path, tmp_path: Path) -> Iterator[Reader]:
    environ = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "REGO_DATA_DIR": str(home / "data"),
        "REGO_CONFIG_DIR": str(tmp_path / "config"),
        "REGO_PORT": "0",
    }
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copy(EXPORT, folder / "board.json")
    reader = Reader(folder, environ)
    with reader.stack:
        if not (home / "data").exists():
            reader.run("rego demo")
        yield reader


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=label)
def test_the_examples_do_what_the_page_says(page: Path, reader: Reader) -> None:
    for example in examples_of(page):
        try:
            reader.do(example)
        except AssertionError as error:
            raise AssertionError(f"{label(page)}, line {example.line}:\n{example.body}\n{error}") from error


def test_every_page_that_teaches_has_examples() -> None:
    taught = {"README.md", "docs/quickstart.md", *(label(page) for page in (ROOT / "docs" / "howto").glob("*.md"))}
    assert taught == {label(page) for page in WITH_EXAMPLES}


def test_every_mark_is_understood() -> None:
    marks = sum(len(re.findall(r"^ *<!-- (?:run|prints|first)", page.read_text(), re.MULTILINE)) for page in pages())
    assert marks == sum(len(examples_of(page)) for page in pages())


def test_what_is_printed_is_compared_line_by_line() -> None:
    printed = json.dumps({"seq": 1, "at": "now"}) + "\nlast\n"
    assert is_printed('{"seq": 1, "at": "…"}\nlast', printed)
    assert not is_printed('{"seq": 2, "at": "…"}', printed)
    assert not is_printed("las", printed)
