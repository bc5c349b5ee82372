"""Where the user's boards may be: this machine, servers that are known here, or one whose address is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from rego.client.home import Door
from rego.client.server import Server
from rego.safe_text import safe_text
from rego.wire.errors import RegoError
from rego.wire.users import User
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.screens.keys import KeyScreen
from rego_tui.screens.login import LoginScreen
from rego_tui.widgets.bars import BoardBar, OptionsBar
from rego_tui.widgets.choices import ChoiceList, Row, RowClicked
from rego_tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

_NEAR = re.compile(r"(localhost|127\.[\d.]+)(:\d+)?/?", re.IGNORECASE)


def address(text: str) -> str:
    """What somebody typed, with the beginning that they left out; nobody means an unencrypted way into the network."""
    text = text.strip()
    if "://" in text or text.startswith("unix:"):
        return text
    return f"http://{text}" if _NEAR.fullmatch(text) else f"https://{text}"


class ServersScreen(KeyScreen):
    """Answers True when the app is at another server, or logged in anew, and None when all is as it was."""

    place = Place.SERVERS

    def __init__(self, app: RegoApp) -> None:
        super().__init__(app)
        self._doors: list[Door] = []
        self._cursor = 0
        self._moved: bool | None = None

    def compose(self) -> ComposeResult:
        yield BoardBar()
        yield Static(Text("Where are your boards?"), classes="heading")
        yield ChoiceList()
        yield LineInput(line_id="url", placeholder="rego.example.com, or http://host:port")
        yield Static(id="word")
        yield OptionsBar()

    def on_mount(self) -> None:
        self.query_one(BoardBar).show("Rego", (), f"now: {self.rego.where.name}", "muted")
        self.show_options()
        self.run_worker(self._load(), exclusive=True)

    # --- keys --------------------------------------------------------------------------------------------------------

    def act_servers_down(self, press: Press) -> None:
        self._go(press.count)

    def act_servers_up(self, press: Press) -> None:
        self._go(-press.count)

    def act_servers_open(self, _: Press) -> None:
        if self._doors:
            self.run_worker(self._enter(self._doors[self._cursor]), exclusive=True)

    def act_servers_other(self, _: Press) -> None:
        self.query_one(LineInput).open()
        self.show_options()

    def act_servers_log_out(self, _: Press) -> None:
        """End the session at the server under the cursor."""
        door = self._doors[self._cursor] if self._doors else None
        if door is None or door.server is None or not door.logged_in:
            self._say("There is no session to end here.")
        else:
            self.run_worker(self._log_out(door.server), exclusive=True)

    def act_servers_close(self, _: Press) -> None:
        self.dismiss(self._moved)

    def submit_line(self, line: LineInput) -> None:
        if line.value.strip():
            self.run_worker(self._try(line.value), exclusive=True)

    def cancel_line(self, line: LineInput) -> None:
        line.close()
        self._say("")
        self.show_options()

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.query_one(LineInput).display:
            return [("Enter", "ask that server"), ("Esc", "back to the list")]
        return super().hints()

    def on_row_clicked(self, message: RowClicked) -> None:
        message.stop()
        self._cursor = message.index
        self._draw()
        self.run_worker(self._enter(self._doors[message.index]), exclusive=True)

    def _go(self, count: int) -> None:
        self._cursor = max(0, min(self._cursor + count, len(self._doors) - 1))
        self._draw()

    # --- going there -------------------------------------------------------------------------------------------------

    async def _load(self) -> None:
        try:
            self._doors = await self.rego.where.doors()
        except RegoError as error:
            self._say(error.detail, failed=True)
        here = [n for n, door in enumerate(self._doors) if door.server == self.rego.where.server]
        self._cursor = here[0] if here else 0
        self._draw()

    async def _enter(self, door: Door) -> None:
        if door.server is not None and not door.logged_in:
            self._log_in(door.server)
            return
        await self.rego.where.go_to(door.server)
        self.dismiss(True)

    async def _try(self, typed: str) -> None:
        """Log in to the server that was typed, once it is known to be one; what was typed stays until then."""
        try:
            server = Server.parse(address(typed))
            self._say(f"Asking {server}…")
            await self.rego.where.check(server)
        except RegoError as error:
            self._say(error.detail, failed=True)
            return
        self._say("")
        self._log_in(server)

    def _log_in(self, server: Server) -> None:
        self.app.push_screen(LoginScreen(self.rego, server), self._logged_in)

    def _logged_in(self, user: User | None) -> None:
        if user is not None:
            self.rego.greet(user)
            self.dismiss(True)

    async def _log_out(self, server: Server) -> None:
        from rego_tui.screens.logging_out import log_out

        try:
            sentence = await log_out(self.rego, server)
        except RegoError as error:
            self._say(error.detail, failed=True)
            return
        if sentence:
            self._moved = True if server == self.rego.where.server else self._moved
            self._say(sentence)
            await self._load()

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        rows = [Row(id=str(n), text=_name(door), detail=_state(door)) for n, door in enumerate(self._doors)]
        listed = self.query_one(ChoiceList)
        listed.styles.height = max(len(rows), 1)
        listed.show(rows, self._cursor, ticks=None, numbered=False)

    def _say(self, sentence: str, *, failed: bool = False) -> None:
        word = self.query_one("#word", Static)
        word.set_class(failed, "failed")
        word.update(Text(safe_text(sentence, multiline=True)))


def _name(door: Door) -> str:
    if door.server is None:
        return "This machine"
    return f"{door.profile}: {door.server}" if door.profile else str(door.server)


def _state(door: Door) -> str:
    return "no account needed" if door.server is None else "logged in" if door.logged_in else "not logged in"
