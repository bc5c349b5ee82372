"""Boards: their keys, who sees them, their logs and their snapshots."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rego.client import boards, cards, columns, imports
from rego.wire.base import Role
from rego.wire.boards import AddMember, BoardGlance, CreateBoard, UpdateBoard
from rego.wire.cards import CreateCard, UpdateCard
from rego.wire.columns import CreateColumn, UpdateColumn
from rego.wire.errors import NotFound, StaleVersion, Taken
from rego.wire.limits import BOARD_DESCRIPTION_MAX
from tests.conftest import Join
from tests.server.furnished import Furnished
from tests.server.import_files import TRELLO
from tests.server.site import Site, raw


async def test_a_new_board_belongs_to_whoever_makes_it(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    body = {"title": "  Things\u202e ", "description": "a\r\nb"}
    answer = await raw(site.url, "POST", "/boards", token=ann.token, body=body)
    assert answer.status == 201
    assert answer.headers["Location"] == f"/boards/{answer.json['id']}"
    assert (answer.json["title"], answer.json["description"], answer.json["role"]) == ("Things", "a\nb", "owner")
    (member,) = await ann.client.send(boards.list_members(answer.json["id"]))
    assert (member.user_id, member.role) == (ann.user.id, Role.OWNER)


async def test_a_key_is_made_of_the_title(join_site: Join) -> None:
    ann = await join_site("ann")
    for title in ("Website relaunch of spring", "Ops", "Q", "2027", "漢字", "Ärger über Öl", "a" * 512):
        board = await ann.client.send(boards.create_board(CreateBoard(title=title)))
        assert re.fullmatch(r"[A-Z]{2,6}", board.key), title


async def test_a_chosen_key_is_kept_or_taken(join_site: Join) -> None:
    ann = await join_site("ann")
    key = "".join(chr(ord("A") + int(digit, 16)) for digit in uuid4().hex[:6])
    board = await ann.client.send(boards.create_board(CreateBoard(title="x", key=key)))
    assert board.key == key
    with pytest.raises(Taken) as refused:
        await ann.client.send(boards.create_board(CreateBoard(title="y", key=key)))
    assert refused.value.field == "key"


async def test_boards_of_one_title_made_at_once_get_keys_of_their_own(join_site: Join) -> None:
    ann = await join_site("ann")
    made = await asyncio.gather(
        *(ann.client.send(boards.create_board(CreateBoard(title="Sprint planning now"))) for _ in range(12))
    )
    assert len({board.key for board in made}) == 12


async def test_of_many_at_once_one_gets_the_key(join_site: Join) -> None:
    ann = await join_site("ann")
    key = "".join(chr(ord("A") + int(digit, 16)) for digit in uuid4().hex[:6])
    body = CreateBoard(title="x", key=key)
    outcomes = await asyncio.gather(*(ann.client.send(boards.create_board(body)) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == 5


async def test_a_board_that_cannot_be_is_refused(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    wrong: list[tuple[dict[str, object], str]] = [
        ({"title": ""}, "title"),
        ({"title": "\x1b]0;x\x07"}, "title"),
        ({"title": "x" * 10_240}, "title"),
        ({"title": None}, "title"),
        ({"title": "x", "key": "a"}, "key"),
        ({"title": "x", "key": "abc"}, "key"),
        ({"title": "x", "key": "ABCDEFG"}, "key"),
        ({"title": "x", "key": "A1"}, "key"),
        ({"title": "x", "description": "x" * (BOARD_DESCRIPTION_MAX + 1)}, "description"),
        ({"title": "x", "description": "\x00"}, "description"),
    ]
    for body, field in wrong:
        answer = await raw(site.url, "POST", "/boards", token=ann.token, body=body)
        assert (answer.status, answer.json["field"]) == (400, field), body
    assert await ann.client.send(boards.list_boards()) == []


async def test_one_sees_only_ones_own_boards_open_ones_first(join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    made = [await ann.client.send(boards.create_board(CreateBoard(title=title))) for title in ("b", "c", "a")]
    await ann.client.send(boards.update_board(made[2].id, UpdateBoard(archived=True)))
    await ann.client.send(boards.add_member(made[1].id, AddMember(role=Role.VIEWER, username=bob.user.username)))
    assert [board.title for board in await ann.client.send(boards.list_boards())] == ["b", "c", "a"]
    (seen,) = await bob.client.send(boards.list_boards())
    assert (seen.title, seen.role) == ("c", Role.VIEWER)


async def test_a_glance_counts_what_is_open_done_and_overdue(desk: Furnished, join_site: Join) -> None:
    day = timedelta(days=1)
    for card, late in ((desk.one, -day), (desk.two, day), (desk.three, -day)):
        await desk.own(cards.update_card(card.id, UpdateCard(due_at=datetime.now(UTC) + late)))
    await desk.own(cards.update_card(desk.three.id, UpdateCard(completed=True)))
    await desk.own(columns.update_column(desk.doing.id, UpdateColumn(archived=True)))
    empty = await desk.own(boards.create_board(CreateBoard(title="Empty")))
    shelved = await desk.own(boards.create_board(CreateBoard(title="Shelved")))
    await desk.own(boards.update_board(shelved.id, UpdateBoard(archived=True)))
    seen = {glance.board_id: glance for glance in await desk.own(boards.list_glances())}
    assert seen == {
        desk.board.id: BoardGlance(board_id=desk.board.id, cards=3, done=1, overdue=1, people=[]),
        empty.id: BoardGlance(board_id=empty.id, cards=0, done=0, overdue=0, people=[]),
    }
    assert await (await join_site("stranger")).client.send(boards.list_glances()) == []


async def test_fields_are_set_and_kept_and_conflicts_found(desk: Furnished) -> None:
    changed = await desk.own(boards.update_board(desk.board.id, UpdateBoard(title="Renamed", version=1)))
    assert (changed.title, changed.description, changed.version, changed.role) == ("Renamed", "What we run", 2, Role.OWNER)
    with pytest.raises(StaleVersion):
        await desk.own(boards.update_board(desk.board.id, UpdateBoard(title="Other", version=1)))
    merged = await desk.own(boards.update_board(desk.board.id, UpdateBoard(description="", version=1)))
    assert (merged.title, merged.description) == ("Renamed", "")


async def test_a_deleted_board_is_gone_with_everything_on_it(site: Site, desk: Furnished) -> None:
    await desk.own(boards.delete_board(desk.board.id), f"delete-{desk.board.id}")
    with pytest.raises(NotFound):
        await desk.own(boards.get_board(desk.board.id))
    with pytest.raises(NotFound):
        await desk.own(cards.get_card(desk.one.id))
    for table in ("board_heads", "board_members", "board_columns", "cards", "labels", "event_log"):
        assert await site.execute(f"SELECT 1 FROM {table} WHERE board_id = ?", desk.board.id) == []
    await desk.own(boards.delete_board(desk.board.id), f"delete-{desk.board.id}")


async def test_an_imported_board_can_be_deleted(desk: Furnished) -> None:
    made = await desk.own(imports.import_board("trello", TRELLO["complete"]))
    await desk.own(boards.delete_board(made.board.id))
    with pytest.raises(NotFound):
        await desk.own(boards.get_board(made.board.id))


# --- the log -----------------------------------------------------------------------------------------------------


async def test_the_log_is_read_forwards_and_backwards(desk: Furnished) -> None:
    everything = await desk.send(boards.list_events(desk.board.id, since=0, limit=200))
    seqs = [event.seq for event in everything]
    assert seqs == list(range(1, len(seqs) + 1))
    assert everything == await desk.send(boards.list_events(desk.board.id, limit=200))
    newest = await desk.send(boards.list_events(desk.board.id, limit=3, order="desc"))
    assert [event.seq for event in newest] == seqs[:-4:-1]
    older = await desk.send(boards.list_events(desk.board.id, since=newest[-1].seq, limit=2, order="desc"))
    assert [event.seq for event in older] == seqs[-4:-6:-1]
    page = await desk.send(boards.list_events(desk.board.id, since=2, limit=2))
    assert [event.seq for event in page] == [3, 4]


async def test_before_the_first_and_after_the_last_event_there_is_none(desk: Furnished) -> None:
    seq = (await desk.snapshot()).seq
    assert await desk.send(boards.list_events(desk.board.id, since=seq)) == []
    assert await desk.send(boards.list_events(desk.board.id, since=2**53)) == []
    assert await desk.send(boards.list_events(desk.board.id, since=1, order="desc")) == []
    assert await desk.send(boards.list_events(desk.board.id, since=0, order="desc")) == []


async def test_a_question_to_the_log_that_cannot_be_is_refused(site: Site, desk: Furnished) -> None:
    for query in ("since=-1", "since=x", "since=9007199254740993", "since=99999999999999999999", "limit=0", "order=up"):
        answer = await raw(site.url, "GET", f"/boards/{desk.board.id}/events?{query}", token=desk.member.token)
        assert (answer.status, answer.json["field"]) == (400, query.partition("=")[0])


# --- the snapshot ------------------------------------------------------------------------------------------------


async def test_an_unchanged_snapshot_is_not_sent_again(site: Site, desk: Furnished) -> None:
    path = f"/boards/{desk.board.id}/snapshot"
    first = await raw(site.url, "GET", path, token=desk.member.token)
    tag = first.headers["ETag"]
    assert tag == f'"{first.json["epoch"]}-{first.json["seq"]}"'
    again = await raw(site.url, "GET", path, token=desk.member.token, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    await desk.send(cards.update_card(desk.one.id, UpdateCard(title="renamed")))
    fresh = await raw(site.url, "GET", path, token=desk.member.token, headers={"If-None-Match": tag})
    assert fresh.status == 200
    assert fresh.json["seq"] == first.json["seq"] + 1


async def test_an_unchanged_snapshot_is_not_shown_to_somebody_who_left(site: Site, desk: Furnished) -> None:
    path = f"/boards/{desk.board.id}/snapshot"
    tag = (await raw(site.url, "GET", path, token=desk.viewer.token)).headers["ETag"]
    await desk.own(boards.remove_member(desk.board.id, desk.viewer.user.id))
    assert (await raw(site.url, "GET", path, token=desk.viewer.token, headers={"If-None-Match": tag})).status == 404


async def test_a_snapshot_holds_archived_cards_only_when_asked(desk: Furnished) -> None:
    assert {card.title for card in (await desk.snapshot()).cards} == {"one", "two", "three", "five"}
    assert {card.title for card in (await desk.snapshot(archived=True)).cards} == {"one", "two", "three", "four", "five"}


async def test_a_snapshot_is_the_same_for_all_its_readers(site: Site, desk: Furnished) -> None:
    path = f"/boards/{desk.board.id}/snapshot"
    answers = [await raw(site.url, "GET", path, token=who.token) for who in (desk.owner, desk.member, desk.viewer)]
    assert answers[0].body == answers[1].body == answers[2].body
    assert answers[0].json["board"]["role"] is None
    assert "@example.com" not in answers[0].body.decode()


async def test_many_readers_at_once_see_the_newest_state(desk: Furnished) -> None:
    """Readers share a read, but none is given one that began before the change that it knows of."""
    column = await desk.send(columns.create_column(desk.board.id, CreateColumn(title="Busy")))

    async def change_and_read(number: int) -> bool:
        made = await desk.send(cards.create_card(desk.board.id, CreateCard(title=str(number), column_id=column.id)))
        snapshot = await desk.snapshot()
        return made.id in {card.id for card in snapshot.cards}

    assert all(await asyncio.gather(*(change_and_read(number) for number in range(20))))
