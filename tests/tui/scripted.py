"""The other end of the store's port, scripted: it answers calls from a replica of its own and feeds what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
from msgspec.structs import asdict, replace

from rego.client import follow
from rego.client.call import Call
from rego.client.updates import EventCame, Online, PresenceCame, SnapshotCame, Update
from rego.replica import Replica
from rego.wire import events as e
from rego.wire.activity import Activity
from rego.wire.base import Change, Position
from rego.wire.boards import Board
from rego.wire.cards import BulkCards, Card, CardRef, CardSummary, CreateCard, MoveCard, UpdateCard, UpdateCards
from rego.wire.checklists import Checklist
from rego.wire.comments import Comment
from rego.wire.errors import Forbidden, NotFound, RegoError
from rego.wire.event_data import Actor, RawEvent
from rego.wire.frames import Hello, Resume
from rego.wire.labels import CreateLabel, Label
from rego.wire.presence import Person
from rego.wire.snapshot import Snapshot
from tests.tui.boards import ADA, MIA, NOW

T = TypeVar("T")

OWN_CONNECTION = "own"


class ScriptedPeer:
    """Stands for a client and its live feed.

    `sent` holds every call that was answered or refused. While `holding` is set, calls wait for `release`. An error in
    `refusals` answers the next change. `lists` are answered to requests by the last part of their path. With `echo` off,
    changes are answered but their events wait in `withheld`.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.replica = Replica(snapshot)
        self.sent: list[tuple[Call[Any], str | None]] = []
        self.refusals: list[RegoError] = []
        self.details: dict[str, tuple[str, list[Checklist], list[Comment]]] = {}
        self.shelf: dict[str, CardSummary] = {}
        self.focused: list[tuple[str | None, bool]] = []
        self.others: list[Board] = []
        self.acts: dict[int, Activity] = {}
        self.lists: dict[str, list[Any]] = {}
        self.ways_back: dict[int, Callable[[str | None], object]] = {}
        self.echo = True
        self.withheld: list[Update] = []
        self.missed: list[Update] = []
        self.opened = 0
        self.since: follow.Position | None = None
        self._release = asyncio.Event()
        self._release.set()
        self._updates: asyncio.Queue[Update] = asyncio.Queue()

    # --- the store's port ----------------------------------------------------------------------------------------

    async def send(self, call: Call[T], op_id: str | None = None) -> T:
        if call.changes_something:
            await self._release.wait()
        self.sent.append((call, op_id))
        if call.changes_something and self.refusals:
            raise self.refusals.pop(0)
        try:
            return self._answer(call, op_id)  # type: ignore[no-any-return]
        except KeyError:
            raise NotFound("There is no such card.") from None

    async def pages(self, call: Call[list[T]]) -> AsyncIterator[T]:
        for entry in await self.send(call):
            yield entry

    @asynccontextmanager
    async def open_feed(self, board_id: str, since: follow.Position | None = None) -> AsyncIterator[ScriptedPeer]:
        self.opened += 1
        self.since = since
        self._updates = asyncio.Queue()
        self.say_hello(Resume.SNAPSHOT)
        self.feed(SnapshotCame(snapshot=self.replica.snapshot()))
        yield self

    async def __aiter__(self) -> AsyncIterator[Update]:
        while True:
            yield await self._updates.get()

    async def focus(self, card_id: str | None, editing: bool = False) -> None:
        self.focused.append((card_id, editing))

    # --- what a test makes happen ----------------------------------------------------------------------------------

    def feed(self, update: Update) -> None:
        self._updates.put_nowait(update)

    def hold(self) -> None:
        """Let no change through until `release`."""
        self._release.clear()

    def release(self) -> None:
        self._release.set()

    def say_hello(self, resume: Resume) -> None:
        seq, epoch = self.replica.seq, self.replica.epoch
        board = self.replica.board.id
        hello = Hello(connection_id=OWN_CONNECTION, board_id=board, epoch=epoch, seq=seq, heartbeat=15, resume=resume)
        self.feed(Online(hello=hello))

    def happen(self, data: e.EventData, op_id: str | None = None, *, actor: Actor | None = None, feed: bool = True) -> None:
        """Something happens on the board; the feed tells of it, unless it is cut off and told later by `feed_missed`."""
        event = e.Event(
            seq=self.replica.seq + 1,
            board_id=self.replica.board.id,
            type=e.event_type(data),
            at=NOW,
            actor=actor,
            op_id=op_id,
            data=data,
        )
        if op_id is not None:
            self._remember(event)
        self.replica.apply(event)
        raw = RawEvent(seq=event.seq, board_id=event.board_id, type=event.type, at=event.at)
        update = EventCame(event=event, raw=raw)
        if not feed:
            self.missed.append(update)
        elif self.echo or op_id is None:
            self.feed(update)
        else:
            self.withheld.append(update)

    def _remember(self, event: e.Event) -> None:
        """Write an act of the user down, with what would take it back."""
        ada = Actor(id=ADA.user_id, username=ADA.username)
        sentence = f"{ada.username} did {event.type}"
        self.acts[event.seq] = Activity(seq=event.seq, at=NOW, type=event.type, actor=ada, sentence=sentence)
        match event.data:
            case e.CardMoved(card=card, before=before):
                index = self.replica.position_of(card.id) or 0
                self.ways_back[event.seq] = lambda op_id: self.move(card.id, before.column_id, index, op_id)
            case e.CardUpdated(card=card, changes=changes):
                fields = {name: change.before for name, change in changes.items()}
                self.ways_back[event.seq] = lambda op_id: self.change(card.id, op_id, **fields)
            case e.CardArchived(card=card):
                self.ways_back[event.seq] = lambda op_id: self._update(card.id, UpdateCard(archived=False), op_id)
            case e.CardRestored(card=restored):
                self.ways_back[event.seq] = lambda op_id: self._update(restored.id, UpdateCard(archived=True), op_id)

    def _revert(self, seq: int, op_id: str | None) -> list[RawEvent]:
        self.ways_back[seq](op_id)
        made = self.replica.seq
        self.acts[made] = replace(self.acts[made], reverts=seq)
        self.acts[seq] = replace(self.acts[seq], reverted_by=made)
        return [RawEvent(seq=made, board_id=self.replica.board.id, type=self.acts[made].type, at=NOW, reverts=seq)]

    def feed_missed(self) -> None:
        """Feed what happened while the feed was cut off."""
        for update in self.missed:
            self.feed(update)
        self.missed.clear()

    def tell_withheld(self) -> None:
        """Feed the events that were held back."""
        for update in self.withheld:
            self.feed(update)
        self.withheld.clear()

    def look_at(self, card_id: str | None, *, editing: bool = False) -> None:
        """Mia puts her cursor on a card."""
        mia = Person(connection_id="mias", user_id=MIA.user_id, username="mia", card_id=card_id, editing=editing)
        own = replace(mia, connection_id=OWN_CONNECTION, user_id="me", username="me")
        self.feed(PresenceCame(people={"mias": mia, OWN_CONNECTION: own}))

    def move(
        self, card_id: str, column_id: str, index: int, op_id: str | None = None, *, actor: Actor | None = None
    ) -> CardSummary:
        """Somebody moves a card."""
        card = self.replica.cards[card_id]
        rank = self.replica.rank_between(column_id, index, without=card_id)
        self.happen(
            e.CardMoved(
                card=self._ref(card),
                before=e.CardPlace(column_id=card.column_id, column_title="", rank=card.rank),
                after=e.CardPlace(column_id=column_id, column_title="", rank=rank),
                version=card.version + 1,
            ),
            op_id,
            actor=actor,
        )
        return self.replica.cards[card_id]

    def change(self, card_id: str, op_id: str | None = None, *, actor: Actor | None = None, **fields: Any) -> CardSummary:
        """Somebody changes a card's fields."""
        card = self.replica.cards[card_id]
        changes = {name: Change(before=getattr(card, name, ""), after=value) for name, value in fields.items()}
        self.happen(e.CardUpdated(card=self._ref(card), changes=changes, version=card.version + 1), op_id, actor=actor)
        return self.replica.cards[card_id]

    def add(self, card: CardSummary, op_id: str | None = None) -> CardSummary:
        """Somebody adds a card."""
        self.happen(e.CardCreated(card=card, ref=self.replica.ref(card), column_title=""), op_id)
        return card

    def delete(self, card_id: str) -> None:
        """Somebody deletes a card."""
        card = self.replica.cards[card_id]
        self.happen(e.CardDeleted(card=card, ref=self.replica.ref(card)))

    # --- answers -----------------------------------------------------------------------------------------------------

    def _answer(self, call: Call[Any], op_id: str | None) -> Any:
        if (handled := self._belonging(call, op_id)) is not None:
            return handled
        routes: dict[type, Callable[[str, Any, str | None], CardSummary]] = {
            CreateCard: self._create,
            MoveCard: self._move,
            UpdateCard: self._update,
        }
        parts = call.path.strip("/").split("/")
        if type(call.body) in routes:
            return routes[type(call.body)](parts[1], call.body, op_id)
        if parts[-1] == "revert":
            return self._revert(int(parts[3]), op_id)
        if parts[-1] == "activity":
            return self._activity(call.query)
        if parts[-1] in self.lists:
            return self.lists[parts[-1]]
        if call.path == "/boards":
            return [self.replica.board, *self.others]
        if call.method != "GET":
            raise Forbidden("Here is only a board; what hangs on its cards is fixed.")
        if parts[1] not in self.replica.cards:
            raise NotFound("There is no such card.")
        description, lists, said = self.details.get(parts[1], ("", [], []))
        if parts[-1] == "checklists":
            return lists
        if parts[-1] == "comments":
            return said
        if parts[-1] == "attachments":
            return []
        return msgspec.convert(asdict(self.replica.cards[parts[1]]) | {"description": description}, Card)

    def _activity(self, query: dict[str, str]) -> list[Activity]:
        since, before = int(query.get("since", 0)), int(query.get("before", 2**53))
        found = [self.acts[seq] for seq in sorted(self.acts, reverse=True) if since < seq < before]
        return found[: int(query.get("limit", 50))]

    def _belonging(self, call: Call[Any], op_id: str | None) -> Any:
        """The answer to a call about labels, people or many cards; None when it is another one."""
        parts = call.path.strip("/").split("/")
        match call.body, parts:
            case BulkCards() as body, _:
                return self._bulk(body, op_id)
            case CreateLabel() as body, _:
                label = Label(id=str(uuid4()), version=1, created_at=NOW, updated_at=NOW, name=body.name, color=body.color)
                self.happen(e.LabelCreated(label=label), op_id)
                return label
            case None, ["cards", card_id, "labels" | "assignees" as what, value]:
                return self._hang(card_id, what, value, call.method == "PUT", op_id)
        return None

    def _hang(self, card_id: str, what: str, value: str, put: bool, op_id: str | None) -> CardSummary:
        name = "label_ids" if what == "labels" else "assignee_ids"
        held = [each for each in getattr(self.replica.cards[card_id], name) if each != value]
        fields: dict[str, Any] = {name: sorted([*held, value]) if put else held}
        return self.change(card_id, op_id, **fields)

    def _bulk(self, body: BulkCards, op_id: str | None) -> list[CardSummary]:
        """Each card gets its event; the last has the operation's id."""
        done, place = [], body.move
        for card_id in body.card_ids:
            own = op_id if card_id == body.card_ids[-1] else None
            if place is not None:
                done.append(self._move(card_id, place, own))
                place = MoveCard(column_id=done[-1].column_id, after_id=card_id)
            elif body.label or body.unlabel:
                done.append(self._hang(card_id, "labels", body.label or body.unlabel or "", body.label is not None, own))
            elif body.assign or body.unassign:
                done.append(self._hang(card_id, "assignees", body.assign or body.unassign or "", body.assign is not None, own))
            elif body.update is not None and body.update.belongings:
                done.append(self._hang_all(card_id, body.update, own))
            else:
                done.append(self._update(card_id, _each(body), own))
        return done

    def _hang_all(self, card_id: str, update: UpdateCards, op_id: str | None) -> CardSummary:
        card = self.replica.cards[card_id]
        label_ids = {*card.label_ids, *update.add_label_ids} - {*update.remove_label_ids}
        people = {*card.assignee_ids, *update.add_assignee_ids} - {*update.remove_assignee_ids}
        return self.change(card_id, op_id, label_ids=sorted(label_ids), assignee_ids=sorted(people))

    def _create(self, _: str, body: CreateCard, op_id: str | None) -> CardSummary:
        number = max((card.number for card in self.replica.cards.values()), default=0) + 1
        card = CardSummary(
            id=str(uuid4()),
            version=1,
            created_at=NOW,
            updated_at=NOW,
            board_id=self.replica.board.id,
            column_id=body.column_id,
            number=number,
            title=body.title,
            rank=self.replica.rank_between(body.column_id, self._index(body.column_id, body)),
        )
        return self.add(card, op_id)

    def _move(self, card_id: str, body: MoveCard, op_id: str | None) -> CardSummary:
        column_id = body.column_id or self.replica.cards[card_id].column_id
        return self.move(card_id, column_id, self._index(column_id, body, without=card_id), op_id)

    def _update(self, card_id: str, body: UpdateCard, op_id: str | None) -> CardSummary:
        changes = body.changes()
        archived = changes.pop("archived", None)
        if archived is True:
            card = self.replica.cards[card_id]
            self.happen(e.CardArchived(card=self._ref(card), version=card.version + 1), op_id)
            self.shelf[card_id] = replace(card, archived=True, version=card.version + 1)
            return self.shelf[card_id]
        if archived is False:
            card = self.shelf.pop(card_id)
            card = replace(card, archived=False, version=card.version + 1)
            self.happen(e.CardRestored(card=card, ref=self.replica.ref(card)), op_id)
            return card
        return self.change(card_id, op_id, **changes)

    def _index(self, column_id: str, body: CreateCard | MoveCard, without: str | None = None) -> int:
        ids = [card.id for card in self.replica.cards_in(column_id) if card.id != without]
        if body.after_id is not None:
            return ids.index(body.after_id) + 1
        if body.before_id is not None:
            return ids.index(body.before_id)
        return 0 if body.position is Position.TOP else len(ids)

    def _ref(self, card: CardSummary) -> CardRef:
        return CardRef(id=card.id, ref=self.replica.ref(card), title=card.title)


def _each(body: BulkCards) -> UpdateCard:
    if body.update is not None:
        return UpdateCard(due_at=body.update.due_at, start_at=body.update.start_at, priority=body.update.priority)
    return UpdateCard(completed=body.complete) if body.complete is not None else UpdateCard(archived=body.archive or False)
