"""A Trello board export to a plan: every list, card, label, checklist, comment, member and date that the file holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct

from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.imports import (
    Plan,
    PlannedCard,
    PlannedChecklist,
    PlannedColumn,
    PlannedComment,
    PlannedItem,
    PlannedLabel,
    PlannedPerson,
    Report,
)
from rego_server.domains.imports import tallies
from rego_server.domains.imports import trello_file as file
from rego_server.domains.imports.cleaning import clean
from rego_server.domains.imports.decoding import decode
from rego_server.domains.imports.moments import moment_of
from rego_server.domains.imports.remarks import Remarks
from rego_server.domains.imports.texts import Texts
from rego_server.domains.imports.trello_extras import Extras, remark_what_is_left_out

WHAT = "Trello board export"
ACTIONS_MAX = 1_000
"""Trello writes no more actions than these into an export, the newest."""

_CAPPED = f"Trello exports only the newest {ACTIONS_MAX:,} actions of a board"

_COLORS = {color.value: color for color in Color} | {"black": Color.GRAY, "turquoise": Color.SKY}
_OBJECT_ID_LENGTH = 24

_Placed = TypeVar("_Placed", file.TrelloList, file.Card, file.Checklist, file.CheckItem)


class Comment(Struct, frozen=True):
    """A comment of the export, with the card that it stands on."""

    card_id: str
    planned: PlannedComment


def read(content: bytes) -> tuple[Plan, Report]:
    """The plan in `content`, cleaned, and what came in; raises `InvalidInput` when it is no board export."""
    remarks = Remarks()
    export = decode(content, file.Export, what=WHAT, remarks=remarks)
    missing = [name for name in ("lists", "cards") if getattr(export, name) is None]
    if missing:
        raise InvalidInput(f"This is no {WHAT}: it has no {' and no '.join(missing)}.")
    board = _Board(export, remarks)
    cleaned = clean(board.plan(), remarks)
    imported = tallies.count(cleaned)
    former = len(cleaned.people) - len(board.members)
    imported |= {"members": len(board.members), "former members": former}
    return cleaned, Report(tallies=tallies.compare(board.found(), imported), remarks=remarks.listed())


class _Board:
    """One export on its way to a plan. What other parts refer to is gathered first: people, labels, comments, checklists."""

    def __init__(self, export: file.Export, remarks: Remarks) -> None:
        self._export = export
        self._remarks = remarks
        self._texts = Texts(Remarks())
        self._extras = Extras(export.custom_fields or [])
        self.lists = _in_order(export.lists or [])
        self.cards = self._in_board_order(export.cards or [])
        self.members = export.members or []
        self._people = _People(self.members, export.actions or [])
        self.labels = self._all_labels()
        self.comments = self._all_comments()
        self.checklists = [*(export.checklists or []), *self._checklists_of_cards()]
        self._comments_by_card = self._grouped(self.comments, lambda comment: comment.card_id, "comments")
        self._checklists_by_card = self._grouped(
            _in_order(self.checklists), lambda checklist: checklist.id_card or "", "checklists"
        )

    def plan(self) -> Plan:
        columns = [self._column(trello_list) for trello_list in self.lists]
        self._remark_what_is_missing()
        cards = [self._card(card) for card in self.cards]
        return Plan(
            title=self._export.name or "",
            description=self._export.desc or "",
            people=self._people.planned(),
            labels=[self._label(key, label) for key, label in self.labels.items()],
            columns=columns,
            cards=cards,
        )

    def found(self) -> dict[str, int]:
        """How many things of each kind the file holds, whether or not they can be imported."""
        items = [item for checklist in self.checklists for item in checklist.check_items or []]
        return {
            "lists": len(self.lists),
            "lists (archived)": sum(bool(trello_list.closed) for trello_list in self.lists),
            "cards": len(self.cards),
            "cards (archived)": sum(bool(card.closed) for card in self.cards),
            "labels": len(self.labels),
            "label uses": sum(len(_label_keys(card)) for card in self.cards),
            "checklists": len(self.checklists),
            "items": len(items),
            "items (done)": sum(item.state == "complete" for item in items),
            "comments": len(self.comments),
            "attachments": sum(len(card.attachments or []) for card in self.cards),
            "due dates": sum(bool(card.due) for card in self.cards),
            "members": len(self.members),
            "former members": self._people.former_count(),
            "custom fields": len(self._export.custom_fields or []),
        }

    def _in_board_order(self, cards: list[file.Card]) -> list[file.Card]:
        """`cards` list by list, each list in its order."""
        places = {trello_list.id or "": place for place, trello_list in enumerate(self.lists)}
        return sorted(_in_order(cards), key=lambda card: places.get(card.id_list or "", len(places)))

    def _all_labels(self) -> dict[str, file.Label]:
        """Labels by key. Exports of the years before 2015 name them on the cards only."""
        on_board = self._export.labels or []
        labels = {_label_key(label): label for label in on_board}
        for card in self.cards:
            for label in card.labels or []:
                labels.setdefault(_label_key(label), label)
        self._remarks.note("labels taken from the cards", "the board does not list them", count=len(labels) - len(on_board))
        return labels

    def _label(self, key: str, label: file.Label) -> PlannedLabel:
        color = _color(label.color)
        if color is None or color != label.color:
            self._remarks.note(
                "label colours replaced by the nearest",
                f"Rego has {len(Color)} colours",
                where=f"{self._texts.line(label.color or 'none')} → {color or Color.GRAY}",
            )
        return PlannedLabel(key=key, name=label.name or "", color=color or Color.GRAY)

    def _column(self, trello_list: file.TrelloList) -> PlannedColumn:
        return PlannedColumn(
            key=trello_list.id or "",
            title=trello_list.name or "",
            wip_limit=trello_list.soft_limit or None,
            color=_color(trello_list.color),
            archived=bool(trello_list.closed),
        )

    def _card(self, card: file.Card) -> PlannedCard:
        title = self._texts.title(card.name or "")[0]
        comments = [comment.planned for comment in self._comments_by_card.pop(card.id or "", [])]
        self._people.need(card.id_members or [])
        self._people.need(comment.author for comment in comments)
        return PlannedCard(
            column=card.id_list or "",
            title=card.name or "",
            number=card.id_short,
            description=self._extras.description(card),
            due_at=self._moment(card.due, title),
            start_at=self._moment(card.start, title),
            completed=bool(card.due_complete),
            archived=bool(card.closed),
            created_at=created_at(card.id or ""),
            labels=_label_keys(card),
            assignees=card.id_members or [],
            checklists=[self._checklist(checklist, title) for checklist in self._checklists_by_card.pop(card.id or "", [])],
            comments=comments,
        )

    def _checklist(self, checklist: file.Checklist, where: str) -> PlannedChecklist:
        return PlannedChecklist(
            title=checklist.name or "", items=[self._item(item, where) for item in _in_order(checklist.check_items or [])]
        )

    def _item(self, item: file.CheckItem, where: str) -> PlannedItem:
        assignee = item.id_member or None
        self._people.need([assignee])
        return PlannedItem(
            text=item.name or "", done=item.state == "complete", assignee=assignee, due_at=self._moment(item.due, where)
        )

    def _checklists_of_cards(self) -> Iterable[file.Checklist]:
        """Checklists that stand inside their cards, as other exporters of the same format write them."""
        on_board = {checklist.id for checklist in self._export.checklists or [] if checklist.id}
        for card in self.cards:
            for checklist in card.checklists or []:
                if checklist.id not in on_board:
                    checklist.id_card = card.id
                    yield checklist

    def _all_comments(self) -> list[Comment]:
        """All comments, oldest first; the export has them newest first."""
        comments = [self._comment(action) for action in reversed(self._export.actions or []) if action.type == "commentCard"]
        oldest = datetime.min.replace(tzinfo=UTC)
        return sorted(comments, key=lambda comment: comment.planned.at or oldest)

    def _comment(self, action: file.Action) -> Comment:
        data = action.data or file.ActionData()
        card = data.card or file.CardReference()
        creator = action.member_creator or file.Member()
        planned = PlannedComment(
            text=data.text or "",
            author=action.id_member_creator or creator.id or None,
            at=self._moment(action.date, self._texts.line(data.text or "")),
        )
        return Comment(card.id or "", planned)

    def _grouped(self, things: Iterable[_Thing], card_id: Callable[[_Thing], str], kind: str) -> dict[str, list[_Thing]]:
        """`things` by the card that they stand on; those whose card is gone are remarked and left out."""
        groups: dict[str, list[_Thing]] = defaultdict(list)
        known = {card.id for card in self.cards if card.id}
        for thing in things:
            if card_id(thing) in known:
                groups[card_id(thing)].append(thing)
            else:
                self._remarks.note(f"{kind} left out", "their card is not in the file")
        return groups

    def _moment(self, text: str | None, where: str) -> datetime | None:
        return moment_of(text, self._remarks, where)

    def _remark_what_is_missing(self) -> None:
        remark_what_is_left_out(self._export, self._remarks)
        present = sum(len(comments) for comments in self._comments_by_card.values())
        counted = sum(card.badges.comments or 0 for card in self.cards if card.badges)
        capped = len(self._export.actions or []) >= ACTIONS_MAX
        self._remarks.note(
            "comments that the cards count but the file does not hold",
            _CAPPED if capped else "the export was made without them",
            count=counted - present,
        )


_Thing = TypeVar("_Thing", Comment, file.Checklist)


class _People:
    """The board's members, and former ones as far as a card, an item or a comment needs them."""

    def __init__(self, members: list[file.Member], actions: list[file.Action]) -> None:
        self._members = members
        self._known = {member.id for member in members}
        self._seen = {
            person.id: person for action in actions for person in (action.member, action.member_creator) if person and person.id
        }
        self._former: dict[str, file.Member] = {}

    def need(self, ids: Iterable[str | None]) -> None:
        """Somebody refers to these people."""
        for person_id in ids:
            if person_id and person_id not in self._known and person_id not in self._former:
                unnamed = file.Member(id=person_id, full_name="Former member", username="former-member")
                self._former[person_id] = self._seen.get(person_id, unnamed)

    def former_count(self) -> int:
        return len(self._former)

    def planned(self) -> list[PlannedPerson]:
        return [
            PlannedPerson(key=person.id or "", username=person.username or "", name=person.full_name or "")
            for person in (*self._members, *self._former.values())
        ]


