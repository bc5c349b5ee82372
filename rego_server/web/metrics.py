"""What the server counts for Prometheus: requests by endpoint, what is under way, sockets, and the process itself.

Nothing here names a person, a board or an address; the labels are method, route and status.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, Info, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from rego import __version__
from rego_server.core.ports import Pulse
from rego_server.web.traffic import Traffic

FeelPulse = Callable[[], Pulse | None]
"""How the way to the other servers is; None where there are none."""

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

    @property
    def waiting_bytes(self) -> int: ...


class Metrics:
    """The counters of one server, in a registry of its own."""

    def __init__(self, traffic: Traffic, sockets: Sockets, pulse: FeelPulse, database: str) -> None:
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
        self._closed = Counter(
            "rego_sockets_closed", "Sockets that the server closed, by close code.", ["code"], registry=registry
        )
        self._watch(
            ("rego_requests_under_way", "Requests that are not answered yet, sockets included.", lambda: traffic.under_way),
            ("rego_boards_followed", "Boards that somebody follows through a socket.", lambda: sockets.total_boards),
            ("rego_sockets", "Open sockets.", lambda: sockets.total_connections),
            ("rego_sockets_waiting_bytes", "What slow sockets have not taken yet.", lambda: sockets.waiting_bytes),
        )
        if pulse() is not None:
            self._watch(*_of_the_others(pulse))

    def _watch(self, *gauges: tuple[str, str, Callable[[], float]]) -> None:
        for name, meaning, value in gauges:
            Gauge(name, meaning, registry=self._registry).set_function(value)

    def count(self, request: web.Request, status: int, seconds: float) -> None:
        """A request was answered. How long a socket was open says nothing about speed, so it is left out of the durations."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else ELSEWHERE
        method = request.method if request.method in METHODS else ELSEWHERE
        self._requests.labels(method, route, status).inc()
        if status != 101:
            self._seconds.labels(method, route).observe(seconds)

    def count_close(self, code: int) -> None:
        """The server closed a socket."""
        self._closed.labels(code).inc()

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)


def _of_the_others(feel: FeelPulse) -> Iterator[tuple[str, str, Callable[[], float]]]:
    """Gauges of a server that shares a database with others."""

    def of(value: Callable[[Pulse], float | None]) -> Callable[[], float]:
        def read() -> float:
            pulse = feel()
            found = None if pulse is None else value(pulse)
            return math.nan if found is None else found

        return read

    yield "rego_redis_up", "1 while Redis answers; without it each server counts limits by itself.", of(lambda it: it.redis)
    yield "rego_subscriber_up", "1 while what other servers commit arrives through Redis.", of(lambda it: it.subscriber)
    yield "rego_subscriber_lag_seconds", "How long a message takes to come back through Redis.", of(lambda it: it.lag)
    yield "rego_redis_queue_length", "Messages that wait to be sent to other servers.", of(lambda it: it.queued)


MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
METRICS: web.AppKey[Metrics] = web.AppKey("metrics", Metrics)
