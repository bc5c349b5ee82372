"""The transport for one-shot commands: `http.client`, one connection, no event loop, little to import."""

from __future__ import annotations

import http.client
import random
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from rego.client import exchange
from rego.client.call import Call
from rego.client.credentials import Credentials
from rego.client.exchange import Answer, Request
from rego.client.files import PIECE, Multipart, Sink
from rego.client.retry import Policy, pause_before_retry
from rego.client.server import Server
from rego.client.session import RENEWALS_MAX, Session
from rego.wire.errors import NotAuthenticated, RegoError

T = TypeVar("T")


class Client:
    """Sends calls to one server, one after the other; not to be shared between threads.

    It repeats what failed in passing within `policy`, gives up on one answer after `timeout` seconds of silence, and refreshes
    an access token that has run out.
    """

    def __init__(
        self,
        server: Server,
        credentials: Credentials | None = None,
        *,
        policy: Policy | None = None,
        timeout: float = exchange.ANSWER_TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.server = server
        self.session = Session(server, credentials)
        self._policy = policy or Policy()
        self._timeout = timeout
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection; the next call opens another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(self, call: Call[T], op_id: str | None = None) -> T:
        """The answer to `call`; raises a `RegoError`. `op_id` names a change, which is done once however often it is sent."""
        return exchange.read(call, self._answer(call, op_id), self.server)

    def pages(self, call: Call[list[T]]) -> Iterator[T]:
        """Everything in a list that the server gives page by page."""
        page: Call[list[T]] | None = call
        while page is not None:
            answer = self._answer(page, None)
            yield from exchange.read(page, answer, self.server)
            page = exchange.next_page(page, answer)

    def renew(self, refused: str | None) -> bool:
        """Come by another token than the `refused` one; False when only a new login helps. Raises `RegoError` on an outage."""
        if self.session.reread(refused):
            return True
        call = self.session.refresh_call()
        if call is None:
            return False
        try:
            self.session.accept(self.send(call))
        except NotAuthenticated:
            return self.session.reread(refused)
        return True

    def _answer(self, call: Call[Any], op_id: str | None) -> Answer:
        op_id = op_id or (str(uuid.uuid4()) if call.changes_something else None)
        renewals = 0
        while True:
            token = self.session.token
            try:
                return self._persist(exchange.build(call, token, op_id, self._timeout))
            except NotAuthenticated:
                if not call.authenticated or renewals == RENEWALS_MAX or not self.renew(token):
                    raise
                renewals += 1

    def _persist(self, request: Request) -> Answer:
        """A good answer to `request`, after as many attempts as the policy allows."""
        begun, attempt = self._clock(), 0
        while True:
            try:
                return self._attempt(request)
            except RegoError as error:
                attempt += 1
                pause = pause_before_retry(self._policy, error, attempt, self._clock() - begun, self._jitter)
                if pause is None:
                    raise
                self._sleep(pause)

    def _attempt(self, request: Request) -> Answer:
        try:
            answer = self._round_trip(request)
        except (OSError, http.client.IncompleteRead) as error:
            self.close()
            cause = error if isinstance(error, OSError) else ConnectionResetError("the answer ended early")
            raise exchange.unreachable(self.server, cause) from cause
        except http.client.HTTPException as error:
            self.close()
            raise exchange.not_http(self.server) from error
        if answer.status >= 300:
            raise exchange.failure_of(answer, self.server)
        return answer

    def _round_trip(self, request: Request) -> Answer:
        connection = self._connection = self._connection or _connection_to(self.server)
        if connection.sock is None:
            connection.connect()
        connection.sock.settimeout(request.timeout)
        _send(connection, request)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = _received(response, request.into) if request.into and response.status < 300 else response.read()
        return Answer(status=response.status, headers=headers, body=body)


def _send(connection: http.client.HTTPConnection, request: Request) -> None:
    if not isinstance(request.body, Multipart):
        connection.request(request.method, request.target, request.body, request.headers)
        return
    # A server that refuses a file says so before it has read it, and then stops listening: its answer is there to be read.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(request.method, request.target, request.body.pieces(), request.headers)


def _received(response: http.client.HTTPResponse, into: Sink) -> bytes:
    """Put the answer into `into`; raises `IncompleteRead` when it ends early. Nothing is left to read."""
    into.begin()
    while piece := response.read(PIECE):
        into.write(piece)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b""


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.close()
            raise


def _connection_to(server: Server) -> http.client.HTTPConnection:
    if server.socket_path is not None:
        return _UnixConnection(server.socket_path, exchange.CONNECT_TIMEOUT)
    kind = http.client.HTTPSConnection if server.scheme == "https" else http.client.HTTPConnection
    return kind(server.host, server.port, timeout=exchange.CONNECT_TIMEOUT)
