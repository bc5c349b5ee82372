"""The boards that are measured: made through the importer, and described to the load generator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rego.client import auth, boards, imports
from rego.client.blocking import Client
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.wire.base import to_json
from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.imports import Plan, PlannedCard, PlannedColumn, PlannedLabel, PlannedPerson
from rego.wire.users import Register
from tests.bench.load import Arena

PASSWORD = "correct horse battery"
COLUMNS = ("Backlog", "Ready", "Doing", "Review", "Done")
LABELS = tuple(zip(("bug", "feature", "chore", "docs"), Color, strict=False))
PEOPLE = ("mira", "jonas", "leni", "tariq")


@dataclass(frozen=True)
class Stage:
    """A server with boards on it, and somebody who owns them."""

    user_id: str
    token: str
    arenas: list[Arena]
    large_board: str


@dataclass(frozen=True)
class Hall:
    """A board that many follow, the token of its owner, and cards that are all in the first of its columns."""

    token: str
    board_id: str
    columns: list[str]
    cards: list[str]


def prepare_hall(url: str, cards: int = 50) -> Hall:
    """Register somebody on the server at `url` and import one board of `cards` cards."""
    with _logged_in(url) as (client, _user_id, token):
        board_id = _import(client, "Hall", cards)
        snapshot = client.send(boards.get_snapshot(board_id))
        columns = [column.id for column in snapshot.columns]
        return Hall(token, board_id, columns, [card.id for card in snapshot.cards if card.column_id == columns[0]])


def prepare(url: str, amount: int, cards: int, large: int) -> Stage:
    """Register somebody on the server at `url` and import `amount` boards of `cards` cards, and one of `large`."""
    with _logged_in(url) as (client, user_id, token):
        arenas = [_arena(client, _import(client, f"Board {number}", cards)) for number in range(amount)]
        return Stage(user_id, token, arenas, _import(client, "Large", large))


@contextmanager
def _logged_in(url: str) -> Iterator[tuple[Client, str, str]]:
    server = Server.parse(url)
    with Client(server) as stranger:
        user = stranger.send(auth.register(Register(email="bench@example.com", username="bench", password=PASSWORD)))
        tokens = stranger.send(auth.login("bench", PASSWORD))
    with Client(server, Credentials.of_tokens(server, tokens)) as client:
        yield client, user.id, tokens.access_token


def _import(client: Client, title: str, cards: int) -> str:
    return client.send(imports.import_board("rego", to_json(plan(title, cards)))).board.id


def _arena(client: Client, board_id: str) -> Arena:
    snapshot = client.send(boards.get_snapshot(board_id))
    return Arena([column.id for column in snapshot.columns], [card.id for card in snapshot.cards])


def plan(title: str, cards: int) -> Plan:
    """A board of `cards` cards as the importer takes it."""
    return Plan(
        title=title,
        people=[PlannedPerson(key=name, username=name, name=name.title()) for name in PEOPLE],
        labels=[PlannedLabel(key=name, name=name, color=color) for name, color in LABELS],
        columns=[PlannedColumn(key=column, title=column) for column in COLUMNS],
        cards=[_card(number) for number in range(cards)],
    )


def _card(number: int) -> PlannedCard:
    """One of a mixed lot: some with labels, people, a date and a description."""
    return PlannedCard(
        column=COLUMNS[number % len(COLUMNS)],
        title=f"Card {number}: find out why the nightly run takes longer each week",
        description="The run takes longer each week; see the graph.\n" * (number % 3),
        due_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number % 90) if number % 4 == 0 else None,
        priority=tuple(Priority)[number % len(Priority)],
        labels=[LABELS[number % len(LABELS)][0]] if number % 2 else [],
        assignees=[PEOPLE[number % len(PEOPLE)]] if number % 3 else [],
    )
