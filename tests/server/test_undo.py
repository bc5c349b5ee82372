"""Undo: every type of event is taken back or says why not, and undo can be undone."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from rego.client import automations, cards
from rego.wire import events as e
from rego.wire.automations import CreateAutomation, DoComplete, WhenLabelled
from rego.wire.base import Position, to_json
from rego.wire.cards import BulkCards, CreateCard, MoveCard, UpdateCard, UpdateCards
from rego.wire.errors import ChangedSince
from rego_server.domains.cards.models import card_assignees, card_labels
from rego_server.domains.cards.models import cards as card_table
from rego_server.domains.cards.remains import HANGING
from rego_server.domains.undo.actions.inverses import INVERSES
from rego_server.domains.undo.rules import Irreversible
from rego_server.schema import metadata
from tests.board_replay import replay
from tests.conftest import Join
from tests.server.board_state import whole_board
from tests.server.furnished import Furnished
from tests.server.site import Site
from tests.server.undo_cases import UNDO_CASES, UndoCase
from tests.server.undoing import last_event, revert

# --- the table ----------------------------------------------------------------------------------------------------------


def test_every_type_that_can_be_undone_has_a_case() -> None:
    reversible = {kind for kind, inverse in INVERSES.items() if not isinstance(inverse, Irreversible)}
    assert reversible == {case.undone for case in UNDO_CASES}


def test_whatever_ends_with_a_card_is_among_its_remains() -> None:
    """A new table that hangs on cards must be brought back with them, or be named here."""
    hanging = {card_table}
    while more := {t for t in metadata.tables.values() if {f.column.table for f in t.foreign_keys} & hanging} - hanging:
        hanging |= more
    assert hanging - {card_table, card_labels, card_assignees} == set(HANGING)


# --- do, undo, redo -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", UNDO_CASES, ids=[case.name for case in UNDO_CASES])
async def test_what_was_done_is_undone_and_done_again(desk: Furnished, join_site: Join, case: UndoCase) -> None:
    newcomer = await join_site("newcomer")
    await case.prepare(desk, newcomer)
    before = await whole_board(desk)
    await case.act(desk, newcomer)
    after = await whole_board(desk)
    done = await last_event(desk)
    assert (done.type, before == after) == (e.event_type(case.undone), False)

    undone = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, done.seq))
    assert await whole_board(desk) == before
    assert [event.seq for event in undone.answer] == [event.seq for event in undone.events]
    assert undone.events[-1].reverts == undone.answer[-1].reverts == done.seq
    assert undone.events[-1].actor == done.actor

    redone = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, undone.events[-1].seq))
    assert await whole_board(desk) == after

    await replay(desk.owner.client, desk.board.id, lambda: revert(desk, redone.events[-1].seq))
    assert await whole_board(desk) == before


async def test_a_card_that_comes_back_keeps_its_number_and_gets_a_newer_version(desk: Furnished) -> None:
    held = await desk.own(cards.get_card(desk.one.id))
    await desk.own(cards.delete_card(desk.one.id))
    await desk.own(cards.create_card(desk.board.id, CreateCard(title="later", column_id=desk.spare.id)))
    await revert(desk, (await last_event(desk)).seq - 1)
    back = await desk.own(cards.get_card(await desk.ref(desk.one)))
    assert (back.id, back.number, back.version) == (held.id, held.number, held.version + 1)
    assert (back.created_at, back.created_by, back.description) == (held.created_at, held.created_by, "The first")


async def test_a_big_card_comes_back_and_its_events_stay_small(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(description="x" * 100_000)))
    before = await whole_board(desk)
    await desk.own(cards.delete_card(desk.one.id))
    deleted = await last_event(desk)
    assert b"Look here" not in to_json(deleted)
    await revert(desk, deleted.seq)
    assert await whole_board(desk) == before


async def test_a_card_deleted_by_an_older_rego_comes_back_as_its_event_tells(site: Site, desk: Furnished) -> None:
    await desk.own(cards.delete_card(desk.one.id))
    await site.execute("DELETE FROM card_remains WHERE board_id = ?", desk.board.id)
    await revert(desk, (await last_event(desk)).seq)
    back = await desk.own(cards.get_card(desk.one.id))
    assert (back.title, back.description, back.label_ids) == ("one", "The first", [desk.label.id])
    assert (back.checklist_total, back.comment_count) == (0, 0)


async def test_several_steps_are_undone_one_after_the_other(desk: Furnished) -> None:
    states, seqs = [], []
    for call in (
        cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)),
        cards.move_card(desk.two.id, MoveCard(position=Position.TOP)),
        cards.update_card(desk.two.id, UpdateCard(title="second")),
        cards.move_card(desk.two.id, MoveCard(column_id=desk.spare.id)),
        cards.delete_card(desk.two.id),
    ):
        states.append(await whole_board(desk))
        await desk.own(call)
        seqs.append((await last_event(desk)).seq)
    while seqs:
        await revert(desk, seqs.pop())
        assert await whole_board(desk) == states.pop()


# --- all that was done together -----------------------------------------------------------------------------------------


async def test_what_was_done_together_is_undone_together(desk: Furnished) -> None:
    before = await whole_board(desk)
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="kept", archived=True)))
    archived = await last_event(desk)
    done = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, archived.seq, whole=True))
    assert done.types == ["card.restored", "card.updated"]
    assert [event.reverts for event in done.events] == [archived.seq, archived.seq - 1]
    assert await whole_board(desk) == before


@pytest.mark.parametrize("operation", ["delete", "archive", "complete", "move"])
async def test_what_was_done_to_many_cards_is_undone_to_all_of_them(desk: Furnished, operation: str) -> None:
    how = {"column_id": desk.doing.id, "position": "top"} if operation == "move" else True
    body = msgspec.convert({"card_ids": [desk.three.id, desk.one.id, desk.two.id], operation: how}, BulkCards)
    before = await whole_board(desk)
    await desk.own(cards.bulk_cards(desk.board.id, body))
    after, last = await whole_board(desk), (await last_event(desk)).seq
    undone = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, last, whole=True))
    assert await whole_board(desk) == before
    await replay(desk.owner.client, desk.board.id, lambda: revert(desk, undone.events[-1].seq, whole=True))
    assert await whole_board(desk) == after


async def test_all_that_cards_got_by_one_operation_is_undone_at_once(desk: Furnished) -> None:
    put, taken, due = [desk.other_label.id], [desk.label.id], datetime(2030, 1, 2, tzinfo=UTC)
    change = UpdateCards(add_label_ids=put, remove_label_ids=taken, due_at=due)
    before = await whole_board(desk)
    await desk.own(cards.bulk_cards(desk.board.id, BulkCards(card_ids=[desk.one.id, desk.two.id], update=change)))
    after, last = await whole_board(desk), (await last_event(desk)).seq
    undone = await replay(desk.owner.client, desk.board.id, lambda: revert(desk, last, whole=True))
    assert await whole_board(desk) == before
    await replay(desk.owner.client, desk.board.id, lambda: revert(desk, undone.events[-1].seq, whole=True))
    assert await whole_board(desk) == after


async def test_what_a_rule_did_is_undone_together_with_what_set_it_off(desk: Furnished) -> None:
    rule = CreateAutomation(name="Labelled is done", trigger=WhenLabelled(), actions=[DoComplete()])
    await desk.own(automations.create_automation(desk.board.id, rule))
    await desk.own(cards.label_card(desk.one.id, desk.other_label.id))
    by_rule = await last_event(desk)
    assert by_rule.actor is None
    await replay(desk.owner.client, desk.board.id, lambda: revert(desk, by_rule.seq, whole=True))
    card = await desk.own(cards.get_card(desk.one.id))
    assert (card.completed, card.label_ids) == (False, desk.one.label_ids), "by the rule, and by the person"


async def test_one_event_of_several_is_undone_alone(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="kept", archived=True)))
    await revert(desk, (await last_event(desk)).seq)
    card = await desk.own(cards.get_card(desk.one.id))
    assert (card.title, card.archived) == ("kept", False)


async def test_nothing_is_undone_when_one_part_cannot_be(desk: Furnished) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="kept", archived=True)))
    archived = await last_event(desk)
    await desk.own(cards.update_card(desk.one.id, UpdateCard(title="mine")))
    before = await whole_board(desk)
    with pytest.raises(ChangedSince):
        await revert(desk, archived.seq, whole=True)
    assert await whole_board(desk) == before
