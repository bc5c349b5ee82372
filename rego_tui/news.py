"""What an event of somebody else is to this user: a card to look at, or a word that they are meant. Pure."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.base import Change
from rego.wire.cards import CardRef
from rego.wire.field_words import person, quoted
from rego.wire.sentences import who_of
from rego_tui.widgets.looks import Peer


def changed_card(event: e.Event, me: str | None) -> tuple[str, Peer] | None:
    """The card that somebody else, or a rule, changed just now, and who it was."""
    card_id = getattr(getattr(event.data, "card", None), "id", None)
    if card_id is None or _is_mine(event, me):
        return None
    if event.actor is None or event.cause is not None:
        return card_id, Peer("", who_of(event), editing=False)
    return card_id, Peer(event.actor.id, person(event.actor.username, event.actor.agent), editing=False)


def word_for(event: e.Event, me: str | None) -> str:
    """A sentence when somebody else mentions this user or gives them a card, else nothing. It holds text of others."""
    if me is None or _is_mine(event, me):
        return ""
    match event.data:
        case e.CommentCreated(card=card, comment=comment) if me in comment.mentions:
            return f"{who_of(event)} mentions you on {_name(card)}: {' '.join(comment.text.split())}"
        case e.CommentUpdated(card=card, changes=changes) if me in _new_mentions(changes):
            return f"{who_of(event)} mentions you on {_name(card)}"
        case e.CardAssigned(card=card, user_id=user_id) if user_id == me:
            return f"{who_of(event)} gives you {_name(card)}"
        case e.CardCreated(card=card, ref=ref) if me in card.assignee_ids:
            return f"{who_of(event)} gives you {ref} {quoted(card.title)}"
    return ""


def _is_mine(event: e.Event, me: str | None) -> bool:
    """Whether the user did it, with their own hands or by an agent; what their rules do comes as a surprise."""
    return event.cause is None and event.actor is not None and event.actor.id == me


def _new_mentions(changes: dict[str, Change]) -> set[str]:
    change = changes.get("mentions")
    return set(change.after or ()) - set(change.before or ()) if change is not None else set()


def _name(card: CardRef) -> str:
    return f"{card.ref} {quoted(card.title)}"
