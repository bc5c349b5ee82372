"""Two people's apps on one real server: each sees what the other does, and where the other is."""

from __future__ import annotations

import pytest

from rego.client import boards, cards, labels
from rego.wire import limits
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board
from rego.wire.cards import MoveCard, UpdateCard
from rego.wire.columns import Color
from rego.wire.labels import CreateLabel
from tests.running import Running, Somebody
from tests.tui.seat import Seat, seated


async def test_each_sees_the_others_move_and_place(server: Running, board: tuple[Board, Somebody, Somebody]) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers, seated(server, ben, made) as his:
        await hers.press("L")
        await his.until("Ben sees Ada's move", lambda: his.column_of("Alpha") == "Doing")
        # Ben's cursor rode along with the card that Ada moved.
        await his.press("h", "L")
        await hers.until("Ada sees Ben's move", lambda: hers.column_of("Bravo") == "Doing")
        await hers.until("Ada's own move is confirmed", lambda: not hers.store.loaded.pending)
        await hers.until("Ada sees Ben's name", lambda: "ben" in hers.text())
        await his.until("Ben sees Ada's name", lambda: "ada" in his.text())
        assert hers.store.loaded.snapshot().cards == his.store.loaded.snapshot().cards


async def test_undo_and_redo_go_through_the_server_unless_somebody_changed_it_since(
    server: Running, board: tuple[Board, Somebody, Somebody]
) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers:
        await hers.press("L", "u")
        await hers.until("the move is taken back", lambda: hers.said("Undone: ") and hers.column_of("Alpha") == "Todo")
        await hers.press("U")
        await hers.until("it is done again", lambda: hers.said("Done again: ") and hers.column_of("Alpha") == "Doing")
        await ben.client.send(cards.move_card("OPS-1", MoveCard(column_id=hers.store.loaded.columns_in_order()[0].id)))
        await hers.press("u")
        await hers.until("both columns are said", lambda: hers.said("the column was “Doing” and is “Todo” now"))


async def labelled(ada: Somebody, board_id: str) -> None:
    """The board gets three labels; Alpha carries the last."""
    names = (("bug", Color.RED), ("design", Color.SKY), ("infra", Color.LIME))
    made = [await ada.client.send(labels.create_label(board_id, CreateLabel(name=n, color=c))) for n, c in names]
    await ada.client.send(cards.label_card("OPS-1", made[-1].id))


async def test_one_popup_is_one_step_of_undo_on_the_board_and_on_the_card(
    server: Running, board: tuple[Board, Somebody, Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pages of three acts: the parts of one act fill more than one of them.
    monkeypatch.setattr(limits, "LIST_MAX", 3)
    made, ada, _ = board
    await labelled(ada, made.id)
    async with seated(server, ada, made, size=(100, 40)) as hers:
        first = [card.label_ids for card in hers.store.loaded.cards.values()]

        async def press_until(key: str, what: str, then: list[list[str]]) -> None:
            await hers.press(key)
            await hers.until(f"{what}: {key}", lambda: held(hers) == then)

        async def taken_back_and_done_again(what: str, changed: list[list[str]]) -> None:
            for key, then in (("u", first), ("U", changed), ("u", first)):
                await press_until(key, what, then)

        # Two labels on and one off, for two marked cards.
        await hers.press("space", "j", "space", "t", "1", "2", "3", "3", "enter")
        await hers.until("it is confirmed", lambda: hers.store.waiting == 0 and not hers.store.loaded.pending)
        await taken_back_and_done_again("labels of two", held(hers))
        await hers.press("escape", "k", "enter")
        await hers.until("the card is read", lambda: "Checklists" in hers.text())
        await hers.press("t", "1", "2", "3", "enter")
        await hers.until("it is confirmed", lambda: hers.store.waiting == 0 and not hers.store.loaded.pending)
        assert [len(each) for each in held(hers)] == [2, 0, 0]
        await taken_back_and_done_again("labels of one", held(hers))
        assert hers.said(", and 2 more that were done with it")


def held(seat: Seat) -> list[list[str]]:
    """The labels of each card, as the server confirmed them."""
    return [card.label_ids for card in seat.store.loaded.cards.values()]


async def test_a_refused_move_is_rolled_back_with_a_sentence(server: Running, board: tuple[Board, Somebody, Somebody]) -> None:
    made, ada, ben = board
    await ada.client.send(boards.remove_member(made.id, ben.user.id))
    await ada.client.send(boards.add_member(made.id, AddMember(username="ben", role=Role.VIEWER)))
    async with seated(server, ben, made) as his:
        await his.press("L")
        await his.until("the move is rolled back", lambda: his.column_of("Alpha") == "Todo" and his.store.waiting == 0)
        assert "viewer" in "\n".join(notice.message for notice in his.app._notifications)


async def test_a_title_that_changes_under_the_cursor_is_redrawn(
    server: Running, board: tuple[Board, Somebody, Somebody]
) -> None:
    made, ada, ben = board
    async with seated(server, ben, made) as his:
        await ada.client.send(cards.update_card("OPS-1", UpdateCard(title="[/] and [@click=app.quit]x")))
        await his.until("the new title is drawn as it is", lambda: "[@click=app.quit]x" in his.text().replace("\n", ""))


async def test_lost_access_says_so(server: Running, board: tuple[Board, Somebody, Somebody]) -> None:
    made, ada, ben = board
    async with seated(server, ben, made) as his:
        await ada.client.send(boards.remove_member(made.id, ben.user.id))
        await his.until("the app says that access is gone", lambda: "taken off" in his.text())
