"""What a wish for activity means: the types behind a word, and the entry that an event becomes."""

from __future__ import annotations

from rego.wire.activity import NOUNS, Activity
from rego.wire.codec import read_event
from rego.wire.errors import InvalidInput
from rego.wire.events import EVENT_TYPES
from rego.wire.sentences import sentence_of
from rego_server.core.db import Row
from rego_server.core.events import event_of


def kind_of(word: str) -> str:
    """A pattern for the types that `word` names: itself, or all about a noun. Raises `InvalidInput` for any other word."""
    if word in EVENT_TYPES:
        return word
    if word in NOUNS:
        return f"{word}.%"
    raise InvalidInput(f"type must be a type of event, such as card.moved, or one of {', '.join(NOUNS)}.", field="type")


def activity_of(row: Row) -> Activity:
    """The entry for the event in a row of the log."""
    event = read_event(event_of(row))
    return Activity(
        seq=event.seq,
        at=event.at,
        type=event.type,
        sentence=sentence_of(event),
        actor=event.actor,
        cause=event.cause,
        card_id=row["card_id"],
        reverts=event.reverts,
        reverted_by=row["reverted_by"],
    )
