"""Claims: a card taken for a while, by one at a time. A claim is an assignment with an end, so whoever is taken off has none.

Nothing happens when that end comes. Whoever claims the card next finds that the claim has lapsed, and its holder is taken off
then, in the same transaction.

A claim keeps its end when the card goes to another board. What a deleted card comes back with are assignments: without an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rego.wire.base import Role
from rego.wire.cards import CardSummary, Claim, ClaimCard
from rego.wire.errors import Conflict, NotFound
from rego.wire.events import Actor, CardClaimed
from rego.wire.field_words import moment
from rego.wire.query import parse
from rego_server.core.db import Row
from rego_server.core.patch import save
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter
from rego_server.domains.cards import queries
from rego_server.domains.cards.belongings import unassign_card
from rego_server.domains.cards.filters import Wanted, listing
from rego_server.domains.cards.models import cards
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName, parse_card


async def claim_card(uow: UnitOfWork, board_id: str, body: ClaimCard) -> Claim:
    """Put the caller on the named card, or on the first that fits and that nobody is on, for `ttl` seconds.

    Raises `NotFound` when none fits, `Conflict` when the named one is closed or somebody else is on it.
    """
    await enter(uow, access.ENTER_BOARD, Role.MEMBER, board_id=board_id)
    row = await (_next(uow, board_id, body) if body.card is None else _named(uow, board_id, parse_card(body.card)))
    me, until = uow.actor, uow.now + timedelta(seconds=body.ttl)
    assert me is not None
    people = await uow.fetch(queries.PEOPLE_ON, card_id=row["id"])
    lapsed = _lapsed(uow, people, me)
    _write(uow, row["id"], people, me, lapsed, until)
    assignees = {*row["assignee_ids"], me.id} - ({lapsed.id} if lapsed else set())
    taken = {**row, **save(uow, cards, row, {"assignee_ids": sorted(assignees)})}
    ref = queries.ref_of(row, uow.heads[board_id].key)
    uow.emit(
        board_id,
        CardClaimed(card=ref, user_id=me.id, username=me.username, until=until, taken_from=lapsed, version=taken["version"]),
    )
    return Claim(card=queries.card_of(taken), ref=ref.ref, until=until)


async def release_card(uow: UnitOfWork, card: CardName) -> CardSummary:
    """Take the caller off a card that they claimed. Raises `Conflict` when the claim is somebody else's."""
    row = await enter(uow, queries.ENTER.for_(card), Role.MEMBER, **named(card))
    me = uow.caller.user_id
    assert me is not None
    claims = [person for person in await uow.fetch(queries.PEOPLE_ON, card_id=row["id"]) if person["claimed_until"] is not None]
    if not claims:
        return queries.summary_of(row)
    if claims[0]["user_id"] != me:
        raise _held(claims[0], "Only they can release it; an assignee is taken off otherwise.")
    return await unassign_card(uow, card, me)


async def _next(uow: UnitOfWork, board_id: str, body: ClaimCard) -> Row:
    found = listing(queries.CLAIMABLE, Wanted(parse(body.q or ""), archived=True, goes_on=False))
    when = found.params(uow.caller.user_id, uow.now.astimezone(body.zone))
    row = await uow.fetch_one(found.statement, count=1, board_id=board_id, **when)
    if row is None:
        raise NotFound(f"There is no open card that nobody is on{' and that fits' if body.q else ''}.")
    return row


async def _named(uow: UnitOfWork, board_id: str, card: CardName) -> Row:
    row = await enter(uow, queries.ENTER_ON_BOARD.for_(card), Role.MEMBER, board_id=board_id, **named(card))
    if row["completed"] or row["archived"]:
        ref = queries.ref_of(row, row["head_key"]).ref
        raise Conflict(f"{ref} is {'done' if row['completed'] else 'archived'}; only an open card can be claimed.")
    return row


def _lapsed(uow: UnitOfWork, people: Sequence[Row], me: Actor) -> Actor | None:
    """Whose claim on the card has lapsed; raises `Conflict` for anybody else who is on it. A card has one claim at most."""
    lapsed = None
    for person in people:
        if person["user_id"] == me.id:
            continue
        if person["claimed_until"] is None or person["claimed_until"] > uow.now:
            raise _held(person, "Claim another one.")
        lapsed = Actor(id=person["user_id"], username=person["username"])
    return lapsed


def _held(person: Row, advice: str) -> Conflict:
    until = person["claimed_until"]
    how = "is on this card" if until is None else f"has claimed this card until {moment(until)}"
    who = {"user_id": person["user_id"], "username": person["username"], "until": until}
    return Conflict(f"{person['username']} {how}. {advice}", data=who)


def _write(uow: UnitOfWork, card_id: str, people: Sequence[Row], me: Actor, lapsed: Actor | None, until: datetime) -> None:
    """The assignment behind the claim, in the place of the one that has lapsed."""
    if lapsed is not None:
        uow.write(queries.REMOVE_ASSIGNEE, on_card=card_id, the_user=lapsed.id)
    if any(person["user_id"] == me.id for person in people):
        uow.write(queries.SET_CLAIM, on_card=card_id, the_user=me.id, until=until)
    else:
        uow.write(queries.ADD_CLAIM, card_id=card_id, user_id=me.id, claimed_until=until)
