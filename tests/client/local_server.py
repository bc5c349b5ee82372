"""A stand-in for the local server that keeps its contract with `rego.client.local`, run by the tests as a process.

Usage: python local_server.py MODE DATA_DIR. Modes: `serve`, `fail`, `crash`, `stay-silent`.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socketserver
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

ME = {
    "id": "u",
    "version": 1,
    "created_at": "2026-03-02T12:00:00Z",
    "updated_at": "2026-03-02T12:00:00Z",
    "email": None,
    "username": "ada",
    "firstname": "",
    "lastname": "",
    "is_active": True,
    "is_verified": True,
    "is_superuser": True,
}
REFUSAL = {"detail": "This token does not open this server.", "error_type": "NotAuthenticated"}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {token()}"
        body = json.dumps(ME if allowed else REFUSAL).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the log is for failures."""

    def address_string(self) -> str:
        return "unix"


def token() -> str:
    """Another one in each process, as the real server's."""
    return f"opens-{os.getpid()}"


def serve(data: Path) -> None:
    lock = os.open(data / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with (data / "starts").open("a") as starts:
        starts.write(f"{os.getpid()}\n")
    path = data / "s"
    path.unlink(missing_ok=True)
    server = socketserver.UnixStreamServer(str(path), Handler)
    draft = data / "local.json.new"
    draft.write_text(json.dumps({"url": f"unix:{path}", "token": token(), "pid": os.getpid(), "version": "0"}))
    draft.replace(data / "local.json")
    server.serve_forever()


def main(mode: str, data: Path) -> int:
    if mode == "serve":
        serve(data)
    elif mode == "fail":
        print("warming up", file=sys.stderr)
        print("The database is of a newer version of Rego; update Rego.", file=sys.stderr)
        return 1
    elif mode == "crash":
        os.kill(os.getpid(), 9)
    elif mode == "stay-silent":
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
