"""The actions of the open card: going about, checklists, comments and the editor, each done with its key."""

from __future__ import annotations

from rego_tui.screens.card import CardScreen
from rego_tui.widgets.text_editor import TextEditor
from tests.tui import boards
from tests.tui.card_peer import CARD, LIST, OTHER_LIST, CardDesk, card_desk, item_id


def editor(desk: CardDesk) -> TextEditor:
    return desk.app.screen.query_one(TextEditor)


async def test_page_next_section() -> None:
    async with card_desk() as desk:
        seen = []
        for _ in range(6):
            await desk.press("tab")
            seen.append(desk.row().split(" ")[0])
        assert seen == ["Description", "Checklists", "Files", "Comments", "Activity", "Activity"]


async def test_page_previous_section() -> None:
    async with card_desk() as desk:
        await desk.go_to("Read")
        await desk.press("shift+tab")
        assert desk.row().startswith("Checklists")
        await desk.press("shift+tab", "shift+tab")
        assert "Column" in desk.row()


async def test_open_card_act() -> None:
    async with card_desk() as desk:
        await desk.go_to("Write")
        await desk.press("enter")
        assert "☑ Write" in desk.text()
        await desk.go_to("Description")
        await desk.press("enter")
        assert editor(desk).text == "What is to be done."


async def test_open_card_edit() -> None:
    async with card_desk() as desk:
        await desk.press("e", *" too", "enter")
        await desk.until_sent()
        assert desk.peer.replica.cards[CARD].title == "A1 too"
        await desk.go_to("Launch")
        await desk.press("e", *" day", "enter")
        await desk.until_sent()
        assert desk.peer.checklist(LIST).title == "Launch day"
        await desk.go_to("Write")
        await desk.press("e", *" it", "enter")
        await desk.until_sent()
        assert desk.peer.texts()[0] == "Write it"


async def test_open_card_delete() -> None:
    async with card_desk() as desk:
        await desk.go_to("Read")
        await desk.press("d")
        assert "☑ Read" not in desk.text()
        assert "Press u to undo" in desk.notices()
        assert "Ship" in desk.row()
        await desk.go_to("After")
        await desk.press("d")
        await desk.go_to("Ask @mia")
        await desk.press("d")
        await desk.until_sent()
        assert desk.peer.texts() == ["Write", "Ship"]
        assert [one.id for one in desk.peer.card_lists] == [LIST]
        assert [one.text for one in desk.peer.said] == ["Hers"]


async def test_somebody_elses_comment_is_not_deleted_nor_edited() -> None:
    async with card_desk() as desk:
        await desk.go_to("Hers")
        await desk.press("d", "e")
        assert "somebody else's" in desk.notices()
        assert len(desk.peer.said) == 2
        assert not editor(desk).display


async def test_deleting_on_the_title_archives_the_card_and_goes_back() -> None:
    async with card_desk() as desk:
        await desk.press("d")
        assert desk.app.screen is desk.board
        await desk.until_sent()
        assert CARD in desk.peer.shelf
        assert "Archived OPS-1" in desk.notices()


async def test_open_card_move_right() -> None:
    async with card_desk() as desk:
        await desk.press("L")
        assert "Doing" in desk.text()
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A1"]


async def test_open_card_move_left() -> None:
    async with card_desk() as desk:
        await desk.press("L", "H")
        await desk.until_sent()
        assert desk.server_titles(1) == ["A2", "A3", "A1"]


async def test_open_card_undo() -> None:
    async with card_desk() as desk:
        await desk.press("L", "u")
        await desk.until("it is taken back", lambda: "Undone" in desk.notices())
        assert "A1" in desk.server_titles(1)


async def test_open_card_redo() -> None:
    async with card_desk() as desk:
        await desk.press("L", "u")
        await desk.until("it is taken back", lambda: "Undone" in desk.notices())
        await desk.press("U")
        await desk.until("it is done again", lambda: "Done again" in desk.notices())
        assert "A1" in desk.server_titles(2)


async def test_items_new() -> None:
    async with card_desk() as desk:
        await desk.go_to("Write")
        desk.peer.hold()
        await desk.press("n", *"one", "enter", *"two", "enter", "escape")
        assert "☐ one ↻" in desk.text()
        desk.peer.release()
        await desk.until_sent()
        assert desk.peer.texts() == ["Write", "one", "two", "Read", "Ship"]
        await desk.until("they are read", lambda: "↻" not in desk.text())
        assert "two" in desk.row()


async def test_lists_new() -> None:
    async with card_desk() as desk:
        await desk.press("N", *"Third", "enter", *"its item", "enter", "escape")
        await desk.until_sent()
        assert desk.peer.card_lists[-1].title == "Third"
        assert [one.text for one in desk.peer.card_lists[-1].items] == ["its item"]
        await desk.until("it is read", lambda: "↻" not in desk.text())


