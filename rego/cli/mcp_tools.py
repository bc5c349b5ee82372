"""The tools of `rego mcp`: what each is called, what it says of itself, and what it does, which is calls of the SDK.

A tool looks up all names before it changes anything. It raises a `RegoError`, whose sentence is what the model reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from rego.card_draft import towards
from rego.cli import mcp_arguments as a
from rego.cli.mcp_views import Names, View, found, listed, told
from rego.client import auth, boards, cards, checklists, comments
from rego.client.call import Call
from rego.client.updates import Ended, EventCame, Online, SnapshotCame
from rego.dates import parse_here, utc_offset
from rego.naming import card_path, find_board, find_column, find_label, find_member
from rego.wire.base import Position
from rego.wire.boards import Board
from rego.wire.cards import Card, CardSummary, ClaimCard, CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.columns import Column
from rego.wire.comments import CreateComment
from rego.wire.errors import Forbidden, InvalidInput, NotFound
from rego.wire.query import parse
from rego.wire.query_terms import ME
from rego.wire.users import User

if TYPE_CHECKING:
    from rego.client.aio import Client

T = TypeVar("T")

EVENTS_MAX = 50


class Desk:
    """What the tools work with: a client, and the board of calls that name none."""

    def __init__(self, client: Client, board_name: str | None) -> None:
        self.client = client
        self._board_name = board_name

    async def send(self, call: Call[T]) -> T:
        """The server's answer; raises a `RegoError`."""
        return await self.client.send(call)

    async def board(self, name: str | UnsetType) -> Board:
        """The board of that name, else the one at hand."""
        every = await self.send(boards.list_boards())
        wanted = name if isinstance(name, str) else self._board_name
        return find_board(every if wanted else [board for board in every if not board.archived], wanted)

    async def names(self, board_id: str) -> Names:
        """The board with all its names."""
        return Names(await self.send(boards.get_snapshot(board_id)))

    async def card(self, name: str) -> tuple[Card, Names]:
        """The card called `name`, and its board; raises `NotFound` with that name in the sentence."""
        try:
            card = await self.send(cards.get_card(card_path(name)))
        except NotFound as error:
            raise NotFound(f"There is no card {name} here, or it is not yours to see.") from error
        return card, await self.names(card.board_id)

    async def me(self) -> User:
        """Whose token it is."""
        return await self.send(auth.me())

    async def ids(self, names: Names, fields: a.Fields) -> tuple[list[str] | None, list[str] | None]:
        """The ids of the labels and of the people that are named; None where nothing is said of them."""
        snapshot, labels, people = names.snapshot, None, None
        if isinstance(fields.labels, list):
            labels = [find_label(snapshot.labels, each).id for each in fields.labels]
        if isinstance(fields.people, list):
            mine = (await self.me()).id if ME in fields.people else ME
            people = [find_member(snapshot.members, mine if each == ME else each).user_id for each in fields.people]
        return labels, people


async def show_board(desk: Desk, args: a.ShowBoard) -> View:
    names = await desk.names((await desk.board(args.board)).id)
    return names.board((await desk.me()).username)


async def list_cards(desk: Desk, args: a.ListCards) -> View:
    names = await desk.names((await desk.board(args.board)).id)
    column = _column(names, args.column)
    if isinstance(args.query, str):
        call = cards.list_cards(
            names.snapshot.board.id,
            column.id if column else None,
            limit=args.limit + 1,
            q=str(parse(args.query)),
            utc_offset=_offset(),
        )
        wanted: Sequence[CardSummary] = await desk.send(call)
    else:
        wanted = [card for card in names.in_order() if column is None or card.column_id == column.id]
    return listed([names.row(card) for card in wanted[: args.limit + 1]], args.limit)


async def show_card(desk: Desk, args: a.ShowCard) -> View:
    card, names = await desk.card(args.card)
    lists = await desk.send(checklists.list_checklists(card.id))
    said = [each async for each in desk.client.pages(comments.list_comments(card.id))] if card.comment_count else []
    return names.sheet(card, lists, said)


async def search(desk: Desk, args: a.Search) -> View:
    call = cards.search(str(parse(args.query)), limit=args.limit + 1, utc_offset=_offset())
    return listed([found(card) for card in await desk.send(call)], args.limit)


async def add_card(desk: Desk, args: a.AddCard) -> View:
    names = await desk.names((await desk.board(args.board)).id)
    open_columns = [column for column in names.snapshot.columns if not column.archived]
    if not open_columns:
        raise NotFound("This board has no column yet.")
    column = _column(names, args.column) or open_columns[0]
    labels, people = await desk.ids(names, args)
    body = CreateCard(title=args.title, column_id=column.id, label_ids=labels or [], assignee_ids=people or [])
    body.description = args.description or ""
    body.priority = Priority(args.priority or Priority.NONE)
    body.due_at = _due(args.due) or None
    return names.row(await desk.send(cards.create_card(names.snapshot.board.id, body)))


