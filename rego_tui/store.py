"""The TUI's door to one board: kept live, and changed without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from textual.message import Message

from rego.client import attachments, auth, cards, checklists, comments
from rego.client.call import Call
from rego.client.follow import Position
from rego.client.updates import Ended, EventCame, Offline, Online, PresenceCame, SnapshotCame, Update
from rego.replica import Gap, Replica, Touched
from rego.wire import limits
from rego.wire.activity import Activity
from rego.wire.comments import Comment
from rego.wire.errors import RegoError
from rego.wire.events import Event
from rego.wire.frames import Advice, Hello, Resume
from rego.wire.presence import Person
from rego.wire.snapshot import Snapshot
from rego_tui.card_detail import CardDetail
from rego_tui.connection import Connection, OpenFeed, Phase
from rego_tui.focus import Focus
from rego_tui.memory import Memory
from rego_tui.messages import BoardEnded, BoardLoaded, ConnectionChanged, Notice, PresenceChanged
from rego_tui.operations import Operation
from rego_tui.outbox import Sender
from rego_tui.reports import Reports
from rego_tui.review import Row
from rego_tui.rights import why_not
from rego_tui.shelf import Shelf
from rego_tui.snapshot_cache import SeenBoard
from rego_tui.taking_back import TakingBack
from rego_tui.under_way import UnderWay

T = TypeVar("T")


class BoardStore:
    """One board: its replica, its live feed, and the operations on their way. Nothing here waits for the server.

    Reports to its subscribers by the messages of `rego_tui.messages`.
    """

    def __init__(
        self,
        client: Sender,
        open_feed: OpenFeed,
        board_id: str,
        begun: Snapshot | SeenBoard | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.board_id = board_id
        self.replica: Replica | None = None
        self._since: Position | None = None
        self.connection = Connection(phase=Phase.CONNECTING)
        self.as_of: datetime | None = None
        self.people: dict[str, Person] = {}
        self.me: str | None = None
        self._memory = memory or Memory(board_id)
        self._taken_up = 0
        self._was_live = self._is_over = self._said_old = False
        self._client = client
        self._open_feed = open_feed
        self._following: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._ended = False
        self._own_connection = ""
        self._catch_up_to = 0
        self._reports = Reports()
        self.under_way = UnderWay(client, self._reports, lambda: self.loaded, self._locked_out)
        self._taking_back = TakingBack(
            client, board_id, self.under_way.outbox.sent, lambda: self.blocked or self.connection.phase is Phase.OFFLINE
        )
        self._focus = Focus(self._known_card)
        self._listeners: list[Callable[[Event], object]] = []
        self.shelf_of: Callable[[str], Shelf] | None = None
        if begun is not None:
            self._begin_with(begun)

    # --- life ----------------------------------------------------------------------------------------------------

    def subscribe(self, post: Callable[[Message], object]) -> None:
        """Call `post` with every message from now on."""
        self._reports.subscribe(post)

    def unsubscribe(self, post: Callable[[Message], object]) -> None:
        self._reports.unsubscribe(post)

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
        return len(self.under_way.outbox)

    @property
    def review(self) -> list[Row]:
        """The changes that waited and were not simply done, which wait for the user's word."""
        return list(self.under_way.review.values())

    def all_is_kept(self) -> bool:
        """Whether what is not done yet is on disk, and is done at the next start."""
        return self.under_way.shelve(all_of_it=True)

    def do_anyway(self, row: Row) -> str:
        """Do a change of the review after all; why that cannot be, or nothing."""
        return self.under_way.do_anyway(row, self.me)

    def leave_theirs(self, row: Row) -> None:
        """Let a change of the review go."""
        self.under_way.forget(row)

    @property
    def blocked(self) -> bool:
        """Whether operations wait because the server does not answer."""
        return self.under_way.outbox.blocked

    @property
    def drawn(self) -> bool:
        """Whether the subscribers have heard of every change."""
        return self._reports.told

    async def run(self) -> None:
        """Follow the board and send operations until cancelled or until the board ends; after `begin_again` once more."""
        sending = asyncio.create_task(self.under_way.outbox.run())
        try:
            await self._remember()
            while not self._ended:
                self._following = asyncio.create_task(self._follow())
                await asyncio.wait({self._following})
                if not self._following.cancelled():
                    self._following.result()
        finally:
            for task in (sending, self._following, self._asking):
                if task is not None:
                    task.cancel()
            self.under_way.shelve(all_of_it=True)
            self._keep_at_end()
            self._focus.stop()
            self._reports.stop()

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
        real = self.real_id(card_id)
        card, lists, said, files = await asyncio.gather(
            self._client.send(cards.get_card(real)),
            self._client.send(checklists.list_checklists(real)),
            self._comments(real),
            self._client.send(attachments.list_attachments(real)),
        )
        return CardDetail(card=card, checklists=lists, comments=said, files=files)

    def real_id(self, known_id: str) -> str:
        """The id that the server gave to what was made here under another one; any other id as it is."""
        return self.under_way.outbox.known.id(known_id)

    async def _comments(self, card_id: str) -> list[Comment]:
        return [comment async for comment in self._client.pages(comments.list_comments(card_id, limit=limits.LIST_MAX))]

    # --- operations ------------------------------------------------------------------------------------------------

    def perform(self, operation: Operation) -> Touched:
        """Show an operation at once and send it in its turn; returns what it changed, which the subscribers hear too."""
        if why := why_not(self.replica, self.me):
            self._reports.publish(Notice(f"{operation.failure}: {why}", failed=True))
            return Touched()
        return self.under_way.put(operation)

    def last_command(self) -> str:
        """What does in a shell what was done here last, one command a line; nothing when there is no such command."""
        return self.under_way.last_command()

    async def undo(self) -> None:
        """Take back what the user did last, once all is sent; a notice says what that was."""
        self._reports.publish(await self._taking_back.undo(self.loaded))

    async def redo(self) -> None:
        """Do again what was taken back last; a notice says what that was."""
        self._reports.publish(await self._taking_back.redo(self.loaded))

    async def take_back(self, entry: Activity) -> None:
        """Take back what one entry of the activity tells of, once all is sent; a notice says what that was."""
        self._reports.publish(await self._taking_back.take_back(entry, self.loaded))

    def focus(self, card_id: str | None, *, editing: bool = False) -> None:
        """Tell the others, once the cursor rests, which card this user looks at."""
        self._focus.put(card_id, editing=editing)

    def _known_card(self, card_id: str) -> str | None:
        real = self.real_id(card_id)
        return real if self.replica is not None and real in self.replica.cards else None

    # --- what was seen before ----------------------------------------------------------------------------------------

    def _begin_with(self, begun: Snapshot | SeenBoard) -> None:
        """Show the board as it was; the feed goes on from there."""
        snapshot = begun.snapshot if isinstance(begun, SeenBoard) else begun
        self.replica = Replica(snapshot)
        self._since = (snapshot.epoch, snapshot.seq)
        if isinstance(begun, SeenBoard):
            self.me, self.as_of = begun.me, begun.at
            self._memory.recalled(begun)

    async def _remember(self) -> None:
        """Begin with the board as it was last seen, if it did not begin with anything yet, and with what waits."""
        await self._memory.open()
        if self.replica is None and (seen := await self._memory.recall()) is not None:
            self._begin_with(seen)
            self._reports.publish(BoardLoaded())
        self._take_up()

    def _keep_at_end(self) -> None:
        if self._was_live and self.replica is not None and not self._is_over:
            since = self.connection.since if self.connection.phase is Phase.OFFLINE else None
            self._memory.keep(self.replica, self.me, since or datetime.now(UTC))

    # --- the feed --------------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        try:
            since, self._since = self._since, None
            async with self._open_feed(self.board_id, since) as feed:
                self._focus.through(feed)
                async for update in feed:
                    self._take(update)
                    if self._ended:
                        return
        except RegoError as error:
            self._end(error.detail)
        except (Gap, LookupError, msgspec.ValidationError):
            # An event that does not fit the replica: the next feed begins with a snapshot, which replaces it.
            self._reports.publish(Notice("The board did not fit its events; it is being read again."))
        finally:
            self._focus.through(None)

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
        self._focus.tell()
        if self.me is None and self.shelf_of is not None:
            # Presence tells it too, some time after the hello; what is done until then is to be kept as well.
            self._asking = asyncio.create_task(self._ask_who())

    async def _ask_who(self) -> None:
        with suppress(RegoError):
            user = await self._client.send(auth.me())
            self.me = self.me or user.id
            self._take_up()

    def _take_snapshot(self, replica: Replica) -> None:
        previous, self.replica = self.replica, replica
        self.under_way.board_replaced(previous)
        self._take_up()
        self._reports.publish(BoardLoaded())
        self._caught_up()

    def _take_event(self, event: Event) -> None:
        replica = self.loaded
        pending = replica.pending.get(event.op_id or "")
        touched = replica.apply(event)
        self.under_way.event_came(event, pending, touched)
        if self.connection.phase is Phase.LIVE:
            self._memory.keep_if_due(replica, self.me)
            for tell in self._listeners:
                tell(event)
        self._reports.touch(touched)
        self._caught_up()
        if replica.deleted:
            self._end("This board was deleted.")

    def _caught_up(self) -> None:
        if self.connection.phase is Phase.CATCHING_UP and self.loaded.seq >= self._catch_up_to:
            self._set_connection(Connection(phase=Phase.LIVE))

    def _take_up(self) -> None:
        """Go on with what waited when the program ended, once it is known whose it is and there is a board to show it on."""
        if self.shelf_of is None or self.me is None or self.replica is None or self.under_way.shelf is not None:
            return
        self._taken_up = self.under_way.take_up(self.shelf_of(self.me))
        if self.connection.phase is Phase.LIVE:
            self._is_live()

    def _take_presence(self, people: dict[str, Person]) -> None:
        if self._own_connection in people:
            self.me = people[self._own_connection].user_id
            self._take_up()
        others = {key: person for key, person in people.items() if key != self._own_connection}
        changed = set(self.people.items() ^ others.items())
        self.people = others
        self._reports.publish(PresenceChanged({person.card_id for _, person in changed if person.card_id is not None}))

    def _end(self, sentence: str, *, log_in: bool = False) -> None:
        if not self._ended:
            self._ended = True
            self._is_over = not log_in
            self._reports.publish(BoardEnded(sentence, log_in=log_in))

    def _locked_out(self, error: RegoError) -> None:
        """An operation found the session ended before the feed did; it waits for the next login."""
        self._end(error.detail, log_in=True)
        if self._following is not None:
            self._following.cancel()

    def _set_connection(self, connection: Connection) -> None:
        self.connection = connection
        self.under_way.outbox.open(connection.phase is Phase.LIVE)
        self._reports.publish(ConnectionChanged())
        match connection.phase:
            case Phase.LIVE:
                self._is_live()
            case Phase.OFFLINE if self.as_of is not None and not self._said_old:
                self._said_old = True
                self._reports.publish(Notice(f"{connection.reason} You see the board as it was; what you change waits."))

    def _is_live(self) -> None:
        """The board is up to date: it is kept as it is now, and what waited is sent."""
        self.as_of, self._was_live = None, True
        self._memory.keep_if_due(self.loaded, self.me)
        if begun := self._taken_up:
            self._taken_up = 0
            what = "1 change that waited is" if begun == 1 else f"{begun} changes that waited are"
            self._reports.publish(Notice(f"{what} sent now."))
