"""`GET /ws/boards/{id}`: one client's socket, from its first frame to its last."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec
import structlog
from aiohttp import WSMessage, WSMsgType, web

from rego.wire import limits
from rego.wire.base import to_json
from rego.wire.errors import Forbidden, InvalidInput, NotAuthenticated, NotFound, RegoError
from rego.wire.frames import AnyClientFrame, Auth, CloseCode, Focus, Hello, Resume, decode_client_frame
from rego.wire.presence import Person
from rego_server.core.db import Database, Row
from rego_server.core.ids import NewId
from rego_server.core.uow import Caller, Reading
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import look
from rego_server.domains.auth.actions import take_ticket
from rego_server.domains.auth.routes import AUTH
from rego_server.realtime.crowd import Crowd, Pace, Place
from rego_server.realtime.hub import Channel, Hub
from rego_server.realtime.limits import SocketLimits
from rego_server.realtime.outgoing import Outgoing, text_frame
from rego_server.snapshots import Snapshots
from rego_server.web.admission import Tier
from rego_server.web.cookies import cookie_of
from rego_server.web.endpoint import SERVICES, admitted
from rego_server.web.metrics import METRICS
from rego_server.web.parameters import PathKind, piece_of_path


class Live(NamedTuple):
    """What sockets need of the server around them."""

    hub: Hub
    snapshots: Snapshots
    database: Database
    new_id: NewId
    limits: SocketLimits
    crowd: Crowd


LIVE: web.AppKey[Live] = web.AppKey("live", Live)

_log = structlog.get_logger("rego.socket")


class Wanted(NamedTuple):
    """Where a client says that it is: at `seq` of the life `epoch` of the database."""

    seq: int | None
    epoch: str | None


class Plan(NamedTuple):
    """How a client is brought up to date."""

    resume: Resume
    reason: str | None = None


class SocketFollower:
    """A follower with a socket."""

    def __init__(self, connection_id: str, caller: Caller, board: Row, outgoing: Outgoing) -> None:
        assert caller.user_id is not None
        self.connection_id = connection_id
        self.caller = caller
        self.user_id = caller.user_id
        self.session_id = caller.session_id
        self.token_id = caller.token.id if caller.token else None
        self.seq: int | None = None
        self.admitted: int = board["seq"]
        self.outgoing = outgoing

    @property
    def waiting_bytes(self) -> int:
        """What was sent and not yet taken by the peer."""
        return self.outgoing.waiting_bytes

    def send(self, frame: bytes) -> None:
        """Write a frame, without waiting."""
        self.outgoing.send(frame)

    async def push(self, frame: bytes) -> None:
        """Write a frame and wait until there is room for the next one."""
        await self.outgoing.push(frame)

    def close(self, code: CloseCode, reason: str) -> None:
        """Say goodbye, without waiting."""
        self.outgoing.close(code, reason)


async def follow_board(request: web.Request) -> web.WebSocketResponse:
    """Serve one socket. Refusals that are known before the upgrade are ordinary HTTP answers."""
    with request.app[LIVE].crowd.place() as place:
        return await _follow(request, place)


async def _follow(request: web.Request, place: Place) -> web.WebSocketResponse:
    live = request.app[LIVE]
    wanted = _wanted(request)
    board_id = piece_of_path(request, "board_id", PathKind.ID)
    caller = await _caller_of(request, board_id)
    board = await _look(live, caller, board_id) if caller.user_id is not None else None
    if caller.user_id is not None:
        place.belongs_to(caller.user_id)
    socket = web.WebSocketResponse(compress=False, autoclose=False, max_msg_size=limits.SOCKET_FRAME_MAX_BYTES + 1)
    if not socket.can_prepare(request).ok:
        raise InvalidInput("This address is a WebSocket: a request for it must ask for an upgrade, in version 13.")
    writer = await socket.prepare(request)
    transport = request.transport
    if not isinstance(transport, asyncio.Transport):
        return socket  # The client left during the handshake.
    outgoing = Outgoing(socket, transport, writer, live.limits, request.app[METRICS].count_close)
    try:
        if board is None:
            caller = await _authenticate(request, socket, live.limits.auth_deadline)
            assert caller.user_id is not None
            place.belongs_to(caller.user_id)
            board = await _look(live, caller, board_id)
        await _serve(live, socket, SocketFollower(live.new_id(), caller, board, outgoing), board, wanted)
    except RegoError as error:
        outgoing.close(_code_for(error), error.detail)
    except TimeoutError:
        outgoing.close(CloseCode.AUTH_DEADLINE, "No valid auth frame came in time.")
    except Exception:
        # Once the socket is open no HTTP answer can tell of a bug, and a client must not wait for what will not come.
        _log.exception("bug", path=request.path)
        outgoing.close(CloseCode.INTERNAL_ERROR, "Something went wrong here; reconnect and resume.")
    await outgoing.hang_up()
    return socket


async def _caller_of(request: web.Request, board_id: str) -> Caller:
    """Who opens the socket, by its ticket, its header or its cookie; a stranger, who has yet to say, without any of them.

    Raises `NotAuthenticated`, `Forbidden` and `RateLimited`.
    """
    ticket = request.query.get("ticket")
    if ticket is None:
        return await admitted(request, Tier.READ, anyone="Authorization" not in request.headers and cookie_of(request) is None)
    services = request.app[SERVICES]
    try:
        caller = await services.runner.run(take_ticket, Caller(), None, ticket, board_id)
    except NotAuthenticated:
        await services.admission.admit(request, Caller(), Tier.ANONYMOUS)
        raise
    assert isinstance(caller, Caller)
    await services.admission.admit(request, caller, Tier.READ)
    return caller


def _code_for(error: RegoError) -> CloseCode:
    """How a socket ends that cannot be served."""
    match error:
        case NotAuthenticated():
            return CloseCode.SESSION_ENDED
        case NotFound() | Forbidden():
            return CloseCode.ACCESS_LOST
        case _:
            # The database may be gone for a moment; that must send nobody away for good.
            return CloseCode.OVERLOADED


async def _serve(live: Live, socket: web.WebSocketResponse, follower: SocketFollower, board: Row, wanted: Wanted) -> None:
    channel = live.hub.follow(board, follower)
    try:
        if channel.cursor > follower.admitted:
            # A removal that was delivered just before this socket joined did not find it.
            board = await _look(live, follower.caller, board["id"])
            follower.admitted = board["seq"]
        await _bring_up_to_date(live, channel, follower, board, wanted)
        name, agent = board["caller_name"], board["token_agent"]
        channel.presence.join(
            Person(connection_id=follower.connection_id, user_id=follower.user_id, username=name, agent=agent)
        )
        await _listen(live, socket, follower, channel)
    finally:
        live.hub.unfollow(channel, follower)


async def _bring_up_to_date(live: Live, channel: Channel, follower: SocketFollower, board: Row, wanted: Wanted) -> None:
    """Send hello, and what the client lacks of the board and of the people on it."""
    plan = plan_for(wanted, board)
    greeted_with = dict(channel.presence.people)
    follower.send(text_frame(to_json(_hello(live, channel, follower, board, plan))))
    seq = wanted.seq if plan.resume is Resume.REPLAY else None
    if seq is None:
        encoded = await live.snapshots.before_events(board)
        await follower.push(text_frame(b'{"type":"snapshot","snapshot":' + encoded.body + b"}"))
        seq = encoded.seq
    await live.hub.catch_up(channel, follower, seq)
    if news := channel.presence.since(greeted_with):
        follower.send(text_frame(to_json(news)))


async def _listen(live: Live, socket: web.WebSocketResponse, follower: SocketFollower, channel: Channel) -> None:
    """Read the client's frames until it goes, falls silent, talks nonsense or too much."""
    pace = Pace(live.limits.frames_per_second)
    while True:
        try:
            message = await socket.receive(timeout=live.limits.silence)
        except TimeoutError:
            return follower.close(CloseCode.SILENT, "Nothing was heard from you; reconnect and resume.")
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return None
        if not await pace.allows_one_more():
            return follower.close(CloseCode.TOO_MANY_FRAMES, "You send too many frames; reconnect later and resume.")
        frame = _frame_in(message)
        if frame is None:
            return follower.close(CloseCode.BAD_FRAME, "That was no frame of this protocol.")
        if isinstance(frame, Focus):
            channel.presence.focus(follower.connection_id, frame.card_id, editing=frame.editing)


