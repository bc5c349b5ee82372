"""Why a live connection ended and what to do about it: every failure of the socket, its handshake and its close codes."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, ProxyError

from rego.client import exchange
from rego.client.exchange import Answer
from rego.client.follow import OutOfStep
from rego.client.server import Server
from rego.wire.errors import Internal, NotAuthenticated, NotRego, RateLimited, RegoError, Unavailable, Unreachable
from rego.wire.frames import Advice, CloseCode, advice_for

_FLOOR_MAX = 300.0


class GoingAway(Exception):
    """The server said goaway and wants to be left alone for `delay` seconds."""

    def __init__(self, delay: float) -> None:
        super().__init__(f"the server restarts; back in {delay} s")
        self.delay = delay


FAILURES = (ConnectionClosed, InvalidHandshake, OSError, OutOfStep, GoingAway, msgspec.DecodeError, RegoError)
"""All that a connection can end with."""


class Parting(Struct, frozen=True, kw_only=True):
    """`floor` is the least number of seconds that the server wants to be left alone.

    `foreign` marks an answer that no Rego server gives: final for a first connection, but on a laptop that woke up behind a
    hotel's login page just another outage.
    """

    advice: Advice
    reason: str
    floor: float = 0.0
    foreign: bool = False


def parting_of(error: BaseException, server: Server) -> Parting:
    """What to do after `error`, one of `FAILURES`."""
    match error:
        case ConnectionClosed():
            return _closed(error)
        case InvalidStatus():
            response = error.response
            headers = {name.lower(): value for name, value in response.headers.raw_items()}
            answer = Answer(status=response.status_code, headers=headers, body=bytes(response.body or b""))
            return _refused(exchange.failure_of(answer, server))
        case InvalidHandshake():
            return _mishandled(error, server)
        case GoingAway(delay=delay):
            floor = min(max(delay, 0.0), _FLOOR_MAX)
            return Parting(advice=Advice.RESUME_NOW, reason="the server restarts", floor=floor)
        case OutOfStep():
            return Parting(advice=Advice.RESUME_NOW, reason=str(error))
        case msgspec.DecodeError():
            return Parting(advice=Advice.RESUME_LATER, reason="the server sent something unreadable")
        case RegoError():
            return _refused(error)
        case _:
            return _refused(exchange.unreachable(server, error))


def _closed(error: ConnectionClosed) -> Parting:
    if error.rcvd is None:
        return Parting(advice=Advice.RESUME_LATER, reason="the connection broke off")
    code, reason = error.rcvd.code, error.rcvd.reason
    return Parting(advice=advice_for(code), reason=reason or _name_of(code))


def _name_of(code: int) -> str:
    try:
        return CloseCode(code).name.lower().replace("_", " ")
    except ValueError:
        return f"closed with code {code}"


def _refused(error: RegoError) -> Parting:
    floor = min(error.retry_after or 0.0, _FLOOR_MAX)
    if isinstance(error, Unreachable | Unavailable | RateLimited | Internal):
        return Parting(advice=Advice.RESUME_LATER, reason=error.detail, floor=floor)
    if isinstance(error, NotAuthenticated):
        return Parting(advice=Advice.LOG_IN, reason=error.detail)
    return Parting(advice=Advice.STOP, reason=error.detail, foreign=isinstance(error, NotRego))


def _mishandled(error: InvalidHandshake, server: Server) -> Parting:
    cut_off = isinstance(error, InvalidMessage) and isinstance(error.__cause__, EOFError | OSError)
    if cut_off or isinstance(error, ProxyError):
        return Parting(advice=Advice.RESUME_LATER, reason=f"No way through to {server}.")
    return _refused(exchange.not_http(server))