async def edit_card(desk: Desk, args: a.EditCard) -> View:
    card, names = await desk.card(args.card)
    labels, people = await desk.ids(names, args)
    body = UpdateCard(title=args.title, description=args.description, due_at=_due(args.due))
    body.completed, body.archived = args.done, args.archived
    body.priority = Priority(args.priority) if isinstance(args.priority, str) else UNSET
    calls = [
        *(towards(card.id, card.label_ids, labels, cards.label_card, cards.unlabel_card) if labels is not None else ()),
        *(towards(card.id, card.assignee_ids, people, cards.assign_card, cards.unassign_card) if people is not None else ()),
    ]
    if not calls and not body.changes() and labels is None and people is None:
        raise InvalidInput("Nothing to change: give a field besides the card.")
    if body.changes():
        await desk.send(cards.update_card(card.id, body))
    for call in calls:
        await desk.send(call)
    return names.row(await desk.send(cards.get_card(card.id)))


async def move_card(desk: Desk, args: a.MoveCard) -> View:
    card, names = await desk.card(args.card)
    column = _column(names, args.column)
    body = MoveCard(column_id=column.id if column else None, position=Position(args.position))
    return names.row(await desk.send(cards.move_card(card.id, body)))


async def claim_card(desk: Desk, args: a.ClaimCard) -> View:
    card = args.card or None
    if args.release:
        if card is None:
            raise InvalidInput("Which card do you give back? Name it.")
        mine, names = await desk.card(card)
        return names.row(await desk.send(cards.release_card(mine.id)))
    board_id = (await desk.card(card))[0].board_id if card else (await desk.board(args.board)).id
    body = ClaimCard(card=card and card_path(card), ttl=args.minutes * 60, utc_offset=_offset())
    body.q = str(parse(args.query)) if isinstance(args.query, str) else None
    claim = await desk.send(cards.claim_card(board_id, body))
    row = (await desk.names(board_id)).sheet(claim.card, [], [])
    return {**row, "until": claim.until.astimezone().isoformat(timespec="minutes")}


async def comment(desk: Desk, args: a.Comment) -> View:
    card, names = await desk.card(args.card)
    await desk.send(comments.create_comment(card.id, CreateComment(text=args.text)))
    return {"ref": names.ref(card), "commented": True}


async def watch(desk: Desk, args: a.Watch) -> View:
    """The socket is only the bell: what happened is read from the log, so that nothing is missed between two calls."""
    from rego.client.live import LiveBoard

    board = await desk.board(args.board)
    since = args.since if isinstance(args.since, int) else None
    try:
        async with asyncio.timeout(args.seconds), LiveBoard(desk.client, board.id) as live:
            async for update in live:
                if isinstance(update, Ended):
                    raise Forbidden(f"The server has ended it: {update.reason}")
                if isinstance(update, Online) and since is None:
                    since = update.hello.seq
                if isinstance(update, Online | EventCame | SnapshotCame) and since is not None:
                    events = await desk.send(boards.list_events(board.id, since=since, limit=EVENTS_MAX))
                    if (news := told(events, since))["events"]:
                        return news
                    since = news["next"]
    except TimeoutError:
        pass
    return {"events": [], **({} if since is None else {"next": since})}


class Tool(NamedTuple):
    """One tool; `description` is what a model chooses it by."""

    name: str
    description: str
    arguments: type[a.Arguments]
    act: Callable[[Desk, Any], Awaitable[View]]
    writes: bool = False


TOOLS = (
    Tool("board", "A board's columns, labels and people.", a.ShowBoard, show_board),
    Tool("list", "Cards of a board, in its order or the query's.", a.ListCards, list_cards),
    Tool("show", "A card with description, checklists and comments.", a.ShowCard, show_card),
    Tool("search", "Cards on all boards.", a.Search, search),
    Tool("add", "Make a card.", a.AddCard, add_card, writes=True),
    Tool("edit", "Change fields of a card; what is absent stays.", a.EditCard, edit_card, writes=True),
    Tool("move", "Put a card into a column.", a.MoveCard, move_card, writes=True),
    Tool(
        "claim",
        "Take the next card that nobody is on, or a named one; nobody else gets it until the minutes are over. "
        "Claim before you work on a card.",
        a.ClaimCard,
        claim_card,
        writes=True,
    ),
    Tool("comment", "Comment on a card.", a.Comment, comment, writes=True),
    Tool("watch", "Wait for what happens on a board; returns at the first news.", a.Watch, watch),
)


def tools(*, read_only: bool) -> list[Tool]:
    """All tools, or those that change nothing."""
    return [tool for tool in TOOLS if not (read_only and tool.writes)]


async def call(desk: Desk, tool: Tool, arguments: dict[str, Any]) -> View:
    """What `tool` answers. Raises a `RegoError`, `InvalidInput` for arguments that it does not take."""
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        read = msgspec.convert(given, tool.arguments)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"{tool.name} does not take that: {error}") from error
    return await tool.act(desk, read)


def _column(names: Names, name: str | UnsetType) -> Column | None:
    open_columns = [column for column in names.snapshot.columns if not column.archived]
    return find_column(open_columns, name) if isinstance(name, str) else None


def _due(text: str | UnsetType) -> datetime | UnsetType | None:
    if not isinstance(text, str):
        return UNSET
    return parse_here(text.strip() or None)


def _offset() -> int:
    return utc_offset(datetime.now().astimezone())
