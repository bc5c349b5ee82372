"""Bad moments: the board changes under the user's hands, the network goes, the terminal shrinks. Nothing crashes or is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from textual import events

from rego.client.updates import Ended, Offline
from rego.wire.errors import Forbidden, RegoError, Unreachable
from rego.wire.events import CardDeleted, ColumnDeleted
from rego.wire.frames import Advice, Resume
from rego.wire.limits import TITLE_MAX
from rego_tui.actions import Place
from rego_tui.screens.boards import BoardsScreen
from rego_tui.screens.card import CardScreen
from rego_tui.widgets.line_input import LineInput
from tests.tui import boards
from tests.tui.desk import Desk, at_desk, running
from tests.tui.scripted import ScriptedPeer

TODO, DOING = boards.column_id(1), boards.column_id(2)
A1, A2, B1 = boards.card_id(1), boards.card_id(2), boards.card_id(4)


def remove_doing(desk: Desk) -> None:
    """The second column loses its card and goes."""
    desk.peer.delete(B1)
    desk.peer.happen(ColumnDeleted(column=desk.peer.replica.columns[DOING]))


async def test_a_card_deleted_while_it_is_open_stays_readable_and_says_so() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("enter")
        desk.peer.delete(A1)
        await desk.until("it says so", lambda: "not on the board any more" in desk.text())
        assert "A1" in desk.text()
        assert desk.text().endswith("Esc back  ? keys  : palette")
        await desk.press("x", "R", "escape")
        assert desk.cursor == "A2"


@pytest.mark.parametrize("keys", [("p", "1", "enter"), ("D", *"friday", "enter"), ("a", "1", "enter"), ("t", "1", "enter")])
async def test_a_card_deleted_under_a_popup_leaves_its_neighbour_alone(keys: tuple[str, ...]) -> None:
    async with at_desk(boards.rich()) as desk:
        popup, *chosen = keys
        await desk.press(popup)
        desk.peer.delete(A1)
        await desk.until("it is gone", lambda: A1 not in desk.store.loaded.cards)
        await desk.press(*chosen)
        assert desk.notices() == "The card is gone. Nothing was changed."
        assert not [call for call, _ in desk.peer.sent if call.changes_something]


async def test_a_card_deleted_while_its_title_is_edited_loses_no_typed_text() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("e", *" typed")
        desk.peer.delete(A1)
        await desk.until("it is gone", lambda: "A1" not in desk.titles(1))
        await desk.press("!", "enter")
        assert "“A1 typed!”" in desk.notices()


async def test_others_events_leave_a_half_typed_title_alone() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("o", *"half")
        desk.peer.move(boards.card_id(3), TODO, 0)
        desk.peer.change(A1, title="A1 renamed")
        await desk.until("the events are drawn", lambda: "A1 renamed" in desk.text())
        line = desk.app.screen.query_one("#title", LineInput)
        assert line.value == "half"
        await desk.press(*" typed", "enter", "escape")
        await desk.until_sent()
        assert desk.server_titles(1) == ["A3", "A1 renamed", "half typed", "A2"]


@pytest.mark.parametrize(
    ("pasted", "typed", "sentence"),
    [
        ("z" * 100_000, "z" * (TITLE_MAX - 2), f"at most {TITLE_MAX} characters"),
        ("\nfirst\nsecond\n", "first", "Only the first of 2 pasted lines was taken."),
        ("first\n", "first", ""),
        ("\n", "", ""),
    ],
)
async def test_a_line_takes_of_a_paste_what_it_can_hold_and_says_so(pasted: str, typed: str, sentence: str) -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("n", *"ab")
        desk.app.screen.post_message(events.Paste(pasted))
        await desk.settle()
        await desk.press("enter")
        await desk.until_sent()
        assert desk.server_titles(1)[-1] == f"ab{typed}"
        assert sentence in desk.notices()
        assert bool(sentence) == bool(desk.notices())


async def test_keys_that_come_in_a_burst_keep_their_order_across_modes() -> None:
    async with at_desk(boards.small()) as desk:
        for key in ["j", "n", *"bad one", "enter", *"q", "backspace", *"two", "enter", "escape", "K"]:
            desk.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await desk.until("both are added", lambda: desk.titles(1) == ["A1", "A2", "A3", "two", "bad one"])
        await desk.until_sent()
        assert desk.server_titles(1) == ["A1", "A2", "A3", "two", "bad one"]


async def test_a_column_removed_under_the_cursor() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("l")
        remove_doing(desk)
        await desk.until("it is gone", lambda: "Doing" not in desk.text())
        assert desk.cursor == "A1"
        await desk.press("l", "h", "j", "J")
        await desk.until_sent()


async def test_a_column_removed_under_a_carried_card() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "l")
        remove_doing(desk)
        await desk.until("the mode ended", lambda: desk.board.place is Place.BOARD)
        assert desk.titles(1) == ["A1", "A2", "A3"]
        assert "Nothing was moved" in desk.notices()


async def test_a_column_removed_under_a_draft_repeats_what_was_typed() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("l", "n", *"thought")
        remove_doing(desk)
        await desk.until("the line is gone", lambda: not desk.app.screen.query_one("#title", LineInput).display)
        assert "You had typed “thought”" in desk.notices()


async def test_the_last_column_goes() -> None:
    async with at_desk(boards.snapshot([boards.column(1, "Only")], [])) as desk:
        desk.peer.happen(ColumnDeleted(column=desk.peer.replica.columns[TODO]))
        await desk.until("it is gone", lambda: "Only" not in desk.text())
        await desk.press("j", "l", "n", "o", "m", "x", "d", "e", "enter", "J", "L", "ctrl+d", "G", "g", "g")
        assert desk.app.screen is desk.board


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (8, 2), (300, 90)])
async def test_any_size_of_terminal(size: tuple[int, int]) -> None:
    async with at_desk(boards.rich()) as desk:
        for keys in ("j", "m", "escape", "n x", "escape", "enter", "escape", "?", "escape", "3 l"):
            await desk.press(*keys.split())
            await desk.pilot.resize_terminal(*size)
            await desk.settle()
            await desk.pilot.resize_terminal(80, 24)
            await desk.settle()
        assert "● live" in desk.text()
        assert desk.view.column_id == boards.column_id(4)


async def test_a_narrow_terminal_shows_one_column_at_a_time() -> None:
    async with at_desk(boards.rich(), size=(60, 20)) as desk:
        assert "1 of 4 ▸" in desk.text()
        assert "Backlog" in desk.text()
        assert "In progress" not in desk.text()
        await desk.press("l")
        assert "◂ 2 of 4 ▸" in desk.text()
        assert "In progress" in desk.text()
        assert "Backlog" not in desk.text()


async def test_columns_that_do_not_fit_scroll_with_the_cursor() -> None:
    async with at_desk(boards.large(40, 9)) as desk:
        assert "1-3 of 9 ▸" in desk.text()
        await desk.press("8", "l")
        assert "◂ 7-9 of 9" in desk.text()
        assert "Column 9" in desk.text()


async def test_offline_the_board_is_readable_and_changes_wait() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.refusals += [Unreachable("No answer.")]
        desk.peer.feed(Offline(since=datetime(2026, 11, 23, 12, 4, tzinfo=UTC), reason="No answer.", retry_in=1.0))
        await desk.until("it says so", lambda: "offline since 12:04" in desk.text())
        await desk.press("L")
        assert desk.titles(2) == ["A1", "B1"]
        assert "1 waiting" in desk.text()
        assert "↻" in desk.text()
        desk.peer.say_hello(Resume.REPLAY)
        await desk.until_sent()
        assert desk.server_titles(2) == ["A1", "B1"]
        await desk.until("it is live", lambda: "● live" in desk.text())


@pytest.mark.parametrize("key", ["u", "U"])
async def test_offline_nothing_is_taken_back_behind_the_users_back(key: str) -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.feed(Offline(since=datetime(2026, 3, 10, 9, 30, tzinfo=UTC), reason="It went away.", retry_in=5))
        desk.peer.hold()
        await desk.press("L", key)
        assert "while the server is away" in desk.notices()
        desk.peer.release()
        desk.peer.say_hello(Resume.REPLAY)
        await desk.until_sent()
        assert desk.server_titles(2) == ["A1", "B1"]


async def test_a_refused_move_goes_back_and_says_why() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.refusals.append(Forbidden("You may only look at this board."))
        await desk.press("L")
        await desk.until_sent()
        assert desk.titles(1) == ["A1", "A2", "A3"]
        assert "OPS-1 was not moved: You may only look at this board." in desk.notices()


async def test_lost_access_goes_back_to_the_boards_with_a_sentence() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("enter")
        assert isinstance(desk.app.screen, CardScreen)
        desk.peer.feed(Ended(advice=Advice.STOP, reason="You are no longer a member of this board."))
        await desk.until("the boards stand there", lambda: isinstance(desk.app.screen, BoardsScreen))
        assert "You are no longer a member of this board." in desk.notices()


async def test_others_moves_do_not_steal_the_cursor_or_the_scroll() -> None:
    async with at_desk(boards.large(60, 2)) as desk:
        await desk.press("1", "2", "j")
        card, row = desk.view.card_id, desk.board.columns.views[desk.view.column_id].row_of(desk.view.card_id or "")
        for number in (1, 3, 5, 7):
            desk.peer.move(boards.card_id(number), desk.view.column_id, 0)
        drawn = [boards.card_id(number) for number in (7, 5, 3, 1)]
        await desk.until("they are drawn", lambda: [c.id for c in desk.view.cards(desk.view.column_id)[:4]] == drawn)
        assert desk.view.card_id == card
        assert desk.board.columns.views[desk.view.column_id].row_of(card or "") == row


async def test_a_peers_move_and_cursor_are_seen() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.move(A2, DOING, 0)
        desk.peer.look_at(A2)
        await desk.until("both are drawn", lambda: desk.titles(2) == ["A2", "B1"] and desk.text().count("Mia") == 2)
        desk.peer.look_at(A2, editing=True)
        await desk.until("the edit is seen", lambda: "Mia editing" in desk.text())


async def test_the_others_hear_where_the_cursor_rests_and_when_a_title_is_edited() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j")
        await desk.until("the focus is told", lambda: (A2, False) in desk.peer.focused)
        await desk.press("e")
        await desk.until("the edit is told", lambda: (A2, True) in desk.peer.focused)


async def test_a_card_deleted_by_others_while_its_move_is_under_way() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.hold()
        await desk.press("L")
        desk.peer.happen(CardDeleted(card=desk.peer.replica.cards[A1], ref="OPS-1"))
        await desk.until("it is gone", lambda: "A1" not in desk.text())
        assert desk.cursor in ("A2", "B1")


class Refusing(ScriptedPeer):
    """A peer that does not even list boards, until it is told to."""

    error: RegoError | None = Unreachable("Nothing answers at http://localhost:8000.")

    async def send(self, call, op_id=None):  # type: ignore[no-untyped-def]
        if self.error is not None:
            raise self.error
        return await super().send(call, op_id)


async def test_without_a_server_the_first_screen_says_so_and_tries_again_on_a_key() -> None:
    peer = Refusing(boards.small())
    async with running(peer) as desk:
        await desk.until("it says so", lambda: "Nothing answers at http://localhost:8000." in desk.text())
        peer.error = None
        await desk.press("R")
        await desk.until("the boards stand there", lambda: "Website relaunch" in desk.text())
        await desk.press("enter")
        await desk.until("the board is live", lambda: "● live" in desk.text())


async def test_a_board_that_is_not_mine_is_named_in_a_sentence() -> None:
    peer = ScriptedPeer(boards.small())
    async with running(peer, board="NOPE") as desk:
        await desk.until("it says so", lambda: "You have no board “NOPE”" in desk.text())
        assert "Website relaunch" in desk.text()


@pytest.mark.parametrize("name", ["ops", "website RELAUNCH", boards.board_id()])
async def test_a_board_is_opened_by_key_title_or_id(name: str) -> None:
    async with at_desk(boards.small(), board=name) as desk:
        assert desk.store.board_id == boards.board_id()
