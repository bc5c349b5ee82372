"""The actions of the servers and the login screen, each done with its key against a real server."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from rego.client.config import save_settings
from rego.client.home import Home
from rego.client.server import Server
from rego_tui.screens.boards import BoardsScreen
from rego_tui.screens.login import LoginScreen
from rego_tui.screens.servers import ServersScreen, address
from rego_tui.widgets.line_input import LineInput
from tests.cli.conftest import Person, join
from tests.running import PASSWORD
from tests.tui.at_home import Visitor, empty_home, visiting


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A user without any setting."""
    return empty_home(tmp_path, monkeypatch)


@pytest.fixture
def ada(server_url: str) -> Person:
    """An account on the server, not known at home."""
    return join(server_url, "ada")


async def asked(visitor: Visitor) -> None:
    """Wait for the login screen."""
    await visitor.until("a login is asked for", lambda: isinstance(visitor.app.screen, LoginScreen))


async def at_servers(visitor: Visitor) -> None:
    """Go to the servers from the login that is asked for."""
    await asked(visitor)
    await visitor.press("escape")
    await visitor.until("the servers stand there", lambda: isinstance(visitor.app.screen, ServersScreen))
    await visitor.until_seen("This machine")


async def test_login_submit(home: Home, server_url: str, ada: Person) -> None:
    async with visiting(home, server_url) as visitor:
        await asked(visitor)
        await visitor.type(ada.username, PASSWORD)
        await visitor.until("the boards are read", lambda: isinstance(visitor.app.screen, BoardsScreen))
        await visitor.until_seen("no boards yet")
        assert f"as {ada.username}" in visitor.notices()
    assert home.login_at(Server.parse(server_url)) is not None
    assert home.choices.server == Server.parse(server_url)


async def test_login_other(home: Home, server_url: str) -> None:
    name = f"new-{uuid4().hex[:8]}"
    async with visiting(home, server_url) as visitor:
        await asked(visitor)
        await visitor.press(*name, "ctrl+r")
        assert "A new account on" in visitor.text()
        assert name in visitor.text()
        await visitor.type(f"{name}@example.com", PASSWORD, PASSWORD)
        await visitor.until_seen("no boards yet")
    assert home.login_at(Server.parse(server_url)) is not None


async def test_login_next(home: Home, server_url: str) -> None:
    async with visiting(home, server_url) as visitor:
        await asked(visitor)
        await visitor.press("tab", *"secret")
        assert "secret" not in visitor.text()
        assert "••••••" in visitor.text()


async def test_login_previous(home: Home, server_url: str) -> None:
    async with visiting(home, server_url) as visitor:
        await asked(visitor)
        await visitor.press("tab", "shift+tab", *"ada")
        assert "ada" in visitor.text()


async def test_login_leave(home: Home, server_url: str) -> None:
    async with visiting(home, server_url) as visitor:
        await at_servers(visitor)
        assert server_url in visitor.text()
        assert "not logged in" in visitor.text()


async def test_a_wrong_password_is_a_sentence_and_what_was_typed_stays(home: Home, server_url: str, ada: Person) -> None:
    async with visiting(home, server_url) as visitor:
        await asked(visitor)
        await visitor.type(ada.username, "not the password")
        await visitor.until("it says so", lambda: bool(visitor.app.screen.query(".failed")))
        assert ada.username in visitor.text()
        assert "•••" in visitor.text()
        await visitor.press("ctrl+u", *PASSWORD, "enter")
        await visitor.until_seen("no boards yet")


async def test_two_passwords_that_differ_make_no_account(home: Home, server_url: str) -> None:
    async with visiting(home, server_url) as visitor:
        await asked(visitor)
        await visitor.press("ctrl+r")
        await visitor.type("x-new", "x-new@example.com", PASSWORD, "another")
        await visitor.until_seen("The two passwords differ.")


async def test_a_name_that_is_taken_is_a_sentence(home: Home, server_url: str, ada: Person) -> None:
    async with visiting(home, server_url) as visitor:
        await asked(visitor)
        await visitor.press("ctrl+r")
        await visitor.type(ada.username, "other@example.com", PASSWORD, PASSWORD)
        await visitor.until("it says so", lambda: bool(visitor.app.screen.query(".failed")))
        assert "other@example.com" in visitor.text()


