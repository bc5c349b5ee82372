"""The store: optimistic operations, their confirmation and rollback, the queue through outages, and what the screens hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from textual.message import Message

from rego.client.updates import Ended, Offline, SnapshotCame
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.errors import Conflict, Forbidden, NotFound, Unreachable
from rego.wire.frames import Advice, Resume
from rego_tui import card_acts, operations
from rego_tui.connection import Phase
from rego_tui.messages import BoardChanged, BoardEnded, BoardLoaded, CardNumbered, Notice, PresenceChanged
from rego_tui.store import BoardStore
from tests.tui import boards
from tests.tui.scripted import ScriptedPeer

A1, A2, A3, B1 = (boards.card_id(number) for number in (1, 2, 3, 4))
TODO, DOING = boards.column_id(1), boards.column_id(2)


class Listener:
    """A running store, and all that its subscribers heard."""

    def __init__(self, peer: ScriptedPeer) -> None:
        self.peer = peer
        self.store = BoardStore(peer, peer.open_feed, boards.board_id())
        self.heard: list[Message] = []
        self.store.subscribe(self.heard.append)

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.heard if isinstance(message, kind)]

    def notices(self) -> list[str]:
        return [message.sentence for message in self.heard if isinstance(message, Notice)]

    def titles(self, column_id: str = TODO) -> list[str]:
        return [card.title for card in self.store.loaded.cards_in(column_id)]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - conditions on the store, not on one event
                await asyncio.sleep(0)

    async def until_settled(self) -> None:
        await self.until(lambda: not self.store.waiting and not self.store.loaded.pending and self.store.drawn)


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener(ScriptedPeer(boards.small()))
    running = asyncio.create_task(listener.store.run())
    try:
        await listener.until(lambda: listener.store.connection.phase is Phase.LIVE)
        yield listener
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_operation_shows_before_it_is_sent_and_settles_by_its_event() -> None:
    async with listening() as at:
        at.peer.hold()
        at.store.perform(card_acts.move_cards(at.store.loaded, [A1], DOING, 1))
        assert at.titles(DOING) == ["B1", "A1"]
        assert at.store.waiting == 1
        at.peer.release()
        await at.until_settled()
        assert at.store.loaded.cards[A1].column_id == DOING
        assert at.store.loaded.cards[A1].version == 2


async def test_the_pending_operation_is_sent_under_its_own_id() -> None:
    async with listening() as at:
        operation = card_acts.complete_cards(at.store.loaded, [A1], True)
        at.store.perform(operation)
        await at.until_settled()
        assert [op_id for call, op_id in at.peer.sent if call.changes_something] == [operation.op_id]


async def test_operations_are_sent_one_at_a_time_in_order() -> None:
    async with listening() as at:
        at.peer.hold()
        for index in (2, 1, 0):
            at.store.perform(card_acts.move_cards(at.store.loaded, [A1], TODO, index))
        at.store.perform(operations.rename_card(at.store.loaded, A1, "last", 1))
        at.peer.release()
        await at.until_settled()
        kinds = [type(call.body) for call, _ in at.peer.sent if call.changes_something]
        assert kinds == [MoveCard, MoveCard, MoveCard, UpdateCard]
        assert at.titles() == ["last", "A2", "A3"]


async def test_an_answer_before_its_event_keeps_the_operation_shown() -> None:
    async with listening() as at:
        at.peer.echo = False
        at.store.perform(operations.rename_card(at.store.loaded, A1, "new", 1))
        await at.until(lambda: not at.store.waiting)
        assert at.titles()[0] == "new"
        assert at.store.loaded.pending
        at.peer.tell_withheld()
        await at.until_settled()
        assert at.store.loaded.cards[A1].title == "new"


async def test_a_snapshot_that_holds_an_answered_operation_settles_it() -> None:
    async with listening() as at:
        at.peer.echo = False
        at.store.perform(operations.rename_card(at.store.loaded, A1, "new", 1))
        at.store.perform(card_acts.archive_cards(at.store.loaded, [A2]))
        await at.until(lambda: not at.store.waiting)
        at.peer.feed(SnapshotCame(snapshot=at.peer.replica.snapshot()))
        await at.until_settled()
        assert at.titles() == ["new", "A3"]


async def test_a_snapshot_keeps_what_is_not_answered_yet() -> None:
    async with listening() as at:
        at.peer.hold()
        at.store.perform(operations.rename_card(at.store.loaded, A1, "mine", 1))
        at.peer.feed(SnapshotCame(snapshot=at.peer.replica.snapshot()))
        await at.until(lambda: len(at.of(BoardLoaded)) == 2)
        assert at.titles()[0] == "mine"
        at.peer.release()
        await at.until_settled()
        assert at.store.loaded.cards[A1].title == "mine"


async def test_a_refusal_rolls_back_and_says_why() -> None:
    async with listening() as at:
        at.peer.refusals.append(Forbidden("You may only look at this board."))
        at.store.perform(card_acts.move_cards(at.store.loaded, [A1], DOING, 0))
        await at.until_settled()
        assert at.titles() == ["A1", "A2", "A3"]
        assert at.notices() == ["OPS-1 was not moved: You may only look at this board."]


async def test_a_refusal_does_not_stop_the_queue() -> None:
    async with listening() as at:
        at.peer.refusals.append(Conflict("no"))
        at.store.perform(operations.rename_card(at.store.loaded, A1, "first", 1))
        at.store.perform(operations.rename_card(at.store.loaded, A2, "second", 1))
        await at.until_settled()
        assert at.titles() == ["A1", "second", "A3"]


async def test_operations_on_a_card_made_here_go_to_its_real_id() -> None:
    async with listening() as at:
        at.peer.hold()
        create = operations.create_card(at.store.loaded, TODO, 3, "new", boards.NOW)
        at.store.perform(create)
        at.store.perform(card_acts.move_cards(at.store.loaded, [create.card_id], DOING, 0))
        at.store.perform(card_acts.move_cards(at.store.loaded, [A1], DOING, 1))
        assert at.titles(DOING) == ["new", "A1", "B1"]
        at.peer.release()
        await at.until_settled()
        assert [card.title for card in at.peer.replica.cards_in(DOING)] == ["new", "A1", "B1"]
        assert at.titles(DOING) == ["new", "A1", "B1"]
        numbered = at.of(CardNumbered)
        assert [(m.provisional_id, m.card_id) for m in numbered if isinstance(m, CardNumbered)] == [
            (create.card_id, at.peer.replica.cards_in(DOING)[0].id)
        ]


async def test_a_refused_new_card_takes_what_was_done_to_it_along() -> None:
    async with listening() as at:
        at.peer.hold()
        at.peer.refusals.append(NotFound("There is no such column."))
        create = operations.create_card(at.store.loaded, TODO, 0, "new", boards.NOW)
        at.store.perform(create)
        at.store.perform(operations.rename_card(at.store.loaded, create.card_id, "newer", 1))
        at.peer.release()
        await at.until_settled()
        assert at.titles() == ["A1", "A2", "A3"]
        assert at.notices() == ["“new” was not added: There is no such column."]
        assert [type(call.body) for call, _ in at.peer.sent if call.changes_something] == [CreateCard]


async def test_while_the_server_does_not_answer_operations_wait_and_go_out_when_it_is_back() -> None:
    async with listening() as at:
        at.peer.refusals += [Unreachable("No answer.")]
        at.store.perform(operations.rename_card(at.store.loaded, A1, "later", 1))
        await at.until(lambda: at.store.blocked)
        assert at.titles()[0] == "later"
        assert at.store.waiting == 1
        at.peer.say_hello(Resume.REPLAY)
        await at.until_settled()
        assert at.peer.replica.cards[A1].title == "later"
        assert not at.store.blocked
        assert not at.notices()
        assert len({op_id for call, op_id in at.peer.sent if call.changes_something}) == 1, "a repeat carries the same key"


async def test_two_edits_in_a_row_are_no_conflict_with_oneself() -> None:
    async with listening() as at:
        at.peer.hold()
        at.store.perform(operations.rename_card(at.store.loaded, A1, "one", 1))
        at.store.perform(operations.rename_card(at.store.loaded, A1, "two", 1))
        at.peer.release()
        await at.until_settled()
        versions = [call.body.version for call, _ in at.peer.sent if call.changes_something]
        assert versions == [1, 2]


async def test_a_title_that_waited_does_not_undo_the_one_that_somebody_gave_meanwhile() -> None:
    async with listening() as at:
        at.peer.hold()
        at.store.perform(card_acts.move_cards(at.store.loaded, [A1], DOING, 0))
        at.store.perform(operations.rename_card(at.store.loaded, A1, "mine", 1))
        at.peer.change(A1, title="theirs")
        at.peer.release()
        await at.until_settled()
        (sent,) = [call.body for call, _ in at.peer.sent if isinstance(call.body, UpdateCard)]
        assert sent.version == 1, "the server is told what the user had seen, so that it can refuse"


async def test_changes_within_a_frame_are_one_message() -> None:
    async with listening() as at:
        at.heard.clear()
        for number in range(50):
            at.peer.change(A1, title=f"title {number}")
        at.peer.move(A2, DOING, 0)
        await at.until(lambda: bool(at.of(BoardChanged)))
        (message,) = at.of(BoardChanged)
        assert isinstance(message, BoardChanged)
        assert message.touched.cards == {A1, A2}
        assert message.touched.columns == {TODO, DOING}


async def test_each_subscriber_gets_a_message_of_its_own() -> None:
    async with listening() as at:
        other: list[Message] = []
        at.store.subscribe(other.append)
        at.heard.clear()
        at.store.perform(card_acts.complete_cards(at.store.loaded, [A1], True))
        assert [type(m) for m in other] == [type(m) for m in at.heard]
        assert not {id(m) for m in other} & {id(m) for m in at.heard}


async def test_an_outage_is_told_with_its_beginning_and_ends_when_all_is_caught_up() -> None:
    async with listening() as at:
        since = datetime(2026, 11, 23, 12, 4, tzinfo=UTC)
        at.peer.feed(Offline(since=since, reason="No answer.", retry_in=2.0))
        await at.until(lambda: at.store.connection.phase is Phase.OFFLINE)
        assert at.store.connection.since == since
        at.peer.echo = False
        at.peer.change(A1, op_id="elsewhere", title="missed")
        at.peer.say_hello(Resume.REPLAY)
        await at.until(lambda: at.store.connection.phase is Phase.CATCHING_UP)
        at.peer.tell_withheld()
        await at.until(lambda: at.store.connection.phase is Phase.LIVE)
        assert at.titles()[0] == "missed"


async def test_resync_opens_a_new_feed_and_reads_everything() -> None:
    async with listening() as at:
        at.store.resync()
        await at.until(lambda: at.peer.opened == 2 and at.store.connection.phase is Phase.LIVE)
        assert len(at.of(BoardLoaded)) == 2


async def test_a_gap_in_the_events_reads_the_board_again() -> None:
    async with listening() as at:
        at.peer.replica.seq += 5
        at.peer.change(A1, title="after the gap")
        await at.until(lambda: at.peer.opened == 2 and at.store.connection.phase is Phase.LIVE)
        assert at.titles()[0] == "after the gap"


async def test_the_end_of_a_board_is_a_sentence() -> None:
    async with listening() as at:
        at.peer.feed(Ended(advice=Advice.STOP, reason="You are no longer a member of this board."))
        await at.until(lambda: bool(at.of(BoardEnded)))
        (message,) = at.of(BoardEnded)
        assert isinstance(message, BoardEnded)
        assert message.sentence == "You are no longer a member of this board."


async def test_presence_leaves_out_oneself_and_names_the_cards_concerned() -> None:
    async with listening() as at:
        at.peer.look_at(A2, editing=True)
        await at.until(lambda: bool(at.of(PresenceChanged)))
        assert [(p.username, p.card_id, p.editing) for p in at.store.people.values()] == [("mia", A2, True)]
        at.peer.look_at(A3)
        await at.until(lambda: len(at.of(PresenceChanged)) == 2)
        last = at.of(PresenceChanged)[-1]
        assert isinstance(last, PresenceChanged)
        assert last.cards == {A2, A3}


async def test_only_the_card_on_which_the_cursor_rests_is_told() -> None:
    async with listening() as at:
        at.peer.focused.clear()
        for card in (A1, A2, A3):
            at.store.focus(card)
        await at.until(lambda: bool(at.peer.focused))
        assert at.peer.focused == [(A3, False)]
