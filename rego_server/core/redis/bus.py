"""The bus of many processes: what one has committed is a hint to the others, which carries the events while they are small."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from rego_server.core.bus import Listener
from rego_server.core.events import Committed
from rego_server.core.redis.feed import Feed, Subscription
from rego_server.core.redis.post import Letter, Post

HINT_MAX_BYTES = 65_536
"""A hint that would be larger says only that there is something to read."""


class Hint(msgspec.Struct, kw_only=True):
    """Events of one board that are in the log. `sender` is the process that committed them and has told its own sockets."""

    sender: str
    first_seq: int
    events: list[msgspec.Raw] = []


class _Place(msgspec.Struct):
    board_id: str
    seq: int


_hints = msgspec.json.Decoder(Hint)
_places = msgspec.json.Decoder(_Place)


class RedisBus:
    """Tells the listeners of this process directly and those of the others through Redis, one channel for each board."""

    def __init__(self, feed: Feed, post: Post, instance: str) -> None:
        self._feed = feed
        self._post = post
        self._instance = instance
        self._listeners: list[Listener] = []

    @property
    def flowing(self) -> bool:
        return self._feed.flowing

    def publish(self, committed: Committed) -> None:
        for listener in self._listeners:
            listener.hear(committed)
        self._post.send(Letter(_channel(committed.board_id), self._encoded(committed)))

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def follow(self, board_id: str) -> None:
        self._feed.subscribe(_channel(board_id), Subscription(self._hearer(board_id), self._missed))

    def unfollow(self, board_id: str) -> None:
        self._feed.unsubscribe(_channel(board_id))

    def _hearer(self, board_id: str) -> Callable[[bytes], None]:
        def hear(message: bytes) -> None:
            committed = read_hint(board_id, message, self._instance)
            if committed is not None:
                for listener in self._listeners:
                    listener.hear(committed)

        return hear

    def _missed(self) -> None:
        for listener in self._listeners:
            listener.missed()

    def _encoded(self, committed: Committed) -> bytes:
        hint = Hint(sender=self._instance, first_seq=committed.first_seq)
        if sum(map(len, committed.events)) <= HINT_MAX_BYTES:
            hint.events = [msgspec.Raw(event) for event in committed.events]
        return msgspec.json.encode(hint)


def read_hint(board_id: str, message: bytes, own: str = "") -> Committed | None:
    """What a hint says, or None when it is one's `own`. Of one that is damaged only remains that there may be news."""
    try:
        hint = _hints.decode(message)
        places = [_places.decode(event) for event in hint.events]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Committed(board_id, 0, ())
    if hint.sender == own:
        return None
    expected = [(board_id, hint.first_seq + offset) for offset in range(len(places))]
    whole = places and [(place.board_id, place.seq) for place in places] == expected
    return Committed(board_id, hint.first_seq, [bytes(event) for event in hint.events] if whole else ())


def _channel(board_id: str) -> str:
    return f"rego:board:{board_id}"
