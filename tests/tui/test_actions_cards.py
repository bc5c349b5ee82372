"""The actions that change cards and what is shown of the board, each done with its key."""

from __future__ import annotations

from rego.client.updates import PresenceCame
from rego.wire.cards import CreateCard, UpdateCard
from rego.wire.errors import ChangedSince
from rego.wire.presence import Person
from rego_tui.screens.boards import BoardsScreen
from rego_tui.screens.card import CardScreen
from tests.tui import boards
from tests.tui.desk import at_desk
from tests.tui.scripted import OWN_CONNECTION


async def test_card_new() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("n", *"one", "enter", *"two", "enter", "escape")
        assert desk.titles(1) == ["A1", "A2", "A3", "one", "two"]
        await desk.until_sent()
        assert desk.server_titles(1) == ["A1", "A2", "A3", "one", "two"]
        assert desk.cursor == "two"


async def test_card_new_below() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("o", *"new", "enter", "enter")
        await desk.until_sent()
        assert desk.server_titles(1) == ["A1", "new", "A2", "A3"]
        assert [body.title for body in desk.sent(CreateCard) if isinstance(body, CreateCard)] == ["new"]


async def test_card_new_above() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("O", *"new", "enter", "escape")
        await desk.until_sent()
        assert desk.server_titles(1) == ["new", "A1", "A2", "A3"]


async def test_card_edit_title() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("e", *" more", "enter")
        assert desk.titles(1)[0] == "A1 more"
        await desk.until_sent()
        assert desk.sent(UpdateCard) == [UpdateCard(title="A1 more", version=1)]


async def test_leaving_the_title_as_it_was_sends_nothing() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("e", *" more", "escape", "e", "enter")
        assert desk.titles(1)[0] == "A1"
        assert not desk.sent(UpdateCard)


async def test_card_toggle_done() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("x")
        assert "✓ done" in desk.text()
        await desk.press("x")
        await desk.until_sent()
        assert desk.sent(UpdateCard) == [UpdateCard(completed=True), UpdateCard(completed=False)]


async def test_card_archive() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("d")
        assert desk.titles(1) == ["A2", "A3"]
        assert desk.cursor == "A2"
        await desk.until("the notice stands", lambda: "Press u to undo" in desk.notices())
        await desk.until_sent()
        assert desk.server_titles(1) == ["A2", "A3"]


async def test_acts_undo() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("x", "L", "u", "u")
        await desk.until("both are taken back", lambda: desk.notices().count("Undone: you did") == 2)
        await desk.until_sent()
        assert desk.server_titles(1) == desk.titles(1) == ["A1", "A2", "A3"]
        assert "✓ done" not in desk.text()
        await desk.press("u")
        await desk.until("there is no more", lambda: "Nothing that you did here lately still stands" in desk.notices())


async def test_acts_redo() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j", "d", "u")
        await desk.until("it is back", lambda: desk.titles(1) == ["A1", "A2", "A3"])
        await desk.press("U", "ctrl+r")
        await desk.until("it is done again, once", lambda: "There is nothing to do again" in desk.notices())
        assert "Done again: you did card.archived. Press u" in desk.notices()
        await desk.until("it is archived", lambda: desk.titles(1) == ["A1", "A3"])


async def test_an_undo_waits_for_what_is_on_its_way() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.hold()
        await desk.press("L", "u", "j")
        assert desk.titles(2) == ["A1", "B1"], "the keys go on meanwhile"
        desk.peer.release()
        await desk.until("the move is taken back", lambda: desk.server_titles(2) == desk.titles(2) == ["B1"])


async def test_an_undo_of_what_was_changed_since_says_both_values() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("L")
        await desk.until_sent()
        left, now = boards.column_id(2), boards.column_id(1)
        clash = {"column_id": {"left": left, "now": now}, "rank": {"left": "a", "now": "b"}}
        desk.peer.refusals.append(ChangedSince("OPS-1 has changed since.", data=clash))
        await desk.press("u")
        said = "Not done: OPS-1 has changed since. As you left it the column was “Doing” and is “Todo” now."
        await desk.until("both values are said", lambda: said in desk.notices())


async def test_card_open() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.details[boards.card_id(1)] = ("Some **bold** words", [], [])
        await desk.press("enter")
        assert isinstance(desk.app.screen, CardScreen)
        await desk.until("the description is read", lambda: "Some bold words" in desk.text())
        assert "OPS-1 " in desk.text()
        assert "Column     Todo" in desk.text()


async def test_filter_edit() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("/", *"bug")
        assert desk.titles(1) == ["Search forgets the filter", "Move the mail queue to the new host without losing a message"]
        assert "2 of 4" in desk.text()
        assert desk.text().split("\n")[-2:] == ["bug", " Enter keep the filter  Esc show all"]
        await desk.press("enter", "j")
        assert desk.cursor.startswith("Move the mail")
        assert "keep the filter" not in desk.text()


async def test_a_filter_that_is_wrong_says_so_and_stays_open() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("/", *"bug or", "enter")
        assert "At character 5: 'or' stands between two terms" in desk.text()
        assert len(desk.titles(1)) == 2
        await desk.press(*" label:design", "enter", "j")
        assert "At character" not in desk.text()
        assert len(desk.titles(1)) == 3


async def test_the_filter_knows_who_i_am_and_what_the_time_is() -> None:
    async with at_desk(boards.rich()) as desk:
        me = Person(connection_id=OWN_CONNECTION, user_id=boards.ADA.user_id, username="ada", card_id=None, editing=False)
        desk.peer.feed(PresenceCame(people={OWN_CONNECTION: me}))
        await desk.until("the app knows its user", lambda: desk.store.me == boards.ADA.user_id)
        await desk.press("/", *"assignee:me due<3d")
        assert (desk.titles(1), desk.titles(2)) == ([], ["Rotate the signing keys"])


async def test_board_back() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("/", *"bug", "enter", "escape")
        assert len(desk.titles(1)) == 4


async def test_board_resync() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("R")
        await desk.until("the board is read again", lambda: desk.peer.opened == 2 and "● live" in desk.text())
        assert desk.titles(1) == ["A1", "A2", "A3"]


async def test_board_switch() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("B")
        assert isinstance(desk.app.screen, BoardsScreen)
        await desk.until("the list stands", lambda: "Website relaunch" in desk.text())
        assert desk.app.screen.listed.key == desk.peer.replica.board.id, "the cursor is on the board that was left"
