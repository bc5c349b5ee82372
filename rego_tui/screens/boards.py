"""The list of the user's boards, where the app begins; with one board, or with one asked for, it goes straight there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual.widgets import Input

from rego.client import boards, columns
from rego.client.server import Server
from rego.wire.base import Role
from rego.wire.boards import Board, CreateBoard, UpdateBoard
from rego.wire.columns import CreateColumn
from rego.wire.errors import RegoError
from rego.wire.snapshot import Snapshot
from rego.wire.users import User
from rego_tui.head_start import opened_at_once
from rego_tui.keymap import Press
from rego_tui.screens.boards_page import BoardsPage
from rego_tui.snapshot_cache import SeenBoard
from rego_tui.widgets.entries import EntryClicked
from rego_tui.widgets.line_input import LineInput

FIRST_COLUMNS = ("Todo", "Doing", "Done")
"""What a board that is made here begins with; the last one is for what is done."""

Take = Callable[[str], Awaitable[None]]


class BoardsScreen(BoardsPage):
    """Opens, makes, renames and archives boards, and goes to other servers."""

    _take: Take | None = None
    _last: tuple[Board, UpdateBoard] | None = None

    # --- going about -------------------------------------------------------------------------------------------------

    def act_boards_down(self, press: Press) -> None:
        self.listed.move(press.count)

    def act_boards_up(self, press: Press) -> None:
        self.listed.move(-press.count)

    def act_boards_top(self, _: Press) -> None:
        self.listed.move(-(10**9))

    def act_boards_bottom(self, _: Press) -> None:
        self.listed.move(10**9)

    def act_boards_open(self, _: Press) -> None:
        if (board := self.board()) is not None:
            self.rego.open_board(board.id)

    def act_boards_reload(self, _: Press) -> None:
        self.load(straight=False)

    def act_boards_show_archived(self, _: Press) -> None:
        self.archived = not self.archived
        self.draw()

    def act_boards_filter(self, _: Press) -> None:
        self.query_one("#filter", LineInput).open(self.words)
        self.show_options()

    def act_boards_back(self, _: Press) -> None:
        self._set_words("")

    def on_entry_clicked(self, message: EntryClicked) -> None:
        message.stop()
        if message.twice:
            self.rego.open_board(message.key)

    def go_straight(self, begun: Snapshot | SeenBoard | None) -> None:
        wanted = self.rego.connect.board
        board = opened_at_once(self.boards, wanted)
        if board is not None:
            self.rego.open_board(board.id, begun)
        elif wanted is not None:
            theirs = " These are yours:" if any(not each.archived for each in self.boards) else ""
            self.say(f"You have no board “{wanted}”.{theirs}")

    # --- changing boards ---------------------------------------------------------------------------------------------

    def act_boards_new(self, _: Press) -> None:
        self._ask("Title of the new board", "", self._make)

    def act_boards_rename(self, _: Press) -> None:
        board = self._own()
        if board is not None:
            self._ask("Title of the board", board.title, lambda title: self._rename(board, title))

    def act_boards_archive(self, _: Press) -> None:
        board = self._own()
        if board is not None and not board.archived:
            done = f"Archived {board.key} “{board.title}”. Press u to undo."
            self.run_worker(self._change(board, UpdateBoard(archived=True), UpdateBoard(archived=False), done))

    def act_boards_restore(self, _: Press) -> None:
        board = self._own()
        if board is not None and board.archived:
            done = f"{board.key} “{board.title}” is back."
            self.run_worker(self._change(board, UpdateBoard(archived=False), UpdateBoard(archived=True), done))
        elif board is not None:
            self.rego.say("This board is not archived; A shows those that are.")

    def act_boards_undo(self, _: Press) -> None:
        if self._last is None:
            self.rego.say("Nothing was done here that can be taken back.")
            return
        board, back = self._last
        self.run_worker(self._change(board, back, None, f"Taken back: {board.key} is as it was."))

    def act_boards_import(self, _: Press) -> None:
        self.rego.say(
            "In a shell: `rego import trello FILE` brings a board in; so does `rego import FILE` for Taskwarrior, beads, "
            "kanban-cli and Rego's own exports. Then R shows it here."
        )

    def _own(self) -> Board | None:
        """The board under the cursor, if the user may change it; says so if not."""
        board = self.board()
        if board is not None and board.role is not Role.OWNER:
            self.rego.say(f"You are a {board.role or 'guest'} of this board; this needs an owner.", failed=True)
            return None
        return board

    async def _make(self, title: str) -> None:
        """A board with the columns that most begin with, and open it."""
        workspace = await self.rego.workspace()
        board = await workspace.ask(boards.create_board(CreateBoard(title=title)))
        self.replace(board)
        for name in FIRST_COLUMNS:
            body = CreateColumn(title=name, done=name == FIRST_COLUMNS[-1])
            await workspace.ask(columns.create_column(board.id, body))
        self.rego.open_board(board.id)

    async def _rename(self, board: Board, title: str) -> None:
        if title != board.title:
            done = f"Renamed to “{title}”. Press u to undo."
            await self._change(board, UpdateBoard(title=title, version=board.version), UpdateBoard(title=board.title), done)

    async def _change(self, board: Board, body: UpdateBoard, back: UpdateBoard | None, done: str) -> None:
        """Change a board, and remember the way `back`."""
        try:
            changed = await (await self.rego.workspace()).ask(boards.update_board(board.id, body))
        except RegoError as error:
            self.rego.say(f"{board.key} was not changed: {error.detail}", failed=True)
            return
        self._last = (changed, back) if back is not None else None
        self.replace(changed)
        self.rego.say(done)

    # --- typing ------------------------------------------------------------------------------------------------------

    def _ask(self, placeholder: str, text: str, take: Take) -> None:
        """Have a line typed; Enter gives it to `take`, Esc leaves all as it was."""
        line = self.query_one("#answer", LineInput)
        line.placeholder = placeholder
        self._take = take
        line.open(text)
        self.show_options()

    async def _answer(self, line: LineInput, take: Take) -> None:
        """Do what was asked for; when that fails, what was typed stays to be sent again."""
        try:
            await take(line.value.strip())
        except RegoError as error:
            self.rego.say(error.detail, failed=True)
            return
        line.close()
        self.show_options()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "filter" and event.input.display:
            self._set_words(event.value)

    def _set_words(self, words: str) -> None:
        if self.words != words.strip():
            self.words = words.strip()
            self.draw()
            self.listed.move(-(10**9))

    def submit_line(self, line: LineInput) -> None:
        """Enter in the filter opens the board under the cursor, as it would in the list."""
        if line.id == "filter":
            self._set_words(line.value)
            board = self.board()
            self._set_words("")
            line.close()
            self.show_options()
            if board is not None:
                self.rego.open_board(board.id)
        elif line.value.strip() and self._take is not None:
            self.run_worker(self._answer(line, self._take), group="answer", exclusive=True)

    def cancel_line(self, line: LineInput) -> None:
        if line.id == "filter":
            self._set_words("")
        line.close()
        self.show_options()

    def hints(self) -> Sequence[tuple[str, str]]:
        line = self.focused
        if isinstance(line, LineInput):
            return [("Enter", "open the first" if line.id == "filter" else "keep it"), ("Esc", "leave")]
        return super().hints()

    # --- servers and logins ------------------------------------------------------------------------------------------

    async def ask_for_login(self, reason: str) -> None:
        """Have the user log in, where that helps; who leaves that chooses a server."""
        where = self.rego.where
        if where.server is None or not where.may_log_in:
            self.say(f"{reason}\n\nR asks again, s chooses a server, q quits.")
            return
        self.rego.ask_for_login(reason if await where.is_known() else "", self._logged_in)

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
            self.forget()
            self.load(straight=False)

    def act_boards_switch_server(self, _: Press) -> None:
        self._choose_server()

    def act_boards_log_out(self, _: Press) -> None:
        server = self.rego.where.server
        if server is None or not self.rego.where.may_log_in:
            self.rego.say("There is no session to end here.", failed=True)
        else:
            self.run_worker(self._log_out(server), group="reading", exclusive=True)

    async def _log_out(self, server: Server) -> None:
        from rego_tui.screens.logging_out import log_out

        try:
            sentence = await log_out(self.rego, server)
        except RegoError as error:
            self.rego.say(error.detail, failed=True)
            return
        if sentence:
            self.forget()
            self.say(sentence)
            self._choose_server()
