"""Texts on an open card while others are at it: nothing that was typed is lost, and both texts are shown where they clash."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events

from rego.wire.checklists import ChecklistItem
from rego.wire.errors import Forbidden, Unreachable
from rego_tui.drafts import Draft, Drafts
from rego_tui.screens.conflict import ConflictScreen
from rego_tui.screens.picker import Picker
from rego_tui.widgets.text_editor import TextEditor
from tests.tui.card_peer import CARD, CardDesk, card_desk
from tests.tui.test_hostile_text import PAYLOADS, STRAY, check


def editor(desk: CardDesk) -> TextEditor:
    return desk.app.screen.query_one(TextEditor)


def detail_items(desk: CardDesk) -> list[ChecklistItem]:
    detail = desk.card.open_card.detail
    return list(detail.items()) if detail is not None else []


async def clash(desk: CardDesk) -> None:
    """Mia saves another description while one is typed, which is saved then."""
    await desk.go_to("Description")
    await desk.press("e", *" Mine")
    desk.peer.describe("Hers.")
    await desk.until("it is said", lambda: "saving yours shows both" in desk.text())
    assert editor(desk).text == "What is to be done. Mine"
    await desk.press("ctrl+s")
    await desk.until("both stand there", lambda: isinstance(desk.app.screen, ConflictScreen))
    assert "Mia changed the description of OPS-1" in desk.text()
    assert "What is to be done. Mine" in desk.text()
    assert "Hers." in desk.text()


async def test_mine_is_saved_over_theirs_when_i_say_so() -> None:
    async with card_desk() as desk:
        await clash(desk)
        await desk.press("m")
        await desk.until_sent()
        assert desk.peer.description == "What is to be done. Mine"
        assert not desk.app.drafts.on(CARD)


async def test_theirs_stays_when_i_say_so() -> None:
    async with card_desk() as desk:
        await clash(desk)
        await desk.press("t")
        await desk.until("theirs is drawn", lambda: "Hers." in desk.text())
        assert desk.peer.description == "Hers."
        assert not desk.app.drafts.on(CARD)


async def test_both_are_edited_as_one_when_i_say_so() -> None:
    async with card_desk() as desk:
        await clash(desk)
        await desk.press("e")
        assert editor(desk).text == "<<<<<<< yours\nWhat is to be done. Mine\n=======\nHers.\n>>>>>>> theirs"
        editor(desk).load_text("Ours.")
        await desk.press("ctrl+s")
        await desk.until_sent()
        assert desk.peer.description == "Ours."


async def test_a_decision_that_is_put_off_keeps_my_text() -> None:
    async with card_desk() as desk:
        await clash(desk)
        await desk.press("escape")
        assert "not saved yet" in desk.text()
        await desk.go_to("Description")
        await desk.press("e")
        assert editor(desk).text == "What is to be done. Mine"


async def test_a_refused_save_keeps_the_text_and_says_why() -> None:
    async with card_desk() as desk:
        desk.peer.refusals.append(Forbidden("You may only look at this board."))
        await desk.press("c", *"typed", "ctrl+s")
        await desk.until("it is said", lambda: "You may only look at this board." in desk.notices())
        await desk.press("c")
        assert editor(desk).text == "typed"


async def test_offline_a_comment_waits_and_is_sent_once() -> None:
    async with card_desk() as desk:
        desk.peer.refusals += [Unreachable("No answer.")]
        await desk.press("c", *"typed", "ctrl+s")
        await desk.until("it waits", lambda: "1 waiting" in desk.text())
        assert "typed" in desk.text()
        desk.store.under_way.outbox.wake()
        await desk.until_sent()
        assert [one.text for one in desk.peer.said].count("typed") == 1


async def test_a_card_that_goes_while_it_is_edited_leaves_the_text_and_offers_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with card_desk() as desk:
        desk.app.drafts = Drafts(tmp_path / "drafts")
        await desk.go_to("Description")
        await desk.press("e", *" Mine")
        desk.peer.delete(CARD)
        await desk.until("it is said", lambda: "not on the board any more" in desk.text())
        assert editor(desk).text == "What is to be done. Mine"
        await desk.press("!", "ctrl+s")
        await desk.until("ways out are offered", lambda: isinstance(desk.app.screen, Picker))
        copied: list[str] = []
        monkeypatch.setattr(desk.app, "copy_to_clipboard", copied.append)
        await desk.press("1")
        assert copied == ["What is to be done. Mine!"]
        await desk.press("ctrl+s", "2")
        (path,) = (tmp_path / "texts").iterdir()
        assert path.read_text() == "What is to be done. Mine!"
        assert path.name.startswith("OPS-1 description")
        assert not editor(desk).display


async def test_changes_of_others_leave_cursor_scroll_and_typing_alone() -> None:
    async with card_desk((80, 24)) as desk:
        await desk.go_to("Ship")
        before = [line for line in desk.text().split("\n") if "▌" in line]
        desk.peer.describe("\n\n".join(f"line {n}" for n in range(30)))
        desk.peer.change_item(1, text="Write it down")
        await desk.until("it is drawn", lambda: "Write it down" in desk.text())
        assert [line for line in desk.text().split("\n") if "▌" in line] == before
        await desk.press("c", *"half")
        desk.peer.change_item(2, text="Read it")
        await desk.until("it is read", lambda: "Read it" in [one.text for one in detail_items(desk)])
        assert editor(desk).text == "half"


async def test_an_item_deleted_under_the_cursor_leaves_it_on_the_next_one() -> None:
    async with card_desk() as desk:
        await desk.go_to("Read")
        desk.peer.card_lists[0].items.pop(1)
        desk.peer.touch()
        await desk.until("it is gone", lambda: "Read" not in desk.text())
        assert "Ship" in desk.row()


async def test_a_paste_of_100_kilobytes_is_saved_whole() -> None:
    async with card_desk() as desk:
        await desk.go_to("Description")
        await desk.press("e")
        text = "\n".join(f"Line {n} with some words in it." for n in range(3000))
        desk.app.screen.post_message(events.Paste(f"\n{text}"))
        await desk.until("it is there", lambda: editor(desk).text.endswith(text))
        await desk.press("ctrl+s")
        await desk.until_sent()
        assert desk.peer.description == f"What is to be done.\n{text}"


async def test_hostile_text_in_the_editor_and_on_every_part_is_only_shown() -> None:
    async with card_desk((100, 300)) as desk:
        desk.peer.description = "\n\n".join(PAYLOADS)
        desk.peer.said = [replace(one, text="\n".join(PAYLOADS), author=PAYLOADS[8]) for one in desk.peer.said]
        desk.peer.files = [replace(one, filename=PAYLOADS[8]) for one in desk.peer.files]
        desk.peer.card_lists = [replace(one, title=PAYLOADS[0]) for one in desk.peer.card_lists]
        desk.peer.touch()
        await desk.until("it is read", lambda: "%s %d {0}" in desk.text())
        check(desk)
        await desk.go_to("Description")
        await desk.press("e")
        check(desk)
        desk.app.screen.post_message(events.Paste("x\x1b]0;y\x07"))
        await desk.settle()
        check(desk)
        assert not STRAY.search(editor(desk).text[-9:])


@pytest.mark.parametrize("size", [(20, 5), (60, 20), (200, 50)])
async def test_any_size_of_terminal_while_a_text_is_edited(size: tuple[int, int]) -> None:
    async with card_desk() as desk:
        for keys in (("c", "x"), ("escape", "tab", "e"), ("escape", "N", "y"), ("escape", "G", "enter")):
            await desk.press(*keys)
            await desk.pilot.resize_terminal(*size)
            await desk.settle()
            check(desk)


async def test_a_narrow_terminal_shows_the_card_without_cutting_it() -> None:
    async with card_desk((60, 30)) as desk:
        assert "● live" in desk.text()
        assert "N adds one" in desk.text()


def test_drafts_outlive_the_program(tmp_path: Path) -> None:
    Drafts(tmp_path).keep("card", "comments", Draft(text="typed"))
    again = Drafts(tmp_path)
    assert again.get("card", "comments") == Draft(text="typed")
    again.rename("card", "real")
    assert Drafts(tmp_path).on("real") == {"comments"}
    again.drop("real", "comments")
    (tmp_path / "broken.json").write_text("{")
    assert not Drafts(tmp_path).on("real")
