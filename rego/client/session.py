"""The tokens of one client: which to send, and how to come by new ones when the server refuses them. No network here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from rego.client.call import Call
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.wire.errors import InvalidInput

if TYPE_CHECKING:
    from rego.wire.users import Tokens

RENEWALS_MAX = 2
"""Per request: once to take over what another process of this user refreshed, once to refresh."""


class Session:
    """One client's credentials, kept in step with the store that they came from.

    `reread` and `accept` may touch the disk or the keyring, so an event loop calls them in a thread.
    """

    def __init__(self, server: Server, credentials: Credentials | None) -> None:
        self._server = server
        self.credentials = credentials
        self.notice: str | None = None

    @property
    def token(self) -> str | None:
        return self.credentials.access_token if self.credentials else None

    def refresh_call(self) -> Call[Tokens] | None:
        """The call that renews the tokens, or None when they are fixed."""
        token = self.credentials.refresh_token if self.credentials else None
        if not token:
            return None
        # Here, because few commands come when their token has run out.
        from rego.client import auth

        return auth.refresh(token)

    def reread(self, refused: str | None) -> bool:
        """Whether there is another token than the `refused` one by now, here or in the store.

        Refresh tokens are good for one use, so of two commands that run at once only one should spend theirs.
        """
        if self.token != refused:
            return True
        if self.credentials is None or self.credentials.store is None:
            return False
        stored = self.credentials.store.load(self._server)
        if stored is None or stored.access_token == refused:
            return False
        self.credentials = stored
        return True

    def accept(self, tokens: Tokens) -> None:
        """Take over refreshed tokens; when they cannot be kept for the next command, `notice` says so."""
        old = self.credentials
        new = Credentials.of_tokens(self._server, tokens)
        self.credentials = new if old is None else msgspec.structs.replace(new, store=old.store)
        if old is not None and old.store is not None:
            try:
                old.store.save(self.credentials)
            except InvalidInput as error:
                self.notice = error.detail
