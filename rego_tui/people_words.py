"""The people of a board and invitations to it as lines and in detail. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.text import Text

from rego.dates import ago
from rego.replica import Replica
from rego.safe_text import safe_text
from rego.wire.base import Role
from rego.wire.boards import Member
from rego.wire.invitations import Invitation
from rego.wire.presence import Person
from rego_tui.widgets.entries import Entry, Part, Tone
from rego_tui.widgets.text_cells import at_least

ROLE_WORDS = {
    Role.OWNER: "may do everything",
    Role.MEMBER: "may change the cards and the rules",
    Role.VIEWER: "may only look",
}

CARDS_SHOWN = 8
"""Open cards that the details of a person name."""


def place_words(person: Person, replica: Replica | None) -> str:
    """Where somebody is: `here`, `on OPS-3`, `editing OPS-3`; an agent is called so."""
    place = "here"
    if replica is not None and (card := replica.cards.get(person.card_id or "")) is not None:
        place = f"{'editing' if person.editing else 'on'} {replica.ref(card)}"
    return place if person.agent is None else f"agent {person.agent}: {place}"


def member_line(
    member: Member, seen: Sequence[Person], replica: Replica | None, *, me: str | None, away: bool = False, room: int = 0
) -> Entry:
    """A person in one line: whether they are here and where, their names, their role; `away`: as was last heard.

    The name has `room` cells at least.
    """
    here = (bool(seen) and not away) or member.user_id == me
    dot: Part = ("● ", Tone.GOOD) if here else ("○ ", Tone.MUTED)
    username = f"  {member.username}" if member.name != member.username else ""
    you = "  you" if member.user_id == me else "  no account here" if member.placeholder else ""
    places = " · ".join(dict.fromkeys(place_words(person, replica) for person in seen))
    last = "  last heard: " if away else "  "
    where: Part = (f"{last}{places}" if places else "", Tone.MUTED if away else Tone.GOOD)
    return Entry(
        member.user_id,
        (dot, (at_least(member.name, room), Tone.TITLE), (username, Tone.MUTED), (you, Tone.MUTED), where),
        ((f"{member.role:>6}", Tone.ACCENT if member.role is Role.OWNER else Tone.MUTED),),
    )


def member_details(
    member: Member, seen: Sequence[Person], replica: Replica | None, *, me: str | None, away: bool = False
) -> Text:
    """All that the board knows of a person."""
    text = Text(safe_text(member.name), "bold")
    text.append(f"\n{safe_text(member.username)}", "dim")
    text.append(f"\n\n{member.role}: {ROLE_WORDS[member.role]}\n")
    if member.placeholder:
        text.append("An import named this person, who has no account here.\n", "dim")
    elif member.user_id == me:
        text.append("This is you.\n", "dim")
    elif away:
        text.append("While you are offline nobody knows who is here.\n", "dim")
    elif not seen:
        text.append("Not on the board now.\n", "dim")
    for person in seen:
        words = safe_text(place_words(person, replica))
        text.append(*((f"○ last heard: {words}\n", "dim") if away else (f"● {words}\n", "green")))
    return text.append_text(_open_cards(member, replica))


def _open_cards(member: Member, replica: Replica | None) -> Text:
    text = Text()
    if replica is None:
        return text
    cards = [card for card in replica.cards.values() if member.user_id in card.assignee_ids and not card.completed]
    many = "1 open card" if len(cards) == 1 else f"{len(cards) or 'No'} open cards"
    text.append(f"\n{many}\n", "dim")
    for card in cards[:CARDS_SHOWN]:
        text.append(f"  {replica.ref(card)} ", "dim").append(f"{safe_text(card.title)}\n")
    if len(cards) > CARDS_SHOWN:
        text.append(f"  and {len(cards) - CARDS_SHOWN} more\n", "dim")
    return text


def invitation_line(invitation: Invitation, members: Mapping[str, Member], now: datetime) -> Entry:
    """An invitation in one line: for whom, as what, how long still."""
    return Entry(
        invitation.id,
        (("✉ ", Tone.MUTED), (_for_whom(invitation), Tone.PLAIN), (f"  {_by(invitation, members)}", Tone.MUTED)),
        ((f"{left_words(invitation.expires_at, now)}  ", Tone.MUTED), (f"{invitation.role:>6}", Tone.MUTED)),
    )


def invitation_details(invitation: Invitation, members: Mapping[str, Member], now: datetime) -> Text:
    """All that is known of an invitation; its secret was shown once."""
    until = invitation.expires_at.astimezone(now.tzinfo)
    text = Text(f"Invitation for {safe_text(_for_whom(invitation))}\n", "bold")
    text.append(f"\nas {invitation.role}: {ROLE_WORDS[invitation.role]}\n")
    text.append(f"made {ago(invitation.created_at, now)} {safe_text(_by(invitation, members))}\n", "dim")
    text.append(f"good until {until:%A}, {until.day} {until:%B %H:%M}\n", "dim")
    return text.append("Its link was shown when it was made; if it is lost, revoke this one and make another.", "dim")


def left_words(until: datetime, now: datetime) -> str:
    """How long something lasts still, in one unit."""
    hours = max((until - now).total_seconds() / 3600, 0)
    if hours < 48:
        return f"{int(hours)} h left" if hours >= 1 else "ends soon"
    return f"{round(hours / 24)} days left"


def _for_whom(invitation: Invitation) -> str:
    return invitation.email or "whoever brings it"


def _by(invitation: Invitation, members: Mapping[str, Member]) -> str:
    member = members.get(invitation.created_by or "")
    return f"by {member.name}" if member is not None else ""
