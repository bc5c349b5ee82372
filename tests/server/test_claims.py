"""Claims: one caller each, in the order of the board or of a query, until their time is over or they are given back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rego.client import automations, boards, cards, columns
from rego.wire.automations import AnyAction, CreateAutomation, DoSetPriority, WhenAssigned
from rego.wire.base import Position, Role
from rego.wire.boards import AddMember, CreateBoard
from rego.wire.cards import ClaimCard, CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.columns import CreateColumn, MoveColumn, UpdateColumn
from rego.wire.errors import Conflict, InvalidInput, NotFound
from tests.board_replay import replay
from tests.running import fast_settings, join
from tests.server.furnished import Furnished, furnish
from tests.server.hand_clock import HandClock, running_by

LIFE = 600


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def timed(clock: HandClock, database_url: str, tmp_path: Path) -> AsyncIterator[Furnished]:
    """The board on a server whose time is `clock`."""
    async with running_by(clock, fast_settings(tmp_path / "data", database_url)) as server:
        people = [await join(server.url, name) for name in ("owner", "member", "viewer")]
        yield await furnish(*people)
        for person in people:
            await person.client.close()


async def _next(desk: Furnished, q: str | None = None, *, ttl: int = LIFE) -> str:
    return (await desk.send(cards.claim_card(desk.board.id, ClaimCard(q=q, ttl=ttl)))).card.title


async def test_cards_are_given_in_the_order_of_the_board(desk: Furnished) -> None:
    await desk.own(cards.move_card(desk.three.id, MoveCard(position=Position.TOP)))
    await desk.own(columns.move_column(desk.doing.id, MoveColumn(position=Position.TOP)))
    assert [await _next(desk) for _ in range(3)] == ["five", "three", "two"]
    with pytest.raises(NotFound, match="no open card that nobody is on"):
        await _next(desk)


async def test_a_query_chooses_and_sorts(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.three.id, UpdateCard(priority=Priority.HIGH)))
    await desk.own(cards.label_card(desk.two.id, desk.label.id))
    assert await _next(desk, "sort:-priority") == "three"
    assert await _next(desk, "label:bug") == "two"
    with pytest.raises(NotFound, match="fits"):
        await _next(desk, "label:bug")
    with pytest.raises(InvalidInput):
        await _next(desk, "label:")


async def test_a_claim_says_whose_the_card_is_and_until_when(timed: Furnished, clock: HandClock) -> None:
    claim = await timed.send(cards.claim_card(timed.board.id, ClaimCard(card=await timed.ref(timed.two), ttl=LIFE)))
    assert (claim.ref, claim.card.assignee_ids) == (await timed.ref(timed.two), [timed.member.user.id])
    assert (claim.until - clock.now()).total_seconds() == LIFE
    assert claim.card == await timed.send(cards.get_card(timed.two.id))
    with pytest.raises(Conflict, match="member has claimed this card until 2027-01-02 12:10 UTC") as refusal:
        await timed.own(cards.claim_card(timed.board.id, ClaimCard(card=timed.two.id)))
    assert refusal.value.data == {"user_id": timed.member.user.id, "username": "member", "until": "2027-01-02T12:10:00Z"}


async def test_an_assigned_card_is_not_given_away(timed: Furnished, clock: HandClock) -> None:
    with pytest.raises(Conflict, match="member is on this card"):
        await timed.own(cards.claim_card(timed.board.id, ClaimCard(card=timed.one.id)))
    clock.advance(seconds=LIFE)
    with pytest.raises(NotFound):
        await _next(timed, "one")


async def test_finished_work_is_not_claimed(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.two.id, UpdateCard(completed=True)))
    await desk.own(columns.update_column(desk.doing.id, UpdateColumn(done=True)))
    assert await _next(desk) == "three"
    with pytest.raises(NotFound):
        await _next(desk)
    for card, why in ((desk.two, "is done"), (desk.four, "is archived")):
        with pytest.raises(Conflict, match=why):
            await desk.send(cards.claim_card(desk.board.id, ClaimCard(card=card.id)))


async def test_many_at_once_get_different_cards(desk: Furnished) -> None:
    for number in range(9):
        await desk.own(cards.create_card(desk.board.id, CreateCard(title=f"new {number}", column_id=desk.spare.id)))
    ways = [desk.send, desk.own]
    calls = [ways[n % 2](cards.claim_card(desk.board.id, ClaimCard())) for n in range(16)]
    got = await asyncio.gather(*calls, return_exceptions=True)
    claimed = [outcome.card.id for outcome in got if not isinstance(outcome, BaseException)]
    assert len(claimed) == len(set(claimed)) == 12
    assert sum(isinstance(outcome, NotFound) for outcome in got) == 4


async def test_one_named_card_goes_to_one_of_many(desk: Furnished) -> None:
    calls = [way(cards.claim_card(desk.board.id, ClaimCard(card=desk.two.id))) for way in (desk.send, desk.own)]
    got = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in got) == ["Claim", "Conflict"]


async def test_a_repeat_is_answered_with_the_same_card(desk: Furnished) -> None:
    first = await desk.send(cards.claim_card(desk.board.id, ClaimCard()), desk.board.id)
    assert await desk.send(cards.claim_card(desk.board.id, ClaimCard()), desk.board.id) == first


async def test_a_lapsed_claim_is_taken_over(timed: Furnished, clock: HandClock) -> None:
    await timed.send(cards.claim_card(timed.board.id, ClaimCard(card=timed.two.id, ttl=LIFE)))
    clock.advance(seconds=LIFE)
    call = cards.claim_card(timed.board.id, ClaimCard())
    taken = await replay(timed.owner.client, timed.board.id, lambda: timed.own(call))
    assert (taken.answer.card.title, taken.answer.card.assignee_ids) == ("two", [timed.owner.user.id])
    (event,) = taken.events
    assert event.data.taken_from.username == "member"


async def test_a_claim_is_made_longer_by_claiming_again(timed: Furnished, clock: HandClock) -> None:
    for _ in range(2):
        await timed.send(cards.claim_card(timed.board.id, ClaimCard(card=timed.two.id, ttl=LIFE)))
        clock.advance(seconds=LIFE - 1)
    with pytest.raises(Conflict):
        await timed.own(cards.claim_card(timed.board.id, ClaimCard(card=timed.two.id)))
    clock.advance(seconds=1)
    await timed.own(cards.claim_card(timed.board.id, ClaimCard(card=timed.two.id)))


async def test_a_released_card_is_free_at_once(desk: Furnished) -> None:
    assert await _next(desk) == "two"
    with pytest.raises(Conflict, match="Only they can release it"):
        await desk.own(cards.release_card(desk.two.id))
    assert (await desk.send(cards.release_card(desk.two.id))).assignee_ids == []
    assert await _next(desk) == "two"


async def test_who_is_taken_off_has_no_claim_any_more(timed: Furnished, clock: HandClock) -> None:
    assert await _next(timed) == "two"
    await timed.own(cards.unassign_card(timed.two.id, timed.member.user.id))
    await timed.own(cards.assign_card(timed.two.id, timed.member.user.id))
    clock.advance(seconds=LIFE)
    with pytest.raises(Conflict, match="member is on this card"):
        await timed.own(cards.claim_card(timed.board.id, ClaimCard(card=timed.two.id)))


async def test_a_claim_keeps_its_end_on_another_board(timed: Furnished, clock: HandClock) -> None:
    other = await timed.own(boards.create_board(CreateBoard(title="Elsewhere")))
    await timed.own(boards.add_member(other.id, AddMember(role=Role.MEMBER, username=timed.member.user.username)))
    column = await timed.own(columns.create_column(other.id, CreateColumn(title="There")))
    assert await _next(timed) == "two"
    await timed.own(cards.move_card(timed.two.id, MoveCard(board_id=other.id, column_id=column.id)))
    claim = cards.claim_card(other.id, ClaimCard(card=timed.two.id))
    with pytest.raises(Conflict, match="member has claimed this card until 2027-01-02 12:10 UTC"):
        await timed.own(claim)
    clock.advance(seconds=LIFE)
    assert (await timed.own(claim)).card.assignee_ids == [timed.owner.user.id]


async def test_whoever_completes_a_card_keeps_it(timed: Furnished, clock: HandClock) -> None:
    assert await _next(timed) == "two"
    for completed in (True, False):
        await timed.send(cards.update_card(timed.two.id, UpdateCard(completed=completed)))
    clock.advance(seconds=LIFE)
    with pytest.raises(Conflict, match="member is on this card"):
        await timed.own(cards.claim_card(timed.board.id, ClaimCard(card=timed.two.id)))


async def test_a_claim_is_an_assignment_to_rules(desk: Furnished) -> None:
    actions: list[AnyAction] = [DoSetPriority(priority=Priority.URGENT)]
    rule = CreateAutomation(name="Taken", trigger=WhenAssigned(user=desk.member.user.id), actions=actions)
    await desk.own(automations.create_automation(desk.board.id, rule))
    assert await _next(desk) == "two"
    assert (await desk.send(cards.get_card(desk.two.id))).priority is Priority.URGENT


async def test_a_card_of_another_board_is_not_found(desk: Furnished) -> None:
    with pytest.raises(NotFound):
        await desk.send(cards.claim_card(desk.board.id, ClaimCard(card="ZZZ-1")))
    with pytest.raises(InvalidInput, match="card or q"):
        await desk.send(cards.claim_card(desk.board.id, ClaimCard(card=desk.two.id, q="x")))
