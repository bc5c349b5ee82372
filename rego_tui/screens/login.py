"""Logging in to a server, or making an account there. What goes wrong is a sentence, and what was typed stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from rego.client.server import Server
from rego.safe_text import safe_text
from rego.wire.errors import InvalidInput, RegoError
from rego.wire.users import Register, User
from rego_tui.actions import Place
from rego_tui.keymap import Press, key_label
from rego_tui.screens.form import FormScreen
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

FIELDS = (
    ("username", "Name or e-mail", False),
    ("email", "E-mail", False),
    ("password", "Password", True),
    ("again", "Password again", True),
)
"""The lines as (id, label, whether it is secret); `email` and `again` are for a new account only."""

NEW_ONLY = ("email", "again")


class LoginScreen(FormScreen):
    """Answers the `User` who is logged in now, or None when the user left. `reason` is why a login is wanted."""

    place = Place.LOGIN
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (40, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (14, "-high")]

    def __init__(self, app: RegoApp, server: Server, reason: str = "") -> None:
        super().__init__(app)
        self._server = server
        self._reason = reason
        self._new = False
        self._busy = False

    def compose(self) -> ComposeResult:
        with Vertical(id="login"):
            yield Static(id="heading", classes="heading")
            for line_id, label, secret in FIELDS:
                with Horizontal(id=f"{line_id}-row", classes="row"):
                    yield Static(Text(label), id=f"{line_id}-label", classes="label")
                    yield LineInput(line_id=line_id, placeholder="", secret=secret)
            yield Static(id="word")
            yield OptionsBar()

    def on_mount(self) -> None:
        self._show_fields()
        self._say(self._reason)

    def hints(self) -> Sequence[tuple[str, str]]:
        words = {"login.submit": "make it", "login.other": "log in instead"} if self._new else {}
        actions = [a for a in self.rego.keymap.at(self.place) if a.place is self.place]
        return [(key_label(a.keys[0]), words.get(a.id, a.hint)) for a in actions if a.hint and a.keys]

    # --- keys --------------------------------------------------------------------------------------------------------

    def act_login_next(self, _: Press) -> None:
        self.step(1)

    def act_login_previous(self, _: Press) -> None:
        self.step(-1)

    def act_login_other(self, _: Press) -> None:
        """Between logging in and making an account; what is typed stays."""
        self._new = not self._new
        self._say("")
        self._show_fields()

    def act_login_leave(self, _: Press) -> None:
        self.dismiss(None)

    def act_login_submit(self, _: Press) -> None:
        """Go on to what is missing, or send it all."""
        missing = [line for line in self.lines() if not line.value]
        if missing:
            self.set_focus(missing[0])
        elif not self._busy:
            self.run_worker(self._submit(), exclusive=True)

    # --- the server --------------------------------------------------------------------------------------------------

    async def _submit(self) -> None:
        self._busy = True
        self._say(f"Asking {self._server}…")
        try:
            user = await (self._register() if self._new else self._log_in())
        except RegoError as error:
            self._refused(error)
        else:
            self.dismiss(user)
        finally:
            self._busy = False

    async def _log_in(self) -> User:
        return await self.rego.where.log_in(self._server, self.value("username").strip(), self.value("password"))

    async def _register(self) -> User:
        if self.value("password") != self.value("again"):
            raise InvalidInput("The two passwords differ.", field="again")
        username, email = self.value("username").strip(), self.value("email").strip()
        body = Register(username=username, email=email, password=self.value("password"))
        return await self.rego.where.register(self._server, body)

    def _refused(self, error: RegoError) -> None:
        """Say it, and go to the line that it is about."""
        self._say(error.detail, failed=True)
        field = error.field if error.field in {line_id for line_id, _, _ in FIELDS} else "password"
        line = self.query_one(f"#{field}", LineInput)
        self.set_focus(line if line.display else self.lines()[-1])

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _show_fields(self) -> None:
        heading = f"A new account on {self._server}" if self._new else f"Log in to {self._server}"
        self.query_one("#heading", Static).update(Text(safe_text(heading)))
        self.query_one("#username-label", Static).update(Text("Username" if self._new else "Name or e-mail"))
        for line_id, _, _ in FIELDS:
            shown = self._new or line_id not in NEW_ONLY
            self.query_one(f"#{line_id}", LineInput).display = shown
            self.query_one(f"#{line_id}-row").display = shown
        self.go_to_first_empty()
        self.show_options()

    def _say(self, sentence: str, *, failed: bool = False) -> None:
        word = self.query_one("#word", Static)
        word.set_class(failed, "failed")
        word.update(Text(safe_text(sentence, multiline=True)))
