"""The actions on the short facts of an open card, each done with its key: labels, people, date, priority, column."""

from __future__ import annotations

from datetime import UTC, datetime

from rego.client.server import Server
from rego.wire.cards import Priority
from rego_tui.screens.picker import Picker
from tests.tui import boards
from tests.tui.boards import ADA, MIA
from tests.tui.card_peer import CARD, CardDesk, card_desk


async def choose(desk: CardDesk, key: str, *keys: str) -> None:
    await desk.press(key)
    await desk.until("the popup stands open", lambda: isinstance(desk.app.screen, Picker))
    await desk.press(*keys)
    await desk.until_sent()


async def test_open_card_labels() -> None:
    async with card_desk(snapshot=boards.rich()) as desk:
        await choose(desk, "t", *"infra", "enter")
        assert desk.peer.replica.cards[CARD].label_ids == [boards.label_id(2), boards.label_id(3)]
        assert "● design  ● infra" in desk.text()
        await choose(desk, "t", *"brand new", "enter")
        await desk.until("the label is made and on it", lambda: "brand new" in desk.text())
        await desk.until_sent()
        assert len(desk.peer.replica.cards[CARD].label_ids) == 3


async def test_open_card_people() -> None:
    async with card_desk() as desk:
        await choose(desk, "a", *"mia", "enter")
        assert desk.peer.replica.cards[CARD].assignee_ids == [MIA.user_id]
        assert "People     Mia" in desk.text()


async def test_an_item_is_assigned_and_given_back() -> None:
    async with card_desk() as desk:
        await desk.go_to("Write")
        await choose(desk, "a", *"me", "enter")
        assert desk.peer.item(1).assignee_id == ADA.user_id
        assert "Write  @Ada" in desk.text()
        await choose(desk, "a", *"nobody", "enter")
        assert desk.peer.item(1).assignee_id is None


async def test_open_card_due() -> None:
    async with card_desk() as desk:
        await choose(desk, "D", *"tomorrow", "enter")
        assert desk.peer.replica.cards[CARD].due_at == datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
        assert "due tomorrow" in desk.text()


async def test_open_card_copy_ref() -> None:
    async with card_desk() as desk:
        await desk.press("y")
        assert desk.app.clipboard == "OPS-1"


async def test_open_card_copy_url() -> None:
    async with card_desk() as desk:
        await desk.press("Y")
        assert "its cards have no URL" in desk.notices()
        desk.app.where.server = Server.parse("https://rego.example")
        await desk.press("Y")
        assert desk.app.clipboard == "https://rego.example/cards/OPS-1"


async def test_open_card_copy_branch() -> None:
    async with card_desk() as desk:
        await desk.press("b")
        assert desk.app.clipboard.startswith("ops-1-")


async def test_open_card_priority() -> None:
    async with card_desk() as desk:
        await choose(desk, "p", *"urgent", "enter")
        assert desk.peer.replica.cards[CARD].priority is Priority.URGENT
        assert "▲ urgent" in desk.text()


async def test_open_card_column() -> None:
    async with card_desk() as desk:
        await choose(desk, "m", "2")
        assert desk.server_titles(2) == ["B1", "A1"]
        assert "Column     Doing" in desk.text()
