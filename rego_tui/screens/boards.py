"""The list of the user's boards, where the app begins; with one board, or with one asked for, it goes straight there."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from rego.client.server import Server
from rego.safe_text import safe_text
from rego.wire.boards import Board
from rego.wire.errors import NotAuthenticated, RegoError
from rego.wire.snapshot import Snapshot
from rego.wire.users import User
from rego_tui.actions import Place
from rego_tui.head_start import opened_at_once
from rego_tui.keymap import Press
from rego_tui.screens.keys import KeyScreen
from rego_tui.widgets.bars import BoardBar, OptionsBar
from rego_tui.widgets.text_cells import pad, steady


class BoardsScreen(KeyScreen):
    """Reads the boards and opens one. What went wrong stands where the list would be."""

    place = Place.BOARDS

    def compose(self) -> ComposeResult:
        yield BoardBar()
        yield Static(Text("Connecting…"), id="word")
        yield OptionList(id="boards", markup=False)
        yield OptionsBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.query_one(BoardBar).show("Rego", (), "", "muted")
        self.show_options()
        self.load(straight=True)

    def load(self, *, straight: bool) -> None:
        """Read the list; `straight`: open the board that was asked for, or the only one."""
        self.run_worker(self._load(straight), exclusive=True)

    async def _load(self, straight: bool) -> None:
        self._say("Connecting…")
        try:
            found = await self.rego.found_ahead()
            boards = found.boards if found is not None else await (await self.rego.workspace()).list_boards()
        except NotAuthenticated as error:
            self._say(f"You are not logged in to {self.rego.where.name}.\n\nR asks again, s chooses a server, q quits.")
            await self._ask_for_login(error.detail)
            return
        except RegoError as error:
            self._say(f"{error.detail}\n\nR tries again, s chooses another server, q quits.")
            return
        self._show(boards)
        if straight:
            self._go_straight(boards, found.snapshot if found is not None else None)

    async def _ask_for_login(self, reason: str) -> None:
        """Have the user log in, where that helps; who leaves that chooses a server."""
        from rego_tui.screens.login import LoginScreen

        where = self.rego.where
        if where.server is None or not where.may_log_in:
            self._say(f"{reason}\n\nR asks again, s chooses a server, q quits.")
            return
        was_here = await where.is_known()
        self.app.push_screen(LoginScreen(self.rego, where.server, reason if was_here else ""), self._logged_in)

    def _logged_in(self, user: User | None) -> None:
        if user is None:
            self._choose_server()
        else:
            self.rego.greet(user)
            self.load(straight=True)

    def _choose_server(self) -> None:
        from rego_tui.screens.servers import ServersScreen

        if self.rego.where.home is None:
            self.rego.say("This board was opened where there is nowhere else to go.", failed=True)
        else:
            self.app.push_screen(ServersScreen(self.rego), self._at_server)

    def _at_server(self, moved: bool | None) -> None:
        if moved:
            self._show([])
            self.load(straight=False)

    def _go_straight(self, boards: list[Board], snapshot: Snapshot | None) -> None:
        wanted = self.rego.connect.board
        board = opened_at_once(boards, wanted)
        if board is not None:
            self.rego.open_board(board.id, snapshot)
        elif wanted is not None:
            self._say(f"You have no board “{wanted}”. These are yours:" if boards else f"You have no board “{wanted}”.")

    def _show(self, boards: list[Board]) -> None:
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(_line(board), id=board.id) for board in boards])
        if boards:
            listed.highlighted = 0
            self._say("Your boards")
        else:
            self._say("You have no boards yet. `rego boards add TITLE` makes one, `rego import trello FILE` brings one in.")

    def _say(self, sentence: str) -> None:
        self.query_one("#word", Static).update(Text(safe_text(sentence, multiline=True)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None:
            self.rego.open_board(event.option.id)

    def act_boards_down(self, _: Press) -> None:
        self.query_one(OptionList).action_cursor_down()

    def act_boards_up(self, _: Press) -> None:
        self.query_one(OptionList).action_cursor_up()

    def act_boards_open(self, _: Press) -> None:
        self.query_one(OptionList).action_select()

    def act_boards_switch_server(self, _: Press) -> None:
        self._choose_server()

    def act_boards_log_out(self, _: Press) -> None:
        server = self.rego.where.server
        if server is None or not self.rego.where.may_log_in:
            self.rego.say("There is no session to end here.", failed=True)
        else:
            self.run_worker(self._log_out(server), exclusive=True)

    async def _log_out(self, server: Server) -> None:
        try:
            told = await self.rego.where.log_out(server)
        except RegoError as error:
            self.rego.say(error.detail, failed=True)
            return
        self._show([])
        self._say(f"Logged out of {server}." if told else f"Logged out of {server} here; it could not be told.")
        self._choose_server()

    def act_boards_reload(self, _: Press) -> None:
        self.load(straight=False)


def _line(board: Board) -> Text:
    role = f"  {board.role}" if board.role is not None else ""
    return Text(f" {pad(board.key, 7)} ", no_wrap=True).append(steady(board.title), "bold").append(role, "dim")
