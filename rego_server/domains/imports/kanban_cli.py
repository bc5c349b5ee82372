"""A board file of the terminal program `kanban` to a plan: columns, cards, archived cards, sprints as labels, links as text."""

from __future__ import annotations

from collections import defaultdict

from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedCard, PlannedColumn, Report
from rego_server.domains.imports import kanban_cli_file as file
from rego_server.domains.imports import tallies
from rego_server.domains.imports.cleaning import clean
from rego_server.domains.imports.decoding import decode
from rego_server.domains.imports.labelling import Labels
from rego_server.domains.imports.moments import moment_of, shown
from rego_server.domains.imports.remarks import Remarks
from rego_server.domains.imports.sections import facts, joined, listed, one_line
from rego_server.domains.imports.texts import Texts

WHAT = "kanban board file"

_PRIORITIES = {"low": Priority.LOW, "medium": Priority.MEDIUM, "high": Priority.HIGH, "critical": Priority.URGENT}
_STATUSES = ("todo", "inprogress", "blocked", "done")
_LINKS = {
    "spawns": "Child of",
    "parentof": "Child of",
    "blocks": "Blocked by",
    "relates": "Related to",
    "relatesto": "Related to",
}
"""What the target of an edge is to its source."""


def read(content: bytes) -> tuple[Plan, Report]:
    """The plan in `content`, cleaned, and what came in; raises `InvalidInput` when it is no file of that program."""
    remarks = Remarks()
    data = decode(content, file.File, what=WHAT, remarks=remarks).data or file.Data()
    missing = [name for name in ("boards", "columns", "cards") if getattr(data, name) is None]
    if missing:
        raise InvalidInput(f"This is no {WHAT}: its data has no {' and no '.join(missing)}.")
    if not data.boards:
        raise InvalidInput(f"The {WHAT} holds no board.")
    board = _Board(data, data.boards, remarks)
    cleaned = clean(board.plan(), remarks)
    found = board.found()
    imported = {**found, "links": board.links_written, **tallies.count(cleaned)}
    return cleaned, Report(tallies=tallies.compare(found, imported), remarks=remarks.listed())


class _Place:
    """A card of the file with where it stands, or stood before it was archived."""

    def __init__(self, card: file.Card, column_id: str | None, position: int | None, *, archived: bool) -> None:
        self.card = card
        self.column_id = column_id or ""
        self.position = position or 0
        self.archived = archived
        self.status = (card.status or "todo").lower()


