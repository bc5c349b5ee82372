"""Files on cards when the server dies without a chance to clean up."""

from __future__ import annotations

import os
import socket
import time
from contextlib import closing
from pathlib import Path

from tests.e2e.home import Home, until
from tests.ports import free_port
from tests.running import PASSWORD

BIG = os.urandom(6_000_000)
HOURS_AGO = time.time() - 3 * 3_600


def _files(home: Home) -> set[Path]:
    return {path for path in (home.data / "blobs").rglob("*") if path.is_file()}


def test_a_killed_server_has_whole_files_and_no_halves(home: Home) -> None:
    """What was acknowledged is there; half an upload is on no card, and is cleared from the disk when it is old."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (home.root / "big.bin").write_bytes(BIG)
    with home.serving(port=port) as server:
        home.says("register", "--server", url, "-u", "ada", "--email", "ada@example.com", "--password-stdin", stdin=PASSWORD)
        home.says("boards", "add", "Operations", "--key", "OPS")
        home.says("columns", "add", "Todo")
        home.says("cards", "add", "One")
        home.says("attachments", "add", "OPS-1", "big.bin")
        whole = _files(home)
        token = home.says("tokens", "add", "half", "--scope", "write").strip()
        with closing(_half_an_upload(port, token)):
            until(lambda: any(path.stat().st_size for path in _files(home) - whole))
            server.kill()
    [half] = _files(home) - whole
    os.utime(half, (HOURS_AGO, HOURS_AGO))
    with home.serving(port=port):
        assert home.says("attachments", "list", "OPS-1", "--jq", ".[].filename") == "big.bin\n"
        home.says("attachments", "get", "OPS-1", "big.bin", "-o", "copy.bin")
        assert (home.root / "copy.bin").read_bytes() == BIG
        until(lambda: _files(home) == whole)


def _half_an_upload(port: int, token: str) -> socket.socket:
    """A connection on which half a file has been sent."""
    connection = socket.create_connection(("127.0.0.1", port))
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="half.bin"\r\n\r\n' + BIG
    head = (
        f"POST /cards/OPS-1/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(part) + 9}\r\n\r\n"
    )
    connection.sendall(head.encode() + part[: len(BIG) // 2])
    return connection
