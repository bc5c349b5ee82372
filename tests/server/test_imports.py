"""Imports over HTTP: what is in the file is on the board, and a file that fails leaves nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import jwt
import msgspec
import pytest
from sqlalchemy import func, select

from rego.client import boards, cards, checklists, comments, imports
from rego.wire.base import Role, to_json
from rego.wire.cards import CreateCard
from rego.wire.columns import WipMode
from rego.wire.errors import Conflict, InvalidInput
from rego.wire.imports import Imported, Plan, PlannedCard, PlannedColumn
from rego_server.core.db import Connection, Statement
from rego_server.core.uow import Caller, UnitOfWork
from rego_server.domains.imports import formats
from rego_server.domains.imports.actions import import_board
from rego_server.schema import metadata
from tests.conftest import Join
from tests.running import Running, Somebody
from tests.server.import_files import TRELLO
from tests.server.site import Site, raw


async def _import(somebody: Somebody, content: bytes, name: str = "trello") -> Imported:
    return await somebody.client.send(imports.import_board(name, content))


@pytest.mark.parametrize("content", TRELLO.values(), ids=TRELLO)
async def test_what_the_report_counts_is_on_the_board(join_site: Join, content: bytes) -> None:
    ann = await join_site("ann")
    made = await _import(ann, content)
    snapshot = await ann.client.send(boards.get_snapshot(made.board.id, archived=True))
    tallies = {name: tally.imported for name, tally in made.report.tallies.items()}
    file = json.loads(content)
    assert (len(file["lists"]), len(file["cards"])) == tuple(made.report.tallies[name].found for name in ("lists", "cards"))
    assert len(snapshot.columns) == tallies["lists"]
    assert len(snapshot.cards) == tallies["cards"] == len(file["cards"])
    assert len(snapshot.labels) == tallies["labels"]
    assert sum(len(card.label_ids) for card in snapshot.cards) == tallies["label uses"]
    assert sum(card.checklist_total for card in snapshot.cards) == tallies["items"]
    assert sum(card.comment_count for card in snapshot.cards) == tallies["comments"]
    assert snapshot.seq == 1
    assert [member.role for member in snapshot.members if not member.placeholder] == [Role.OWNER]


@pytest.mark.parametrize("content", TRELLO.values(), ids=TRELLO)
async def test_counts_on_cards_are_what_hangs_on_them(join_site: Join, content: bytes) -> None:
    ann = await join_site("ann")
    made = await _import(ann, content)
    snapshot = await ann.client.send(boards.get_snapshot(made.board.id, archived=True))
    counted = [card for card in snapshot.cards if card.checklist_total or card.comment_count][:10]
    for card in counted:
        items = [item for each in await ann.client.send(checklists.list_checklists(card.id)) for item in each.items]
        assert (card.checklist_done, card.checklist_total) == (sum(item.done for item in items), len(items))
        assert card.comment_count == len(await ann.client.send(comments.list_comments(card.id)))


async def test_an_import_twice_makes_two_boards(join_site: Join) -> None:
    ann = await join_site("ann")
    content = TRELLO["complete"]
    first, second = await _import(ann, content), await _import(ann, content)
    assert first.board.id != second.board.id
    assert first.board.key != second.board.key
    assert first.report == second.report
    assert len(await ann.client.send(boards.list_boards())) == 2


async def test_imports_at_once_get_keys_of_their_own(join_site: Join) -> None:
    ann = await join_site("ann")
    content = TRELLO["complete"]
    made = await asyncio.gather(*(_import(ann, content) for _ in range(5)))
    assert len({imported.board.key for imported in made}) == 5


async def test_a_repeated_import_is_done_once(join_site: Join) -> None:
    ann = await join_site("ann")
    call = imports.import_board("trello", TRELLO["complete"])
    first, again = await ann.client.send(call, "one"), await ann.client.send(call, "one")
    assert first == again
    assert len(await ann.client.send(boards.list_boards())) == 1


async def test_work_goes_on_after_an_import(join_site: Join) -> None:
    ann = await join_site("ann")
    made = await _import(ann, TRELLO["complete"])
    snapshot = await ann.client.send(boards.get_snapshot(made.board.id, archived=True))
    new = await ann.client.send(cards.create_card(made.board.id, CreateCard(title="new", column_id=snapshot.columns[0].id)))
    assert new.number == max(card.number for card in snapshot.cards) + 1


FORMATS: list[tuple[str, bytes]] = [
    ("trello", b""),
    ("trello", b"{}x"),
    ("trello", b"[]"),
    ("trello", b"\xff\xd8\xff\xe0"),
    ("trello", b'{"lists": 3}'),
    ("trello", b"[" * 100_000),
    ("rego", b"{}"),
    ("excel", b"{}"),
]


async def test_a_file_that_is_none_makes_nothing(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    for name, content in FORMATS:
        answer = await raw(site.url, "POST", f"/boards/import?format={name}", token=ann.token, content=content)
        if answer.status == 201:
            pytest.fail(f"{name} {content[:40]!r} was imported")
        assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput")
        assert answer.json["detail"].isprintable()
    assert await ann.client.send(boards.list_boards()) == []


@pytest.mark.parametrize("content", TRELLO.values(), ids=TRELLO)
async def test_half_a_file_makes_nothing(join_site: Join, content: bytes) -> None:
    ann = await join_site("ann")
    with pytest.raises(InvalidInput, match="cut off"):
        await _import(ann, content[: len(content) // 2])
    assert await ann.client.send(boards.list_boards()) == []


HOSTILE: list[dict[str, Any]] = [
    {"number": 2**31},
    {"number": 2**70},
    {"number": -1},
    {"number": 0},
    {"due_at": "0001-01-01T00:00:00+14:00"},
    {"due_at": "9999-12-31T23:59:59Z"},
    {"created_at": "0001-01-01T00:00:00Z"},
    {"title": "\x1b]0;x\x07"},
    {"title": "a\x00b"},
    {"description": "x" * 200_000},
    {"description": "a\x00b"},
    {"labels": ["nothing"]},
    {"assignees": ["nobody"]},
    {"comments": [{"text": "x" * 100_000, "at": "9999-12-31T23:59:59Z"}]},
    {"checklists": [{"title": "", "items": [{"text": "\x9b", "due_at": "0001-01-01T00:00:00Z"}]}]},
]


async def test_a_hostile_file_is_mended_or_refused_and_never_breaks(site: Site, join_site: Join) -> None:
    """Whatever comes in can be read again, by every client and on both databases."""
    ann = await join_site("ann")
    for hostile in HOSTILE:
        plan = {"title": "x", "columns": [{"key": "a", "title": "A"}], "cards": [{"column": "a", "title": "x", **hostile}] * 2}
        answer = await raw(site.url, "POST", "/boards/import?format=rego", token=ann.token, body=plan)
        assert answer.status in (201, 400), (hostile, answer.body)
        if answer.status == 201:
            board_id = answer.json["board"]["id"]
            snapshot = await ann.client.send(boards.get_snapshot(board_id, archived=True))
            assert len(snapshot.cards) == 2
            for card in snapshot.cards:
                assert card.title.isprintable()
                assert card.created_at.tzinfo is not None
                assert card.due_at is None or card.due_at.tzinfo is not None
                await ann.client.send(checklists.list_checklists(card.id))
                await ann.client.send(comments.list_comments(card.id))


class _Interrupted(Exception):
    """What stands for a process that is killed before the commit."""


async def test_an_import_is_one_transaction(server: Running, people: Join) -> None:
    ann = await people("ann")
    plan, report = formats.read("trello", TRELLO["complete"])
    before = await _row_counts(server)

    async def interrupted(uow: UnitOfWork) -> None:
        await import_board(uow, "trello", plan, report)
        await uow.flush()
        raise _Interrupted

    session_id = _session_of(ann.token)
    with pytest.raises(_Interrupted):
        await server.server.runner.run(interrupted, Caller(ann.user.id, session_id), None)
    assert await _row_counts(server) == before
    await ann.client.send(imports.import_board("trello", TRELLO["complete"]))
    after = await _row_counts(server)
    for table in ("boards", "cards", "comments", "checklist_items", "event_log"):
        assert after[table] > before[table]


def _session_of(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["sid"])


async def _row_counts(server: Running) -> dict[str, int]:
    async def count(connection: Connection) -> dict[str, int]:
        counts = {}
        for name, table in metadata.tables.items():
            row = await connection.fetch_one(Statement(select(func.count().label("rows")).select_from(table)))
            assert row is not None
            counts[name] = row["rows"]
        return counts

    return await server.server.database.reading(count)


def test_every_format_has_a_reader_that_refuses_nothing_at_all() -> None:
    for name in formats.FORMATS:
        with pytest.raises(InvalidInput):
            formats.read(name, b"")
    with pytest.raises(InvalidInput, match="known are"):
        formats.read("excel", b"")


def test_the_answer_names_kinds_as_documented() -> None:
    plan, report = formats.read("trello", TRELLO["complete"])
    assert {"lists", "cards", "labels", "label uses", "checklists", "items", "comments", "members"} <= report.tallies.keys()
    assert msgspec.json.decode(msgspec.json.encode(plan), type=type(plan)) == plan


async def test_a_column_over_its_hard_limit_comes_as_it_is_and_takes_no_more(join_site: Join) -> None:
    ann = await join_site("ann")
    full = PlannedColumn(key="a", title="Doing", wip_limit=1, wip_mode=WipMode.HARD)
    plan = Plan(title="Full", columns=[full], cards=[PlannedCard(column="a", title=str(n)) for n in range(2)])
    made = await ann.client.send(imports.import_board("rego", to_json(plan)))
    assert [(remark.what, remark.where) for remark in made.report.remarks] == [("a column is over its limit", "Doing")]
    snapshot = await ann.client.send(boards.get_snapshot(made.board.id))
    assert len(snapshot.cards) == 2
    with pytest.raises(Conflict, match="Doing is full"):
        await ann.client.send(cards.create_card(made.board.id, CreateCard(title="x", column_id=snapshot.columns[0].id)))
