"""`/health` and `/metrics`: what the server says of itself. Public, and says nothing about anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aiohttp import web

from rego import __version__
from rego.wire.base import to_json
from rego.wire.errors import Unavailable
from rego.wire.system import Health, SocketCounts
from rego_server.core.db import Database
from rego_server.core.events import GET_EPOCH
from rego_server.core.ports import Pulse
from rego_server.web.admission import Tier
from rego_server.web.endpoint import Anyone, Request, RouteTable
from rego_server.web.metrics import MEDIA_TYPE, METRICS, Sockets
from rego_server.web.traffic import TRAFFIC

NOT_USED = "not used"

table = RouteTable()


class Vitals(NamedTuple):
    """What a health check looks at."""

    database: Database
    sockets: Sockets
    pulse: Callable[[], Pulse | None]
    blob_store: str
    environment: str
    debug: bool


VITALS: web.AppKey[Vitals] = web.AppKey("vitals", Vitals)


@table.add("GET", "/health", needs=Anyone, tier=Tier.FREE, answers=Health)
async def health(request: Request) -> web.Response:
    """How the server and its parts are; 503 when it cannot serve."""
    vitals = request.http.app[VITALS]
    up = await _is_up(vitals.database)
    state = _state(up)
    pulse = vitals.pulse()
    answer = Health(
        status=_status(up, pulse),
        environment=vitals.environment,
        debug=vitals.debug,
        database=f"{vitals.database.dialect} {state}",
        postgres=state if vitals.database.dialect == "postgresql" else NOT_USED,
        redis=_state(pulse.redis) if pulse else NOT_USED,
        subscriber=_state(pulse.subscriber) if pulse else NOT_USED,
        blobs=vitals.blob_store,
        websocket=SocketCounts(total_boards=vitals.sockets.total_boards, total_connections=vitals.sockets.total_connections),
        version=__version__,
    )
    return web.Response(body=to_json(answer), status=200 if up else 503, content_type="application/json")


@table.add("GET", "/health/live", needs=Anyone, tier=Tier.FREE)
async def live(_: Request) -> dict[str, str]:
    """The process runs."""
    return {"status": "alive"}


@table.add("GET", "/health/ready", needs=Anyone, tier=Tier.FREE)
async def ready(request: Request) -> dict[str, str]:
    """The process can serve: its database answers, and it was not told to stop."""
    if request.http.app[TRAFFIC].stopping:
        raise Unavailable("The server is stopping.", retry_after=5)
    if not await _is_up(request.http.app[VITALS].database):
        raise Unavailable("The database cannot be reached.", retry_after=5)
    return {"status": "ready"}


@table.add("GET", "/metrics", needs=Anyone, tier=Tier.FREE, answers=str, media=("text/plain",))
async def metrics(request: Request) -> web.Response:
    """Counters in Prometheus' text format, about the server and not about anybody."""
    return web.Response(body=request.http.app[METRICS].text(), headers={"Content-Type": MEDIA_TYPE})


def _status(up: bool, pulse: Pulse | None) -> str:
    """Without Redis a server serves, though later and with limits of its own."""
    if not up:
        return "unhealthy"
    return "healthy" if pulse is None or (pulse.redis and pulse.subscriber) else "degraded"


def _state(up: bool) -> str:
    return "up" if up else "down"


async def _is_up(database: Database) -> bool:
    try:
        return await database.glance(lambda connection: connection.fetch_one(GET_EPOCH)) is not None
    except Unavailable:
        return False
