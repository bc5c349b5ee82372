"""How a board is laid out, as its user wants it: density, columns as strips or hidden, and the columns themselves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rego.wire.errors import RegoError
from rego_tui.keymap import Press
from rego_tui.layout import Layout, keep_layout
from rego_tui.screens.board_frame import looks_of
from rego_tui.screens.board_page import BoardPage
from rego_tui.widgets.looks import Density

if TYPE_CHECKING:
    from rego.wire.columns import Column
    from rego_tui.screens.column_menu import Wish


class BoardLayout(BoardPage):
    """Lays the columns out. What is changed about that is kept on this machine; the columns themselves are everybody's."""

    def act_board_density(self, _: Press) -> None:
        levels = list(Density)
        level = levels[(levels.index(self.density) + 1) % len(levels)]
        if self.view is not None:
            self._lay_out(replace(self.view.layout, density=level))
            self.rego.say(f"The cards of this board are {level.value} now.")

    def act_column_collapse(self, _: Press) -> None:
        """Collapse the column under the cursor, and leave it; in one that is a strip elsewhere, open it for good."""
        view = self.view
        if view is None or not view.column_id:
            return
        column_id = view.column_id
        if column_id in view.layout.collapsed:
            self._lay_out(view.layout.with_collapsed(column_id, False))
            self.rego.say("The column stays open now.")
            return
        self._lay_out(view.layout.with_collapsed(column_id, True))
        beside = next((each for each in (view.column_beside(1), view.column_beside(-1)) if each != column_id), column_id)
        view.go_to(beside, 0)
        self._cursor_moved()

    def _lay_out(self, layout: Layout) -> None:
        """Show the board so from now on, and keep it for the next time."""
        if self.view is not None:
            self.view.layout = layout
            self._draw_anew()
            self.rego.run_worker(self._keep(layout), group="layout")

    async def _keep(self, layout: Layout) -> None:
        home = self.rego.connect.home
        if home is None:
            return
        try:
            async with self.rego.writing:
                await asyncio.to_thread(keep_layout, home.paths.layouts, self.store.board_id, layout)
        except OSError as error:
            self.rego.say(f"How you see this board is not kept: {error.strerror}.", failed=True)

    def on_screen_resume(self) -> None:
        """The settings may have changed the density meanwhile."""
        if self.columns.density not in (None, self.density):
            self._draw_anew()

    def _draw_anew(self) -> None:
        if self.view is not None:
            self.columns.look(looks_of(self.view.replica, self.rego.clock(), self.density))
            self.view.forget()
            self._draw_columns()
            self._draw_bar()
            self._look_at_cursor()
            self.call_after_refresh(self._look_at_cursor)

    # --- the columns -------------------------------------------------------------------------------------------------

    def act_column_menu(self, _: Press) -> None:
        if self.view is not None:
            self.run_worker(self._ask_about_column(), name="column", group="column", exclusive=True)

    async def _ask_about_column(self) -> None:
        """Ask what is to become of the column under the cursor, and do it."""
        from rego_tui.screens.column_menu import ask

        view = self.view
        if view is None:
            return
        column = view.replica.columns.get(view.column_id)
        hidden = [each for each in view.replica.columns_in_order() if each.id in view.layout.hidden]
        wish = await ask(self.rego, view.columns(), column, hidden)
        if wish is not None:
            await self._grant(wish, column)

    async def _grant(self, wish: Wish, column: Column | None) -> None:
        """Do what was wished for; a refusal is a sentence."""
        view = self.view
        if wish.call is not None:
            try:
                await self.store.ask(wish.call)
            except RegoError as error:
                self.rego.say(f"{wish.failure}: {error.detail}", failed=True)
        elif view is not None and wish.hide and column is not None:
            if len(view.columns()) < 2:
                self.rego.say("The last column in sight stays in sight.", failed=True)
                return
            self._lay_out(view.layout.with_hidden(column.id, True))
            self.rego.say(f"“{column.title}” is hidden here. C shows it again.")
        elif view is not None and wish.show:
            layout = view.layout
            for column_id in wish.show:
                layout = layout.with_hidden(column_id, False)
            self._lay_out(layout)
