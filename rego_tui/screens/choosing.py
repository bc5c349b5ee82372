"""The popups that choose what cards get: people, labels, a due date, a priority. Each says what to do with the choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rego.client import labels
from rego.dates import END_OF_DAY, parse_due
from rego.naming import label_name
from rego.replica import Replica
from rego.wire.boards import Member
from rego.wire.cards import CardSummary, Priority
from rego.wire.checklists import ChecklistItem
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.labels import CreateLabel
from rego_tui.screens.picker import Picked, Picker
from rego_tui.widgets.choices import Row
from rego_tui.widgets.looks import label_color, person_color

if TYPE_CHECKING:
    from rego_tui.app import RegoApp
    from rego_tui.store import BoardStore

TYPED = "typed"
"""The id of the row that stands for what was typed."""

NO_DATE = "none"
NOBODY = "nobody"

_DAYS = {"today": "Today", "tomorrow": "Tomorrow", "+1w": "In a week", "+2w": "In two weeks"}


def people_picker(app: RegoApp, replica: Replica, cards: Sequence[CardSummary], me: str | None) -> Picker:
    """Who is on the cards; oneself first."""
    rows = [
        Row(
            id=member.user_id,
            text=member.name,
            color=person_color(member.user_id, dark=app.current_theme.dark),
            ticked=_held(member.user_id, (card.assignee_ids for card in cards)),
            also=f"{member.username} {'me' if member.user_id == me else ''}",
            detail="you" if member.user_id == me else member.username,
        )
        for member in _oneself_first(replica, me)
    ]
    return Picker(app, f"Who is on {_cards(replica, cards)}?", rows, several=True)


def person_picker(app: RegoApp, replica: Replica, item: ChecklistItem, me: str | None) -> Picker:
    """Who does an item of a checklist: one member, or nobody."""
    rows = [
        Row(
            id=member.user_id,
            text=member.name,
            color=person_color(member.user_id),
            ticked=member.user_id == item.assignee_id,
            also=f"{member.username} {'me' if member.user_id == me else ''}",
            detail="you" if member.user_id == me else member.username,
        )
        for member in _oneself_first(replica, me)
    ]
    return Picker(app, f"Who does “{item.text}”?", [*rows, Row(id=NOBODY, text="Nobody", also="none")])


def column_picker(app: RegoApp, replica: Replica, card: CardSummary) -> Picker:
    """Which column a card goes to."""
    rows = [
        Row(id=column.id, text=column.title, ticked=column.id == card.column_id, detail=str(replica.count_in(column.id)))
        for column in replica.columns_in_order()
    ]
    return Picker(app, f"Where does {replica.ref(card)} go?", rows)


async def with_made_label(store: BoardStore, picked: Picked) -> Picked:
    """The choice with the label that was typed, made in a colour that the board uses least; raises a `RegoError`."""
    wanted = CreateLabel(name=picked.typed, color=next_color(store.loaded))
    made = await store.ask(labels.create_label(store.board_id, wanted))
    return replace(picked, put=(*picked.put, made.id), typed="")


def label_picker(app: RegoApp, replica: Replica, cards: Sequence[CardSummary]) -> Picker:
    """The labels of the cards; what is typed and is none yet can be made one."""
    known = sorted(replica.labels.values(), key=lambda label: label_name(label).casefold())
    rows = [
        Row(
            id=label.id,
            text=label_name(label),
            color=label_color(label.color, dark=app.current_theme.dark),
            ticked=_held(label.id, (card.label_ids for card in cards)),
        )
        for label in known
    ]
    names = {row.text.casefold() for row in rows}

    def offer(typed: str) -> Row | None:
        return None if typed.casefold() in names else Row(id=TYPED, text=f"New label “{typed}”")

    return Picker(
        app, f"Labels of {_cards(replica, cards)}", rows, several=True, offer=offer, placeholder="type to filter or add"
    )


def due_picker(app: RegoApp, replica: Replica, cards: Sequence[CardSummary], now: datetime) -> Picker:
    """When the cards are due: a common day, or whatever `rego.dates` reads. The answer's row is read by `due_of`."""
    rows = [Row(id=word, text=text, detail=_day(parse_due(word, now), now)) for word, text in _DAYS.items()]
    rows.append(Row(id=NO_DATE, text="No due date", also="none clear remove", detail="none"))

    def offer(typed: str) -> Row | str | None:
        try:
            return Row(id=TYPED, text=_day(parse_due(typed, now), now))
        except InvalidInput as error:
            return error.detail

    title = f"When is {_cards(replica, cards)} due?" if len(cards) == 1 else f"When are {_cards(replica, cards)} due?"
    return Picker(app, title, rows, numbered=False, offer=offer, placeholder="friday, +3d, 2026-12-01, none")


def due_of(row_id: str, typed: str, now: datetime) -> datetime | None:
    """The due date that a row of `due_picker` stands for."""
    return None if row_id == NO_DATE else parse_due(typed if row_id == TYPED else row_id, now)


def priority_picker(app: RegoApp, replica: Replica, cards: Sequence[CardSummary]) -> Picker:
    """How urgent the cards are."""
    held = {card.priority for card in cards}
    rows = [
        Row(
            id=level.value,
            text=level.value.capitalize() if level is not Priority.NONE else "No priority",
            ticked=held == {level},
        )
        for level in reversed(Priority)
    ]
    return Picker(app, f"Priority of {_cards(replica, cards)}", rows)


def next_color(replica: Replica) -> Color:
    """The colour for a new label: the one that the board uses least."""
    used = [label.color for label in replica.labels.values()]
    return min(Color, key=used.count)


def _oneself_first(replica: Replica, me: str | None) -> list[Member]:
    return sorted(replica.members.values(), key=lambda member: (member.user_id != me, member.name.casefold()))


def _held(value: str, lists: Iterable[Sequence[str]]) -> bool | None:
    """Whether all of the lists have `value`; None when only some do."""
    has = {value in each for each in lists}
    return None if len(has) > 1 else has == {True}


def _cards(replica: Replica, cards: Sequence[CardSummary]) -> str:
    return replica.ref(cards[0]) if len(cards) == 1 else f"{len(cards)} cards"


def _day(moment: datetime, now: datetime) -> str:
    local = moment.astimezone(now.tzinfo)
    day = f"{local:%A} {local.day} {local:%B}" + (f" {local.year}" if local.year != now.year else "")
    return day if local.time() == END_OF_DAY else f"{day}, {local:%H:%M}"
