"""Logins: the tokens for each server, in the system's keyring where there is one, else in a file for the user alone."""

from __future__ import annotations

import fcntl
import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from rego.client.keychain import Keychain, system_keychain
from rego.client.paths import Paths, make_private_directory, write_private_file
from rego.client.server import Server
from rego.wire.errors import InvalidInput

if TYPE_CHECKING:
    from rego.wire.users import Tokens


class _Claims(Struct):
    """What matters here of an access token."""

    sub: str


class Credentials(Struct, frozen=True, kw_only=True):
    """What proves to one server who the user is. Without a `refresh_token` the access token is a fixed one.

    Credentials that came out of a `store` go back into it when a client refreshes them.
    """

    server: str
    access_token: str
    refresh_token: str | None = None
    store: CredentialStore | None = None

    def __post_init__(self) -> None:
        if not (self.access_token.isascii() and self.access_token.isprintable()) or " " in self.access_token:
            raise InvalidInput("The token holds a character that no token has; copy it again.", field="token")

    @classmethod
    def of_tokens(cls, server: Server, tokens: Tokens) -> Credentials:
        """What a login or a refresh at `server` answered."""
        return cls(server=server.url, access_token=tokens.access_token, refresh_token=tokens.refresh_token)

    @property
    def user_id(self) -> str | None:
        """Whose they are, where that stands in the access token (RFC 7519); in a personal token it does not."""
        try:
            payload = self.access_token.split(".")[1]
            return msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims).sub
        except (IndexError, ValueError):
            return None

    def __repr__(self) -> str:
        return f"Credentials(server={self.server!r}, …)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        # Tracebacks that show variables must not show tokens.
        return [("server", self.server)]


class _Login(Struct, kw_only=True, omit_defaults=True):
    """An entry of the file: the tokens themselves, or the remark that the keyring has them."""

    access_token: str = ""
    refresh_token: str | None = None
    keyring: bool = False


class _File(Struct, kw_only=True):
    logins: dict[str, _Login] = {}


class CredentialStore:
    """The logins of one user, by server. `REGO_TOKEN` wins over whatever is stored.

    After `save`, `notice` is a sentence for the user when the tokens had to go into a file. The file also says which logins
    the keyring holds, so that a command whose login is not there never pays for asking it.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        environ: Mapping[str, str] | None = None,
        keychain: Keychain | None = None,
    ) -> None:
        self._paths = paths
        self._environ = os.environ if environ is None else environ
        self._keychain = keychain
        self.notice: str | None = None

    def load(self, server: Server) -> Credentials | None:
        """The login at `server`, or None. Raises `InvalidInput` when the file exists and may not be read."""
        return self.given(server) or self.kept(server)

    def given(self, server: Server) -> Credentials | None:
        """The login that `REGO_TOKEN` is, or None."""
        token = self.given_token
        return Credentials(server=server.url, access_token=token) if token else None

    @property
    def given_token(self) -> str:
        """`REGO_TOKEN`, or nothing."""
        return self._environ.get("REGO_TOKEN", "").strip()

    def kept(self, server: Server) -> Credentials | None:
        """As `load`, without `REGO_TOKEN`: for a server that the user did not choose, which must not get that token."""
        login = self._read().logins.get(server.url)
        if login is not None and login.keyring:
            login = self._from_keyring(server.url)
        if login is None or not login.access_token:
            return None
        return Credentials(server=server.url, access_token=login.access_token, refresh_token=login.refresh_token, store=self)

    def servers(self) -> list[str]:
        """The servers with a login here. Raises `InvalidInput` when the file exists and may not be read."""
        return sorted(self._read().logins)

    def save(self, credentials: Credentials) -> Credentials:
        """Keep `credentials`; the answer is bound to this store. Raises `InvalidInput` when nothing can be written."""
        login = _Login(access_token=credentials.access_token, refresh_token=credentials.refresh_token)
        kept = self._into_keyring(credentials.server, login)
        with self._changing() as file:
            file.logins[credentials.server] = _Login(keyring=True) if kept else login
        self.notice = None if kept else _in_a_file(self._paths)
        return msgspec.structs.replace(credentials, store=self)

    def forget(self, server: Server) -> None:
        """Remove the login at `server`, if there is one. Raises `InvalidInput` when the file cannot be written."""
        with self._changing() as file:
            login = file.logins.pop(server.url, None)
        if login is not None and login.keyring and (keychain := self._open_keychain()):
            with suppress(Exception):
                keychain.delete(server.url)

    def _open_keychain(self) -> Keychain | None:
        self._keychain = self._keychain or system_keychain(self._environ)
        return self._keychain

    def _from_keyring(self, url: str) -> _Login | None:
        keychain = self._open_keychain()
        if keychain is None:
            return None
        try:
            return msgspec.json.decode(keychain.get(url) or "null", type=_Login | None)
        except Exception:
            # A keyring backend raises what it likes; any of it means: log in again.
            return None

    def _into_keyring(self, url: str, login: _Login) -> bool:
        keychain = self._open_keychain()
        if keychain is None:
            return False
        try:
            keychain.set(url, msgspec.json.encode(login).decode())
        except Exception:
            # A keyring backend raises what it likes; the file is there for all of it.
            return False
        return True

    def _read(self) -> _File:
        path = self._paths.credentials_file
        try:
            return msgspec.json.decode(path.read_bytes(), type=_File)
        except (FileNotFoundError, msgspec.DecodeError):
            # A file that nobody can read any more holds no login; logging in again mends it.
            return _File()
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error

    @contextmanager
    def _changing(self) -> Iterator[_File]:
        """The file's content to change, written back at the end; two processes take turns."""
        path = self._paths.credentials_file
        try:
            make_private_directory(path.parent)
            descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                file = self._read()
                yield file
                write_private_file(path, msgspec.json.encode(file))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise InvalidInput(f"The login cannot be kept in {path}: {error.strerror}.") from error


def _in_a_file(paths: Paths) -> str:
    return f"No system keyring is in reach, so the login is kept in {paths.credentials_file}, which only you can read."
