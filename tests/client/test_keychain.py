"""The system keyring is asked only where somebody could answer, and never waited for without end."""

from __future__ import annotations

from threading import Event
from typing import Any

import keyring
import pytest

from rego.client.keychain import SystemKeychain, system_keychain

DESKTOP = {"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus"}


class Backend:
    priority = 5

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.secrets.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.secrets[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.secrets[service, name]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    backend = Backend()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.mark.parametrize(
    ("environ", "platform", "asks"),
    [
        (DESKTOP, "linux", True),
        ({**DESKTOP, "CI": "true"}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", False),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus"}, "linux", False),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"PYTHON_KEYRING_BACKEND": "some.Backend", "CI": "true"}, "linux", True),
    ],
)
def test_where_a_keyring_is_asked(backend: Backend, environ: dict[str, str], platform: str, asks: bool) -> None:
    assert (system_keychain(environ, platform) is not None) is asks


def test_secrets_stand_under_the_programs_name(backend: Backend) -> None:
    keychain = system_keychain(DESKTOP, "linux")
    assert keychain is not None
    keychain.set("https://b", "secret")
    assert backend.secrets == {("rego", "https://b"): "secret"}
    assert keychain.get("https://b") == "secret"
    keychain.delete("https://b")
    assert keychain.get("https://b") is None


def test_a_backend_that_only_says_no_is_none(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backend, "priority", 0)
    assert system_keychain(DESKTOP, "linux") is None


def test_a_broken_installation_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("no backend")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    assert system_keychain(DESKTOP, "linux") is None


def test_a_prompt_that_nobody_answers_times_out() -> None:
    answered = Event()

    class Prompting(Backend):
        def get_password(self, service: str, name: str) -> str | None:
            answered.wait()
            return None

    try:
        with pytest.raises(TimeoutError):
            SystemKeychain(Prompting(), patience=0.01).get("https://b")
    finally:
        answered.set()


def test_what_a_backend_raises_comes_through() -> None:
    with pytest.raises(KeyError):
        SystemKeychain(Backend()).delete("https://b")
