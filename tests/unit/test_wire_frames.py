"""Socket frames, and the close codes whose ranges tell a client what to do."""

from __future__ import annotations

from typing import get_args
from uuid import uuid4

import msgspec
import pytest

from rego.wire.base import to_json
from rego.wire.event_data import RawEvent
from rego.wire.frames import (
    Advice,
    AnyClientFrame,
    AnyServerFrame,
    Auth,
    ClientFrame,
    CloseCode,
    EventFrame,
    Focus,
    Goaway,
    Hello,
    Ping,
    Pong,
    PresenceFrame,
    Resume,
    ServerFrame,
    SnapshotFrame,
    advice_for,
    decode_client_frame,
    decode_server_frame,
)
from rego.wire.presence import Person
from tests.unit.samples import LATER, a_snapshot

PERSON = Person(connection_id="k", user_id="ada", username="ada")
RAW = RawEvent(seq=11, board_id="b", type="board.deleted", at=LATER, data=msgspec.Raw(b'{"type":"board.deleted","title":"x"}'))

SERVER_FRAMES: list[ServerFrame] = [
    Hello(connection_id="k", board_id="b", epoch="e", seq=1, heartbeat=15.0, resume=Resume.REPLAY, people=[PERSON]),
    SnapshotFrame(snapshot=a_snapshot()),
    EventFrame(event=RAW),
    PresenceFrame(present=[PERSON], left=["gone"]),
    Ping(seq=7, at=LATER),
    Goaway(delay=1.5),
]
CLIENT_FRAMES: list[ClientFrame] = [Auth(token="t"), Pong(), Focus(), Focus(card_id=str(uuid4()), editing=True)]


def name_of(frame: object) -> str:
    return type(frame).__name__


def test_there_is_a_sample_of_every_frame() -> None:
    assert {type(frame) for frame in SERVER_FRAMES} == set(get_args(AnyServerFrame)) == set(ServerFrame.__subclasses__())
    assert {type(frame) for frame in CLIENT_FRAMES} == set(get_args(AnyClientFrame)) == set(ClientFrame.__subclasses__())


@pytest.mark.parametrize("frame", SERVER_FRAMES, ids=name_of)
def test_a_server_frame_comes_out_as_it_went_in(frame: ServerFrame) -> None:
    received = decode_server_frame(to_json(frame))
    assert type(received) is type(frame)
    assert to_json(received) == to_json(frame)


@pytest.mark.parametrize("frame", CLIENT_FRAMES, ids=name_of)
def test_a_client_frame_comes_out_as_it_went_in(frame: ClientFrame) -> None:
    assert decode_client_frame(to_json(frame)) == frame


@pytest.mark.parametrize("frame", SERVER_FRAMES, ids=name_of)
def test_a_client_passes_over_fields_of_a_newer_server(frame: ServerFrame) -> None:
    assert type(decode_server_frame(to_json(frame)[:-1] + b',"mood":1}')) is type(frame)


def test_a_client_passes_over_frames_of_a_newer_server() -> None:
    assert decode_server_frame('{"type":"weather","sky":"blue"}') is None


@pytest.mark.parametrize("frame", ["", "{", "[]", "{}", "7", '{"type":7}', '{"type":"ping"}', '{"type":"ping","seq":"x"}'])
def test_garbage_from_a_server_is_an_error(frame: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_server_frame(frame)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"type":"weather"}',
        '{"type":"ping","seq":1}',
        '{"type":"pong","extra":1}',
        '{"type":"auth"}',
        '{"type":"focus","card_id":7}',
        '{"type":"focus","card_id":"\\u001b[2J"}',
        '{"type":"focus","editing":"yes"}',
    ],
)
def test_a_server_takes_only_frames_that_it_knows(frame: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_client_frame(frame)


def test_every_close_code_of_ours_has_its_advice_by_its_range() -> None:
    wanted = {
        CloseCode.NORMAL: Advice.RESUME_LATER,
        CloseCode.GOING_AWAY: Advice.RESUME_LATER,
        CloseCode.SERVICE_RESTART: Advice.RESUME_LATER,
        CloseCode.INTERNAL_ERROR: Advice.RESUME_LATER,
        CloseCode.TOO_SLOW: Advice.RESUME_NOW,
        CloseCode.LOST_SYNC: Advice.RESUME_NOW,
        CloseCode.SILENT: Advice.RESUME_NOW,
        CloseCode.OVERLOADED: Advice.RESUME_LATER,
        CloseCode.TOO_MANY_FRAMES: Advice.RESUME_LATER,
        CloseCode.AUTH_DEADLINE: Advice.LOG_IN,
        CloseCode.SESSION_ENDED: Advice.LOG_IN,
        CloseCode.BOARD_GONE: Advice.STOP,
        CloseCode.ACCESS_LOST: Advice.STOP,
        CloseCode.BAD_FRAME: Advice.STOP,
    }
    assert {code: advice_for(code) for code in CloseCode} == wanted


@pytest.mark.parametrize(("code", "advice"), [(4099, Advice.RESUME_NOW), (4399, Advice.STOP), (1006, Advice.RESUME_LATER)])
def test_a_code_of_a_newer_server_is_understood_by_its_range(code: int, advice: Advice) -> None:
    assert advice_for(code) is advice
