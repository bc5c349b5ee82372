"""An address is taken apart the way a person means it, or refused in one sentence."""

from __future__ import annotations

import pytest

from rego.client.server import Server
from rego.wire.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "url", "host", "port"),
    [
        ("http://localhost:8000", "http://localhost:8000", "localhost", 8000),
        ("  http://localhost:8000/ ", "http://localhost:8000", "localhost", 8000),
        ("HTTP://Board.Example", "http://board.example", "board.example", 80),
        ("http://board.example:80", "http://board.example", "board.example", 80),
        ("https://board.example:443", "https://board.example", "board.example", 443),
        ("https://board.example:8443", "https://board.example:8443", "board.example", 8443),
        ("http://127.0.0.1:1", "http://127.0.0.1:1", "127.0.0.1", 1),
        ("http://[::1]:8000", "http://[::1]:8000", "::1", 8000),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example", 443),
    ],
)
def test_web_addresses(text: str, url: str, host: str, port: int) -> None:
    server = Server.parse(text)
    assert (server.url, server.host, server.port, server.socket_path) == (url, host, port, None)
    assert Server.parse(server.url) == server


@pytest.mark.parametrize("text", ["unix:/run/rego.sock", "unix:///run/rego.sock"])
def test_unix_sockets(text: str) -> None:
    server = Server.parse(text)
    assert server.socket_path == "/run/rego.sock"
    assert str(server) == "unix:/run/rego.sock"
    assert (server.authority, server.http_base, server.ws_base) == ("localhost", "http://localhost", "ws://localhost")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "board",
        "localhost:8000",
        "ftp://board.example",
        "http:board.example",
        "http://",
        "http://:8000",
        "http://board.example:0",
        "http://board.example:65536",
        "http://board.example:port",
        "http://[::1",
        "http://board example",
        "http://board.example/rego",
        "http://board.example?x=1",
        "http://board.example#x",
        "http://-board.example",
        "http://a..b",
        "http://" + "a" * 70 + ".example",
        "http://board\r\n.example:80\x00",
        "unix:",
        "unix:run/rego.sock",
        "unix:/run/re\0go.sock",
    ],
)
def test_nonsense_is_refused_with_the_field(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Server.parse(text)
    assert caught.value.field == "server"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidInput) as caught:
        Server.parse("https://ada:secret@board.example")
    assert "secret" not in caught.value.detail


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("http://localhost:8000", True),
        ("http://127.8.0.1", True),
        ("http://[::1]:1", True),
        ("unix:/s", True),
        ("http://127.0.0.1.evil.example", False),
        ("https://board.example", False),
    ],
)
def test_which_servers_are_on_this_machine(text: str, here: bool) -> None:
    assert Server.parse(text).is_on_this_machine is here


@pytest.mark.parametrize(("text", "base"), [("https://b.example", "wss://b.example"), ("http://[::1]:8", "ws://[::1]:8")])
def test_the_socket_lives_at_the_same_place(text: str, base: str) -> None:
    assert Server.parse(text).ws_base == base
