"""Runs one server for as long as standard input stays open, then stops it and removes its directory.

A pipe from the test process is the lifeline: it closes when the tests are done and also when they are killed, so no
server and no directory is left behind. Started by its path and importing the standard library only, it is up at once.

    server_guard.py DIRECTORY USER SIGNAL COMMAND...      (USER is "-" for the user that runs this)

The server's process id stands in `server.pid` of the directory. SIGNAL stops it: at once, for its data is thrown away.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path


def main() -> int:
    """Serve until the end of input (exit code 0) or until the server ends by itself (its exit code)."""
    directory, user, last_signal, *command = sys.argv[1:]
    with (Path(directory) / "server.log").open("ab") as log:
        server = start(command, None if user == "-" else user, log.fileno())
    (Path(directory) / "server.pid").write_text(str(server.pid))
    stopping = threading.Event()
    last = signal.Signals[last_signal]
    threading.Thread(target=stop_at_end_of_input, args=(server, last, stopping), daemon=True).start()
    code = server.wait()
    if not stopping.is_set():
        return code or 1
    shutil.rmtree(directory, ignore_errors=True)
    return 0


def start(command: list[str], user: str | None, log: int) -> subprocess.Popen[bytes]:
    if user is None:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    group = pwd.getpwnam(user).pw_gid
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user, group=group, extra_groups=[])


def stop_at_end_of_input(server: subprocess.Popen[bytes], last: signal.Signals, stopping: threading.Event) -> None:
    os.read(sys.stdin.fileno(), 1)
    stopping.set()
    server.send_signal(last)


if __name__ == "__main__":
    sys.exit(main())
