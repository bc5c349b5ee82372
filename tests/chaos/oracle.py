"""What must be true when a fault is over, whatever it was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rego.client import aio, boards
from rego.wire.base import to_json
from rego.wire.events import Event
from tests.board_replay import events_since
from tests.chaos.bare import essence
from tests.chaos.followers import BareFollower, ChaosFollower, SdkFollower
from tests.chaos.writers import Writer

Board = dict[str, Any]


async def board_of(client: aio.Client, board_id: str) -> Board:
    """The board as the database has it."""
    board: Board = json.loads(to_json(await client.send(boards.get_snapshot(board_id))))
    return board


def is_diverged(follower: ChaosFollower, truth: Board) -> bool:
    """Whether a follower has another board than the database: the SDK's whole, of the bare one all that it follows."""
    if not follower.trusting and follower.seq != truth["seq"]:
        return True
    if isinstance(follower, SdkFollower):
        return follower.board() != truth
    assert isinstance(follower, BareFollower)
    return essence(follower.board()) != essence(truth)


def lost_and_doubled(writers: Sequence[Writer], truth: Board) -> tuple[list[str], list[str]]:
    """Titles that were acknowledged and are not there, and titles that are there more than once."""
    there = Counter(title_of(card) for card in truth["cards"])
    lost = [title for writer in writers for title in writer.acknowledged if not there[title]]
    return lost, [title for title, count in there.items() if count > 1]


def strangers(writers: Sequence[Writer], truth: Board) -> list[str]:
    """Titles on the board that nobody has written."""
    written = {title for writer in writers for title in (*writer.acknowledged, *writer.unknown)}
    return [card["title"] for card in truth["cards"] if title_of(card) not in written]


def shared_ranks(truth: Board) -> list[tuple[str, str]]:
    """Places that two cards have; the order of a column must be strict."""
    places = sorted((card["column_id"], card["rank"]) for card in truth["cards"])
    return [place for place, cards in groupby(places) if len(list(cards)) > 1]


def title_of(card: Board) -> str:
    """The title that a card was made with; who edits it adds words."""
    return str(card["title"]).partition(" ")[0]


def overheard(guest: BareFollower, events: Sequence[Event]) -> list[str]:
    """What somebody heard of the board after they were taken off it."""
    (left,) = (event.seq for event in events if event.type == "member.removed")
    return [f"who was removed by event {left} has heard event {guest.seq}"] if guest.seq > left else []


async def check_log(client: aio.Client, board_id: str, seq: int) -> list[Event]:
    """The log, which has every number from 1 to `seq`, once, and each key of a request at most once."""
    events = await events_since(client, board_id, 0)
    assert len(events) == seq, f"{len(events)} events, and the board is at {seq}"
    keys = Counter(event.op_id for event in events if event.op_id is not None)
    assert not [key for key, count in keys.items() if count > 1]
    return events
