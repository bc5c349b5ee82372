"""HTTP/1.1 over one connection: as much of RFC 9112 as a client of a single server needs.

`http.client` knows more and loads the standard library's e-mail package for it, which takes as long as a short command may.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from msgspec import Struct

from rego.client.files import PIECE
from rego.client.server import Server

LINE_MAX = 65_536
"""Bytes in a line of the head."""

LINES_MAX = 100
"""Lines in a head, or after the last chunk."""


class NotHttp(Exception):
    """What came is no HTTP/1.1, or not as much of it as is known here."""


class Response(Struct, frozen=True):
    """The head of an answer, with the names of `headers` in lower case, and its body as it comes."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


class Connection:
    """A connection to `server`, opened within `timeout` seconds. Each request is sent when the answer before it was read.

    Whatever the network does raises `OSError`, an answer that ends early too. `idle` is whether another request can be sent:
    not in the middle of one, nor after an answer behind which the server closes.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        self._host = server.authority
        self._socket = _connected(server, timeout)
        self._stream: BinaryIO = self._socket.makefile("rb")
        self.idle = True

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes | Iterable[bytes], timeout: float) -> None:
        """Send a request. `target` is percent-encoded; each wait, here and for the answer, ends after `timeout` seconds."""
        self.idle = False
        self._socket.settimeout(timeout)
        fields = {"Host": self._host, "Accept-Encoding": "identity", **headers}
        if isinstance(body, bytes) and (body or method not in ("GET", "DELETE")):
            fields["Content-Length"] = str(len(body))
        try:
            self._socket.sendall(_head_of(method, target, fields))
            for piece in [body] if isinstance(body, bytes) else body:
                self._socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses a file says so before it has read it, and then stops listening: its answer is there.
            return

    def receive(self) -> Response:
        """The answer. Raises `NotHttp`, also while its pieces are read."""
        version, status, headers = self._head()
        while status < 200:
            version, status, headers = self._head()
        return Response(status, headers, self._pieces(version, status, headers))

    def _pieces(self, version: str, status: int, headers: Mapping[str, str]) -> Iterator[bytes]:
        """The body; afterwards the connection is idle, if it stays open."""
        stays = version != "HTTP/1.0" and headers.get("connection", "").lower() != "close"
        if status in (204, 304):
            pass
        elif (coding := headers.get("transfer-encoding")) is not None:
            if coding.lower() != "chunked":
                raise NotHttp(coding)
            yield from self._chunks()
        elif (length := headers.get("content-length")) is not None:
            yield from self._exactly(_number(length, 10))
        else:
            stays = False
            while piece := self._stream.read(PIECE):
                yield piece
        self.idle = stays

    def _chunks(self) -> Iterator[bytes]:
        while size := _number(self._line().partition(";")[0].strip(), 16):
            yield from self._exactly(size)
            if self._line():
                raise NotHttp("a chunk is longer than it says")
        self._headers()

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._stream.read(min(size, PIECE))
            if not piece:
                raise ConnectionResetError("the answer ended early")
            size -= len(piece)
            yield piece

    def _head(self) -> tuple[str, int, dict[str, str]]:
        version, _, rest = self._line(begins="HTTP/1.").partition(" ")
        return version, _number(rest[:3], 10), self._headers()

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(LINES_MAX):
            line = self._line()
            if not line:
                return headers
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                raise NotHttp(line)
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        raise NotHttp("the head has too many lines")

    def _line(self, begins: str = "") -> str:
        """A line without its end."""
        line = self._stream.readline(LINE_MAX).decode("latin-1")
        if line and not line.startswith(begins):
            raise NotHttp(line)
        if not line.endswith("\n"):
            raise NotHttp("a line is too long") if len(line) == LINE_MAX else ConnectionResetError("the answer ended early")
        return line.rstrip("\r\n")


def _number(text: str, base: int) -> int:
    # `int` alone would read signs, blanks, prefixes and underscores too.
    if not text or set(text.lower()) - set("0123456789abcdef"[:base]):
        raise NotHttp(text)
    return int(text, base)


def _head_of(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """The head of a request; raises `ValueError` when a text in it would be read as more than what it is."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if target.count(" ") or not all(line.isascii() and line.isprintable() for line in lines):
        raise ValueError("A request can only be made of printable ASCII.")
    return "\r\n".join([*lines, "", ""]).encode()


def _connected(server: Server, timeout: float) -> socket.socket:
    if server.socket_path is not None:
        return _connected_here(server.socket_path, timeout)
    plain = socket.create_connection((server.host, server.port), timeout)
    # A request goes out in more than one piece, and none of them should wait for the answer to the one before.
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _secured(plain, server.host) if server.scheme == "https" else plain


def _connected_here(path: str, timeout: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def _secured(plain: socket.socket, host: str) -> socket.socket:
    # Here, because most commands that are timed by a person's patience speak to this machine.
    import ssl

    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise
