"""The TUI's door to one board: kept live, and changed without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from typing import Any, TypeVar

import msgspec
from textual.message import Message

from rego.client import attachments, cards, checklists, comments
from rego.client.call import Call
from rego.client.updates import Ended, EventCame, Offline, Online, PresenceCame, SnapshotCame, Update
from rego.replica import Gap, Replica, Touched
from rego.wire import limits
from rego.wire.activity import Activity
from rego.wire.cards import CardSummary
from rego.wire.comments import Comment
from rego.wire.errors import RegoError
from rego.wire.events import CardCreated, Event
from rego.wire.frames import Advice, Hello, Resume
from rego.wire.presence import Person
from rego.wire.snapshot import Snapshot
from rego_tui.card_detail import CardDetail
from rego_tui.commands import CardWord, shell
from rego_tui.connection import Connection, Feed, OpenFeed, Phase
from rego_tui.messages import BoardChanged, BoardEnded, BoardLoaded, CardNumbered, ConnectionChanged, Notice, PresenceChanged
from rego_tui.operations import Operation, cards_of
from rego_tui.outbox import Outbox, Sender
from rego_tui.rights import why_not
from rego_tui.taking_back import TakingBack

T = TypeVar("T")

FRAME = 0.016
"""Seconds over which changes by others are gathered before the screen hears of them."""

FOCUS_PAUSE = 0.12
"""Seconds that the cursor must rest on a card before the others are told."""


class BoardStore:
    """One board: its replica, its live feed, and the operations on their way. Nothing here waits for the server.

    Reports to its subscribers by the messages of `rego_tui.messages`.
    """

    def __init__(self, client: Sender, open_feed: OpenFeed, board_id: str, snapshot: Snapshot | None = None) -> None:
        self.board_id = board_id
        self.replica = Replica(snapshot) if snapshot is not None else None
        self._since = (snapshot.epoch, snapshot.seq) if snapshot is not None else None
        self.connection = Connection(phase=Phase.CONNECTING)
        self.people: dict[str, Person] = {}
        self.me: str | None = None
        self._client = client
        self._open_feed = open_feed
        self._feed: Feed | None = None
        self._following: asyncio.Task[None] | None = None
        self._ended = False
        self._own_connection = ""
        self._catch_up_to = 0
        self._outbox = Outbox(
            client,
            answered=self._answered,
            refused=self._refused,
            changed=self._connection_changed,
            locked_out=self._locked_out,
        )
        self._taking_back = TakingBack(
            client, board_id, self._outbox.sent, lambda: self.blocked or self.connection.phase is Phase.OFFLINE
        )
        self._answers: dict[str, list[CardSummary]] = {}
        self._last: Operation | None = None
        self._subscribers: list[Callable[[Message], object]] = []
        self._listeners: list[Callable[[Event], object]] = []
        self._touched = Touched(set(), set())
        self._frame: asyncio.TimerHandle | None = None
        self._focus: tuple[str | None, bool] = (None, False)
        self._focus_timer: asyncio.TimerHandle | None = None
        self._focus_task: asyncio.Task[None] | None = None

    # --- life ----------------------------------------------------------------------------------------------------

    def subscribe(self, post: Callable[[Message], object]) -> None:
        """Call `post` with every message from now on."""
        self._subscribers.append(post)

    def unsubscribe(self, post: Callable[[Message], object]) -> None:
        self._subscribers.remove(post)

    def listen(self, tell: Callable[[Event], object]) -> None:
        """Call `tell` with every event from now on that comes while the board is live, not with those that were missed."""
        self._listeners.append(tell)

    @property
    def loaded(self) -> Replica:
        """The replica, where it is certain that the first snapshot came."""
        assert self.replica is not None
        return self.replica

    @property
    def waiting(self) -> int:
        """How many operations the server has not answered yet."""
        return len(self._outbox)

    @property
    def blocked(self) -> bool:
        """Whether operations wait because the server does not answer."""
        return self._outbox.blocked

    @property
    def drawn(self) -> bool:
        """Whether the subscribers have heard of every change."""
        return self._frame is None

    async def run(self) -> None:
        """Follow the board and send operations until cancelled or until the board ends; after `begin_again` once more."""
        sending = asyncio.create_task(self._outbox.run())
        try:
            while not self._ended:
                self._following = asyncio.create_task(self._follow())
                await asyncio.wait({self._following})
                if not self._following.cancelled():
                    self._following.result()
        finally:
            for task in (sending, self._following, self._focus_task):
                if task is not None:
                    task.cancel()
            for timer in (self._frame, self._focus_timer):
                if timer is not None:
                    timer.cancel()

    def begin_again(self) -> None:
        """The user is logged in again: the next `run` follows the board, and what waited is sent."""
        self._ended = False
        self._set_connection(Connection(phase=Phase.CONNECTING))

    def resync(self) -> None:
        """Read the whole board again."""
        self._set_connection(Connection(phase=Phase.CATCHING_UP))
        if self._following is not None:
            self._following.cancel()

    async def ask(self, call: Call[T]) -> T:
        """Send a request about what the replica does not hold (members, rules, files, …); raises a `RegoError`.

        Cards are changed by `perform`, which shows the change at once and survives an outage.
        """
        return await self._client.send(call)

    async def read_card(self, card_id: str) -> CardDetail:
        """A card with its long texts; raises a `RegoError`."""
        real = self._outbox.known.id(card_id)
        card, lists, said, files = await asyncio.gather(
            self._client.send(cards.get_card(real)),
            self._client.send(checklists.list_checklists(real)),
            self._comments(real),
            self._client.send(attachments.list_attachments(real)),
        )
        return CardDetail(card=card, checklists=lists, comments=said, files=files)

    def real_id(self, known_id: str) -> str:
        """The id that the server gave to what was made here under another one; any other id as it is."""
        return self._outbox.known.id(known_id)

    async def _comments(self, card_id: str) -> list[Comment]:
        return [comment async for comment in self._client.pages(comments.list_comments(card_id, limit=limits.LIST_MAX))]

    # --- operations ------------------------------------------------------------------------------------------------

    def perform(self, operation: Operation) -> Touched:
        """Show an operation at once and send it in its turn; returns what it changed, which the subscribers hear too."""
        if why := why_not(self.replica, self.me):
            self._publish(Notice(f"{operation.failure}: {why}", failed=True))
            return Touched()
        touched = self.loaded.pend(operation.pending)
        self._last = operation
        self._outbox.put(operation)
        self._touch(touched, at_once=True)
        self._connection_changed()
        return touched

    def last_command(self) -> str:
        """What does in a shell what was done here last, one command a line; nothing when there is no such command."""
        return shell(self._last.commands, self._card_name) if self._last is not None else ""

    def _card_name(self, word: CardWord) -> str:
        card_id = self._outbox.known.id(word.card_id)
        card = self.loaded.cards.get(card_id)
        return self.loaded.ref(card) if card is not None else card_id

    async def undo(self) -> None:
        """Take back what the user did last, once all is sent; a notice says what that was."""
        self._publish(await self._taking_back.undo(self.loaded))

    async def redo(self) -> None:
        """Do again what was taken back last; a notice says what that was."""
        self._publish(await self._taking_back.redo(self.loaded))

    async def take_back(self, entry: Activity) -> None:
        """Take back what one entry of the activity tells of, once all is sent; a notice says what that was."""
        self._publish(await self._taking_back.take_back(entry, self.loaded))

    def focus(self, card_id: str | None, *, editing: bool = False) -> None:
        """Tell the others, once the cursor rests, which card this user looks at."""
        if (card_id, editing) == self._focus:
            return
        self._focus = (card_id, editing)
        if self._focus_timer is not None:
            self._focus_timer.cancel()
        self._focus_timer = asyncio.get_running_loop().call_later(FOCUS_PAUSE, self._send_focus)

    # --- what becomes of operations --------------------------------------------------------------------------------

    def _answered(self, operation: Operation, answer: Any) -> None:
        """Keep showing an operation until its event is in, unless the replica already holds its result or never will."""
        replica, then = self.loaded, cards_of(answer)
        if operation.op_id in replica.pending:
            if then:
                self._answers[operation.op_id] = then
            if _holds(replica, then):
                self._settle(operation.op_id)
        operation.answered(answer)

    def _refused(self, operation: Operation, error: RegoError) -> None:
        lost = [operation, *(self._outbox.drop_those_on(operation.card_id) if operation.creates else ())]
        touched = Touched(set(), set())
        for op in lost:
            _add(touched, self.loaded.settle(op.op_id))
        self._touch(touched, at_once=True)
        if not operation.refused(error):
            self._publish(Notice(f"{operation.failure}: {error.detail}", failed=True))

    def _settle(self, op_id: str) -> None:
        """Take a confirmed operation away; what was done to a provisional card goes on with the real one."""
        replica = self.loaded
        answer = self._answers.pop(op_id, None)
        pending = replica.pending.get(op_id)
        touched = replica.settle(op_id)
        if pending is not None and answer is not None and pending.new_card is not None and pending.card_id != answer[0].id:
            self._adopt(pending.card_id, answer[0].id, touched)
        self._touch(touched)

    def _adopt(self, provisional_id: str, card_id: str, touched: Touched) -> None:
        replica = self.loaded
        self._outbox.known.ids[provisional_id] = card_id
        for op in list(replica.pending_on(provisional_id)):
            _add(touched, replica.settle(op.op_id))
            _add(touched, replica.pend(op.renamed(provisional_id, card_id)))
        self._publish(CardNumbered(provisional_id, card_id))

    # --- the feed --------------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        try:
            since, self._since = self._since, None
            async with self._open_feed(self.board_id, since) as feed:
                self._feed = feed
                async for update in feed:
                    self._take(update)
                    if self._ended:
                        return
        except RegoError as error:
            self._end(error.detail)
        except (Gap, LookupError, msgspec.ValidationError):
            # An event that does not fit the replica: the next feed begins with a snapshot, which replaces it.
            self._publish(Notice("The board did not fit its events; it is being read again."))
        finally:
            self._feed = None

    def _take(self, update: Update) -> None:
        match update:
            case Online(hello=hello):
                self._came_online(hello)
            case Offline(since=since, reason=reason, retry_in=retry_in):
                self._set_connection(Connection(phase=Phase.OFFLINE, since=since, reason=reason, retry_in=retry_in))
            case SnapshotCame(snapshot=snapshot):
                self._take_snapshot(Replica(snapshot))
            case EventCame(event=event):
                self._take_event(event)
            case PresenceCame(people=people):
                self._take_presence(people)
            case Ended(advice=advice, reason=reason):
                self._end(reason, log_in=advice is Advice.LOG_IN)

    def _came_online(self, hello: Hello) -> None:
        self._own_connection = hello.connection_id
        self._catch_up_to = hello.seq
        up_to_date = self.replica is not None and hello.resume is Resume.REPLAY and self.replica.seq >= hello.seq
        self._set_connection(Connection(phase=Phase.LIVE if up_to_date else Phase.CATCHING_UP))
        self._outbox.wake()
        self._send_focus()

    def _take_snapshot(self, replica: Replica) -> None:
        previous, self.replica = self.replica, replica
        for op in previous.pending.values() if previous else ():
            replica.pend(op)
        for op_id, answer in list(self._answers.items()):
            if _holds(replica, answer):
                self._settle(op_id)
        self._publish(BoardLoaded())
        self._caught_up()

    def _take_event(self, event: Event) -> None:
        replica = self.loaded
        pending = replica.pending.get(event.op_id or "")
        touched = replica.apply(event)
        if pending is not None:
            self._answers.pop(pending.op_id, None)
            if isinstance(event.data, CardCreated) and pending.card_id != event.data.card.id:
                self._adopt(pending.card_id, event.data.card.id, touched)
        if self.connection.phase is Phase.LIVE:
            for tell in self._listeners:
                tell(event)
        self._touch(touched)
        self._caught_up()
        if replica.deleted:
            self._end("This board was deleted.")

    def _caught_up(self) -> None:
        if self.connection.phase is Phase.CATCHING_UP and self.loaded.seq >= self._catch_up_to:
            self._set_connection(Connection(phase=Phase.LIVE))

    def _take_presence(self, people: dict[str, Person]) -> None:
        if self._own_connection in people:
            self.me = people[self._own_connection].user_id
        others = {key: person for key, person in people.items() if key != self._own_connection}
        changed = set(self.people.items() ^ others.items())
        self.people = others
        self._publish(PresenceChanged({person.card_id for _, person in changed if person.card_id is not None}))

    def _end(self, sentence: str, *, log_in: bool = False) -> None:
        if not self._ended:
            self._ended = True
            self._publish(BoardEnded(sentence, log_in=log_in))

    def _locked_out(self, error: RegoError) -> None:
        """An operation found the session ended before the feed did; it waits for the next login."""
        self._end(error.detail, log_in=True)
        if self._following is not None:
            self._following.cancel()

    def _send_focus(self) -> None:
        if self._feed is not None:
            self._focus_task = asyncio.create_task(self._tell_focus(self._feed))

    async def _tell_focus(self, feed: Feed) -> None:
        card_id, editing = self._focus
        known = self.replica is not None and card_id is not None and self._outbox.known.id(card_id) in self.replica.cards
        with suppress(RegoError):
            await feed.focus(self._outbox.known.id(card_id) if known and card_id else None, editing)

    # --- reporting ---------------------------------------------------------------------------------------------------

    def _set_connection(self, connection: Connection) -> None:
        self.connection = connection
        self._connection_changed()

    def _connection_changed(self) -> None:
        self._publish(ConnectionChanged())

    def _touch(self, touched: Touched, *, at_once: bool = False) -> None:
        """Report a change: at once when it is the user's own, else together with what else comes within a frame."""
        _add(self._touched, touched)
        if at_once:
            self._flush()
        elif self._frame is None:
            self._frame = asyncio.get_running_loop().call_later(FRAME, self._flush)

    def _flush(self) -> None:
        if self._frame is not None:
            self._frame.cancel()
            self._frame = None
        touched, self._touched = self._touched, Touched(set(), set())
        self._publish(BoardChanged(touched))

    def _publish(self, message: Message) -> None:
        for post in list(self._subscribers):
            post(copy(message))  # Textual marks a message as it travels, so no two receivers may share one


def _holds(replica: Replica, answers: Sequence[CardSummary]) -> bool:
    """Whether the confirmed state is at least as new as the answers, so that their events are in already."""
    return all(_holds_one(replica, answer) for answer in answers)


def _holds_one(replica: Replica, answer: CardSummary) -> bool:
    card = replica.cards.get(answer.id)
    if card is None:
        return answer.archived and not replica.archived
    return card.version >= answer.version


def _add(total: Touched, more: Touched) -> None:
    total.cards |= more.cards
    total.columns |= more.columns
    total.frame |= more.frame