async def test_an_item_on_a_card_without_lists_asks_for_a_list_first() -> None:
    async with card_desk() as desk:
        desk.peer.card_lists = []
        desk.peer.touch()
        await desk.until("they are gone", lambda: "Launch" not in desk.text())
        await desk.press("n", *"List", "enter", *"item", "enter", "escape")
        await desk.until_sent()
        assert [one.text for one in desk.peer.card_lists[0].items] == ["item"]


async def test_items_tick() -> None:
    async with card_desk() as desk:
        await desk.go_to("Write")
        desk.peer.hold()
        await desk.press("space")
        assert "☑ Write ↻" in desk.text()
        assert "2/3" in desk.text()
        await desk.press("j", "x")
        assert "☐ Read ↻" in desk.text()
        desk.peer.release()
        await desk.until_sent()
        assert (desk.peer.item(1).done, desk.peer.item(2).done) == (True, False)


async def test_items_down() -> None:
    async with card_desk() as desk:
        await desk.go_to("Write")
        await desk.press("J")
        await desk.until_sent()
        assert desk.peer.texts() == ["Read", "Write", "Ship"]
        await desk.press("5", "J")
        await desk.until_sent()
        assert desk.peer.texts(OTHER_LIST) == ["Write", "Rest"]
        assert "Write" in desk.row()


async def test_items_up() -> None:
    async with card_desk() as desk:
        await desk.go_to("Rest")
        await desk.press("K")
        await desk.until_sent()
        assert desk.peer.texts() == ["Write", "Read", "Ship", "Rest"]
        await desk.go_to("After")
        await desk.press("K")
        await desk.until_sent()
        assert [one.title for one in desk.peer.card_lists] == ["After", "Launch"]


async def test_comments_write() -> None:
    async with card_desk() as desk:
        await desk.press("c", *"Well", "enter", *"done", "ctrl+s")
        assert "done" in desk.text()
        await desk.until_sent()
        assert desk.peer.said[-1].text == "Well\ndone"


async def test_editor_save() -> None:
    async with card_desk() as desk:
        await desk.go_to("Description")
        await desk.press("e", "enter", *"More.", "ctrl+s")
        await desk.until_sent()
        assert desk.peer.description == "What is to be done.\nMore."
        assert "More." in desk.text()
        await desk.go_to("Ask @mia")
        await desk.press("e", *"!", "ctrl+s")
        await desk.until_sent()
        assert desk.peer.said[0].text == "Ask @mia first!"
        assert not desk.app.drafts.on(CARD)


async def test_editor_leave() -> None:
    async with card_desk() as desk:
        await desk.go_to("Description")
        await desk.press("e", *" And more", "escape")
        assert "not saved yet" in desk.text()
        await desk.press("escape", "enter")
        assert isinstance(desk.app.screen, CardScreen)
        await desk.until("the card is read", lambda: "Description" in desk.text())
        await desk.go_to("Description")
        await desk.press("e")
        assert editor(desk).text == "What is to be done. And more"
        assert desk.peer.description == "What is to be done."


async def test_editor_complete() -> None:
    async with card_desk() as desk:
        await desk.press("c", *"ask @m")
        assert "@mia" in desk.text()
        await desk.press("tab", *"now", "ctrl+s")
        await desk.until_sent()
        assert desk.peer.said[-1].text == "ask @mia now"


async def test_activity_is_read_page_by_page_when_it_is_asked_for() -> None:
    async with card_desk() as desk:
        assert not [call for call, _ in desk.peer.sent if call.path.endswith("activity")]
        await desk.press("G", "enter")
        await desk.until("the latest are read", lambda: "thing 45" in desk.text())
        await desk.press("G", "enter")
        await desk.until("those before are read", lambda: "thing 25" in desk.text())
        await desk.press("G", "enter")
        await desk.press("G")
        await desk.until("all are read", lambda: "thing 1 " in desk.text())
        assert "what was before" not in desk.text()


async def test_the_others_are_told_that_a_text_is_edited() -> None:
    async with card_desk() as desk:
        await desk.go_to("Description")
        await desk.press("e")
        await desk.until("they are told", lambda: (CARD, True) in desk.peer.focused)
        await desk.press("escape")
        await desk.until("they are told again", lambda: desk.peer.focused[-1] == (CARD, False))


async def test_a_title_typed_on_the_card_waits_for_the_server() -> None:
    async with card_desk() as desk:
        desk.peer.hold()
        await desk.press("e", *"!", "enter")
        assert "A1!" in desk.text()
        desk.peer.release()
        await desk.until_sent()


async def test_clicks_go_to_a_row_and_do_what_enter_does() -> None:
    async with card_desk() as desk:
        y = next(n for n, line in enumerate(desk.text().split("\n")) if "Ship" in line)
        await desk.pilot.click(offset=(10, y))
        await desk.settle()
        assert "Ship" in desk.row()
        await desk.pilot.click(offset=(10, y), times=2)
        await desk.until_sent()
        assert desk.peer.item(3).done
        assert item_id(3) in [one.id for one in desk.peer.checklist(LIST).items]
        assert boards.card_id(1) == CARD
