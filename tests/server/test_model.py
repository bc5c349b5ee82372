"""Any sequence of changes leaves a board that a plain list model predicts, and that its events rebuild."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rego.client import auth, boards, cards, columns
from rego.client.blocking import Client
from rego.client.credentials import Credentials
from rego.client.server import Server as Address
from rego.wire.base import Position
from rego.wire.boards import CreateBoard
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.codec import read_event
from rego.wire.columns import CreateColumn
from rego.wire.snapshot import Snapshot
from rego.wire.users import Register
from tests.board_replay import check_replay
from tests.running import PASSWORD, fast_settings, server_thread

COLUMNS = 3

_index = st.integers(0, 30)
_place = st.one_of(
    st.tuples(st.sampled_from(["top", "bottom", "unsaid"]), st.just(0)), st.tuples(st.sampled_from(["after", "before"]), _index)
)
_step = st.one_of(
    st.tuples(st.just("create"), _index, _place),
    st.tuples(st.just("move"), _index, _index, _place),
    st.tuples(st.just("archive"), _index),
    st.tuples(st.just("restore"), _index),
    st.tuples(st.just("rename"), _index),
    st.tuples(st.just("delete"), _index),
)
_steps = st.lists(_step, min_size=1, max_size=25)


class Machine:
    """A board on the server and its model: for each column the ids of its cards from top to bottom, archived ones too."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.board = client.send(boards.create_board(CreateBoard(title="Model")))
        self.columns = [
            client.send(columns.create_column(self.board.id, CreateColumn(title=str(n)))).id for n in range(COLUMNS)
        ]
        self.order: dict[str, list[str]] = {column: [] for column in self.columns}
        self.archived: set[str] = set()
        self.titles: dict[str, str] = {}

    @property
    def cards(self) -> list[str]:
        return [card for column in self.columns for card in self.order[column]]

    def do(self, step: tuple[object, ...]) -> None:
        """Carry out one step on both; one about a card is passed over when there is none."""
        name, *rest = step
        if name == "create" or self.cards:
            getattr(self, f"_{name}")(*rest)

    def _create(self, column: int, place: tuple[str, int]) -> None:
        target = self.columns[column % COLUMNS]
        index, named = self._find(place, target, None)
        title = f"card {uuid4().hex[:6]}"
        made = self.client.send(cards.create_card(self.board.id, CreateCard(title=title, column_id=target, **named)))
        self.order[target].insert(index, made.id)
        self.titles[made.id] = title

    def _move(self, which: int, column: int, place: tuple[str, int]) -> None:
        card, target = self._card(which), self.columns[column % COLUMNS]
        index, named = self._find(place, target, card)
        self.client.send(cards.move_card(card, MoveCard(column_id=target, **named)))
        for ids in self.order.values():
            if card in ids:
                ids.remove(card)
        self.order[target].insert(index, card)

    def _archive(self, which: int) -> None:
        card = self._card(which)
        self.client.send(cards.update_card(card, UpdateCard(archived=True)))
        self.archived.add(card)

    def _restore(self, which: int) -> None:
        card = self._card(which)
        self.client.send(cards.update_card(card, UpdateCard(archived=False)))
        self.archived.discard(card)

    def _rename(self, which: int) -> None:
        card = self._card(which)
        self.titles[card] = f"renamed {uuid4().hex[:6]}"
        self.client.send(cards.update_card(card, UpdateCard(title=self.titles[card])))

    def _delete(self, which: int) -> None:
        card = self._card(which)
        self.client.send(cards.delete_card(card))
        for ids in self.order.values():
            if card in ids:
                ids.remove(card)
        self.archived.discard(card)

    def _card(self, which: int) -> str:
        return self.cards[which % len(self.cards)]

    def _find(self, place: tuple[str, int], column: str, without: str | None) -> tuple[int, dict[str, Any]]:
        """The index that `place` means in a column that the card `without` has left, and the place in the server's words."""
        ids = [card for card in self.order[column] if card != without]
        kind, which = place
        if kind in ("after", "before") and ids:
            index = which % len(ids)
            return index + (kind == "after"), {f"{kind}_id": ids[index]}
        if kind == "top":
            return 0, {"position": Position.TOP}
        return len(ids), {"position": Position.BOTTOM} if kind == "bottom" else {}

    def snapshot(self, *, archived: bool) -> Snapshot:
        return self.client.send(boards.get_snapshot(self.board.id, archived=archived))

    def check(self, before: list[Snapshot]) -> None:
        """Whether the server's board is the model's, its ranks a strict order, and its events enough."""
        events = [read_event(raw) for raw in self.client.send(boards.list_events(self.board.id, before[0].seq, 200))]
        for old in before:
            new = self.snapshot(archived=old.archived)
            check_replay(old, events, new)
            hidden = set() if old.archived else self.archived
            for column in self.columns:
                found = [card for card in new.cards if card.column_id == column]
                assert [card.id for card in found] == [card for card in self.order[column] if card not in hidden]
                assert len({card.rank for card in found}) == len(found)
                assert all(card.title == self.titles[card.id] for card in found)
        assert [event.seq for event in events] == list(range(before[0].seq + 1, new.seq + 1))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="module")
def client(data_dir: Path) -> Iterator[Client]:
    """A person logged in on a server on SQLite."""
    with server_thread(fast_settings(data_dir)) as url:
        address = Address.parse(url)
        stranger = Client(address, None)
        stranger.send(auth.register(Register(email="ann@example.com", username="ann", password=PASSWORD)))
        tokens = stranger.send(auth.login("ann", PASSWORD))
        client = Client(address, Credentials(server=url, access_token=tokens.access_token))
        yield client
        stranger.close()
        client.close()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_steps)
def test_any_changes_leave_what_the_model_says(client: Client, steps: list[tuple[object, ...]]) -> None:
    machine = Machine(client)
    before = [machine.snapshot(archived=archived) for archived in (False, True)]
    for step in steps:
        machine.do(step)
    machine.check(before)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_steps)
def test_the_same_where_ranks_leave_no_gaps(client: Client, data_dir: Path, steps: list[tuple[object, ...]]) -> None:
    """Every column begins with cards whose ranks are neighbours, so that most steps must make room."""
    machine = Machine(client)
    for column in range(COLUMNS):
        for _ in range(4):
            machine.do(("create", column, ("bottom", 0)))
    with closing(sqlite3.connect(data_dir / "rego.db", timeout=10)) as connection, connection:
        for ids in machine.order.values():
            connection.executemany("UPDATE cards SET rank = ? WHERE id = ?", [(7 + n, card) for n, card in enumerate(ids)])
    # One event more, so that the server reads anew what was changed behind its back.
    machine.do(("rename", 0))
    before = [machine.snapshot(archived=archived) for archived in (False, True)]
    for step in steps:
        machine.do(step)
    machine.check(before)
