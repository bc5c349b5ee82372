"""One thing done to several cards, named or found by a query: looked at first, then all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from rego.cli import card_lookup as look
from rego.cli.card_views import CARD, NamedCard, way_back
from rego.cli.context import Session
from rego.cli.options import Choice, parsed
from rego.cli.output import Form
from rego.cli.places import Where, fill_place
from rego.client import boards, cards, labels
from rego.dates import utc_offset
from rego.naming import find_column, find_label
from rego.wire import limits
from rego.wire.base import Position
from rego.wire.boards import Board
from rego.wire.cards import BulkCards, CardSummary, MoveCard
from rego.wire.errors import InvalidInput, RegoError

if TYPE_CHECKING:
    from rego.wire.query_terms import Query

TITLE_SHOWN = 60
"""Letters of a title in a preview."""

PREVIEW = 10
"""How many of the cards that a query finds are named before the question whether to go on."""


class Targets(Struct, frozen=True):
    """Which cards, in the words of the command line: names, or a query over a board. `risky` asks before names too."""

    names: Sequence[str]
    query: Query | None = None
    board: str | None = None
    yes: bool = False
    dry_run: bool = False
    risky: bool = False

    @classmethod
    def of(cls, names: Sequence[str], choice: Choice, *, risky: bool = False) -> Targets:
        """What a command line means; raises `InvalidInput`."""
        return cls(names, parsed(choice.query), choice.board, choice.yes, choice.dry_run, risky)

    def __post_init__(self) -> None:
        if bool(self.names) == (self.query is not None):
            raise InvalidInput("Which cards? Name them, or give --query.")

    @property
    def single(self) -> str | None:
        """The name, when it is one card that may be changed without further ado."""
        return self.names[0] if len(self.names) == 1 and not self.dry_run and not self.risky else None


class Chosen(Struct, frozen=True):
    """The cards that are meant, all of one board."""

    board: Board
    cards: list[CardSummary]

    def named(self, card: CardSummary) -> NamedCard:
        """A card of these with its reference."""
        return NamedCard(card, f"{self.board.key}-{card.number}")


class Deed(Struct, frozen=True):
    """What is to be done: the operation and its value, the verb for the question, the words for the report."""

    operation: dict[str, Any]
    verb: str
    done: str


Plan = Callable[[Session, Chosen], Deed]


def act(session: Session, targets: Targets, plan: Plan, form: Form) -> None:
    """Do to all cards what `plan` says, if that is wanted. More cards than one request takes go in several, each whole."""
    chosen = choose(session, targets)
    if not chosen.cards:
        session.output.note("No card fits, so nothing was done.")
        return
    deed = plan(session, chosen)
    if not _agreed(session, targets, chosen, deed):
        return
    changed: list[CardSummary] = []
    acts = 0
    for part in _parts(chosen.cards, backwards=_goes_on_top(deed.operation.get("move"))):
        try:
            body = BulkCards(card_ids=[card.id for card in part], **deed.operation)
            answer = session.send(cards.bulk_cards(chosen.board.id, body))
        except (RegoError, KeyboardInterrupt):
            if changed:
                session.output.note(f"{_count(len(changed))} {deed.done} before that; of the next {len(part)} all or none.")
            raise
        acts += not answer or _differ(part, answer)
        changed += answer or part
    sentence = f"{_count(len(changed))} {deed.done}{way_back(chosen.board.key, acts)}"
    session.output.changed_many(CARD, [chosen.named(card) for card in changed], form, sentence)


def choose(session: Session, targets: Targets) -> Chosen:
    """The cards that are meant; raises `NotFound` for a name that is none, and `InvalidInput` for cards of several boards."""
    if targets.query is not None:
        board = session.board(targets.board)
        offset = utc_offset(datetime.now().astimezone())
        call = cards.list_cards(board.id, limit=limits.LIST_MAX, q=str(targets.query), utc_offset=offset)
        return Chosen(board, session.first(call, None))
    found = {name: look.card(session, name) for name in targets.names}
    board_id = next(iter(found.values())).board_id
    if strangers := [name for name, card in found.items() if card.board_id != board_id]:
        raise InvalidInput(f"{', '.join(strangers)}: not on the board of {targets.names[0]}; give one command for each board.")
    # One card may have been named twice, and in two ways.
    every = {card.id: card for card in found.values()}
    return Chosen(session.send(boards.get_board(board_id)), list(every.values()))


def to_column(name: str | None, place: Where) -> Plan:
    """Move the cards to a column, or next to another card."""

    def plan(session: Session, chosen: Chosen) -> Deed:
        neighbour = look.neighbour(session, place)
        every = look.open_columns(session, chosen.board.id)
        column_id = find_column(every, name).id if name is not None else neighbour.column_id if neighbour else None
        title = next((column.title for column in every if column.id == column_id), None)
        move = MoveCard(column_id=column_id)
        fill_place(move, place, neighbour)
        where = f"to {title}" if title else "within their columns"
        return Deed({"move": move}, f"Move %s {where}", f"moved {where}")

    return plan


def archived(yes: bool) -> Plan:
    """Put the cards away, or bring them back."""
    words = ("Archive %s", "archived") if yes else ("Bring %s back", "brought back")
    return lambda _session, _chosen: Deed({"archive": yes}, *words)


def completed(yes: bool) -> Plan:
    """Mark the cards as done, or as open."""
    words = ("Mark %s as done", "marked as done") if yes else ("Mark %s as open", "marked as open")
    return lambda _session, _chosen: Deed({"complete": yes}, *words)


def deleted() -> Plan:
    """Delete the cards."""
    return lambda _session, _chosen: Deed({"delete": True}, "Delete %s", "deleted")


def assigned(person: str, *, remove: bool) -> Plan:
    """Put somebody on the cards, or take them off."""

    def plan(session: Session, chosen: Chosen) -> Deed:
        member = look.person(session, session.send(boards.list_members(chosen.board.id)), person)
        if remove:
            return Deed(
                {"unassign": member.user_id}, f"Take {member.username} off %s", f"no longer assigned to {member.username}"
            )
        return Deed({"assign": member.user_id}, f"Assign %s to {member.username}", f"assigned to {member.username}")

    return plan


def labelled(label: str, *, remove: bool) -> Plan:
    """Put a label on the cards, or take it off."""

    def plan(session: Session, chosen: Chosen) -> Deed:
        found = find_label(session.send(labels.list_labels(chosen.board.id)), label)
        if remove:
            return Deed({"unlabel": found.id}, f"Take {label} off %s", f"without {label}")
        return Deed({"label": found.id}, f"Put {label} on %s", f"with {label}")

    return plan


def _agreed(session: Session, targets: Targets, chosen: Chosen, deed: Deed) -> bool:
    """Show what a query found, or what would be lost, and ask; raises `InvalidInput` when nobody can be asked."""
    question = deed.verb % _count(len(chosen.cards))
    if targets.dry_run or (not targets.yes and (targets.query is not None or targets.risky)):
        for card in chosen.cards[:PREVIEW]:
            session.output.note(f"  {chosen.board.key}-{card.number}  {_beginning(card.title)}")
        if (rest := len(chosen.cards) - PREVIEW) > 0:
            session.output.note(f"  and {rest} more")
    if targets.dry_run:
        session.output.note(f"Would {question[0].lower()}{question[1:]}.")
        return False
    if targets.yes or (targets.query is None and not targets.risky):
        return True
    if not session.interactive:
        raise InvalidInput(f"{question}? Say --yes to do it, or --dry-run to see more.")
    if session.confirm(question):
        return True
    session.output.note("Nothing was done.")
    return False


def _beginning(title: str) -> str:
    """A title as far as it tells the card from others, so that a long one hides none of them."""
    return title if len(title) <= TITLE_SHOWN else f"{title[: TITLE_SHOWN - 1]}…"


def _differ(before: list[CardSummary], after: list[CardSummary]) -> bool:
    """Whether something was changed of cards that may have been so already; then there is something to take back."""
    versions = {card.id: card.version for card in before}
    return any(card.version != versions[card.id] for card in after)


def _goes_on_top(move: MoveCard | None) -> bool:
    """Whether what is moved later comes to stand above what was moved before."""
    return move is not None and (move.position is Position.TOP or move.after_id is not None)


def _parts(every: list[CardSummary], *, backwards: bool) -> Iterator[list[CardSummary]]:
    """The cards in as many as one request takes, in an order after which all stand in theirs."""
    begins = range(0, len(every), limits.BULK_MAX)
    for begin in reversed(begins) if backwards else begins:
        yield every[begin : begin + limits.BULK_MAX]


def _count(amount: int) -> str:
    return "1 card" if amount == 1 else f"{amount} cards"
