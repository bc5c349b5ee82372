"""The first run: with nothing configured and no board, there is one that teaches the keys, and it is made once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rego.client import boards
from rego.client.blocking import Client
from rego.client.home import Home
from rego.demo import tutorial
from rego.wire.boards import Board, CreateBoard
from rego_tui.actions import ACTIONS, Place
from tests.cli.conftest import Person, join
from tests.tui.at_home import empty_home, visiting


@pytest.fixture
def ada(server_url: str) -> Person:
    return join(server_url, "ada")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ada: Person) -> Home:
    """A user without any setting; this machine's own server is a real one with nothing on it."""
    home = empty_home(tmp_path, monkeypatch)
    home.paths.data.mkdir()
    home.furnish = tutorial.begin
    monkeypatch.setattr(home, "way_in", lambda server: (ada.server, ada.credentials))
    return home


def boards_of(person: Person) -> list[Board]:
    with Client(person.server, person.credentials) as client:
        return client.send(boards.list_boards())


async def test_the_first_start_opens_a_board_that_teaches(home: Home, ada: Person) -> None:
    async with visiting(home, None) as visitor:
        await visitor.until_seen("● live")
        assert "Press Enter to open me" in " ".join(visitor.text().split())
        await visitor.press("enter")
        await visitor.until_seen("The two minutes")
    async with visiting(home, None) as visitor:
        await visitor.until_seen("● live")
    assert [board.title for board in boards_of(ada)] == ["First steps"]


def test_it_is_made_once_even_if_it_is_deleted(home: Home, ada: Person) -> None:
    with Client(ada.server, ada.credentials) as client:
        tutorial.begin(client, home.paths)
        tutorial.begin(client, home.paths)
        (board,) = boards_of(ada)
        client.send(boards.delete_board(board.id))
        tutorial.begin(client, home.paths)
    assert boards_of(ada) == []


def test_who_has_a_board_needs_no_first_one(home: Home, ada: Person) -> None:
    with Client(ada.server, ada.credentials) as client:
        client.send(boards.create_board(CreateBoard(title="Mine")))
        tutorial.begin(client, home.paths)
    assert [board.title for board in boards_of(ada)] == ["Mine"]


async def test_a_first_board_that_cannot_be_made_keeps_nobody_out(home: Home) -> None:
    home.paths.data.rmdir()
    async with visiting(home, None) as visitor:
        await visitor.until_seen("You have no boards yet.")


def test_it_names_only_keys_that_there_are() -> None:
    there = {key for action in ACTIONS if action.place in (Place.BOARD, Place.BOARDS, Place.EVERYWHERE) for key in action.keys}
    cards = tutorial.plan().cards
    pressed = {key for card in cards for key in re.findall(r"Press (\S+?)[:,]?(?: |$)", card.title)}
    told = {key for card in cards for key in re.findall(r"`(\D)`", card.description)}
    assert {"Enter", "L", "u", "n", "e", "x", "m", "/", "?"} <= pressed
    assert (pressed | told) - {"Enter"} <= there


def test_the_way_to_the_boards_is_the_key_that_goes_there() -> None:
    (keys,) = (action.keys for action in ACTIONS if action.id == "board.switch")
    ways = [way.group(1) for card in tutorial.plan().cards if (way := re.search(r"(\S+), then", card.title))]
    assert ways == [*keys] * 2


def test_a_card_is_read_at_a_glance() -> None:
    for card in tutorial.plan().cards:
        assert len(card.title) <= 46
        assert len(card.description) < 400
