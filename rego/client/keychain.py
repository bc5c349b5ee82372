"""The system's keyring behind three calls, each bounded in time: a desktop may lock it, a server has none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

SERVICE = "rego"
PATIENCE = 10.0
"""Seconds that a keyring gets to answer: enough to type a password into its prompt, not enough to seem hung."""


class Keychain(Protocol):
    """Secrets by name. Each call may raise anything."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, secret: str) -> None: ...

    def delete(self, name: str) -> None: ...


class SystemKeychain:
    """The backend that the `keyring` library chose."""

    def __init__(self, backend: Any, patience: float = PATIENCE) -> None:
        self._backend = backend
        self._patience = patience

    def get(self, name: str) -> str | None:
        answer: str | None = _within(self._patience, lambda: self._backend.get_password(SERVICE, name))
        return answer

    def set(self, name: str, secret: str) -> None:
        _within(self._patience, lambda: self._backend.set_password(SERVICE, name, secret))

    def delete(self, name: str) -> None:
        _within(self._patience, lambda: self._backend.delete_password(SERVICE, name))


def system_keychain(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Keychain | None:
    """The keyring, or None where none can answer: without a desktop session it would prompt nobody and wait for ever."""
    environ = os.environ if environ is None else environ
    if not _may_ask(environ, platform):
        return None
    try:
        import keyring

        backend = _within(PATIENCE, keyring.get_keyring)
        return SystemKeychain(backend) if backend.priority >= 1 else None
    except Exception:
        # A broken keyring installation must not stand in the way of a login.
        return None


def _may_ask(environ: Mapping[str, str], platform: str) -> bool:
    if environ.get("PYTHON_KEYRING_BACKEND"):
        return True
    if environ.get("CI"):
        return False
    has_desktop = bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
    return platform == "darwin" or (has_desktop and bool(environ.get("DBUS_SESSION_BUS_ADDRESS")))


def _within(seconds: float, ask: Callable[[], T]) -> T:
    """What `ask` answers; raises `TimeoutError` after `seconds` and leaves the asking thread behind."""
    answers: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(ask())
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if not answers:
        raise TimeoutError("the keyring did not answer")
    return answers[0]
