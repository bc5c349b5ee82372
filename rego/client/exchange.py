"""One request and its answer without I/O: what both transports put on the wire, and what they make of what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote_plus, urlsplit

import msgspec
from msgspec import Struct

from rego import __version__
from rego.client.call import Call
from rego.client.files import Multipart, Sink
from rego.client.server import Server
from rego.wire.base import to_json
from rego.wire.errors import (
    InvalidInput,
    NotRego,
    Problem,
    RateLimited,
    RegoError,
    TooLarge,
    Unavailable,
    Unreachable,
    error_of,
)

T = TypeVar("T")

USER_AGENT = f"rego/{__version__}"
CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 30.0
UPLOAD_TIMEOUT = 300.0


class Request(Struct, frozen=True, kw_only=True):
    """What a transport sends. `target` is the path with its query; `timeout` bounds each wait for the answer, in seconds.

    A good answer goes `into` a sink, where there is one.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | Multipart | None
    timeout: float
    into: Sink | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What came back; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def build(call: Call[Any], token: str | None, op_id: str | None, timeout: float = ANSWER_TIMEOUT) -> Request:
    """The request for `call`. Raises `InvalidInput` when a text in it cannot be written as UTF-8."""
    try:
        body, kind = _body_of(call)
        target = f"{call.path}?{form_encoded(call.query)}" if call.query else call.path
    except UnicodeEncodeError as error:
        raise InvalidInput("The input holds a character that is not valid text.") from error
    return Request(
        method=call.method,
        target=target,
        headers=_headers_of(call, kind, token, op_id) | _length_of(body),
        body=body,
        timeout=timeout if call.upload is None and call.file is None else max(timeout, UPLOAD_TIMEOUT),
        into=call.into,
    )


def read(call: Call[T], answer: Answer, server: Server) -> T:
    """What the server answered to `call`; raises the `RegoError` that it answered, or `NotRego`."""
    if not 200 <= answer.status < 300:
        raise failure_of(answer, server)
    result: T
    if call.returns is None or answer.status == 204:
        # The type of such a call is None, which the checker cannot follow.
        result = None  # type: ignore[assignment]
        return result
    if call.returns is bytes:
        # A file, which is no JSON.
        result = answer.body  # type: ignore[assignment]
        return result
    try:
        result = _decoder(call.returns).decode(answer.body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NotRego(f"{server} answered something that is not Rego's answer to {call.method} {call.path}.") from error
    return result


def failure_of(answer: Answer, server: Server) -> RegoError:
    """The error that an answer outside the 200s stands for."""
    wait = retry_after(answer.headers)
    try:
        problem = _problems.decode(answer.body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _foreign(answer.status, server, wait)
    return error_of(problem, answer.status, wait)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a `Retry-After` header; its other form, a date, is passed over because clocks differ."""
    value = headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def unreachable(server: Server, cause: BaseException) -> Unreachable:
    """The error for a transport's failure; raise it from `cause`, because the retry policy looks at that."""
    return Unreachable(f"No answer from {server}: {_reason(cause)}.")


def not_http(server: Server) -> NotRego:
    """The error for an answer that is no HTTP at all."""
    return NotRego(f"Something answers at {server}, but it does not speak HTTP as a Rego server does.")


def next_page(call: Call[T], answer: Answer) -> Call[T] | None:
    """The call for the page after `answer`, or None at the end.

    Only the query of the `Link` is followed: a header must not send a token to another place.
    """
    for link in answer.headers.get("link", "").split(","):
        target, _, parameters = link.strip().partition(";")
        if 'rel="next"' in parameters and target.startswith("<") and target.endswith(">"):
            return msgspec.structs.replace(call, query=dict(parse_qsl(urlsplit(target[1:-1]).query)))
    return None


def _body_of(call: Call[Any]) -> tuple[bytes | Multipart | None, str | None]:
    if call.file is not None:
        form = Multipart(call.file)
        return form, form.content_type
    if call.upload is not None:
        return call.upload, "application/octet-stream"
    if call.form is not None:
        return form_encoded(call.form).encode(), "application/x-www-form-urlencoded"
    if call.body is not None:
        return to_json(call.body), "application/json"
    return None, None


def form_encoded(fields: Mapping[str, str]) -> str:
    """Fields as a query string or a form body; raises `UnicodeEncodeError`."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items())


def _length_of(body: bytes | Multipart | None) -> dict[str, str]:
    """The length of a body that goes in pieces, which the transports cannot tell."""
    return {"Content-Length": str(body.length)} if isinstance(body, Multipart) else {}


def _headers_of(call: Call[Any], kind: str | None, token: str | None, op_id: str | None) -> dict[str, str]:
    headers = {
        "Accept": "*/*" if call.returns is bytes or call.into is not None else "application/json",
        "User-Agent": USER_AGENT,
    }
    if kind is not None:
        headers["Content-Type"] = kind
    if token is not None and call.authenticated:
        headers["Authorization"] = f"Bearer {token}"
    if op_id is not None and call.changes_something:
        headers["Idempotency-Key"] = op_id
    return headers


def _foreign(status: int, server: Server, wait: float | None) -> RegoError:
    """The error for a failure whose body is not ours: a proxy's, which may tell of a server that is away, or a stranger's."""
    if status in (502, 503, 504):
        return Unavailable(f"{server} cannot serve now (HTTP {status}).", retry_after=wait)
    if status == 429:
        return RateLimited(f"{server} asks to slow down.", retry_after=wait)
    if status == 413:
        return TooLarge(f"{server} does not take a request of this size.")
    if 300 <= status < 400:
        return NotRego(f"{server} sends visitors to another address (HTTP {status}); give that address instead.")
    return NotRego(f"Something answers at {server} (HTTP {status}), but it is not a Rego server.")


def _reason(cause: BaseException) -> str:
    if isinstance(cause, ConnectionRefusedError | FileNotFoundError):
        return "nobody listens there (is the server running?)"
    if isinstance(cause, TimeoutError):
        return "it took too long"
    if isinstance(cause, ConnectionError):
        return "the connection broke off"
    reason = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
    return f"{reason}".rstrip(".") or type(cause).__name__


@lru_cache(maxsize=128)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


_problems = msgspec.json.Decoder(Problem)
