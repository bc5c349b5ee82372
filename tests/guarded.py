"""What the throw-away servers of tests share: a directory, a user without rights, and a guard that ends with us."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GUARD = Path(__file__).with_name("server_guard.py")
SERVER_USER = "nobody"  # PostgreSQL refuses to run as root, and nothing else has a reason to
PORT_ATTEMPTS = 5
STOP_WITHIN = 30.0  # seconds


def server_user() -> str | None:
    """Whom a server runs as; None is whoever runs the tests."""
    return SERVER_USER if os.geteuid() == 0 else None


def make_directory(prefix: str, user: str | None) -> Path:
    """A new temporary directory of `user`'s."""
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir=_temporary_root(user)))
    give(directory, user)
    return directory


def give(path: Path, user: str | None) -> None:
    """Make `user` the owner of everything at and below `path`."""
    if user is None:
        return
    account = pwd.getpwnam(user)
    for each in [path, *path.rglob("*")]:
        os.chown(each, account.pw_uid, account.pw_gid, follow_symlinks=False)


def guarded(command: list[str], directory: Path, user: str | None, last_signal: str) -> subprocess.Popen[bytes]:
    """Start a server that lives as long as this process; see server_guard.py."""
    return subprocess.Popen(
        [sys.executable, "-I", str(GUARD), str(directory), user or "-", last_signal, *command],
        cwd=directory,
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C goes to the tests, which then end the server themselves
    )


def wait_for(guard: subprocess.Popen[bytes]) -> None:
    """Let go of the guard, which ends its server if it still runs."""
    if guard.stdin is not None:
        guard.stdin.close()
    guard.wait(timeout=STOP_WITHIN)


def end(guard: subprocess.Popen[bytes], directory: Path) -> None:
    """End the server and remove its files."""
    wait_for(guard)
    shutil.rmtree(directory, ignore_errors=True)


def log_of(directory: Path) -> str:
    """What the server said."""
    return (directory / "server.log").read_text(errors="replace")


def _temporary_root(user: str | None) -> Path:
    """Where temporary directories go, unless the server's user could not get there."""
    usual = Path(tempfile.gettempdir()).resolve()
    if user is None or all(each.stat().st_mode & 0o001 for each in [usual, *usual.parents]):
        return usual
    return Path("/tmp")
