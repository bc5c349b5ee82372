"""Local mode from the client's side: one background server per data directory, found, started, waited for, replaced."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import pytest

from rego.client import aio, auth
from rego.client.local import LocalServer, find, find_or_start, launch_server, reviver
from rego.client.paths import Paths
from rego.wire.errors import Unreachable

STAND_IN = Path(__file__).with_name("local_server.py")


class Launcher:
    """Starts stand-ins in a mode, and ends them with the test."""

    def __init__(self, mode: str = "serve") -> None:
        self.mode = mode
        self.processes: list[subprocess.Popen[bytes]] = []

    def __call__(self, data: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(STAND_IN), self.mode, str(data)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process


@pytest.fixture
def launch() -> Iterator[Launcher]:
    launcher = Launcher()
    yield launcher
    for process in launcher.processes:
        process.kill()
        process.wait()


@pytest.fixture
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    # A unix socket's path has room for about 100 bytes, so the test's own name must not be in it.
    base = tmp_path_factory.mktemp("r")
    return Paths(config=base / "c", data=base / "d", cache=base / "e")


def starts(paths: Paths) -> int:
    return len((paths.data / "starts").read_text().split())


def test_nothing_runs_at_first(paths: Paths) -> None:
    assert find(paths) is None


def test_the_first_starts_it_and_the_next_finds_it(paths: Paths, launch: Launcher) -> None:
    first = find_or_start(paths, launch=launch)
    second = find_or_start(paths, launch=launch)
    assert first == second == find(paths)
    assert first.pid == launch.processes[0].pid
    assert first.credentials.access_token == f"opens-{first.pid}"
    assert starts(paths) == len(launch.processes) == 1


def test_the_directory_and_its_files_are_the_users_own(paths: Paths, launch: Launcher) -> None:
    find_or_start(paths, launch=launch)
    assert stat.S_IMODE(paths.data.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (paths.start_lock, paths.server_log)} == {0o600}


def test_many_at_once_start_one(paths: Paths, launch: Launcher) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: find_or_start(paths, launch=launch), range(4)))
    assert len(set(map(_identity, found))) == 1
    assert starts(paths) == len(launch.processes) == 1


def _identity(server: LocalServer) -> tuple[str, int]:
    return server.server.url, server.pid


def test_a_killed_server_is_noticed_and_replaced(paths: Paths, launch: Launcher) -> None:
    first = find_or_start(paths, launch=launch)
    os.kill(first.pid, signal.SIGKILL)
    launch.processes[0].wait()
    assert paths.local_file.exists()
    second = find_or_start(paths, launch=launch)
    assert second.pid != first.pid
    assert starts(paths) == 2


def test_an_old_note_beside_a_new_server_is_not_believed(paths: Paths, launch: Launcher) -> None:
    find_or_start(paths, launch=launch)
    note = json.loads(paths.local_file.read_text())
    paths.local_file.write_text(json.dumps({**note, "token": "of-the-server-before"}))
    assert find(paths) is None


async def test_a_live_client_brings_it_back(paths: Paths, launch: Launcher) -> None:
    revive = reviver(paths, launch=launch)
    first = await revive()
    assert await revive() == first
    os.kill(first.pid, signal.SIGKILL)
    launch.processes[0].wait()
    second = await revive()
    async with aio.Client(second.server, second.credentials, revive=revive) as client:
        assert (await client.send(auth.me())).username == "ada"
    assert second.pid != first.pid


def test_a_server_that_says_why_it_cannot_start(paths: Paths) -> None:
    with pytest.raises(Unreachable, match=r"did not start: The database is of a newer version of Rego; update Rego\.$"):
        find_or_start(paths, launch=Launcher("fail"))


def test_only_what_this_start_wrote_is_told(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    paths.server_log.write_text("an old complaint\n")
    with pytest.raises(Unreachable, match="wrote nothing") as caught:
        find_or_start(paths, launch=Launcher("crash"))
    assert "old complaint" not in caught.value.detail
    assert paths.server_log.read_text() == "an old complaint\n"


def test_a_log_that_grew_large_begins_anew(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    paths.server_log.write_bytes(b"x" * 2_000_000)
    with pytest.raises(Unreachable, match="newer version"):
        find_or_start(paths, launch=Launcher("fail"))
    assert paths.server_log.stat().st_size < 1000


def test_a_server_that_never_answers_is_given_up(paths: Paths, launch: Launcher) -> None:
    launch.mode = "stay-silent"
    with pytest.raises(Unreachable, match="in time"):
        find_or_start(paths, launch=launch, patience=0.1)


def test_a_starter_that_hangs_does_not_hang_the_others(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    descriptor = os.open(paths.start_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(Unreachable, match="Another rego command"):
            find_or_start(paths, launch=Launcher("fail"), patience=0.1)
    finally:
        os.close(descriptor)


def test_a_directory_that_cannot_be_made_is_one_sentence(paths: Paths) -> None:
    paths.data.parent.mkdir(exist_ok=True)
    paths.data.write_text("a file stands here")
    with pytest.raises(Unreachable, match="REGO_DATA_DIR"):
        find_or_start(paths, launch=Launcher("fail"))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "{",
        "[]",
        json.dumps({"url": "nonsense", "token": "t", "pid": 1, "version": "0"}),
        json.dumps({"url": "unix:/no/such/socket", "token": "t", "pid": 1, "version": "0"}),
        json.dumps({"url": "unix:/no/such/socket", "token": "bad token\n", "pid": 1, "version": "0"}),
    ],
)
def test_a_stale_or_broken_note_is_no_server(paths: Paths, note: str) -> None:
    paths.data.mkdir(parents=True)
    paths.local_file.write_text(note)
    assert find(paths) is None


def test_another_users_note_is_not_trusted(paths: Paths, launch: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    find_or_start(paths, launch=launch)
    monkeypatch.setattr(os, "getuid", lambda: 4321)
    assert find(paths) is None


def test_the_real_command_is_detached_from_the_terminal(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def popen(command: list[str], **options: object) -> None:
        seen.update(options, command=command)

    monkeypatch.setattr(subprocess, "Popen", popen)
    with (paths.data.parent / "log").open("wb") as log:
        launch_server(paths.data, log)
    assert seen["command"] == [sys.executable, "-m", "rego_server.local", "--data-dir", str(paths.data)]
    assert (seen["start_new_session"], seen["stdin"], seen["cwd"]) == (True, subprocess.DEVNULL, paths.data)
