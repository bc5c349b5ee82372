"""An open card on a real server: checklists, comments, files and texts, as the other person finds them."""

from __future__ import annotations

from pathlib import Path

from rego.client import attachments, cards, checklists, comments
from rego.wire.boards import Board
from rego.wire.cards import UpdateCard
from rego.wire.comments import CreateComment
from rego_tui import card_changes
from rego_tui.screens.conflict import ConflictScreen
from rego_tui.widgets.line_input import LineInput
from tests.running import Running, Somebody
from tests.tui.seat import Seat, seated

Stage = tuple[Board, Somebody, Somebody]


async def opened(seat: Seat) -> None:
    await seat.press("enter")
    await seat.until("the card is read", lambda: "Checklists" in seat.text())


async def all_sent(seat: Seat) -> None:
    await seat.until("all is sent", lambda: seat.store.waiting == 0 and not seat.store.loaded.pending)


async def test_checklists_are_made_ticked_and_put_in_order(server: Running, board: Stage) -> None:
    made, ada, ben = board
    async with seated(server, ada, made, size=(100, 40)) as hers, seated(server, ben, made, size=(100, 40)) as his:
        await opened(his)
        await opened(hers)
        await hers.press("N", *"Steps", "enter", *"one", "enter", *"two", "enter", *"three", "enter", "escape", "K", "space")
        await all_sent(hers)
        await his.until("Ben sees them", lambda: "☑ three" in his.text() and "1/3" in his.text())
        (found,) = await ben.client.send(checklists.list_checklists("OPS-1"))
        assert [(item.text, item.done) for item in found.items] == [("one", False), ("three", True), ("two", False)]
        await hers.press("d")
        await all_sent(hers)
        await hers.press("u")
        await hers.until("it is back", lambda: "☑ three" in hers.text())


async def test_saving_twice_in_a_row_is_no_conflict_with_oneself(server: Running, board: Stage) -> None:
    made, ada, _ = board
    async with seated(server, ada, made, size=(100, 40)) as hers:
        await opened(hers)
        await hers.press("j", "e", *"one", "ctrl+s", "e", *" two", "ctrl+s", "e", *" three", "ctrl+s")
        await all_sent(hers)
        assert not isinstance(hers.app.screen, ConflictScreen)
        card = await ada.client.send(cards.get_card("OPS-1"))
        assert card.description == "one two three"


async def test_renaming_twice_in_a_row_is_no_conflict_with_oneself(server: Running, board: Stage) -> None:
    made, ada, _ = board
    async with seated(server, ada, made, size=(100, 40)) as hers:
        await opened(hers)
        await hers.press("N", *"Steps", "enter", *"one", "enter", "escape")
        await all_sent(hers)
        (found,) = await ada.client.send(checklists.list_checklists("OPS-1"))
        for word in ("first", "second"):
            hers.store.perform(card_changes.rename_list(found.card_id, found, word).operation)
            hers.store.perform(card_changes.edit_item(found.card_id, found.items[0], word).operation)
        await all_sent(hers)
        (found,) = await ada.client.send(checklists.list_checklists("OPS-1"))
        assert (found.title, [item.text for item in found.items]) == ("second", ["second"])


async def test_comments_mention_and_belong_to_their_author(server: Running, board: Stage) -> None:
    made, ada, ben = board
    await ben.client.send(comments.create_comment("OPS-1", CreateComment(text="Bens own")))
    async with seated(server, ada, made, size=(100, 40)) as hers:
        await opened(hers)
        await hers.until("Ben's is read", lambda: "Bens own" in hers.text())
        await hers.press("c", *"ask @b", "tab", "ctrl+s")
        await all_sent(hers)
        await hers.press("j", "k", "G", "k", "e", *"?", "ctrl+s")
        await all_sent(hers)
        said = [one async for one in ada.client.pages(comments.list_comments("OPS-1"))]
        assert [one.text for one in said] == ["Bens own", "ask @ben?"]
        assert said[1].mentions == [ben.user.id]
        await hers.press("k", "d")
        await hers.until("it is refused here", lambda: hers.said("somebody else's"))


async def test_files_go_up_and_come_down_whole(server: Running, board: Stage, tmp_path: Path) -> None:
    made, ada, _ = board
    content = bytes(range(256)) * 2000
    (tmp_path / "data.bin").write_bytes(content)
    async with seated(server, ada, made, size=(120, 40)) as hers:
        await opened(hers)
        await hers.press("f")
        hers.app.screen.query_one("#line", LineInput).value = str(tmp_path / "data.bin")
        await hers.press("enter")
        await hers.until("it is there", lambda: hers.said("data.bin is on OPS-1, 512.0 kB"))
        (found,) = await ada.client.send(attachments.list_attachments("OPS-1"))
        assert found.size == len(content)
        await hers.until("it is drawn", lambda: "▤ data.bin" in hers.text() and "sending" not in hers.text())
        await hers.press("tab", "tab", "tab", "j", "s")
        hers.app.screen.query_one("#line", LineInput).value = str(tmp_path / "again.bin")
        await hers.press("enter")
        await hers.until("it is saved", lambda: hers.said("data.bin is in"))
        assert (tmp_path / "again.bin").read_bytes() == content
        await hers.press("d")
        await all_sent(hers)
        assert await ada.client.send(attachments.list_attachments("OPS-1")) == []
        await hers.press("u")
        await hers.until("it is back", lambda: "▤ data.bin" in hers.text())


async def test_two_people_write_one_description(server: Running, board: Stage) -> None:
    made, ada, ben = board
    async with seated(server, ada, made, size=(100, 40)) as hers:
        await opened(hers)
        await hers.press("tab", "e", *"Adas")
        await ben.client.send(cards.update_card("OPS-1", UpdateCard(description="Bens")))
        await hers.until("she is told", lambda: "saving yours shows both" in hers.text())
        await hers.press("ctrl+s")
        await hers.until("both stand there", lambda: isinstance(hers.app.screen, ConflictScreen))
        assert "Bens" in hers.text()
        await hers.press("m")
        await all_sent(hers)
        assert (await ben.client.send(cards.get_card("OPS-1"))).description == "Adas"
        await hers.until("the activity is read", lambda: "Adas" in hers.text())
        await hers.press("G", "enter")
        await hers.until("it tells of both", lambda: hers.text().count("description") >= 2)
