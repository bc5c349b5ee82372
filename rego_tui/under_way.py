"""The user's operations on one board between the key and the server's word: shown at once, settled or rolled back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from rego.replica import Pending, Replica, Touched
from rego.wire.cards import CardSummary
from rego.wire.errors import RegoError
from rego.wire.events import CardCreated, Event
from rego_tui.belongings import Member, is_nothing_but
from rego_tui.commands import CardWord, shell
from rego_tui.kept import Kept, keep, revive
from rego_tui.messages import CardNumbered, ConnectionChanged, Notice, ReviewWaits
from rego_tui.operations import Operation, cards_of
from rego_tui.outbox import Outbox, Sender
from rego_tui.reports import Reports, add
from rego_tui.review import Row, again, foreign_change, in_place, row_of, too_late, why_impossible
from rego_tui.shelf import Shelf


class UnderWay:
    """Puts operations on top of the replica and sends them. `replica` answers the one in use, once there is one."""

    def __init__(
        self,
        client: Sender,
        reports: Reports,
        replica: Callable[[], Replica],
        locked_out: Callable[[RegoError], None],
    ) -> None:
        self._reports = reports
        self._replica = replica
        self.outbox = Outbox(
            client,
            answered=self._answered,
            refused=self._refused,
            changed=self._changed,
            met=self._met,
            trying=self._put_on_shelf_again,
            drained=self._drained,
            locked_out=locked_out,
        )
        self.review: dict[str, Row] = {}
        self.shelf: Shelf | None = None
        self._unannounced = False
        self._theirs: set[Member] = set()
        self._answers: dict[str, list[CardSummary]] = {}
        self._last: Operation | None = None

    def put(self, operation: Operation) -> Touched:
        """Show an operation at once and send it in its turn; returns what it changed, which the subscribers hear too."""
        replica = self._replica()
        operation = replace(
            operation, seen=operation.seen or _seen(operation.pending, replica), seq=operation.seq or replica.seq
        )
        touched = replica.pend(operation.pending)
        self._last = operation
        self.outbox.put(operation)
        self._reports.touch(touched, at_once=True)
        self._changed()
        return touched

    # --- on disk ---------------------------------------------------------------------------------------------------

    def take_up(self, shelf: Shelf) -> int:
        """Keep what waits on a shelf from now on, and go on with what is there; how much of that is to be sent."""
        self.shelf = shelf
        kept, rows = shelf.read()
        known = {op.op_id for op in self.outbox}
        self.review = {row.kept.op_id: row for row in rows} | self.review
        self._unannounced = self._unannounced or bool(rows)
        begun = 0
        for each in kept:
            if each.op_id not in known:
                with suppress(msgspec.ValidationError):
                    operation = revive(each)
                    self.outbox.waited.add(operation.op_id)
                    if each.tried is not None:
                        self.outbox.tried[operation.op_id] = each.tried
                    self.put(operation)
                    begun += 1
        if not len(self.outbox):
            self._drained()
        return begun

    def shelve(self, *, all_of_it: bool = False) -> bool:
        """Write down what waits, or with `all_of_it` what was sent just now too; whether all that is not done is on disk."""
        shelf = self.shelf
        if shelf is None:
            return not len(self.outbox)
        for op in self.outbox:
            if op.op_id not in shelf and (all_of_it or op.op_id in self.outbox.waited):
                self._put_on_shelf(op)
        return all(op.op_id in shelf for op in self.outbox)

    def _put_on_shelf(self, operation: Operation) -> None:
        if self.shelf is not None and (kept := keep(operation, self.outbox.known)) is not None:
            self.shelf.put(replace(kept, tried=self.outbox.tried.get(operation.op_id)))

    def _put_on_shelf_again(self, operation: Operation) -> None:
        if self.shelf is not None and operation.op_id in self.shelf:
            self._put_on_shelf(operation)

    def _drop_from_shelf(self, *operations: Operation) -> None:
        if self.shelf is not None:
            for operation in operations:
                self.shelf.drop(operation.op_id)

    def last_command(self) -> str:
        """What does in a shell what was done here last, one command a line; nothing when there is no such command."""
        return shell(self._last.commands, self._card_name) if self._last is not None else ""

    def _card_name(self, word: CardWord) -> str:
        card_id = self.outbox.known.id(word.card_id)
        card = self._replica().cards.get(card_id)
        return self._replica().ref(card) if card is not None else card_id

    def _changed(self) -> None:
        self.shelve()
        self._reports.publish(ConnectionChanged())

    # --- what becomes of operations --------------------------------------------------------------------------------

    def _answered(self, operation: Operation, answer: Any) -> None:
        """Keep showing an operation until its event is in, unless the replica already holds its result or never will."""
        replica, then = self._replica(), cards_of(answer)
        if operation.op_id in replica.pending:
            if then:
                self._answers[operation.op_id] = then
            if _holds(replica, then):
                self._settle(operation.op_id)
        if operation.creates or operation.makes or operation.writes:
            for op in self.outbox:
                self._put_on_shelf_again(op)  # with what this answer taught
        self._drop_from_shelf(operation)
        operation.answered(answer)

    def _refused(self, operation: Operation, error: RegoError) -> None:
        lost = self._take_off(operation)
        if operation.refused(error):
            self._drop_from_shelf(*lost)
            return
        kept = keep(operation, self.outbox.known) if operation.op_id in self.outbox.waited else None
        if kept is None:
            self._reports.publish(Notice(f"{operation.failure}: {error.detail}", failed=True))
        else:
            self._ask(row_of(kept, error.detail, error, self._then(lost)))
        self._drop_from_shelf(*(op for op in lost if op.op_id not in self.review))

    def _met(self, operation: Operation) -> bool:
        """Whether an operation that waited is not to be sent: it is done already, or the user is asked first."""
        replica, known = self._replica(), self.outbox.known
        late = too_late(self.outbox.tried.get(operation.op_id), datetime.now(UTC))
        there = in_place(operation, replica, known)
        if (late and operation.op_id not in replica.pending) or is_nothing_but(operation, there, known):
            self._theirs |= there
            self._drop_from_shelf(*self._take_off(operation, alone=True))
            return True
        reason = late or foreign_change(operation, replica, known, self._theirs)
        self._theirs |= there
        kept = keep(operation, known) if reason else None
        if kept is None:
            return False
        lost = self._take_off(operation)
        self._ask(row_of(kept, reason, then=self._then(lost)))
        self._drop_from_shelf(*lost[1:])
        return True

    def _take_off(self, operation: Operation, *, alone: bool = False) -> list[Operation]:
        """Show the board without an operation; that, and those that go with it: on a card that it would have made."""
        hanging = self.outbox.drop_those_on(operation.card_id) if operation.creates and not alone else []
        lost = [operation, *(op for op in hanging if op.op_id != operation.op_id)]
        touched = Touched(set(), set())
        for op in lost:
            add(touched, self._replica().settle(op.op_id))
        self._reports.touch(touched, at_once=True)
        return lost

    def _then(self, lost: Sequence[Operation]) -> tuple[Kept, ...]:
        return tuple(each for op in lost[1:] if (each := keep(op, self.outbox.known)) is not None)

    # --- what the user is asked about --------------------------------------------------------------------------------

    def _ask(self, row: Row) -> None:
        self.review[row.kept.op_id] = row
        if self.shelf is not None:
            self.shelf.ask(row)
        self._unannounced = True
        self._changed()

    def _drained(self) -> None:
        """All that waited was tried: the user hears of what was not done, of all at once."""
        self._theirs.clear()
        if self._unannounced:
            self._unannounced = False
            self._reports.publish(ReviewWaits())

    def do_anyway(self, row: Row, me: str | None) -> str:
        """Do a change of the review after all; why that cannot be, or nothing."""
        if why := why_impossible(row, self._replica(), me):
            return why
        for kept in again(row, self._replica()):
            operation = revive(kept)
            self.outbox.waited.add(operation.op_id)  # refused once more, it is asked about once more
            self.put(operation)
        self.forget(row)
        return ""

    def forget(self, row: Row) -> None:
        """The user gave their word on a change."""
        self.review.pop(row.kept.op_id, None)
        if self.shelf is not None:
            self.shelf.drop(row.kept.op_id)
        self._changed()

    def _settle(self, op_id: str) -> None:
        """Take a confirmed operation away; what was done to a provisional card goes on with the real one."""
        replica = self._replica()
        answer = self._answers.pop(op_id, None)
        pending = replica.pending.get(op_id)
        touched = replica.settle(op_id)
        if pending is not None and answer is not None and pending.new_card is not None and pending.card_id != answer[0].id:
            self._adopt(pending.card_id, answer[0].id, touched)
        self._reports.touch(touched)

    def _adopt(self, provisional_id: str, card_id: str, touched: Touched) -> None:
        replica = self._replica()
        self.outbox.known.ids[provisional_id] = card_id
        for op in list(replica.pending_on(provisional_id)):
            add(touched, replica.settle(op.op_id))
            add(touched, replica.pend(op.renamed(provisional_id, card_id)))
        self._reports.publish(CardNumbered(provisional_id, card_id))

    # --- what the feed brings --------------------------------------------------------------------------------------

    def board_replaced(self, previous: Replica | None) -> None:
        """The replica is another one: what is under way shows on it too, unless it holds that already."""
        replica = self._replica()
        for op in previous.pending.values() if previous else ():
            replica.pend(op)
        for op_id, answer in list(self._answers.items()):
            if _holds(replica, answer):
                self._settle(op_id)

    def event_came(self, event: Event, pending: Pending | None, touched: Touched) -> None:
        """An event was applied; `pending` is the operation that it confirms, if it does."""
        if pending is not None:
            self._answers.pop(pending.op_id, None)
            if isinstance(event.data, CardCreated) and pending.card_id != event.data.card.id:
                self._adopt(pending.card_id, event.data.card.id, touched)


def _seen(pending: Pending, replica: Replica) -> dict[str, dict[str, Any]]:
    """What the user sees of the fields that an operation sets."""
    shown = ((card_id, replica.card(card_id)) for card_id in pending.card_ids)
    return {
        card_id: {field: getattr(card, field) for field in pending.changes_on(card_id)}
        for card_id, card in shown
        if card is not None
    }


def _holds(replica: Replica, answers: Sequence[CardSummary]) -> bool:
    """Whether the confirmed state is at least as new as the answers, so that their events are in already."""
    return all(_holds_one(replica, answer) for answer in answers)


def _holds_one(replica: Replica, answer: CardSummary) -> bool:
    card = replica.cards.get(answer.id)
    if card is None:
        return answer.archived and not replica.archived
    return card.version >= answer.version
