"""A request as a value: what to send and what comes back, without any I/O. The noun modules make them, transports send them."""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from urllib.parse import quote

from msgspec import Struct

from rego.client.files import FileUpload, Sink
from rego.wire.errors import InvalidInput

T_co = TypeVar("T_co", covariant=True)


class Call(Struct, Generic[T_co], kw_only=True, frozen=True):
    """One HTTP request whose answer is a `T_co`.

    `returns` is the type that the answer is decoded to, or None when there is nothing to read; `bytes` is a file as it is.
    `path` is already percent-encoded. `body` is sent as JSON, `form` as a form, `upload` as the raw bytes of a file,
    `file` as a form with one file, piece by piece. With `into` a good answer is not read into memory but put there as it comes.
    A call that changes something is sent with an idempotency key, so that a transport may repeat it after an outage.
    """

    method: str
    path: str
    returns: Any
    query: dict[str, str] = {}
    body: Any = None
    form: dict[str, str] | None = None
    upload: bytes | None = None
    file: FileUpload | None = None
    into: Sink | None = None
    authenticated: bool = True

    @property
    def changes_something(self) -> bool:
        """Whether a repeat of this request could do harm without an idempotency key."""
        return self.method != "GET"


def path_of(*pieces: str) -> str:
    """A path from its pieces, each percent-encoded, so that no id or reference can reach another endpoint.

    Raises `InvalidInput` for a piece that is empty or that a URL would resolve away (`.` and `..`).
    """
    return "".join(f"/{_encoded(piece)}" for piece in pieces)


def query_of(**parameters: str | int | None) -> dict[str, str]:
    """Query parameters without those that are None."""
    return {name: str(value) for name, value in parameters.items() if value is not None}


def _encoded(piece: str) -> str:
    if piece in ("", ".", ".."):
        raise InvalidInput(f"'{piece}' is not an id or a reference such as OPS-12.")
    try:
        return quote(piece, safe="")
    except UnicodeEncodeError as error:
        raise InvalidInput("An id or a reference holds a character that is not valid text.") from error
