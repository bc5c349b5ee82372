"""Reading and writing events. The reader is tolerant: what a newer server sends is kept or passed over, never fatal."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from rego.wire.event_data import RawEvent
from rego.wire.events import EVENT_TYPES, Event, EventData, Unknown

_raw_events = msgspec.json.Decoder(RawEvent)
_data = {name: msgspec.json.Decoder(kind) for name, kind in EVENT_TYPES.items()}
_encoder = msgspec.json.Encoder()


def encode_data(data: EventData) -> bytes:
    """`data` as JSON, with its type as the first field."""
    return _encoder.encode(data)


def read_event(raw: RawEvent) -> Event:
    """`raw` with its data as a struct, or as `Unknown` when this version cannot tell what it means."""
    return Event(
        seq=raw.seq,
        board_id=raw.board_id,
        type=raw.type,
        at=raw.at,
        actor=raw.actor,
        cause=raw.cause,
        op_id=raw.op_id,
        reverts=raw.reverts,
        data=_read_data(raw.type, raw.data),
    )


def decode_event(encoded: bytes) -> Event:
    """The event in `encoded`; raises `msgspec.DecodeError` when the envelope itself is not one."""
    return read_event(_raw_events.decode(encoded))


def _read_data(kind: str, data: Raw) -> EventData | Unknown:
    decoder = _data.get(kind)
    if decoder is None:
        return Unknown(type=kind, raw=data)
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        return Unknown(type=kind, raw=data)
