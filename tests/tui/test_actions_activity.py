"""The activity of a board: read, followed, filtered, gone from to the card, and taken back."""

from __future__ import annotations

from functools import partial

from rego.client import cards, labels
from rego.wire.activity import Activity
from rego.wire.boards import Board
from rego.wire.cards import MoveCard, UpdateCard
from rego.wire.columns import Color
from rego.wire.labels import CreateLabel
from rego_tui.screens.activity import ActivityPage
from rego_tui.screens.card import CardScreen
from rego_tui.widgets.entries import Entries
from tests.running import Running, Somebody
from tests.tui import boards
from tests.tui.seat import Seat, seated
from tests.tui.test_actions_lists import at_activity, cursor, page

Two = tuple[Board, Somebody, Somebody]


async def open_activity(seat: Seat) -> ActivityPage:
    await seat.press("g", "a")
    await seat.until("the activity is read", lambda: "added the column “Todo”" in seat.text())
    assert isinstance(seat.app.screen, ActivityPage)
    return seat.app.screen


async def test_board_activity(server: Running, board: Two) -> None:
    made, ada, _ = board
    async with seated(server, ada, made) as hers:
        await open_activity(hers)
        assert "Activity · Ops" in hers.text()
        assert "ada added OPS-3 “Charlie” to Todo" in hers.text()
        assert "just now" in hers.text()


def came_in(seat: Seat, listed: Entries, above: str) -> bool:
    """Whether something of ben's stands above what was the first entry."""
    return "ben" in seat.text() and listed.entries[1].key != above


async def test_what_happens_comes_in_above_whatever_the_size(server: Running, board: Two) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers:
        listed = (await open_activity(hers)).listed
        for size in ((80, 24), (200, 50), (60, 24), (20, 5)):
            await hers.resize(*size)
            before, above = listed.key, listed.entries[1].key
            await ben.client.send(cards.update_card("OPS-1", UpdateCard(title=f"At {size[0]}")))
            await hers.until("ben's act came in above", partial(came_in, hers, listed, above))
            assert listed.key == before
            assert all("just now" in line for line in hers.text().split("\n") if "ben" in line) or size[0] < 60


async def test_activity_open_card(server: Running, board: Two) -> None:
    made, ada, _ = board
    async with seated(server, ada, made) as hers:
        await open_activity(hers)
        await hers.press("j", "enter")
        await hers.until("the card is open", lambda: isinstance(hers.app.screen, CardScreen) and "Bravo" in hers.text())
        await hers.press("escape")
        await hers.press("G", "enter")
        await hers.until("it is about no card", lambda: hers.said("This is about no card."))


async def test_activity_take_back(server: Running, board: Two) -> None:
    made, ada, _ = board
    async with seated(server, ada, made) as hers:
        await hers.press("L")
        await hers.until("the move is confirmed", lambda: not hers.store.loaded.pending)
        await ada.client.send(cards.update_card("OPS-2", UpdateCard(title="Zulu")))
        page = await open_activity(hers)
        await hers.until("both acts stand there", lambda: "renamed OPS-2" in hers.text() and "ada moved OPS-1" in hers.text())
        await hers.press("j", "u")
        await hers.until("exactly the move is taken back", lambda: hers.column_of("Alpha") == "Todo")
        await hers.until("it is marked", lambda: "taken back" in hers.text())
        assert hers.store.loaded.cards_in(todo_of(hers))[1].title == "Zulu"
        await hers.press("u")
        await hers.until("once is enough", lambda: hers.said("This was taken back already"))
        assert isinstance(page, ActivityPage)


def todo_of(seat: Seat) -> str:
    return seat.store.loaded.columns_in_order()[0].id


async def test_what_somebody_changed_since_is_not_taken_back(server: Running, board: Two) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers:
        await hers.press("L")
        await hers.until("the move is confirmed", lambda: not hers.store.loaded.pending)
        todo = todo_of(hers)
        await ben.client.send(cards.move_card("OPS-1", MoveCard(column_id=todo)))
        await open_activity(hers)
        await hers.until("both moves stand there", lambda: hers.text().count("moved OPS-1") >= 2)
        await hers.press("u")
        await hers.until("others' acts are left alone", lambda: hers.said("This was not you."))
        await hers.press("j", "u")
        await hers.until("both columns are said", lambda: hers.said("the column was “Doing” and is “Todo” now"))


async def test_filters_by_person_type_and_card_reach_what_was_not_read(server: Running, board: Two) -> None:
    made, ada, ben = board
    await ben.client.send(labels.create_label(made.id, CreateLabel(name="bug", color=Color.RED)))
    async with seated(server, ada, made) as hers:
        await open_activity(hers)
        await hers.press("/", *"by:be", "enter")
        await hers.until("only ben's acts", lambda: "added the label “bug”" in hers.text() and "Charlie" not in hers.text())
        await hers.press("/", *["backspace"] * 5, *"type:col", "enter")
        await hers.until("only columns", lambda: "column “Doing”" in hers.text() and "“bug”" not in hers.text())
        await hers.press("/", *["backspace"] * 8, *"card:ops-2", "enter")
        await hers.until("only one card", lambda: "Bravo" in hers.text() and "column “Doing”" not in hers.text())
        await hers.press("/", *["backspace"] * 10, *"nothing like it", "enter")
        await hers.until("nothing fits", lambda: "Nothing fits “nothing like it”." in hers.text())
        await hers.press("escape")
        await hers.until("all is there again", lambda: "Charlie" in hers.text())


async def test_the_log_is_read_on_as_one_goes_down_and_the_reader_stays_where_they_are() -> None:
    async with at_activity(count=450) as desk:
        for _ in range(3):
            await desk.press("G")
            await desk.until("nothing is being read", lambda: not page(desk)._reading_on)
        await desk.until("the oldest is there", lambda: "thing 1." in desk.text())
        line = page(desk).listed.scroll_offset.y
        desk.peer.acts[451] = Activity(seq=451, at=boards.NOW, type="card.moved", sentence="mia did something new.")
        desk.peer.replica.seq = 450
        desk.store.loaded.seq = 450
        desk.peer.change(next(iter(desk.store.loaded.cards)), title="A new name")
        await desk.until("it is announced", lambda: "↑ 1 new" in desk.text())
        assert cursor(desk) == 1
        assert page(desk).listed.scroll_offset.y == line + 1
        assert "thing 1." in desk.text()
        await desk.press("g", "g")
        assert "something new." in desk.text()
        assert "↑ 1 new" not in desk.text()
