"""Logins are kept where only the user can read them, whatever the keyring does."""

from __future__ import annotations

import multiprocessing
import stat
from typing import Any

import pytest

from rego.client.credentials import Credentials, CredentialStore
from rego.client.paths import Paths
from rego.client.server import Server
from rego.wire.errors import InvalidInput
from rego.wire.users import Tokens

SERVER = Server.parse("https://board.example")
OTHER = Server.parse("unix:/run/rego.sock")


class MemoryKeychain:
    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.asked = 0

    def get(self, name: str) -> str | None:
        self.asked += 1
        return self.secrets.get(name)

    def set(self, name: str, secret: str) -> None:
        self.secrets[name] = secret

    def delete(self, name: str) -> None:
        del self.secrets[name]


class BrokenKeychain:
    def get(self, name: str) -> str | None:
        raise RuntimeError("locked")

    def set(self, name: str, secret: str) -> None:
        raise RuntimeError("locked")

    def delete(self, name: str) -> None:
        raise RuntimeError("locked")


def a_login(server: Server = SERVER, access: str = "access", refresh: str | None = "refresh") -> Credentials:
    return Credentials(server=server.url, access_token=access, refresh_token=refresh)


def tokens_of(credentials: Credentials | None) -> tuple[str, str | None] | None:
    return (credentials.access_token, credentials.refresh_token) if credentials is not None else None


@pytest.fixture
def store(paths: Paths) -> CredentialStore:
    return CredentialStore(paths, environ={})


def test_without_a_keyring_the_file_is_the_users_own_and_a_notice_says_so(store: CredentialStore, paths: Paths) -> None:
    store.save(a_login())
    assert stat.S_IMODE(paths.credentials_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700
    assert store.notice is not None
    assert str(paths.credentials_file) in store.notice


def test_logins_are_kept_per_server(store: CredentialStore) -> None:
    store.save(a_login())
    store.save(a_login(OTHER, "local", None))
    assert tokens_of(store.load(SERVER)) == ("access", "refresh")
    assert tokens_of(store.load(OTHER)) == ("local", None)
    assert store.load(Server.parse("http://board.example")) is None


def test_a_forgotten_login_is_gone_and_the_others_stay(store: CredentialStore, paths: Paths) -> None:
    store.save(a_login())
    store.save(a_login(OTHER))
    store.forget(SERVER)
    store.forget(SERVER)
    assert store.load(SERVER) is None
    assert store.load(OTHER) is not None
    assert b"board.example" not in paths.credentials_file.read_bytes()


def test_a_token_in_the_environment_wins_and_is_never_stored(paths: Paths) -> None:
    store = CredentialStore(paths, environ={"REGO_TOKEN": " rego_pat_1\n"})
    CredentialStore(paths, environ={}).save(a_login())
    loaded = store.load(SERVER)
    assert tokens_of(loaded) == ("rego_pat_1", None)
    assert loaded is not None
    assert loaded.store is None


@pytest.mark.parametrize("token", ["two words", "new\nline", "tökén", "\x1b[0m"])
def test_a_token_that_cannot_stand_in_a_header_is_refused_and_not_repeated(paths: Paths, token: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        CredentialStore(paths, environ={"REGO_TOKEN": token}).load(SERVER)
    assert token not in caught.value.detail


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"logins": {"https://board.example": 3}}', b"\xff"])
def test_a_broken_file_is_no_login_and_a_new_login_mends_it(store: CredentialStore, paths: Paths, content: bytes) -> None:
    paths.config.mkdir()
    paths.credentials_file.write_bytes(content)
    assert store.load(SERVER) is None
    store.save(a_login())
    assert store.load(SERVER) is not None


def test_a_place_that_cannot_be_written_is_one_sentence(store: CredentialStore, paths: Paths) -> None:
    paths.config.write_text("a file stands here")
    with pytest.raises(InvalidInput, match="cannot be kept"):
        store.save(a_login())


def test_a_failed_write_leaves_the_old_file_and_no_draft(
    store: CredentialStore, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(a_login())
    before = paths.credentials_file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InvalidInput, match="No space left"):
        store.save(a_login(access="new"))
    assert paths.credentials_file.read_bytes() == before
    assert {path.name for path in paths.config.iterdir()} == {"credentials.json", "credentials.lock"}


def test_the_keyring_holds_the_tokens_and_the_file_only_says_so(paths: Paths) -> None:
    keychain = MemoryKeychain()
    store = CredentialStore(paths, environ={}, keychain=keychain)
    store.save(a_login(access="very-secret"))
    assert store.notice is None
    assert b"secret" not in paths.credentials_file.read_bytes()
    assert tokens_of(store.load(SERVER)) == ("very-secret", "refresh")
    store.forget(SERVER)
    assert keychain.secrets == {}


def test_a_keyring_without_the_login_is_not_asked(paths: Paths) -> None:
    keychain = MemoryKeychain()
    assert CredentialStore(paths, environ={}, keychain=keychain).load(SERVER) is None
    assert keychain.asked == 0


def test_a_broken_keyring_falls_back_on_the_file(paths: Paths) -> None:
    store = CredentialStore(paths, environ={}, keychain=BrokenKeychain())
    store.save(a_login())
    assert store.notice is not None
    assert tokens_of(store.load(SERVER)) == ("access", "refresh")


def test_a_keyring_that_broke_since_means_a_new_login(paths: Paths) -> None:
    CredentialStore(paths, environ={}, keychain=MemoryKeychain()).save(a_login())
    store = CredentialStore(paths, environ={}, keychain=BrokenKeychain())
    assert store.load(SERVER) is None
    store.forget(SERVER)
    store.save(a_login())
    assert tokens_of(store.load(SERVER)) == ("access", "refresh")


@pytest.mark.parametrize("secret", ["", "{", "null", "[]"])
def test_nonsense_in_the_keyring_means_a_new_login(paths: Paths, secret: str) -> None:
    keychain = MemoryKeychain()
    store = CredentialStore(paths, environ={}, keychain=keychain)
    store.save(a_login())
    keychain.secrets[SERVER.url] = secret
    assert store.load(SERVER) is None


def test_tokens_do_not_show_in_a_repr() -> None:
    login = a_login(access="very-secret", refresh="also-secret")
    shown = f"{login!r} {login!s} {login.__rich_repr__()}"
    assert "secret" not in shown


def test_saved_credentials_go_back_where_they_came_from(store: CredentialStore) -> None:
    saved = store.save(Credentials.of_tokens(SERVER, Tokens(access_token="a", refresh_token="r", expires_in=900)))
    assert saved.store is store
    loaded = store.load(SERVER)
    assert loaded is not None
    assert loaded.store is store


def _save_many(paths: Paths, name: str, ready: Any) -> None:
    ready.wait()
    for number in range(20):
        server = Server.parse(f"http://{name}{number}.example")
        CredentialStore(paths, environ={}).save(a_login(server))


def test_processes_that_save_at_once_lose_no_login(paths: Paths, store: CredentialStore) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    writers = [spawn.Process(target=_save_many, args=(paths, name, ready)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    ready.set()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    for name in ("a", "b"):
        for number in range(20):
            assert store.load(Server.parse(f"http://{name}{number}.example")) is not None
