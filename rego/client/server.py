"""Where a server is: an address as a person writes it, taken apart once so that every transport means the same place."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from rego.wire.errors import InvalidInput

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.%A-Za-z0-9]*")
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")
_FORMS = "Write http://host:port, https://host or unix:/path/to.sock."


class Server(Struct, frozen=True, kw_only=True):
    """A server's address. `host` and `port` are where TCP connects to; `socket_path` is set instead for a unix socket.

    `url` is the canonical spelling, which also names the server in stores and messages.
    """

    url: str
    scheme: Literal["http", "https", "unix"]
    host: str = "localhost"
    port: int = 0
    socket_path: str | None = None

    @classmethod
    def parse(cls, text: str) -> Server:
        """The server at `text`; raises `InvalidInput` when that is no address."""
        text = text.strip()
        if text.startswith("unix:"):
            return _unix(text)
        parts = _split(text)
        host, port = _host_of(parts, text), _port_of(parts, text)
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise InvalidInput(f"'{text}' has something after the host, and Rego has no prefix. {_FORMS}", field="server")
        scheme: Literal["http", "https"] = "https" if parts.scheme == "https" else "http"
        return cls(url=_url(scheme, host, port), scheme=scheme, host=host, port=port)

    def __str__(self) -> str:
        return self.url

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the way there never leaves the machine, so that no proxy may stand in it."""
        return self.socket_path is not None or _LOOPBACK.fullmatch(self.host) is not None

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        return "localhost" if self.socket_path is not None else self.url.partition("://")[2]

    @property
    def http_base(self) -> str:
        """What stands before the path in a URL for an HTTP library."""
        return f"{'https' if self.scheme == 'https' else 'http'}://{self.authority}"

    @property
    def ws_base(self) -> str:
        """What stands before the path in a URL for a WebSocket library."""
        return f"{'wss' if self.scheme == 'https' else 'ws'}://{self.authority}"


def _unix(text: str) -> Server:
    path = text.removeprefix("unix:").removeprefix("//")
    if not path.startswith("/") or "\0" in path:
        raise InvalidInput(f"'{text}' does not name a socket by its full path. {_FORMS}", field="server")
    return Server(url=f"unix:{path}", scheme="unix", socket_path=path)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise InvalidInput(f"'{text}' is not an address. {_FORMS}", field="server") from error
    if parts.scheme not in _PORTS or "://" not in text:
        raise InvalidInput(f"'{text}' does not begin with http:// or https://. {_FORMS}", field="server")
    return parts


def _host_of(parts: SplitResult, text: str) -> str:
    if "@" in parts.netloc:
        raise InvalidInput("An address must not hold a name or password; use `rego login` instead.", field="server")
    try:
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
    except UnicodeError:
        host = None
    if not host or not _HOST.fullmatch(host):
        raise InvalidInput(f"'{text}' does not name a host. {_FORMS}", field="server")
    return host


def _port_of(parts: SplitResult, text: str) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise InvalidInput(f"'{text}' has no valid port; ports go from 1 to 65535.", field="server")
    return port or _PORTS[parts.scheme]


def _url(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if port == _PORTS[scheme] else f"{scheme}://{name}:{port}"
