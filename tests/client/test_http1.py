"""HTTP/1.1 as the blocking client speaks it: answers of every form, broken ones, and nothing smuggled into a request."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from rego.client.http1 import LINE_MAX, Connection, NotHttp
from rego.client.server import Server

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Peer:
    """The other end of a connection, in the same thread: what it says waits in the socket until it is read."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self.connection = Connection(Server.parse(f"unix:{path}"), 5.0)
        self._socket, _ = self._listener.accept()
        self._socket.settimeout(5.0)

    def says(self, text: bytes) -> None:
        self._socket.sendall(text)

    def hangs_up(self) -> None:
        self._socket.close()

    def heard(self) -> bytes:
        return self._socket.recv(100_000)

    def close(self) -> None:
        self.connection.close()
        self._socket.close()
        self._listener.close()


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    peer = Peer(tmp_path / "s")
    yield peer
    peer.close()


def ask(peer: Peer, method: str = "GET", body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    peer.connection.send(method, "/x?q=%20", {"Accept": "*/*"}, body, 5.0)
    response = peer.connection.receive()
    return response.status, response.headers, b"".join(response.pieces)


def test_a_request_has_its_head_and_its_length(peer: Peer) -> None:
    peer.says(b"HTTP/1.1 204 No Content\r\n\r\n" * 3)
    ask(peer)
    assert peer.heard() == b"GET /x?q=%20 HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: identity\r\nAccept: */*\r\n\r\n"
    ask(peer, "POST", b"{}")
    assert peer.heard().endswith(b"\r\nContent-Length: 2\r\n\r\n{}")
    ask(peer, "POST")
    assert peer.heard().endswith(b"\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "status", "body", "idle"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabrest", 200, b"ab", True),
        (b"HTTP/1.1 200 OK\nContent-Length:2 \n\nab", 200, b"ab", True),
        (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\nConnection: Close\r\n\r\nx", 404, b"x", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, b"x", False),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, b"until the end", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 204 x\r\n\r\n", 204, b"", True),
        (CHUNKED + b"1\r\na\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 200, b"a0123456789", True),
        (CHUNKED + b"0\r\nTrailer: x\r\n\r\n", 200, b"", True),
    ],
)  # fmt: skip
def test_an_answer_is_read_to_its_end(peer: Peer, answer: bytes, status: int, body: bytes, idle: bool) -> None:
    peer.says(answer)
    peer.hangs_up()
    assert (ask(peer)[::2], peer.connection.idle) == ((status, body), idle)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\nabcdefghij",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        CHUNKED + b"0x1\r\na\r\n0\r\n\r\n",
        CHUNKED + b"-1\r\na\r\n0\r\n\r\n",
        CHUNKED + b"1\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * LINE_MAX + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n",
    ],
)
def test_what_is_no_http_is_refused(peer: Peer, answer: bytes) -> None:
    peer.says(answer)
    peer.hangs_up()
    with pytest.raises(NotHttp):
        ask(peer)
    assert not peer.connection.idle


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        CHUNKED + b"5\r\nab",
        CHUNKED + b"2\r\nab\r\n",
    ],
)
def test_an_answer_that_ends_early_is_a_broken_connection(peer: Peer, answer: bytes) -> None:
    peer.says(answer)
    peer.hangs_up()
    with pytest.raises(ConnectionResetError):
        ask(peer)
    assert not peer.connection.idle


def test_a_header_that_comes_twice_is_a_list(peer: Peer) -> None:
    peer.says(b"HTTP/1.1 204 x\r\nLink: <a>\r\nLINK: <b>\r\n\r\n")
    assert ask(peer)[1] == {"link": "<a>, <b>"}


@pytest.mark.parametrize(
    ("method", "target", "value"),
    [
        ("GET", "/x HTTP/1.1\r\nEvil: 1", "v"),
        ("GET", "/x y", "v"),
        ("GET", "/ü", "v"),
        ("GET\r\n", "/", "v"),
        ("GET", "/", "v\r\nEvil: 1"),
        ("GET", "/", "v\0"),
    ],
)
def test_nothing_is_smuggled_into_a_request(peer: Peer, method: str, target: str, value: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        peer.connection.send(method, target, {"Idempotency-Key": value}, b"", 5.0)


def test_a_refusal_is_read_although_the_body_could_not_be_sent(peer: Peer) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a"
        peer.says(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
        peer.heard()
        peer.hangs_up()
        yield b"b"

    peer.connection.send("POST", "/", {}, pieces(), 5.0)
    response = peer.connection.receive()
    assert (response.status, b"".join(response.pieces)) == (413, b"no")


async def test_tls_is_spoken_with_who_proves_who_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, strangers = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    def exchange(trusted: trustme.CA) -> bytes:
        trusted.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        connection = Connection(Server.parse(f"https://localhost:{port}"), 5.0)
        try:
            connection.send("GET", "/", {}, b"", 5.0)
            return b"".join(connection.receive().pieces)
        finally:
            connection.close()

    listener = await asyncio.start_server(serve, "localhost", 0, family=socket.AF_INET, ssl=context)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        assert await asyncio.to_thread(exchange, authority) == b"ok"
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.to_thread(exchange, strangers)
