"""Everything that can go wrong, as one tree, with the two tables that make an HTTP status and an exit code of it.

RegoError
├── InvalidInput            400  a field is wrong; `field` says which
├── NotAuthenticated        401  no valid credentials
├── Forbidden               403  a member without the right
├── NotFound                404  missing, or not yours to see
├── Conflict                409  the world is not as the request assumes
│   ├── Taken               409  somebody else has that name, key or address
│   ├── StaleVersion        409  changed since you read it; `data` holds the entity as it is now
│   └── ChangedSince        409  changed since the event to be undone; `data` holds what it left and what is now
├── Gone                    410  it was here and is not kept any more; `data` says what is
├── PreconditionFailed      412  the `If-Match` twin of StaleVersion
├── TooLarge                413  the body is over the limit
├── UnsupportedMedia        415  the body is of a kind that the endpoint does not read
├── KeyReused               422  an idempotency key came again with another request
├── RateLimited             429  `retry_after` says when to come back
├── Internal                500  a bug; `request_id` finds it in the log
├── Unavailable             503  the server cannot serve now; `retry_after` says when to come back
└── client side
    ├── Unreachable              no answer from the server
    └── NotRego                  something answered, but it does not speak Rego
"""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct


class RegoError(Exception):
    """A failure with a sentence for a person: what was wrong and, where it helps, what would be right."""

    code: ClassVar[str] = "error"

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        data: Any = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.data = data
        self.request_id = request_id
        self.retry_after = retry_after


class InvalidInput(RegoError, ValueError):
    code = "invalid_input"


class NotAuthenticated(RegoError):
    code = "not_authenticated"


class Forbidden(RegoError):
    code = "forbidden"


class NotFound(RegoError):
    code = "not_found"


class Conflict(RegoError):
    code = "conflict"


class Taken(Conflict):
    code = "taken"


class StaleVersion(Conflict):
    code = "stale_version"


class ChangedSince(Conflict):
    code = "changed_since"


class Gone(RegoError):
    code = "gone"


class PreconditionFailed(RegoError):
    code = "precondition_failed"


class TooLarge(RegoError):
    code = "too_large"


class UnsupportedMedia(RegoError):
    code = "unsupported_media"


class KeyReused(RegoError):
    code = "key_reused"


class RateLimited(RegoError):
    code = "rate_limited"


class Internal(RegoError):
    code = "internal"


class Unavailable(RegoError):
    code = "unavailable"


class Unreachable(RegoError):
    code = "unreachable"


class NotRego(RegoError):
    code = "not_rego"


HTTP_STATUS: dict[type[RegoError], int] = {
    InvalidInput: 400,
    NotAuthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Taken: 409,
    StaleVersion: 409,
    ChangedSince: 409,
    Gone: 410,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedMedia: 415,
    KeyReused: 422,
    RateLimited: 429,
    Internal: 500,
    Unavailable: 503,
}
"""The status of each error that a server can answer."""

BY_NAME: dict[str, type[RegoError]] = {error.__name__: error for error in HTTP_STATUS}


class Problem(Struct, kw_only=True, omit_defaults=True):
    """The body of every error answer. `error_type` is the class name in the tree above."""

    detail: str
    error_type: str
    field: str | None = None
    request_id: str | None = None
    data: Any = None


def problem_of(error: RegoError) -> Problem:
    """`error` as it goes over the wire."""
    return Problem(
        detail=error.detail,
        error_type=type(error).__name__,
        field=error.field,
        request_id=error.request_id,
        data=error.data,
    )


def error_of(problem: Problem, status: int, retry_after: float | None = None) -> RegoError:
    """The error that `problem` describes; an `error_type` of a newer server falls back on the HTTP status."""
    kind = BY_NAME.get(problem.error_type) or next((e for e, s in HTTP_STATUS.items() if s == status), RegoError)
    return kind(
        problem.detail,
        field=problem.field,
        data=problem.data,
        request_id=problem.request_id,
        retry_after=retry_after,
    )
