"""A request as a value: what to send and what comes back, without any I/O. The noun modules make them, transports send them."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Call(Struct, Generic[T], kw_only=True, frozen=True):
    """One HTTP request whose answer is a `T`.

    `path` is already percent-encoded. `body` is sent as JSON, `form` as a form, `upload` as the raw bytes of a file.
    A call that changes something is sent with an idempotency key, so that a transport may repeat it after an outage.
    """

    method: str
    path: str
    returns: Any
    query: dict[str, str] = {}
    body: Any = None
    form: dict[str, str] | None = None
    upload: bytes | None = None
    authenticated: bool = True

    @property
    def changes_something(self) -> bool:
        """Whether a repeat of this request could do harm without an idempotency key."""
        return self.method != "GET"
