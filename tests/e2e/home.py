"""A person's empty home, the `rego` command run in it, and servers and watchers that run beside the test."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

REGO = [sys.executable, "-m", "rego"]

PATIENCE = 60.0
"""The bound of every wait, in seconds: a test that fails must end, and no test that passes comes near it."""


def until(condition: Callable[[], object]) -> None:
    """Wait for what nothing announces."""
    waiting = threading.Event()
    for _ in range(int(PATIENCE * 50)):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError("it never came to be")


class Stream:
    """The lines of a pipe, read as they come."""

    def __init__(self, pipe: IO[str]) -> None:
        self.lines: list[str] = []
        self._pipe = pipe
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, condition: Callable[[list[str]], object]) -> list[str]:
        """Wait until the lines are as wanted, and give them."""
        with self._news:
            assert self._news.wait_for(lambda: condition(self.lines), PATIENCE), "\n".join(self.lines)
            return list(self.lines)

    def until_says(self, text: str, after: int = 0) -> list[str]:
        """Wait until one of the lines after the first `after` holds `text`."""
        return self.until(lambda lines: any(text in line for line in lines[after:]))

    def end(self) -> None:
        """Wait for the end of the pipe."""
        self._reader.join(PATIENCE)
        self._pipe.close()

    def _read(self) -> None:
        for line in self._pipe:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()


class Running:
    """A process beside the test, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        self.stdout, self.stderr = Stream(process.stdout), Stream(process.stderr)

    def kill(self) -> None:
        """End it without a chance to clean up."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it in order; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """End it if it still runs, and let go of its pipes."""
        if self.process.poll() is None:
            self.kill()
        self.stdout.end()
        self.stderr.end()


class Home:
    """An empty home with its own directories of data and configuration."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.config = root / "config"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("REGO_")},
            "HOME": str(root),
            "REGO_DATA_DIR": str(self.data),
            "REGO_CONFIG_DIR": str(self.config),
        }

    def rego(self, *words: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*REGO, *words],
            env=self.environment | variables,
            cwd=self.root,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def says(self, *words: str, stdin: str = "", **variables: str) -> str:
        """What a command prints that must succeed."""
        done = self.rego(*words, stdin=stdin, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def beside(self, *words: str, **variables: str) -> Iterator[Running]:
        """A command that runs as long as this lasts."""
        with self.process(*REGO, *words, **variables) as running:
            yield running

    @contextmanager
    def process(self, *words: str, **variables: str) -> Iterator[Running]:
        """Any process in this home that runs as long as this lasts."""
        running = Running(
            subprocess.Popen(
                words,
                env=self.environment | variables,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        try:
            yield running
        finally:
            running.close()

    @contextmanager
    def serving(self, *flags: str, port: int, **variables: str) -> Iterator[Running]:
        """`rego serve`, ready, as long as this lasts."""
        with self.beside("serve", "--port", str(port), *flags, **variables) as server:
            [first, *_] = server.stderr.until(bool)
            assert first.startswith(f"Rego is on http://127.0.0.1:{port} with "), server.stderr.lines
            yield server

    @property
    def beacon(self) -> dict[str, object]:
        """What the server of this home's data says of itself."""
        found: dict[str, object] = json.loads((self.data / "local.json").read_text())
        return found

    @property
    def server_pid(self) -> int:
        return int(str(self.beacon["pid"]))

    def stop_background(self) -> None:
        """End the background server, if there is one, and wait until it is gone."""
        with suppress(FileNotFoundError, ProcessLookupError):
            server = os.pidfd_open(self.server_pid)
            signal.pidfd_send_signal(server, signal.SIGTERM)
            assert select.select([server], [], [], PATIENCE)[0], "the background server did not end"
            os.close(server)
