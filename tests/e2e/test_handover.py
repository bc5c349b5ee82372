"""`rego serve` on the data of local mode: it takes over, local commands go on through it, and the background comes back after."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REGO = [sys.executable, "-m", "rego"]


class Home:
    """An empty home with its own data directory, and `rego` run in it."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        self.root = root
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("REGO_")},
            "HOME": str(root),
            "REGO_DATA_DIR": str(self.data),
            "REGO_CONFIG_DIR": str(root / "config"),
        }

    def rego(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*REGO, *words], env=self.environment, cwd=self.root, capture_output=True, text=True, timeout=60, check=False
        )

    @contextmanager
    def serving(self, port: int) -> Iterator[int]:
        """`rego serve`, as long as this lasts; gives its process id, and checks that it ends in order."""
        with subprocess.Popen(
            [*REGO, "serve", "--port", str(port)], env=self.environment, cwd=self.root, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stderr is not None
                first = process.stderr.readline()
                assert first.startswith(f"Rego is on http://127.0.0.1:{port} "), first
                yield process.pid
            finally:
                process.terminate()
            assert process.wait(30) == 0

    @property
    def beacon(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.data / "local.json").read_text())
        return found

    def stop_background(self) -> None:
        if (self.data / "local.json").exists():
            os.kill(int(str(self.beacon["pid"])), signal.SIGTERM)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.stop_background()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        chosen: int = free.getsockname()[1]
    return chosen


def test_serve_takes_over_and_gives_back(home: Home, port: int) -> None:
    assert home.rego("boards", "add", "Ops").returncode == 0
    assert home.beacon["background"] is True

    with home.serving(port) as pid:
        assert home.beacon["pid"] == pid
        listed = home.rego("boards", "list", "--quiet")
        assert (listed.returncode, listed.stdout) == (0, "OPS\n")
        assert home.rego("boards", "add", "Made while serving").returncode == 0
    assert not (home.data / "local.json").exists()

    listed = home.rego("boards", "list", "--quiet")
    assert sorted(listed.stdout.split()) == ["MWS", "OPS"]
    assert home.beacon["background"] is True


def test_a_second_serve_is_refused_and_harms_nothing(home: Home, port: int) -> None:
    with home.serving(port):
        second = home.rego("serve", "--port", "0")
        assert second.returncode == 1
        assert second.stderr == (
            f"rego: Another Rego server works on the data in {home.data}; stop it or choose another --data-dir.\n"
        )
        assert home.rego("boards", "list").returncode == 0


def test_what_is_kept_is_readable_by_its_owner_alone(home: Home) -> None:
    home.rego("boards", "list")
    modes = {path.name: path.stat().st_mode & 0o077 for path in home.data.iterdir()}
    assert {"local.json", "rego.db", "rego.sock", "secret.key"} <= modes.keys()
    assert set(modes.values()) == {0}
