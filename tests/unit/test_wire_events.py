"""Events survive the network, and a reader survives what it does not know."""

from __future__ import annotations

import re

import msgspec
import pytest

from rego.wire import events as e
from rego.wire.base import to_json
from rego.wire.codec import decode_event, encode_data, read_event
from rego.wire.event_data import RawEvent
from tests.unit.samples import ADA, EVENTS, LATER, an_event


def envelope(kind: str, data: bytes, **fields: object) -> bytes:
    shape = {"seq": 11, "board_id": "b", "type": kind, "at": LATER, "actor": ADA}
    return to_json({**shape, **fields, "data": msgspec.Raw(data)})


def test_there_is_a_sample_of_every_type() -> None:
    assert sorted(map(e.event_type, EVENTS)) == sorted(e.EVENT_TYPES)


@pytest.mark.parametrize("name", e.EVENT_TYPES)
def test_a_type_is_the_name_of_its_struct(name: str) -> None:
    """`card.moved` and CardMoved: one word, so that one search finds both."""
    words = [word.title() for word in re.split(r"[._]", name)]
    assert e.EVENT_TYPES[name].__name__ == "".join(words)


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_an_event_comes_out_as_it_went_in(data: e.EventData) -> None:
    event = an_event(data, op_id="op")
    received = decode_event(envelope(event.type, encode_data(data), op_id="op"))
    assert to_json(received) == to_json(event)
    assert type(received.data) is type(data)


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_the_type_stands_first_in_the_data(data: e.EventData) -> None:
    assert encode_data(data).startswith(b'{"type":"%s"' % e.event_type(data).encode())


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_fields_of_a_newer_server_are_passed_over(data: e.EventData) -> None:
    richer = encode_data(data)[:-1] + b',"mood":{"level":3}}'
    assert type(decode_event(envelope(e.event_type(data), richer, weather="fine")).data) is type(data)


@pytest.mark.parametrize("data", EVENTS, ids=e.event_type)
def test_data_that_lacks_something_is_kept_as_unknown(data: e.EventData) -> None:
    kind = e.event_type(data)
    event = decode_event(envelope(kind, b'{"type":"%s"}' % kind.encode()))
    assert isinstance(event.data, e.Unknown)
    assert (event.seq, event.type, event.data.type) == (11, kind, kind)


@pytest.mark.parametrize("data", [b"null", b"[]", b'"text"', b'{"type":"card.sung","song":1}', b'{"type":"card.moved"}', b"{}"])
@pytest.mark.parametrize("kind", ["card.sung", "card.moved", ""])
def test_what_cannot_be_understood_is_kept_as_it_came(kind: str, data: bytes) -> None:
    event = decode_event(envelope(kind, data))
    assert isinstance(event.data, e.Unknown)
    assert bytes(event.data.raw) == data


def test_an_enum_value_of_a_newer_server_makes_the_event_unknown() -> None:
    created = next(data for data in EVENTS if isinstance(data, e.CardCreated))
    newer = encode_data(created).replace(b'"priority":"none"', b'"priority":"apocalyptic"')
    assert isinstance(decode_event(envelope("card.created", newer)).data, e.Unknown)


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"{}", b'{"seq":"one"}', b"\xff"])
def test_an_envelope_that_is_none_is_an_error(garbage: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_event(garbage)


def test_an_event_without_an_actor_is_the_systems() -> None:
    event = decode_event(envelope("board.deleted", b'{"type":"board.deleted","title":"Ops"}', actor=None))
    assert event.actor is None


def test_a_stored_event_is_sent_on_without_being_read() -> None:
    data = b'{"type":"card.sung",  "song": 1}'
    raw = RawEvent(seq=11, board_id="b", type="card.sung", at=LATER, data=msgspec.Raw(data))
    assert data in to_json(raw)
    assert isinstance(read_event(raw).data, e.Unknown)
