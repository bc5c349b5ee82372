"""Three terminals on one board: the TUI, a watcher and commands, through a server that is killed and started again."""

from __future__ import annotations

import json
from typing import Any

from rego.client import auth, boards, cards, columns
from rego.client.blocking import Client
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.wire.cards import CreateCard
from rego.wire.columns import CreateColumn
from tests.e2e.home import REGO, Home, Running
from tests.e2e.terminal import Screen, terminal
from tests.ports import free_port

PASSWORD = "correct horse battery"


def settle_in(home: Home, port: int) -> None:
    """An account, made and logged in by command, and a board with two columns and three cards in the first."""
    server = f"http://127.0.0.1:{port}"
    account = ("--server", server, "--username", "ada", "--password-stdin")
    home.says("register", *account, "--email", "ada@example.com", stdin=f"{PASSWORD}\n")
    home.says("login", *account, stdin=f"{PASSWORD}\n")
    assert home.says("boards", "add", "Ops") == "OPS\n"
    with Client(Server.parse(server)) as anybody:
        token = anybody.send(auth.login("ada", PASSWORD)).access_token
    with Client(Server.parse(server), Credentials(server=server, access_token=token)) as ada:
        [board] = ada.send(boards.list_boards())
        ready, _ = [ada.send(columns.create_column(board.id, CreateColumn(title=title))) for title in ("Ready", "Doing")]
        for title in ("Fix the pump", "Order seals", "Paint the door"):
            ada.send(cards.create_card(board.id, CreateCard(title=title, column_id=ready.id)))


def is_under(screen: Screen, title: str, header: str) -> bool:
    """Whether a card stands in the column with that header; the next column's cards stand to the right of its header."""
    card, column = screen.find(title), screen.find(header)
    other = screen.find({"Ready": "Doing", "Doing": "Ready"}[header])
    if card is None or column is None or other is None or card.row <= column.row:
        return False
    return max((place.column, place is column) for place in (column, other) if place.column <= card.column + 4)[1]


def events_of(watcher: Running) -> list[dict[str, Any]]:
    return [json.loads(line) for line in watcher.stdout.lines]


def test_three_terminals(home: Home) -> None:
    port = free_port()
    with home.serving(port=port) as server:
        settle_in(home, port)
        with home.beside("watch", "OPS") as watcher, terminal(home, *REGO, "tui") as tui:
            watcher.stderr.until_says("watching OPS (Ops) from event 7 on")
            tui.until(lambda screen: screen.find("● live") and is_under(screen, "Paint the door", "Ready"))

            assert home.says("cards", "move", "OPS-3", "Doing", "--top") == "OPS-3\n"
            tui.until(lambda screen: is_under(screen, "Paint the door", "Doing") and is_under(screen, "Fix the pump", "Ready"))
            watcher.stdout.until(lambda lines: len(lines) == 1)
            [event] = events_of(watcher)
            assert (event["seq"], event["type"], event["actor"]["username"]) == (7, "card.moved", "ada")
            assert (event["data"]["card"]["ref"], event["data"]["card"]["title"]) == ("OPS-3", "Paint the door")
            assert event["data"]["from"]["column_title"] == "Ready"
            assert event["data"]["to"]["column_title"] == "Doing"

            server.kill()
            told = len(watcher.stderr.until_says("offline since"))
            # An outage does not take the board off the screen.
            tui.until(lambda screen: screen.find("offline") and is_under(screen, "Paint the door", "Doing"))

            with home.serving(port=port) as again:
                home.says("cards", "move", "OPS-3", "Ready", "--top")
                home.says("cards", "add", "Made after the outage", "--to", "Doing")
                watcher.stderr.until_says("back online, nothing missed", after=told)
                watcher.stdout.until(lambda lines: len(lines) == 3)
                assert [(e["seq"], e["type"]) for e in events_of(watcher)[1:]] == [(8, "card.moved"), (9, "card.created")]
                tui.until(
                    lambda screen: (
                        screen.find("● live")
                        and is_under(screen, "Paint the door", "Ready")
                        and is_under(screen, "Made after the outage", "Doing")
                    )
                )

                tui.press("L")  # the cursor has been on the first card all the time
                tui.until(lambda screen: is_under(screen, "Fix the pump", "Doing"))
                watcher.stdout.until(lambda lines: len(lines) == 4)
                assert [e["seq"] for e in events_of(watcher)] == [7, 8, 9, 10]
                assert "OPS-1\tDoing\tFix the pump" in home.says("cards", "list")

                tui.press("q")
                assert tui.process.wait(60) == 0
                assert again.stop() == 0
