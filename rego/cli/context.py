"""What every command works with: which server, the client to it, the streams. Each is made when it is first used."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from rego.cli.output import Output
from rego.client import boards
from rego.client.blocking import Client
from rego.client.call import Call
from rego.client.credentials import Credentials, CredentialStore
from rego.client.home import Home
from rego.client.paths import Paths
from rego.client.server import Server
from rego.client.settings import Choices
from rego.naming import find_board
from rego.wire.boards import Board
from rego.wire.errors import InvalidInput, NotAuthenticated

if TYPE_CHECKING:
    from rego.client.aio import Client as AsyncClient

T = TypeVar("T")


class Session:
    """One run of one command; `flags` are the global options by name. Those behind the command's name come in after this."""

    def __init__(self, flags: Mapping[str, Any]) -> None:
        self._flags = flags

    @cached_property
    def output(self) -> Output:
        return Output(sys.stdout, sys.stderr)

    @property
    def input(self) -> TextIO:
        return sys.stdin

    @cached_property
    def home(self) -> Home:
        """The settings and the logins of the user on this machine."""
        return Home(Paths.of_user(), {name: self._flags.get(name) for name in ("server", "profile")})

    @property
    def paths(self) -> Paths:
        return self.home.paths

    @property
    def choices(self) -> Choices:
        """What the flags, the environment and the files say."""
        return self.home.choices

    @property
    def editor(self) -> str:
        """The command that edits long text."""
        return self.choices.value("editor") or "vi"

    @cached_property
    def chosen_server(self) -> Server | None:
        """The server that was asked for, or None for local mode."""
        return self.choices.server

    @property
    def store(self) -> CredentialStore:
        return self.home.store

    @cached_property
    def way_in(self) -> tuple[Server, Credentials | None]:
        """The server to speak to and the login for it; in local mode the local server is started when none runs."""
        return self.home.way_in(self.chosen_server)

    def go_to(self, server: Server) -> None:
        """Speak to a server that was not configured, with the login that is kept for it. Raises `NotAuthenticated`."""
        credentials = self.store.kept(server)
        if credentials is None:
            raise NotAuthenticated(
                f"You are not logged in to {server}: run 'rego login --server {server}' first, or the same with 'register'."
            )
        self.chosen_server, self.way_in = server, (server, credentials)

    def stay_on_this_machine(self) -> None:
        """Use local mode, whatever is configured."""
        self.chosen_server = None

    async def async_client(self) -> AsyncClient:
        """A client for an event loop; the local server is started meanwhile, when that is what is needed."""
        import asyncio

        from rego.client.aio import Client as AsyncClient

        way_in = await asyncio.to_thread(lambda: self.way_in)
        return AsyncClient(*way_in, revive=self.home.reviver(self.chosen_server))

    @cached_property
    def client(self) -> Client:
        return Client(*self.way_in)

    def close(self) -> None:
        """Drop the connection, if there is one."""
        if "client" in self.__dict__:
            self.client.close()

    def send(self, call: Call[T]) -> T:
        """The server's answer to `call`; raises a `RegoError`."""
        with _login_named():
            return self.client.send(call)

    def first(self, call: Call[list[T]], most: int | None) -> list[T]:
        """The first `most` entries of a list that comes in pages, or all of them; raises a `RegoError`."""
        with _login_named():
            return list(islice(self.client.pages(call), most))

    def boards(self) -> list[Board]:
        """The boards that the user is on."""
        return self.send(boards.list_boards())

    def board(self, name: str | None) -> Board:
        """The board called `name`, by default the one that is set or the only one; raises `NotFound` or `InvalidInput`."""
        every = self.boards()
        wanted = name or self.choices.value("board")
        return find_board(every if wanted else [board for board in every if not board.archived], wanted)

    def text_or_stdin(self, text: str) -> str:
        """`text`, or what stands on stdin when it is `-`."""
        return self.text_of_file("-") if text == "-" else text

    def lines_of_stdin(self) -> list[str]:
        """The lines of stdin that are not blank; raises `InvalidInput` when there are none."""
        lines = [line for each in self.text_of_file("-").splitlines() if (line := each.strip())]
        if not lines:
            raise InvalidInput("There is nothing on stdin: one line each is wanted.")
        return lines

    def text_of_file(self, name: str) -> str:
        """What stands in the file, or on stdin for `-`; raises `InvalidInput` when it cannot be read."""
        try:
            return self.input.read() if name == "-" else Path(name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{'stdin' if name == '-' else name} cannot be read as text ({error}).") from error

    @property
    def interactive(self) -> bool:
        """Whether somebody sits there who can be asked."""
        return not self._flags.get("no_input") and self.input.isatty()

    @property
    def _why_not_asked(self) -> str:
        return "--no-input says not to ask" if self._flags.get("no_input") else "there is no terminal to ask on"

    def ask(self, question: str) -> str:
        """A line that the person types; raises `InvalidInput` when nobody can be asked."""
        if not self.interactive:
            raise InvalidInput(f"{question}? Give it as an option: {self._why_not_asked}.")
        self.output.err.write(f"{question}: ")
        self.output.err.flush()
        return self.input.readline().strip()

    def confirm(self, question: str) -> bool:
        """Whether the person says yes; no, when nobody can be asked."""
        if not self.interactive:
            return False
        return self.ask(f"{question} [y/N]").lower() in ("y", "yes")

    def ask_password(self, question: str, *, from_stdin: bool, option: str = "--password-stdin") -> str:
        """A secret from stdin, which `option` asks for, or typed without echo; never from argv, where others could read it."""
        if from_stdin:
            return self.input.readline().rstrip("\r\n")
        if not self.interactive:
            raise InvalidInput(f"{question}? Pipe it in and give {option}: {self._why_not_asked}.")
        from getpass import getpass

        return getpass(f"{question}: ", stream=self.output.err)


@contextmanager
def _login_named() -> Iterator[None]:
    """Says how to log in where that is what is missing."""
    try:
        yield
    except NotAuthenticated as error:
        raise NotAuthenticated(f"{error.detail} Begin a session with 'rego login'.") from error
