"""What every request goes through: a request id, a log line, errors as answers, quotas told, headers for careful browsers."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from structlog.contextvars import bind_contextvars

from rego.wire.errors import Internal, NotFound, RegoError, TooLarge
from rego_server.web.admission import DECISION, headers_of
from rego_server.web.endpoint import REQUEST_ID
from rego_server.web.metrics import METRICS
from rego_server.web.problems import response_of
from rego_server.web.traffic import TRAFFIC

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_log = structlog.get_logger("rego.http")


@web.middleware
async def requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost: names the request, answers its errors, logs it."""
    given = request.headers.get("X-Request-ID", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    request[REQUEST_ID] = request_id
    # A connection serves its requests one after the other, so the next one overwrites this.
    bind_contextvars(request_id=request_id)
    started = time.perf_counter()
    traffic = request.app[TRAFFIC]
    with traffic.one():
        response = await _answer(request, handler, request_id)
    if not response.prepared:
        if traffic.stopping:
            response.force_close()
        response.headers["X-Request-ID"] = request_id
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        if (decision := request.get(DECISION)) is not None:
            response.headers.update(headers_of(decision))
    took = time.perf_counter() - started
    request.app[METRICS].count(request, response.status, took)
    _log.info("request", **_named(request), status=response.status, ms=round(took * 1000, 1))
    return response


def _named(request: web.Request) -> dict[str, str]:
    """The request in the log; its address as it came, because what it encodes may be anything. The query may be private."""
    return {"method": request.method, "path": request.rel_url.raw_path}


async def _answer(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except RegoError as error:
        return _refused(error, request_id)
    except web.HTTPNotFound:
        return _refused(NotFound("There is no such endpoint; see docs/reference/endpoints.md for those that are."), request_id)
    except web.HTTPMethodNotAllowed as error:
        response = _refused(NotFound(f"{request.method} is not for this endpoint."), request_id)
        response.set_status(405)
        response.headers["Allow"] = error.headers["Allow"]
        return response
    except web.HTTPRequestEntityTooLarge:
        return _refused(TooLarge("The body is too large."), request_id)
    except web.HTTPException as error:
        response = _refused(RegoError(error.reason), request_id)
        response.set_status(error.status)
        return response
    except Exception:
        _log.exception("bug", **_named(request))
        return _refused(Internal("Something went wrong here; the log has it under this request id."), request_id)


def _refused(error: RegoError, request_id: str) -> web.Response:
    error.request_id = request_id
    return response_of(error)
