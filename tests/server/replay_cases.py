"""One case and more for every endpoint that changes a board: what is done, and the types of the events that it makes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

from rego.client import cards
from rego.wire.base import Position
from rego.wire.cards import CreateCard, MoveCard, Priority, UpdateCard
from tests.running import Somebody
from tests.server.furnished import Furnished


class Case(NamedTuple):
    """`act` is done by somebody who is not on the board yet where it takes such a person."""

    name: str
    route: str
    events: tuple[str, ...]
    act: Callable[[Furnished, Somebody], Awaitable[Any]]


CASES: list[Case] = []

Act = Callable[[Furnished, Somebody], Awaitable[Any]]


def case(route: str, *events: str) -> Callable[[Act], Act]:
    """Register a case of `route`, which makes `events` in this order; none means that nothing changes."""

    def register(act: Act) -> Act:
        CASES.append(Case(act.__name__, route, events, act))
        return act

    return register


# --- cards --------------------------------------------------------------------------------------------------------------


@case("POST /boards/{board_id}/cards", "card.created")
async def create_at_the_end(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.create_card(desk.board.id, CreateCard(title="new", column_id=desk.todo.id)))


@case("POST /boards/{board_id}/cards", "card.created")
async def create_on_top(desk: Furnished, _: Somebody) -> None:
    body = CreateCard(title="new", column_id=desk.todo.id, position=Position.TOP)
    await desk.send(cards.create_card(desk.board.id, body))


@case("POST /boards/{board_id}/cards", "card.created")
async def create_after_a_card(desk: Furnished, _: Somebody) -> None:
    body = CreateCard(title="new", column_id=desk.todo.id, after_id=desk.one.id)
    await desk.send(cards.create_card(desk.board.id, body))


@case("POST /boards/{board_id}/cards", "card.created")
async def create_before_a_card(desk: Furnished, _: Somebody) -> None:
    body = CreateCard(title="new", column_id=desk.todo.id, before_id=desk.one.id)
    await desk.send(cards.create_card(desk.board.id, body))


@case("POST /boards/{board_id}/cards", "card.created")
async def create_with_everything(desk: Furnished, _: Somebody) -> None:
    body = CreateCard(
        title="new",
        column_id=desk.spare.id,
        description="Long text",
        due_at=datetime(2027, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=2))),
        start_at=datetime(2027, 1, 1, tzinfo=UTC),
        priority=Priority.URGENT,
        label_ids=[desk.other_label.id, desk.label.id, desk.label.id],
        assignee_ids=[desk.viewer.user.id, desk.member.user.id],
    )
    await desk.send(cards.create_card(desk.board.id, body))


@case("PATCH /cards/{card}", "card.updated")
async def change_every_field(desk: Furnished, _: Somebody) -> None:
    body = UpdateCard(
        title="renamed",
        description="other",
        due_at=datetime(2027, 1, 2, tzinfo=timezone(timedelta(hours=-5))),
        start_at=datetime(2026, 1, 2, tzinfo=UTC),
        priority=Priority.HIGH,
        completed=True,
    )
    await desk.send(cards.update_card(desk.two.id, body))


@case("PATCH /cards/{card}", "card.updated", "card.updated")
async def clear_fields(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.update_card(desk.one.id, UpdateCard(due_at=datetime(2027, 1, 2, tzinfo=UTC))))
    await desk.send(cards.update_card(desk.one.id, UpdateCard(due_at=None, description="")))


@case("PATCH /cards/{card}")
async def change_nothing(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.update_card(desk.one.id, UpdateCard(title="one", completed=False)))


@case("PATCH /cards/{card}", "card.archived")
async def archive(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.update_card(desk.one.id, UpdateCard(archived=True)))


@case("PATCH /cards/{card}", "card.updated", "card.archived")
async def change_and_archive_at_once(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.update_card(desk.one.id, UpdateCard(title="kept", description="", archived=True)))


@case("PATCH /cards/{card}", "card.restored")
async def restore(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.update_card(desk.four.id, UpdateCard(archived=False)))


@case("PATCH /cards/{card}", "card.restored", "card.updated")
async def restore_and_change_at_once(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.update_card(desk.four.id, UpdateCard(title="back", description="text", archived=False)))


@case("PATCH /cards/{card}", "card.updated")
async def change_an_archived_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.update_card(desk.four.id, UpdateCard(title="renamed in the archive")))


@case("POST /cards/{card}/move", "card.moved")
async def move_to_the_top(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.three.id, MoveCard(position=Position.TOP)))


@case("POST /cards/{card}/move", "card.moved")
async def move_to_the_end(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.one.id, MoveCard()))


@case("POST /cards/{card}/move", "card.moved")
async def move_after(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.one.id, MoveCard(after_id=desk.two.id)))


@case("POST /cards/{card}/move", "card.moved")
async def move_before(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.three.id, MoveCard(before_id=desk.two.id)))


@case("POST /cards/{card}/move", "card.moved")
async def move_across_to_the_end(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id)))


@case("POST /cards/{card}/move", "card.moved")
async def move_across_to_the_top(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id, position=Position.TOP)))


@case("POST /cards/{card}/move", "card.moved")
async def move_across_after(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.one.id, MoveCard(after_id=desk.five.id)))


@case("POST /cards/{card}/move", "card.moved")
async def move_across_before(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.doing.id, before_id=desk.five.id)))


@case("POST /cards/{card}/move", "card.moved")
async def move_into_an_empty_column(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.spare.id)))


@case("POST /cards/{card}/move", "card.moved")
async def move_an_archived_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.four.id, MoveCard(column_id=desk.doing.id)))


@case("POST /cards/{card}/move")
async def move_to_where_it_is(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.move_card(desk.two.id, MoveCard(after_id=desk.one.id)))


@case("DELETE /cards/{card}", "card.deleted")
async def delete_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.delete_card(desk.one.id))


@case("DELETE /cards/{card}", "card.deleted")
async def delete_an_archived_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.delete_card(desk.four.id))
