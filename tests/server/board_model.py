"""A board as plain lists and dictionaries: what any sequence of changes must leave, said as simply as can be."""

from __future__ import annotations

from dataclasses import dataclass, field

from rego.wire.snapshot import Snapshot


@dataclass
class ModelCard:
    """A card; `lists` are its checklists, each with its items and whether they are done."""

    title: str
    completed: bool = False
    archived: bool = False
    assigned: bool = False
    labels: set[str] = field(default_factory=set)
    lists: dict[str, dict[str, bool]] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    @property
    def ticks(self) -> list[bool]:
        return [done for items in self.lists.values() for done in items.values()]


@dataclass
class ModelColumn:
    """A column with the ids of its cards from top to bottom, archived ones too. `limit` is a hard one."""

    id: str
    limit: int | None = None
    archived: bool = False
    cards: list[str] = field(default_factory=list)


@dataclass
class ModelBoard:
    """A board: columns from left to right, and labels in the order of their making."""

    id: str
    columns: list[ModelColumn]
    labels: dict[str, str] = field(default_factory=dict)
    cards: dict[str, ModelCard] = field(default_factory=dict)

    @property
    def card_ids(self) -> list[str]:
        return [card_id for column in self.columns for card_id in column.cards]

    def column_of(self, card_id: str) -> ModelColumn:
        return next(column for column in self.columns if card_id in column.cards)

    def is_full(self, column: ModelColumn) -> bool:
        return column.limit is not None and sum(not self.cards[x].archived for x in column.cards) >= column.limit

    def refuses(self, column: ModelColumn, *, archived: bool = False) -> bool:
        """Whether a card cannot enter the column; an archived one takes no place."""
        return column.archived or (not archived and self.is_full(column))

    def put(self, card_id: str, card: ModelCard, column: ModelColumn, index: int) -> None:
        self.cards[card_id] = card
        column.cards.insert(index, card_id)

    def take(self, card_id: str) -> ModelCard:
        self.column_of(card_id).cards.remove(card_id)
        return self.cards.pop(card_id)

    def shift(self, card_id: str, column: ModelColumn, index: int) -> bool:
        """Move a card on the board, to an index counted without it; False when the column refuses it."""
        if self.column_of(card_id) is not column and self.refuses(column, archived=self.cards[card_id].archived):
            return False
        card = self.take(card_id)
        self.put(card_id, card, column, index)
        return True

    def restore(self, card_id: str) -> bool:
        """Bring a card back from the archive; False when its column refuses it."""
        card, column = self.cards[card_id], self.column_of(card_id)
        if card.archived and self.refuses(column):
            return False
        card.archived = False
        return True

    def same_labels(self, names: set[str]) -> set[str]:
        """The first label of each of these names."""
        return {next(x for x, called in self.labels.items() if called == name) for name in names & {*self.labels.values()}}

    def check(self, snapshot: Snapshot, me: str) -> None:
        """Whether the server's board is this one, its ranks a strict order and its numbers all different."""
        assert [(c.id, c.archived) for c in snapshot.columns] == [(c.id, c.archived) for c in self.columns]
        assert {label.id: label.name for label in snapshot.labels} == self.labels
        for column in self.columns:
            found = [card for card in snapshot.cards if card.column_id == column.id]
            assert [card.id for card in found] == column.cards
            assert len({card.rank for card in found}) == len(found)
        assert len({card.number for card in snapshot.cards}) == len(self.cards)
        for shown in snapshot.cards:
            card = self.cards[shown.id]
            assert (shown.title, shown.completed, shown.archived) == (card.title, card.completed, card.archived)
            assert (shown.label_ids, shown.assignee_ids) == (sorted(card.labels), [me] if card.assigned else [])
            counts = (shown.checklist_done, shown.checklist_total, shown.comment_count)
            assert counts == (sum(card.ticks), len(card.ticks), len(card.comments))
