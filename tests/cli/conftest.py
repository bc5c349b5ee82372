"""The command line under test: in this process for speed, or as a process of its own where that is the point."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from rego.cli.main import run
from rego.client import auth
from rego.client.blocking import Client
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.wire.users import Register
from tests.running import PASSWORD

OURS = ("REGO_", "NO_COLOR", "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS")


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Rego = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's empty directories, with nothing of the real user in the environment."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REGO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("REGO_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def rego(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Rego:
    """`rego("cards", "list", input="…")` through the real entry point, in this process."""

    def call(*arguments: str, input: str = "") -> Result:  # noqa: A002 - as in subprocess.run
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(input.encode()), encoding="utf-8"))
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return call


@pytest.fixture
def rego_process(home: Path) -> Rego:
    """The same in a process of its own, with pipes for streams."""

    def call(*arguments: str, input: str = "") -> Result:  # noqa: A002 - as in subprocess.run
        command = [sys.executable, "-W", "error", "-m", "rego", *arguments]
        done = subprocess.run(command, input=input.encode(), capture_output=True, timeout=60, check=False)
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@dataclass(frozen=True)
class Person:
    """An account on the shared server, logged in."""

    username: str
    server: Server
    credentials: Credentials


def join(server_url: str, name: str) -> Person:
    """An account of its own whose username begins with `name`."""
    username = f"{name}-{uuid4().hex[:8]}"
    server = Server.parse(server_url)
    with Client(server) as stranger:
        stranger.send(auth.register(Register(email=f"{username}@example.com", username=username, password=PASSWORD)))
        tokens = stranger.send(auth.login(username, PASSWORD))
    return Person(username, server, Credentials.of_tokens(server, tokens))


@pytest.fixture
def ada(server_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Someone whom REGO_SERVER and REGO_TOKEN make the user of every command."""
    person = join(server_url, "ada")
    monkeypatch.setenv("REGO_SERVER", server_url)
    monkeypatch.setenv("REGO_TOKEN", person.credentials.access_token)
    return person


@pytest.fixture
def bob(server_url: str) -> Person:
    """Somebody else on the same server."""
    return join(server_url, "bob")


@pytest.fixture
def ops(ada: Person, rego: Rego) -> str:
    """A board of hers with the columns To do, Doing and Done, and three cards in To do; its key."""
    (key,) = rego("boards", "add", "Operations").lines
    for title in ("To do", "Doing", "Done"):
        rego("columns", "add", title, "--board", key)
    for title in ("One", "Two", "Three"):
        rego("cards", "add", title, "--board", key)
    return key
