"""What the server counts for Prometheus: requests by endpoint, what is under way, sockets, and the process itself.

Nothing here names a person, a board or an address; the labels are method, route and status.
"""

from __future__ import annotations

from typing import Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, Info, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from rego import __version__
from rego_server.web.traffic import Traffic

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""The buckets of the durations."""

ELSEWHERE = "unknown"
"""The route of a request that no endpoint is for. Its path is the caller's text, which must not become a label."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Sockets(Protocol):
    """Whoever counts the sockets."""

    @property
    def total_boards(self) -> int: ...

    @property
    def total_connections(self) -> int: ...


class Metrics:
    """The counters of one server, in a registry of its own."""

    def __init__(self, traffic: Traffic, sockets: Sockets, database: str) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        Info("rego", "The server.", registry=registry).info({"version": __version__, "database": database})
        self._requests = Counter(
            "rego_requests", "Requests that were answered.", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "rego_request_seconds",
            "From a request's headers to its answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=registry,
        )
        under_way = Gauge("rego_requests_under_way", "Requests that are not answered yet, sockets included.", registry=registry)
        under_way.set_function(lambda: traffic.under_way)
        followed = Gauge("rego_boards_followed", "Boards that somebody follows through a socket.", registry=registry)
        followed.set_function(lambda: sockets.total_boards)
        Gauge("rego_sockets", "Open sockets.", registry=registry).set_function(lambda: sockets.total_connections)

    def count(self, request: web.Request, status: int, seconds: float) -> None:
        """A request was answered. How long a socket was open says nothing about speed, so it is left out of the durations."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else ELSEWHERE
        method = request.method if request.method in METHODS else ELSEWHERE
        self._requests.labels(method, route, status).inc()
        if status != 101:
            self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)


MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
METRICS: web.AppKey[Metrics] = web.AppKey("metrics", Metrics)
