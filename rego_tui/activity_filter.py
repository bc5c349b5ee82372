"""What of a board's activity is shown: words, and who, what kind and which card, as they are typed into the filter. Pure."""

from __future__ import annotations

from msgspec import Struct

from rego.replica import Replica
from rego.wire.activity import NOUNS, Activity
from rego.wire.events import EVENT_TYPES
from rego.wire.query_terms import ME

PLACEHOLDER = "words, by:ada, by:me, type:card.moved, card:OPS-12"


class Asked(Struct, frozen=True, kw_only=True):
    """The part of a filter that the server looks for, through all of the log."""

    actor: str | None = None
    type: str | None = None
    card: str | None = None


class ActivityFilter(Struct, frozen=True, kw_only=True):
    """A filter as it was typed: `words` stand anywhere in a sentence; names and types may be begun only."""

    words: tuple[str, ...] = ()
    by: str = ""
    type: str = ""
    card: str = ""

    @classmethod
    def read(cls, text: str) -> ActivityFilter:
        """What `text` asks for; a word with a colon that is none of the known ones is a word."""
        named: dict[str, str] = {}
        words = []
        for word in text.casefold().split():
            name, colon, value = word.partition(":")
            if colon and name in ("by", "type", "card"):
                named[name] = value
            else:
                words.append(word)
        return cls(words=tuple(words), **named)

    def asked(self, replica: Replica | None) -> Asked:
        """What to ask the server for. A type that is only begun is left to `fits`."""
        known_type = self.type in NOUNS or self.type in EVENT_TYPES
        return Asked(
            actor=_person(self.by, replica) or None,
            type=self.type if known_type else None,
            card=self.card.upper() or None,
        )

    def fits(self, entry: Activity, asked: Asked, me: str | None, replica: Replica | None) -> bool:
        """Whether an entry is to be shown; `asked` is what the server has looked for already."""
        sentence = entry.sentence.casefold()
        wanted = self.asked(replica)
        return (
            all(word in sentence for word in self.words)
            and entry.type.startswith(self.type)
            and (wanted.actor == asked.actor or self._is_by(entry, me))
            and (wanted.card == asked.card or not self.card or _is_about(entry, self.card, replica))
        )

    def _is_by(self, entry: Activity, me: str | None) -> bool:
        if not self.by:
            return True
        if entry.actor is None:
            return False
        return entry.actor.id == me if self.by == ME else entry.actor.username.casefold().startswith(self.by)


def _person(begun: str, replica: Replica | None) -> str:
    """The id of the one member whose username is, or begins with, what was typed; else that itself."""
    members = list(replica.members.values()) if replica is not None and begun not in ("", ME) else []
    exact = [m for m in members if m.username.casefold() == begun]
    fitting = exact or [m for m in members if m.username.casefold().startswith(begun)]
    return fitting[0].user_id if len(fitting) == 1 else begun


def _is_about(entry: Activity, card: str, replica: Replica | None) -> bool:
    known = replica.cards.get(entry.card_id or "") if replica is not None else None
    return entry.card_id == card or (known is not None and replica is not None and replica.ref(known).casefold() == card)
