"""Two people's apps on one real server: each sees what the other does, and where the other is."""

from __future__ import annotations

from rego.client import boards, cards
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board
from rego.wire.cards import MoveCard, UpdateCard
from tests.running import Running, Somebody
from tests.tui.seat import seated


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
