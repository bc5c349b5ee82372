"""The transport for one-shot commands: one connection, no event loop, little to import."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TypeVar

from rego.client import exchange
from rego.client.call import Call
from rego.client.credentials import Credentials
from rego.client.exchange import Answer, Request
from rego.client.files import Multipart
from rego.client.http1 import Connection, NotHttp
from rego.client.retry import Policy, pause_before_retry
from rego.client.server import Server
from rego.client.session import RENEWALS_MAX, Session
from rego.wire.errors import NotAuthenticated, RegoError

T = TypeVar("T")


def _random() -> float:
    # Loaded when something has to be tried again.
    from random import random

    return random()  # noqa: S311 - it spreads out retries, no secret depends on it


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
        jitter: Callable[[], float] = _random,
    ) -> None:
        self.server = server
        self.session = Session(server, credentials)
        self._policy = policy or Policy()
        self._timeout = timeout
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._connection: Connection | None = None

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
        except OSError as error:
            raise exchange.unreachable(self.server, error) from error
        except NotHttp as error:
            raise exchange.not_http(self.server) from error
        finally:
            if self._connection is not None and not self._connection.idle:
                self.close()
        if answer.status >= 300:
            raise exchange.failure_of(answer, self.server)
        return answer

    def _round_trip(self, request: Request) -> Answer:
        connection = self._connection = self._connection or Connection(self.server, exchange.CONNECT_TIMEOUT)
        body = request.body.pieces() if isinstance(request.body, Multipart) else request.body or b""
        connection.send(request.method, request.target, request.headers, body, request.timeout)
        response = connection.receive()
        if request.into is None or response.status >= 300:
            return Answer(status=response.status, headers=response.headers, body=b"".join(response.pieces))
        request.into.begin()
        for piece in response.pieces:
            request.into.write(piece)
        return Answer(status=response.status, headers=response.headers, body=b"")