async def _authenticate(request: web.Request, socket: web.WebSocketResponse, deadline: float) -> Caller:
    """Who the first frame says it is. Raises `TimeoutError` when it does not come, `NotAuthenticated` when it is wrong."""
    message: WSMessage = await socket.receive(timeout=deadline)
    frame = _frame_in(message) if message.type in (WSMsgType.TEXT, WSMsgType.BINARY) else None
    if not isinstance(frame, Auth):
        raise NotAuthenticated("The first frame must be an auth frame.")
    caller = request.app[AUTH].caller_with(frame.token)
    await request.app[SERVICES].admission.admit(request, caller, Tier.READ)
    return caller


def _frame_in(message: WSMessage) -> AnyClientFrame | None:
    """The client's frame, or None for anything else."""
    try:
        return decode_client_frame(message.data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


async def _look(live: Live, caller: Caller, board_id: str) -> Row:
    return await live.database.glance(lambda connection: look(Reading(connection, caller), access.BOARD, board_id=board_id))


def plan_for(wanted: Wanted, board: Row) -> Plan:
    """Whether the events since `wanted` can be replayed, or the client needs the whole board."""
    if wanted.seq is None:
        return Plan(Resume.SNAPSHOT)
    if wanted.epoch is not None and wanted.epoch != board["epoch"]:
        return Plan(Resume.RESET, "The database was restored or replaced since.")
    if wanted.seq > board["seq"]:
        return Plan(Resume.RESET, "The client was ahead of the server.")
    if wanted.seq < board["floor"]:
        return Plan(Resume.RESET, "The events since then are no longer kept.")
    if board["seq"] - wanted.seq > limits.REPLAY_MAX_EVENTS:
        return Plan(Resume.RESET, f"More than {limits.REPLAY_MAX_EVENTS} events were missed.")
    return Plan(Resume.REPLAY)


def _hello(live: Live, channel: Channel, follower: SocketFollower, board: Row, plan: Plan) -> Hello:
    return Hello(
        connection_id=follower.connection_id,
        board_id=board["id"],
        epoch=board["epoch"],
        seq=board["seq"],
        heartbeat=live.hub.heartbeat,
        resume=plan.resume,
        reason=plan.reason,
        people=list(channel.presence.people.values()),
        degraded=channel.presence.degraded,
    )


def _wanted(request: web.Request) -> Wanted:
    since = request.query.get("since")
    if since is not None and not (since.isascii() and since.isdigit() and len(since) < 19):
        raise InvalidInput("since must be a whole number.", field="since")
    return Wanted(int(since) if since is not None else None, request.query.get("epoch"))
