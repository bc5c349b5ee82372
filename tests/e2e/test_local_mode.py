"""Local mode with nothing configured: one background server on the user's own data, found by all, closed to others."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from rego.client.local import LocalServer, find, find_or_start, launch_server
from rego.client.paths import Paths
from tests.e2e.home import Home

LOCAL = [sys.executable, "-m", "rego_server.local"]


def paths_of(home: Home) -> Paths:
    return Paths(config=home.config, data=home.data, cache=home.data / "cache")


def kill_server(home: Home) -> int:
    """Kill the background server without a chance to clean up; gives the id that it had."""
    pid = home.server_pid
    os.kill(pid, signal.SIGKILL)
    return pid


def test_two_commands_at_once_start_one_server(home: Home) -> None:
    with ThreadPoolExecutor(3) as together:
        listed = [together.submit(home.rego, "boards", "list") for _ in range(3)]
        assert [(done.result().returncode, done.result().stdout) for done in listed] == [(0, "")] * 3
    found = find(paths_of(home))
    assert found is not None
    assert (home.data / "server.log").read_text() == "", "a second server came up and complained"


def test_many_starters_launch_once(home: Home) -> None:
    launched: list[int] = []

    def launch(data: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        process = launch_server(data, log)
        launched.append(process.pid)
        return process

    def start(_: int) -> LocalServer:
        return find_or_start(paths_of(home), launch=launch)

    with ThreadPoolExecutor(8) as together:
        found = set(together.map(lambda number: start(number).pid, range(8)))
    assert found == set(launched) == {home.server_pid}


def test_a_starter_that_meets_a_server_on_its_way_out_tries_again(home: Home) -> None:
    """The old server still holds the data when the new one looks, so the new one ends; nobody else would start another."""
    home.data.mkdir(mode=0o700)
    leaving = os.open(home.data / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(leaving, fcntl.LOCK_EX)
    codes: list[int] = []

    def launch(data: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        process = launch_server(data, log)
        if not codes:
            codes.append(process.wait())
            os.close(leaving)
        return process

    started = find_or_start(paths_of(home), launch=launch)
    assert codes == [0]
    assert started.pid == home.server_pid


def test_only_the_owner_can_reach_it(home: Home) -> None:
    home.says("boards", "list")
    assert stat.S_IMODE(home.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.data / "local.json").stat().st_mode) == 0o600
    place = Path(str(home.beacon["url"]).removeprefix("unix:"))
    assert stat.S_ISSOCK(place.stat().st_mode)
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try what another user may do")
def test_another_user_cannot_open_anything_even_in_an_open_directory() -> None:
    with tempfile.TemporaryDirectory(prefix="rego-") as root:
        Path(root).chmod(0o755)
        home = Home(Path(root))
        home.data.mkdir(mode=0o755)
        home.data.chmod(0o755)
        try:
            home.says("boards", "add", "Private")
            place = str(home.beacon["url"]).removeprefix("unix:")
            kept = [path for path in home.data.iterdir() if not path.is_socket()]
            assert {"rego.db", "local.json", "secret.key", "server.log"} <= {path.name for path in kept}
            with another_user(), socket.socket(socket.AF_UNIX) as client:
                assert os.access(root, os.R_OK | os.X_OK, effective_ids=True), "the test itself closes the door"
                with pytest.raises(PermissionError):
                    client.connect(place)
                for path in kept:
                    with pytest.raises(PermissionError):
                        path.read_bytes()
        finally:
            home.stop_background()


@contextmanager
def another_user() -> Iterator[None]:
    """Act with the rights of `nobody`."""
    nobody = pwd.getpwnam("nobody")
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(nobody.pw_gid)
    os.seteuid(nobody.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def test_the_next_command_works_after_the_server_was_killed(home: Home) -> None:
    home.says("boards", "add", "Ops")
    killed = kill_server(home)
    assert home.says("boards", "list", "--quiet") == "OPS\n", "data was lost"
    assert home.server_pid != killed


def test_a_live_follower_brings_the_server_back_by_itself(home: Home) -> None:
    home.says("boards", "add", "Ops")
    home.says("columns", "add", "Ready")
    with home.beside("watch", "OPS") as watcher:
        watcher.stderr.until_says("watching OPS (Ops) from event 3 on")
        killed = kill_server(home)
        told = len(watcher.stderr.until_says("offline since"))
        watcher.stderr.until_says("back online, nothing missed", after=told - 1)
        assert home.server_pid != killed
        home.says("cards", "add", "Made after the outage")
        watcher.stdout.until(lambda lines: len(lines) == 1)
        event = json.loads(watcher.stdout.lines[0])
        assert (event["seq"], event["type"]) == (3, "card.created")


def test_it_ends_when_nobody_needs_it_and_leaves_nothing_behind(home: Home) -> None:
    home.says("boards", "add", "Ops")
    home.stop_background()
    with home.process(*LOCAL, "--data-dir", str(home.data), "--idle-exit", "1") as server:
        assert server.process.wait(60) == 0
        assert server.stdout.lines == server.stderr.lines == []
    assert not (home.data / "local.json").exists()
    assert not (home.data / "rego.sock").exists()
    assert home.says("boards", "list", "--quiet") == "OPS\n"


def test_a_second_server_on_the_same_data_says_nothing_and_ends(home: Home) -> None:
    home.says("boards", "list")
    first = home.server_pid
    with home.process(*LOCAL, "--data-dir", str(home.data)) as second:
        assert second.process.wait(60) == 0
        second.stderr.end()
        assert second.stdout.lines == second.stderr.lines == []
    assert home.server_pid == first
    home.says("boards", "list")


def test_a_data_directory_whose_path_is_too_long_for_a_socket(tmp_path_factory: pytest.TempPathFactory) -> None:
    deep = tmp_path_factory.mktemp("d") / ("long-" * 20)
    deep.mkdir()
    home = Home(deep)
    home.environment["TMPDIR"] = str(tmp_path_factory.mktemp("t"))
    try:
        home.says("boards", "add", "Deep")
        place = Path(str(home.beacon["url"]).removeprefix("unix:"))
        assert len(os.fsencode(place)) <= 100
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    finally:
        home.stop_background()


def test_what_cannot_start_says_why_in_one_sentence(home: Home) -> None:
    home.data.mkdir(mode=0o700)
    (home.data / "rego.db").write_bytes(b"This is no database. " * 100)
    refused = home.rego("boards", "list")
    assert refused.returncode not in (0, None)
    [sentence] = refused.stderr.splitlines()
    assert "rego.db" in sentence
    assert "Traceback" not in sentence
