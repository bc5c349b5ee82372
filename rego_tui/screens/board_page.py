"""A board as it lives: what the store tells is drawn, and the cursor moves over it. What keys do to cards is in `board`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from rego.query_match import Viewer
from rego.replica import Touched
from rego.wire.users import User
from rego_tui import messages
from rego_tui.actions import Place
from rego_tui.board_view import DRAFT_ID, BoardView
from rego_tui.keymap import Press, key_label
from rego_tui.layout import Layout, read_layout
from rego_tui.screens.board_frame import connection_text, faces, looks_of, missing_cards, missing_columns, people_here
from rego_tui.screens.columns import Columns
from rego_tui.screens.keys import KeyScreen
from rego_tui.store import BoardStore
from rego_tui.widgets.bars import BoardBar, OptionsBar
from rego_tui.widgets.column import ColumnView
from rego_tui.widgets.column_head import HEADER
from rego_tui.widgets.glide import Passing
from rego_tui.widgets.line_input import LineInput
from rego_tui.widgets.looks import Density, Face, Peer

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


class BoardPage(KeyScreen):
    """Shows one board live. All it knows of the board is the store's replica, seen through a `BoardView`."""

    place = Place.BOARD

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app)
        self.store = store
        self.view: BoardView | None = None
        self.fresh: dict[str, Peer] = {}
        self._posts = self.post_message

    def compose(self) -> ComposeResult:
        yield BoardBar()
        yield Static(id="empty")
        yield Columns()
        yield LineInput(line_id="filter", placeholder="words, assignee:me, label:bug, due<3d, (a or b), -not")
        yield OptionsBar()
        yield LineInput(line_id="title", placeholder="Title of the card")

    def on_mount(self) -> None:
        self.store.subscribe(self._posts)
        if self.store.replica is None:
            self._run_store()
        else:
            self.post_message(messages.BoardLoaded())
            # The socket costs more to load than the board to draw: the board first.
            self.call_after_refresh(self.call_after_refresh, self._run_store)
        self.set_interval(60, self._turn_the_clock)
        self._draw_bar()
        self.show_options()

    def _run_store(self) -> None:
        self.run_worker(self.store.run(), name="store")

    def on_unmount(self) -> None:
        self.store.unsubscribe(self._posts)

    # --- what the store tells ------------------------------------------------------------------------------------

    async def on_board_loaded(self, message: messages.BoardLoaded) -> None:
        message.stop()
        assert self.store.replica is not None
        if self.view is None:
            layout = await self._read_layout()
            self.view = BoardView(self.store.replica, layout)
        else:
            self.view.replica = self.store.replica
            self.view.forget()
        await self._draw(Touched(frame=True))
        self._tell_pages(message)

    async def on_board_changed(self, message: messages.BoardChanged) -> None:
        message.stop()
        if self.view is not None:
            self.view.forget(message.touched)
            await self._draw(message.touched)
            self._tell_pages(message)
            self.news_drawn()

    def on_card_numbered(self, message: messages.CardNumbered) -> None:
        message.stop()
        if self.view is not None:
            self.view.replace_id(message.provisional_id, message.card_id)
        self._tell_pages(message)

    def on_presence_changed(self, message: messages.PresenceChanged) -> None:
        message.stop()
        self._draw_bar()
        self._draw_columns(set())  # what the user may do there is known only now
        self.show_options()
        self._tell_pages(message)
        self.news_drawn()

    def on_connection_changed(self, message: messages.ConnectionChanged) -> None:
        message.stop()
        self._draw_bar()
        self._draw_faces()
        self._tell_pages(message)

    def on_review_waits(self, message: messages.ReviewWaits) -> None:
        """Show what was not done, unless the user has their hands on something; then say where it is."""
        message.stop()
        if self.is_current and self.focused is None and self.place is Place.BOARD:
            self.show_review()
        else:
            key = next((key_label(key) for key in self.rego.keymap.actions["board.review"].keys), "the palette")
            count = len(self.store.review)
            what = "1 change that waited was" if count == 1 else f"{count} changes that waited were"
            self.rego.say(f"{what} not done; on the board {key} shows it and asks you.", failed=True)

    def show_review(self) -> None:
        from rego_tui.screens.review import ReviewPage

        self.app.push_screen(ReviewPage(self.rego, self.store))

    def on_notice(self, message: messages.Notice) -> None:
        message.stop()
        self.rego.say(message.sentence, failed=message.failed)

    def on_board_ended(self, message: messages.BoardEnded) -> None:
        message.stop()
        if not message.log_in:
            self.rego.close_board(message.sentence)
        elif self.rego.where.may_log_in:
            self.rego.ask_for_login(f"Your session has ended: {message.sentence}{self._waiting_words()}", self._logged_in)
        else:
            self.rego.close_board(f"Your session has ended: {message.sentence} Log in again with `rego login`.")

    def _waiting_words(self) -> str:
        count = self.store.waiting
        return f" {count} {'change waits' if count == 1 else 'changes wait'} to be sent." if count else ""

    def _logged_in(self, user: User | None) -> None:
        """Go on where the session ended. Who is somebody else now has other boards, and sends nobody's changes."""
        if user is None or self.store.me not in (None, user.id):
            self.rego.close_board(f"You are {user.username} now." if user is not None else "Nobody is logged in here now.")
        else:
            self.rego.greet(user)
            self.store.begin_again()
            self.run_worker(self.store.run(), name="store")

    def _tell_pages(self, message: Message) -> None:
        for screen in self.app.screen_stack:
            if isinstance(screen, KeyScreen) and screen is not self:
                screen.hear(message)

    # --- drawing ---------------------------------------------------------------------------------------------------

    async def _draw(self, touched: Touched) -> None:
        """Draw what changed: the frame and all columns, or only the columns that were touched."""
        if self.view is None:
            return
        if touched.frame:
            await self.columns.show_frame(self.view, looks_of(self.view.replica, self.rego.clock(), self.density))
            self._draw_bar()
        self._draw_columns(None if touched.frame else touched.columns, self.take_passing())
        self.lost_hold()
        self.show_options()

    def take_passing(self) -> Mapping[str, Passing]:
        """The cards that others moved since the last time, which are to glide to their places."""
        return {}

    def news_drawn(self) -> None:
        """Called when what others did, or where they are now, is drawn."""

    @property
    def density(self) -> Density:
        """How much of each card is shown: as was wanted for this board, or else for all."""
        own = self.view.layout.density if self.view is not None else None
        return own or Density(self.rego.preferences.density)

    async def _read_layout(self) -> Layout:
        home = self.rego.connect.home
        return await asyncio.to_thread(read_layout, home.paths.layouts, self.store.board_id) if home is not None else Layout()

    def lost_hold(self) -> None:
        """Called after a change by others, which may have taken away what the user carries or types."""

    def _draw_columns(self, only: set[str] | None = None, passing: Mapping[str, Passing] | None = None) -> None:
        if self.view is not None:
            self._say_what_is_missing(self.view)
            self.columns.show_cards(self.view, only, passing)
            self._draw_faces()
            self._place_title_line()

    def _say_what_is_missing(self, view: BoardView) -> None:
        """A sentence where there are no columns, or where the cursor's column has no cards to show."""
        actions, only_look = self.rego.keymap.actions, bool(self.rego.why_not())

        def key(action_id: str) -> str:
            return "" if only_look and actions[action_id].changes else next(map(key_label, actions[action_id].keys), "")

        self.columns.note = missing_cards(view, new=key("card.new"), back=key("board.back"))
        sentence = missing_columns(view, menu=key("column.menu"), may_add=not only_look)
        empty = self.query_one("#empty", Static)
        if empty.content != sentence:
            empty.update(sentence)
            empty.display = bool(sentence)

    def _draw_faces(self) -> None:
        if self.view is not None:
            self.columns.show_faces(self.view, self._faces(self.view))

    def _faces(self, view: BoardView) -> dict[str, Face]:
        return faces(view, self.store.people.values(), self.fresh, away=not self.store.connection.in_touch)

    def _draw_bar(self) -> None:
        if self.is_drawable:
            state, tone = connection_text(self.store, self.rego.clock())
            self.query_one(BoardBar).show(
                self._title(), people_here(self.store), state, tone, away=not self.store.connection.in_touch
            )

    def _title(self) -> str:
        """The board's title, what is filtered, and which columns are in sight when not all are."""
        if self.view is None:
            return self.store.connection.reason or "Reading the board…"
        words = self.view.replica.board.title
        if self.view.filter:
            words += f"  /{self.view.filter}"
        if self.view.layout.hidden:
            words += f"  {len(self.view.layout.hidden)} hidden"
        first, last, count = self.columns.window
        if last - first >= count:
            return words
        shown = str(last) if last - first == 1 else f"{first + 1}-{last}"
        return f"{words}  {'◂ ' if first else ''}{shown} of {count}{' ▸' if last < count else ''}"

    def _viewer(self) -> Viewer:
        """Who looks at the board, and when."""
        return Viewer(me=self.store.me, now=self.rego.clock())

    async def _turn_the_clock(self) -> None:
        """Due dates are drawn, and filtered, against the present time."""
        if self.view is not None and self.view.filtered:
            self.view.look_as(self._viewer())
        await self._draw(Touched(frame=True))

    def fit(self, size: Size) -> None:
        self.columns.width = size.width
        self._draw_columns()
        self._draw_bar()
        self.call_after_refresh(self._look_at_cursor)

    def _look_at_cursor(self) -> None:
        """Bring the cursor's card into sight, put the title line over it, and tell the others."""
        view = self.view
        if view is None:
            return
        target = DRAFT_ID if view.draft is not None else view.card_id
        if (widget := self._column_of_cursor()) is not None and target is not None:
            widget.bring_into_sight(target)
        self._place_title_line()
        self.store.focus(view.card_id, editing=view.editing is not None)

    def _column_of_cursor(self) -> ColumnView | None:
        return self.columns.views.get(self.view.column_id) if self.view is not None else None

    def _cursor_moved(self, *columns: str) -> None:
        """Draw the cursor in its new place; `columns` are those whose lists changed."""
        before = self.columns.window
        self._draw_columns(set(columns))
        self._look_at_cursor()
        self.show_options()
        if self.columns.window != before:
            self._draw_bar()
            self.call_after_refresh(self._look_at_cursor)

    @property
    def columns(self) -> Columns:
        """The widget that holds the columns."""
        return self.query_one(Columns)

    def _place_title_line(self) -> None:
        """Put the title line over the first text line of the card that it belongs to."""
        view, line = self.view, self.query_one("#title", LineInput)
        if view is None or not line.display:
            return
        target = DRAFT_ID if view.draft is not None else view.editing[0] if view.editing is not None else None
        for column_id, widget in self.columns.views.items():
            if widget.display and target is not None and view.index_of(column_id, target) is not None:
                y = max(HEADER, min(widget.row_of(target), widget.size.height - 1))
                line.styles.offset = (widget.region.x + 2, widget.region.y + y)
                line.styles.width = max(widget.size.width - 3, 4)

    # --- the cursor --------------------------------------------------------------------------------------------------

    def act_cursor_down(self, press: Press) -> None:
        self._step(press.count)

    def act_cursor_up(self, press: Press) -> None:
        self._step(-press.count)

    def act_cursor_top(self, _: Press) -> None:
        self._step(-(10**9))

    def act_cursor_bottom(self, _: Press) -> None:
        self._step(10**9)

    def act_cursor_page_down(self, _: Press) -> None:
        self._half_page(1)

    def act_cursor_page_up(self, _: Press) -> None:
        self._half_page(-1)

    def act_cursor_left(self, press: Press) -> None:
        self._sidestep(-press.count)

    def act_cursor_right(self, press: Press) -> None:
        self._sidestep(press.count)

    def _step(self, count: int) -> None:
        if self.view is not None:
            self.view.go_down(count)
            self._cursor_moved()

    def _half_page(self, direction: int) -> None:
        view = self.view
        widget = self._column_of_cursor()
        if view is None or widget is None or view.card_id is None:
            return
        half = max(widget.page // 2, 1)
        widget.scroll_relative(y=direction * half, animate=False, force=True)
        target = widget.nearest_to(widget.row_of(view.card_id) + direction * half)
        index = widget.index_of(target.id) if target is not None else None
        if index is not None:
            view.go_to(view.column_id, index)
        self._cursor_moved()

    def _sidestep(self, count: int) -> None:
        """Go to another column, to the card at about the same height on the screen."""
        view = self.view
        if view is None or not view.column_id:
            return
        old, row = self._column_of_cursor(), HEADER
        if old is not None and view.card_id is not None:
            row = old.row_of(view.card_id)
        column_id = view.column_beside(count)
        if column_id == view.column_id:
            return
        widget = self.columns.views[column_id]
        target = widget.nearest_to(row) if widget.display else None
        index = widget.index_of(target.id) if target is not None else None
        view.go_to(column_id, index or 0)
        self._cursor_moved()

    def on_card_clicked(self, message: messages.CardClicked) -> None:
        message.stop()
        view = self.view
        if view is None or view.carried is not None or view.draft is not None or view.editing is not None:
            return
        index = view.index_of(message.column_id, message.card_id)
        if index is not None:
            view.go_to(message.column_id, index)
            self._cursor_moved()
            if message.twice:
                self.open_card()

    def on_column_clicked(self, message: messages.ColumnClicked) -> None:
        message.stop()
        view = self.view
        if view is None or view.carried is not None or view.draft is not None or view.editing is not None:
            return
        if view.column_id != message.column_id:
            view.go_to(message.column_id, 0)
            self._cursor_moved()

    def open_card(self) -> None:
        """Show the card under the cursor in full."""
        from rego_tui.screens.card import CardScreen

        if self.view is not None and (card := self.view.card()) is not None:
            self.app.push_screen(CardScreen(self.rego, self.store, card.id))