def created_at(object_id: str) -> datetime | None:
    """When Trello made the object: the first eight hexadecimal digits of an id are Unix seconds (a MongoDB ObjectId)."""
    if len(object_id) != _OBJECT_ID_LENGTH:
        return None
    try:
        return datetime.fromtimestamp(int(object_id[:8], 16), UTC)
    except (ValueError, OverflowError):
        return None


def _in_order(things: Iterable[_Placed]) -> list[_Placed]:
    """`things` by `pos`; equals keep their order in the file."""
    return sorted(things, key=lambda thing: _position(thing.pos))


def _position(pos: file.Position) -> float:
    if isinstance(pos, str):
        return float("-inf") if pos == "top" else float("inf")
    return float("inf") if pos is None else pos


def _label_key(label: file.Label) -> str:
    return label.id or f"{label.color or ''}/{label.name or ''}"


def _label_keys(card: file.Card) -> list[str]:
    """The labels of a card, by object and, where the object is missing, by id."""
    return list(dict.fromkeys([*(_label_key(label) for label in card.labels or []), *(card.id_labels or [])]))


def _color(name: str | None) -> Color | None:
    """Rego's colour for Trello's `name`, which may end in a shade; None when there is none."""
    return _COLORS.get((name or "").removesuffix("_dark").removesuffix("_light"))
