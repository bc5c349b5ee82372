"""What can become of a column: a popup, and where that is needed another one for the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from rego.client import columns
from rego.client.call import Call
from rego.wire.columns import Column, CreateColumn, MoveColumn, UpdateColumn
from rego_tui.screens.picker import Picker
from rego_tui.widgets.choices import Row

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


class Wish(Struct, frozen=True, kw_only=True):
    """What was chosen: a request, with the beginning of the sentence about its refusal, or what is to be hidden or shown."""

    call: Call[Any] | None = None
    failure: str = ""
    hide: bool = False
    show: tuple[str, ...] = ()


async def ask(app: RegoApp, shown: Sequence[Column], column: Column | None, hidden: Sequence[Column]) -> Wish | None:
    """Let the user choose; None when they leave. `shown` are the columns in sight, `column` the one under the cursor."""
    rows = _rows_for_all(shown, column) if not app.why_not() else []
    rows += _rows_for_oneself(column, hidden)
    picked = await app.push_screen_wait(Picker(app, f"Column “{column.title}”" if column is not None else "Columns", rows))
    if picked is None:
        return None
    what, _, which = picked.one.partition(" ")
    if what == "show":
        return Wish(show=(which,) if which else tuple(each.id for each in hidden))
    if what == "add":
        return await _add(app, column)
    return await _about(app, what, shown, column) if column is not None else None


def _rows_for_all(shown: Sequence[Column], column: Column | None) -> list[Row]:
    """What changes the board for everybody."""
    rows = [Row(id="add", text="Add a column to the right")]
    if column is not None:
        place = [each.id for each in shown].index(column.id)
        limit = str(column.wip_limit) if column.wip_limit is not None else "none"
        rows += [
            Row(id="rename", text="Rename it"),
            Row(id="limit", text="Limit its cards", detail=limit, also="wip work in progress"),
            *([Row(id="left", text="Move it to the left")] if place else []),
            *([Row(id="right", text="Move it to the right")] if place < len(shown) - 1 else []),
            Row(id="done", text="Its cards are work to do" if column.done else "Its cards are finished work", also="done"),
            Row(id="archive", text="Archive it, with its cards"),
            Row(id="delete", text="Delete it", detail="when it is empty"),
        ]
    return rows


def _rows_for_oneself(column: Column | None, hidden: Sequence[Column]) -> list[Row]:
    """What changes only how the user sees the board."""
    rows = [Row(id="hide", text="Hide it here", detail="for you alone")] if column is not None else []
    rows += [Row(id=f"show {each.id}", text=f"Show “{each.title}” again") for each in hidden]
    return rows + ([Row(id="show", text="Show all columns again")] if len(hidden) > 1 else [])


async def _about(app: RegoApp, what: str, shown: Sequence[Column], column: Column) -> Wish | None:
    match what:
        case "hide":
            return Wish(hide=True)
        case "rename":
            title = await _typed(app, f"New title of “{column.title}”", column.title)
            return _update(column, "renamed", title=title) if title else None
        case "limit":
            return await _limit(app, column)
        case "left" | "right":
            return _move(shown, column, -1 if what == "left" else 1)
        case "done":
            return _update(column, "changed", done=not column.done)
        case "archive":
            return _update(column, "archived", archived=True)
        case _:
            return Wish(call=columns.delete_column(column.id), failure=f"“{column.title}” was not deleted")


async def _add(app: RegoApp, column: Column | None) -> Wish | None:
    title = await _typed(app, "Title of the new column", "")
    if not title:
        return None
    board_id = app.store.board_id if app.store is not None else ""
    body = CreateColumn(title=title, after_id=column.id if column is not None else None)
    return Wish(call=columns.create_column(board_id, body), failure=f"“{title}” was not added")


async def _limit(app: RegoApp, column: Column) -> Wish | None:
    """A number, or none; the limit warns or refuses as it did before."""

    def offer(typed: str) -> Row | str:
        if typed.isascii() and typed.isdecimal() and 0 < int(typed) < 2**31:
            return Row(id=typed, text=f"{int(typed)} cards" if int(typed) > 1 else "1 card")
        return "Type a number from 1 on, or choose none."

    picker = Picker(
        app,
        f"How many cards may stand in “{column.title}”?",
        [Row(id="", text="No limit", also="none")],
        numbered=False,
        offer=offer,
        placeholder="a number, or none",
    )
    picked = await app.push_screen_wait(picker)
    if picked is None:
        return None
    return _update(column, "limited", wip_limit=int(picked.one) if picked.one else None)


def _move(shown: Sequence[Column], column: Column, step: int) -> Wish:
    beside = shown[[each.id for each in shown].index(column.id) + step].id
    place = MoveColumn(before_id=beside) if step < 0 else MoveColumn(after_id=beside)
    return Wish(call=columns.move_column(column.id, place), failure=f"“{column.title}” was not moved")


def _update(column: Column, verb: str, **fields: Any) -> Wish:
    call = columns.update_column(column.id, UpdateColumn(version=column.version, **fields))
    return Wish(call=call, failure=f"“{column.title}” was not {verb}")


async def _typed(app: RegoApp, title: str, text: str) -> str:
    """A line that the user types; nothing when they leave."""

    def offer(typed: str) -> Row:
        return Row(id="typed", text=f"“{typed}”")

    picked = await app.push_screen_wait(Picker(app, title, [], offer=offer, placeholder="type the title", text=text))
    return picked.typed if picked is not None else ""