async def test_servers_down(home: Home, server_url: str) -> None:
    async with visiting(home, server_url) as visitor:
        await at_servers(visitor)
        await visitor.press("k", "j", "enter")
        await asked(visitor)


async def test_servers_up(home: Home, server_url: str) -> None:
    async with visiting(home, server_url) as visitor:
        await at_servers(visitor)
        await visitor.press("9", "k", "x")
        assert "no session to end" in visitor.text()


async def test_servers_open(home: Home, server_url: str, ada: Person) -> None:
    home.store.save(ada.credentials)
    save_settings(home.paths, "work", {"server": server_url})
    home.reread()
    async with visiting(home, "http://127.0.0.1:1") as visitor:
        await visitor.until_seen("nobody listens there")
        await visitor.press("s")
        await visitor.until_seen(f"work: {server_url} logged in")
        await visitor.press("k", "enter")
        await visitor.until_seen("no boards yet")
        assert visitor.app.where.server == Server.parse(server_url)


async def test_servers_other(home: Home, server_url: str, ada: Person) -> None:
    async with visiting(home, "http://127.0.0.1:1") as visitor:
        await visitor.until_seen("nobody listens there")
        await visitor.press("s")
        await visitor.press("n", *server_url.removeprefix("http://"), "enter")
        await asked(visitor)
        await visitor.type(ada.username, PASSWORD)
        await visitor.until_seen("no boards yet")
    assert home.choices.server == Server.parse(server_url)


async def test_a_server_that_is_none_is_a_sentence_and_its_address_stays(home: Home) -> None:
    async with visiting(home, "http://127.0.0.1:1") as visitor:
        await visitor.until_seen("nobody listens there")
        await visitor.press("s", "n", *"ftp://x", "enter")
        await visitor.until_seen("does not begin with http:// or https://")
        await visitor.press("ctrl+u", *"127.0.0.1:2", "enter")
        await visitor.until_seen("No answer from http://127.0.0.1:2")
        assert visitor.app.screen.query_one("#url", LineInput).value == "127.0.0.1:2"


async def test_servers_log_out(home: Home, server_url: str, ada: Person) -> None:
    home.store.save(ada.credentials)
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("no boards yet")
        await visitor.press("s")
        await visitor.until_seen("logged in")
        await visitor.press("x")
        await visitor.until_seen("Logged out of")
        assert home.login_at(Server.parse(server_url)) is None
        await visitor.press("escape")
        await asked(visitor)


async def test_servers_close(home: Home, server_url: str) -> None:
    async with visiting(home, server_url) as visitor:
        await at_servers(visitor)
        await visitor.press("escape")
        await visitor.until_seen("You are not logged in to")


async def test_boards_switch_server(home: Home, server_url: str, ada: Person) -> None:
    home.store.save(ada.credentials)
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("no boards yet")
        await visitor.press("s")
        await visitor.until_seen("Where are your boards?")


async def test_boards_log_out(home: Home, server_url: str, ada: Person) -> None:
    home.store.save(ada.credentials)
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("no boards yet")
        await visitor.press("Q")
        await visitor.until_seen("Where are your boards?")
        assert home.login_at(Server.parse(server_url)) is None


async def test_a_token_from_the_environment_goes_to_no_other_server(
    home: Home, server_url: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGO_TOKEN", ada.credentials.access_token)
    monkeypatch.setenv("REGO_SERVER", "http://127.0.0.1:1")
    assert home.login_at(Server.parse("http://127.0.0.1:1")) is not None
    assert home.login_at(Server.parse(server_url)) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" rego.example.com ", "https://rego.example.com"),
        ("localhost:8000", "http://localhost:8000"),
        ("localhost.example.com", "https://localhost.example.com"),
        ("http://rego", "http://rego"),
        ("unix:/run/rego.sock", "unix:/run/rego.sock"),
    ],
)
def test_what_is_left_out_of_an_address(typed: str, meant: str) -> None:
    assert address(typed) == meant


@pytest.mark.parametrize("size", [(20, 5), (60, 12), (200, 50)])
async def test_the_login_fits_into_every_terminal(home: Home, server_url: str, size: tuple[int, int]) -> None:
    async with visiting(home, server_url, size=size) as visitor:
        await asked(visitor)
        await visitor.press(*"ada")
        assert "ada" in visitor.text() or size == (20, 5)
        await visitor.press("escape")
        await visitor.until("the servers stand there", lambda: isinstance(visitor.app.screen, ServersScreen))