class _Board:
    """One file on its way to a plan; several boards in it become one, because an import makes one board."""

    def __init__(self, data: file.Data, boards: list[file.Board], remarks: Remarks) -> None:
        self._data = data
        self._remarks = remarks
        self._texts = Texts(Remarks())
        self._boards = {board.id or "": board for board in sorted(boards, key=lambda board: board.position or 0)}
        self._columns = self._columns_in_order()
        self._cards = self._cards_in_order()
        self._by_id = {place.card.id: place.card for place in self._cards if place.card.id}
        self._labels = Labels()
        self._sprints = self._sprint_labels()
        self._links, self.links_written = self._links_by_card()

    def plan(self) -> Plan:
        first, *others = self._boards.values()
        self._remarks.note("boards joined into one", "an import makes one board", count=len(others))
        columns = [self._column(column) for column in self._columns]
        cards = [self._card(place) for place in self._cards]
        self._remark_what_is_missing()
        return Plan(
            title=first.name or "",
            description=(first.description or "").strip(),
            key=None if others else (first.card_prefix or None),
            created_at=moment_of(first.created_at, self._remarks, "the board"),
            last_number=0 if others else (first.card_counter or 1) - 1,
            labels=self._labels.planned(),
            columns=columns,
            cards=cards,
        )

    def found(self) -> dict[str, int]:
        """How many things of each kind the file holds."""
        cards = [place.card for place in self._cards]
        return {
            "lists": len(self._columns),
            "cards": len(cards),
            "cards (archived)": sum(place.archived for place in self._cards),
            **{f"cards ({status})": sum(place.status == status for place in self._cards) for status in _STATUSES},
            "due dates": sum(bool(card.due_date) for card in cards),
            "points": sum(card.points is not None for card in cards),
            "sprints": len(self._data.sprints or []),
            "links": sum(len(edges.edges or []) for edges in (self._data.graph or {}).values() if edges),
        }

    def _columns_in_order(self) -> list[file.Column]:
        places = {board_id: place for place, board_id in enumerate(self._boards)}
        return sorted(self._data.columns or [], key=lambda c: (places.get(c.board_id or "", len(places)), c.position or 0))

    def _cards_in_order(self) -> list[_Place]:
        """All cards column by column, archived ones among the others where they stood."""
        cards = [_Place(card, card.column_id, card.position, archived=False) for card in self._data.cards or []]
        for each in self._data.archived_cards or []:
            card = each.card or file.Card()
            position = card.position if each.original_position is None else each.original_position
            cards.append(_Place(card, each.original_column_id or card.column_id, position, archived=True))
        places = {column.id or "": place for place, column in enumerate(self._columns)}
        return sorted(cards, key=lambda card: (places.get(card.column_id, len(places)), card.position))

    def _sprint_labels(self) -> dict[str, str]:
        """The label of each sprint."""
        sprints = [sprint for sprint in self._data.sprints or [] if sprint.id]
        return {sprint.id or "": self._labels.use(f"sprint:{self._sprint_name(sprint)}") for sprint in sprints}

    def _sprint_name(self, sprint: file.Sprint) -> str:
        names = (self._boards.get(sprint.board_id or "") or file.Board()).sprint_names or []
        index = sprint.name_index
        if index is not None and 0 <= index < len(names):
            return names[index]
        return str(sprint.sprint_number or sprint.id)

    def _links_by_card(self) -> tuple[dict[str, list[str]], int]:
        """For each card what its links say, and how many that are in all."""
        links: dict[str, list[str]] = defaultdict(list)
        written = 0
        for kind, edges in (self._data.graph or {}).items():
            for edge in (edges.edges if edges else None) or []:
                source = self._by_id.get(edge.source or "")
                if source is None or edge.target not in self._by_id:
                    self._remarks.note("links left out", "one of their cards is not in the file")
                    continue
                links[edge.target].append(f"{_link(edge.edge_type or kind)} {self._name(source)}")
                written += 1
        return links, written

    def _name(self, card: file.Card) -> str:
        """The card as the other program calls it."""
        prefix = next(iter(self._boards.values())).card_prefix or "#"
        title = one_line(card.title or "")
        return f"{prefix}-{card.card_number}: {title}" if card.card_number is not None else title

    def _column(self, column: file.Column) -> PlannedColumn:
        title = column.name or ""
        if len(self._boards) > 1:
            title = f"{(self._boards.get(column.board_id or '') or file.Board()).name or ''}: {title}"
        return PlannedColumn(key=column.id or "", title=title, wip_limit=column.wip_limit or None, done=self._is_done(column))

    def _is_done(self, column: file.Column) -> bool:
        """Whether the board's cards are finished there: in the column that it names, else in its last."""
        board = self._boards.get(column.board_id or "") or file.Board()
        siblings = [each for each in self._columns if each.board_id == column.board_id]
        if board.completion_column_id or any(each.default_status for each in siblings):
            return column.id == board.completion_column_id or (column.default_status or "").lower() == "done"
        return column is siblings[-1]

    def _card(self, place: _Place) -> PlannedCard:
        card, title = place.card, self._texts.title(place.card.title or "")[0]
        details = facts(points=card.points, completed=shown(card.completed_at))
        links = self._links.get(card.id or "", [])
        return PlannedCard(
            column=place.column_id,
            title=card.title or "",
            number=card.card_number,
            description=joined((card.description or "").strip(), listed("Details", details), listed("Linked cards", links)),
            due_at=moment_of(card.due_date, self._remarks, title),
            priority=self._priority(card, title),
            completed=place.status == "done",
            archived=place.archived,
            created_at=moment_of(card.created_at, self._remarks, title),
            updated_at=moment_of(card.updated_at, self._remarks, title),
            labels=self._labels_of(place, title),
        )

    def _labels_of(self, place: _Place, title: str) -> list[str]:
        labels = [self._sprints[place.card.sprint_id]] if place.card.sprint_id in self._sprints else []
        if place.card.sprint_id and not labels:
            self._remarks.note("sprints of cards left out", "the file does not hold them", where=title)
        if place.status == "blocked":
            labels.append(self._labels.use("blocked", Color.RED))
            self._remarks.note("the status Blocked became a label", "Rego has no such status", where=title)
        return labels

    def _priority(self, card: file.Card, title: str) -> Priority:
        name = (card.priority or "").lower()
        if name and name not in _PRIORITIES:
            self._remarks.note("priorities dropped", "Rego does not have them", where=title)
        return _PRIORITIES.get(name, Priority.NONE)

    def _remark_what_is_missing(self) -> None:
        cards = [place.card for place in self._cards]
        started = sum(place.status == "inprogress" for place in self._cards)
        for what, why, count in (
            ("sprints became labels", "Rego has no sprints; their dates are left out", len(self._sprints)),
            ("links became text in the description", "Rego has no links between cards", self.links_written),
            ("points became text in the description", "Rego has no points", sum(c.points is not None for c in cards)),
            ("sprint histories left out", "Rego keeps nothing from before an import", sum(bool(c.sprint_logs) for c in cards)),
            ("the status InProgress left to the column", "Rego knows open and completed", started),
        ):
            self._remarks.note(what, why, count=count)


def _link(kind: str) -> str:
    return _LINKS.get(kind.replace("_", "").lower(), "Related to")
