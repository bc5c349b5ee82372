"""The terminal app: it connects, shows the user's boards, and keeps the open one running."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from textual import events
from textual.app import App
from textual.command import Provider

from rego.client.waiting import Scope
from rego.safe_text import safe_text
from rego.wire.errors import RegoError
from rego_tui import leaving
from rego_tui.drafts import Drafts
from rego_tui.keymap import Keymap, keymap
from rego_tui.preferences import NAMES, default_of, preferences_of, read_values
from rego_tui.recent import remember_board
from rego_tui.rights import why_not
from rego_tui.screens.board import BoardScreen
from rego_tui.screens.boards import BoardsScreen
from rego_tui.screens.keys import KeyScreen, Typed
from rego_tui.shelf import Shelf
from rego_tui.store import BoardStore
from rego_tui.themes import THEMES
from rego_tui.whereabouts import Whereabouts
from rego_tui.workspace import Workspace

if TYPE_CHECKING:
    from rego.client.aio import Client
    from rego.client.home import Home
    from rego.client.server import Server
    from rego.wire.snapshot import Snapshot
    from rego.wire.users import User
    from rego_tui.head_start import Found, HeadStart
    from rego_tui.snapshot_cache import SeenBoard


class Connect(Struct, frozen=True, kw_only=True):
    """How the app comes by its boards.

    `client` answers a client that is ready to send, which the app closes; it may raise a `RegoError`. `board` is the id,
    the key or the title of the board to open, and `ahead` what is being read of it meanwhile. `companions` run beside the
    app and are cancelled with it. `home` has the user's settings and logins, where they may be used; `server` is where
    `client` leads, None for this machine's own.
    """

    client: Callable[[], Awaitable[Client]]
    board: str | None = None
    ahead: HeadStart | None = None
    companions: Sequence[Callable[[], Awaitable[None]]] = ()
    home: Home | None = None
    server: Server | None = None


def run(connect: Connect) -> int:
    """Show the boards until the user quits; returns the exit code."""
    app = RegoApp(connect)
    app.run(mouse=app.preferences.mouse)
    if words := leaving.farewell(app.waiting, kept=app.all_is_kept):
        sys.stderr.write(f"{words}\n")
    return app.return_code or 0


def _palette() -> type[Provider]:
    """What fills the palette, loaded when it is opened first."""
    from rego_tui.palette import ActionProvider

    return ActionProvider


class RegoApp(App[None]):
    """Holds what outlives a screen: the keymap, the client, the open board."""

    TITLE = "Rego"
    CSS_PATH = "theme.tcss"
    COMMANDS = {_palette}
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = []

    def __init__(
        self,
        connect: Connect,
        *,
        keys: Mapping[str, Sequence[str]] | None = None,
        clock: Callable[[], datetime] | None = None,
        open_workspace: Callable[[], Awaitable[Workspace]] | None = None,
    ) -> None:
        super().__init__()
        self.connect = connect
        self.keymap, self._key_problems = _keymap(keys, connect.home)
        self.clock = clock or _local_now
        self.store: BoardStore | None = None
        self.drafts = Drafts(connect.home.paths.drafts if connect.home is not None else None)
        self.where = Whereabouts(connect.client, connect.home, connect.server)
        self._open_workspace = open_workspace or self.where.workspace
        self._workspace: Workspace | None = None
        self._ahead = connect.ahead
        self._companions: list[asyncio.Task[None]] = []
        self._warned_of_waiting = self._asked_to_quit = False
        self._said = ""
        for theme in THEMES:
            self.register_theme(theme)
        self.wishes, self._wish_problems = _wishes(connect.home)
        self.preferences = preferences_of(self.wishes)
        self.writing = asyncio.Lock()

    async def on_mount(self) -> None:
        self._apply_wishes()
        for sentence in (*self._key_problems, *self._wish_problems):
            self.say(sentence, failed=True)
        if not self.is_headless:
            leaving.listen(lambda code: self.exit(return_code=code))
        self._companions = [asyncio.ensure_future(companion()) for companion in self.connect.companions]
        await self.push_screen(BoardsScreen(self))

    async def on_unmount(self) -> None:
        for task in self._companions:
            task.cancel()
        await asyncio.gather(*self._companions, return_exceptions=True)
        await self.where.close()

    # --- wishes ------------------------------------------------------------------------------------------------------

    def theme_names(self) -> list[str]:
        """The themes that there are, Rego's own first."""
        own = [theme.name for theme in THEMES]
        return own + sorted(name for name in self.available_themes if name not in own)

    def wish(self, name: str, value: str) -> None:
        """Do from now on as the setting says; nothing is kept."""
        self.wishes[name] = value
        self.preferences = preferences_of(self.wishes)
        self._apply_wishes()

    def _apply_wishes(self) -> None:
        theme = self.preferences.theme
        if theme in self.available_themes:
            self.theme = theme
        else:
            self.theme = default_of("theme")
            self.say(f"There is no theme “{theme}”; the settings (,) show those that there are.", failed=True)
        self.animation_level = "full" if self.preferences.animation else "none"

    @property
    def editor(self) -> str:
        """The command that edits long text."""
        home = self.connect.home
        return (home.choices.value("editor") if home is not None else None) or "vi"

    def read_keys_file(self) -> None:
        """Read the user's own keys again; where there is no file yet, write one with every action in it, switched off."""
        from rego_tui import key_file

        if self.connect.home is None:
            self.say("Keys of your own need a configuration directory, and there is none here.", failed=True)
            return
        path = self.connect.home.paths.keys_file
        try:
            if new := not path.exists():
                key_file.write_example(path)
        except RegoError as error:
            self.say(error.detail, failed=True)
            return
        self.keymap, problems = key_file.read_keymap(path)
        for screen in self.screen_stack:
            if isinstance(screen, KeyScreen):
                screen.read_keys_anew()
        for sentence in problems:
            self.say(sentence, failed=True)
        if not problems:
            self.say(f"{path} is there now; change it, then press F2 again." if new else f"Your keys are those of {path}.")

    # --- boards ------------------------------------------------------------------------------------------------------

    async def workspace(self) -> Workspace:
        """The user's boards; connects at the first call, and raises a `RegoError` when that fails."""
        self._workspace = await self._open_workspace()
        return self._workspace

    def ask_for_login(self, reason: str, then: Callable[[User | None], None]) -> None:
        """Have the user log in to where the app is; `then` hears who it is, or None when they left."""
        from rego_tui.screens.login import LoginScreen

        assert self.where.server is not None
        self.push_screen(LoginScreen(self, self.where.server, reason), then)

    def greet(self, user: User) -> None:
        """Say who is logged in now, and where the login is kept when that is a file."""
        home = self.where.home
        kept = f" {home.store.notice}" if home is not None and home.store.notice else ""
        self.say(f"Logged in to {self.where.name} as {user.username}.{kept}")

    async def on_event(self, event: events.Event) -> None:
        """Send key presses to the screen itself, whatever has the focus; Textual's own screens get theirs as usual."""
        if isinstance(event, events.Key) and not event.is_forwarded and event.key != "ctrl+q" and self.screen_stack:
            screen = self.screen
            if isinstance(screen, KeyScreen):
                screen.post_message(Typed(event.key, event.character))
                return
        await super().on_event(event)

    async def found_ahead(self) -> Found | None:
        """What was read while the app was loaded; there is something once at most."""
        ahead, self._ahead = self._ahead, None
        found = await asyncio.to_thread(ahead.result) if ahead is not None else None
        if found is not None:
            self._workspace = self.where.workspace_later()
        return found

    def open_board(self, board_id: str, begun: Snapshot | SeenBoard | None = None) -> None:
        """Show a board, as it is in `begun` or once it is read, and follow it until its screen closes."""
        assert self._workspace is not None
        self.store = self._workspace.open(board_id, begun)
        if (home := self.where.home) is not None:
            self.run_worker(asyncio.to_thread(remember_board, home.paths.cache, board_id), group="recent")
            self.store.shelf_of = partial(self._shelf, home, self.store)
        self.push_screen(BoardScreen(self, self.store))

    def _shelf(self, home: Home, store: BoardStore, me: str) -> Shelf:
        board = store.loaded.board
        scope = Scope(server=self.where.name, user=me, board=board.id, title=board.title)
        return Shelf(home.paths.waiting, self.drafts, scope)

    def close_board(self, sentence: str = "") -> None:
        """Go back to the list of boards, with a sentence that says why."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if isinstance(self.screen, BoardsScreen) and self.store is not None:
            self.screen.listed.go_to(self.store.board_id)
        self.store = None
        if sentence:
            self.say(sentence, failed=True)
        if isinstance(self.screen, BoardsScreen):
            self.screen.load(straight=False)

    def say(self, sentence: str, *, failed: bool = False) -> None:
        """Show a sentence for a few seconds; it may hold text of others. What was done makes room for what is done next."""
        words = safe_text(sentence)
        if not failed:
            self._take_away(self._said)
            self._said = words
        self._show(words, failed=failed)

    def _show(self, words: str, *, failed: bool = False) -> None:
        severity: Literal["error", "information"] = "error" if failed else "information"
        self.notify(words, severity=severity, markup=False, timeout=8 if failed else 4)

    def _take_away(self, words: str) -> None:
        """Take a sentence off the screen, if it is there still."""
        for notice in [each for each in self._notifications if each.message == words]:
            self._unnotify(notice, refresh=False)

    def call_attention(self, sentence: str) -> None:
        """Say that somebody means the user, in the way that they wish; the sentence holds text of others."""
        wish = self.preferences.notify
        if wish == "off":
            return
        self._show(safe_text(sentence))
        if wish == "bell":
            self.bell()
        elif wish == "osc9" and self._driver is not None:
            from rego_tui.attention import osc9

            self._driver.write(osc9(sentence))

    def why_not(self) -> str:
        """Why nothing can be changed on the open board, or nothing when it can."""
        return why_not(self.store.replica, self.store.me) if self.store is not None else ""

    @property
    def waiting(self) -> int:
        """How many changes the server has not answered yet."""
        return self.store.waiting if self.store is not None else 0

    @property
    def all_is_kept(self) -> bool:
        """Whether those are on disk, and are sent at the next start."""
        return self.store is not None and self.store.all_is_kept()

    def leave(self) -> None:
        """Quit; asked once more when that would lose operations which the server has not seen."""
        if self.waiting and not self.all_is_kept and not self._warned_of_waiting:
            self._warned_of_waiting = True
            what = "1 change is" if self.waiting == 1 else f"{self.waiting} changes are"
            self.say(f"{what} not sent yet. Quit again to drop what waits.", failed=True)
        elif self.preferences.confirm_quit and not self.waiting and not self._asked_to_quit:
            self._asked_to_quit = True
            self.set_timer(4, self._forget_quitting)
            self.say("Quit again to leave.")
        else:
            self.exit()

    def _forget_quitting(self) -> None:
        self._asked_to_quit = False

    async def action_quit(self) -> None:
        """Textual's Ctrl+Q, which works on its own screens too."""
        self.leave()

    def get_system_commands(self, screen: Any) -> Any:  # noqa: ARG002 - the palette asks with its screen
        """The palette shows the keymap's actions, not Textual's own commands."""
        return ()


def _keymap(overrides: Mapping[str, Sequence[str]] | None, home: Home | None) -> tuple[Keymap, list[str]]:
    """The keys in force, and what is wrong with the user's own."""
    if overrides is not None or home is None:
        table, problems = keymap(overrides)
        return table, [sentence for _, sentence in problems]
    from rego_tui.key_file import read_keymap

    return read_keymap(home.paths.keys_file)


def _wishes(home: Home | None) -> tuple[dict[str, str], list[str]]:
    return read_values(home.choices) if home is not None else ({name: default_of(name) for name in NAMES}, [])


def _local_now() -> datetime:
    return datetime.now().astimezone()
