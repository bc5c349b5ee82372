"""What a user has on this machine: settings, logins, and the ways to servers. It blocks; event loops call it in threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from rego.client import auth, system
from rego.client.blocking import Client
from rego.client.config import save_settings
from rego.client.credentials import Credentials, CredentialStore
from rego.client.paths import Paths
from rego.client.server import Server
from rego.client.settings import BY_NAME, Choices
from rego.wire.errors import RegoError
from rego.wire.users import Register, User

if TYPE_CHECKING:
    from rego.client.aio import Client as AsyncClient
    from rego.client.aio import Revive
    from rego.client.local import LocalServer
    from rego.client.waiting import Waiting


class Door(Struct, frozen=True, kw_only=True):
    """A place where the user may have boards: a server, or this machine when that is None. `profile` names it in the file."""

    server: Server | None
    profile: str | None = None
    logged_in: bool = False


class Home:
    """Where settings and logins are read and kept. `flags` are those of `rego` itself by the name of their setting.

    `furnish`, where there is one, looks after what is on this machine's own server before somebody comes in there.
    """

    furnish: Callable[[Client, Paths], None] | None = None

    def __init__(self, paths: Paths, flags: Mapping[str, str | None] | None = None) -> None:
        self.paths = paths
        self._flags = flags
        self.choices = Choices(paths, flags)
        self.store = CredentialStore(paths)

    # --- settings ------------------------------------------------------------------------------------------------

    def reread(self) -> Choices:
        """The settings, with the files read again."""
        self.choices = Choices(self.paths, self._flags)
        return self.choices

    def save(self, name: str, value: str | None) -> None:
        """Write a setting into the user's file, for the profile in use; None takes it out. Raises `InvalidInput`."""
        if value is not None:
            BY_NAME[name].check(value)
        profile = None if name == "profile" else self.choices.profile
        save_settings(self.paths, profile, {name: value})
        self.reread()

    # --- the ways to a server ------------------------------------------------------------------------------------

    def doors(self, here: Server | None) -> list[Door]:
        """This machine, then every server that is configured or logged in to, and where one is. Raises `InvalidInput`."""
        servers: dict[str, str | None] = {}
        for profile, address in self.choices.servers():
            servers.setdefault(Server.parse(address).url, profile)
        for url in self.store.servers():
            servers.setdefault(url, None)
        if here is not None:
            servers.setdefault(here.url, None)
        found = [Server.parse(url) for url in servers]
        doors = [Door(server=each, profile=servers[each.url], logged_in=self.login_at(each) is not None) for each in found]
        return [Door(server=None, logged_in=True), *doors]

    def way_in(self, server: Server | None) -> tuple[Server, Credentials | None]:
        """A server and the login for it; for None this machine's own, which is started when it does not run."""
        if server is not None:
            return server, self.login_at(server)
        from rego.client.local import find_or_start

        local = self._with_given_token(find_or_start(self.paths))
        return local.server, local.credentials

    def login_at(self, server: Server) -> Credentials | None:
        """The login that is kept for a server. `REGO_TOKEN` is only for the one that is configured."""
        return self.store.load(server) if server == self.choices.server else self.store.kept(server)

    async def client(self, server: Server | None) -> AsyncClient:
        """A client for an event loop; the local server is started meanwhile, when that is what is needed."""
        import asyncio

        from rego.client.aio import Client as AsyncClient

        way_in = await asyncio.to_thread(self._enter, server)
        return AsyncClient(*way_in, revive=self.reviver(server))

    def _enter(self, server: Server | None) -> tuple[Server, Credentials | None]:
        way_in = self.way_in(server)
        if server is None and self.furnish is not None:
            # Who has no first board can make one; that must not keep anybody out.
            with suppress(RegoError, OSError), Client(*way_in) as client:
                self.furnish(client, self.paths)
        return way_in

    def reviver(self, server: Server | None) -> Revive | None:
        """What brings the server back when it is gone: this machine's own can be started again, another cannot."""
        if server is not None:
            return None
        from rego.client.local import reviver

        bring_back = reviver(self.paths)

        async def revive() -> LocalServer:
            return self._with_given_token(await bring_back())

        return revive

    def _with_given_token(self, local: LocalServer) -> LocalServer:
        """`local`, opened by `REGO_TOKEN` where an agent has one; with a server configured the token is for that alone."""
        given = self.store.given(local.server) if self.choices.server is None else None
        return local if given is None else replace(local, credentials=given)

    # --- what was seen -------------------------------------------------------------------------------------------

    def seen_boards(self, server: Server | None) -> Path | None:
        """Where what was last seen of the boards there is kept for whose login it is; None for nobody and for agents."""
        from rego.client.remembered import directory_for

        if server is None:
            is_agents = self.choices.server is None and self.store.given_token
            return None if is_agents else directory_for(self.paths, None, None)
        credentials = self.login_at(server)
        return directory_for(self.paths, server, credentials) if credentials is not None else None

    # --- logins --------------------------------------------------------------------------------------------------

    def check(self, server: Server) -> None:
        """Raise `Unreachable` or `NotRego` when there is no Rego server."""
        with Client(server) as client:
            client.send(system.health())

    def register(self, server: Server, body: Register) -> User:
        """Make an account and begin a session, which is kept."""
        with Client(server) as client:
            user = client.send(auth.register(body))
        return self.log_in(server, user.username, body.password)

    def log_in(self, server: Server, username: str, password: str) -> User:
        """Begin a session, which is kept. Raises `NotAuthenticated` when name and password do not belong together."""
        with Client(server) as client:
            tokens = client.send(auth.login(username, password))
        return self._who(server, self.store.save(Credentials.of_tokens(server, tokens)))

    def log_in_with_token(self, server: Server, token: str) -> User:
        """Keep a personal token, once it is known to be good."""
        credentials = Credentials(server=server.url, access_token=token)
        user = self._who(server, credentials)
        self.store.save(credentials)
        return user

    def log_out(self, server: Server) -> bool:
        """End the session, and forget it and what was seen of the boards; False when the server could not be told."""
        credentials = self.login_at(server)
        told = credentials is None or _told(Client(server, credentials))
        self.store.forget(server)
        from rego.client import remembered

        remembered.forget(self.paths, server)
        return told

    def waiting(self, server: Server | None) -> list[Waiting]:
        """The changes made in the TUI that wait for a server, by board.

        They are those of who is logged in there, or of everybody on this machine where that is not known.
        """
        from rego.client.waiting import name_of, waiting_for

        credentials = self.login_at(server) if server is not None else None
        user = credentials.user_id if credentials is not None else None
        found = waiting_for(self.paths.waiting, name_of(server), user)
        if found and server is not None and credentials is not None and user is None:
            with suppress(RegoError):
                user = self._who(server, credentials).id
                return [each for each in found if each.scope.user == user]
        return found

    def sees_all_boards(self, server: Server | None) -> bool:
        """Whether the login at a server is certain to see all boards of its user; a personal token may name some."""
        credentials = self.login_at(server) if server is not None else None
        return server is None or (credentials is not None and credentials.user_id is not None)

    def make_default(self, server: Server, profile: str | None) -> None:
        """Make this the server of later commands, or of those with that profile."""
        save_settings(self.paths, profile, {"server": server.url})
        self.reread()

    def remember(self, server: Server) -> None:
        """Write down a server that no setting names: as the one of later commands when there is none, else as a profile."""
        if server.url in {Server.parse(address).url for _, address in self.choices.servers()}:
            return
        first = self.choices.server is None and self.choices.value("server") is None
        self.make_default(server, self.choices.profile_name if first else server.authority)

    def _who(self, server: Server, credentials: Credentials) -> User:
        with Client(server, credentials) as client:
            return client.send(auth.me())


def _told(client: Client) -> bool:
    """Whether the server ended the session, or has none to end."""
    try:
        with client:
            client.send(auth.logout())
    except RegoError:
        return False
    return True
