"""A board as somebody keeps it who has read docs/reference for an afternoon. Shares no code with Rego."""

from __future__ import annotations

from typing import Any

Board = dict[str, Any]

CARD_FIELDS = (
    "column_id",
    "rank",
    "title",
    "version",
    "due_at",
    "start_at",
    "priority",
    "completed",
    "label_ids",
    "assignee_ids",
)
COLUMN_FIELDS = ("rank", "title", "version", "wip_limit", "wip_mode", "done", "color", "archived")


def essence(board: Board) -> Board:
    """What is followed of a board that has the form of a snapshot, by id. Labels and people of a card are in no order."""
    return {
        "cards": {card["id"]: [_unordered(card[name]) for name in CARD_FIELDS] for card in board["cards"]},
        "columns": {column["id"]: [column[name] for name in COLUMN_FIELDS] for column in board["columns"]},
        "members": {member["user_id"]: member["role"] for member in board["members"]},
    }


class BareBoard:
    """Cards, columns and members, to which events are applied. Knows the events of what the harness does, and nothing else."""

    def __init__(self, snapshot: Board) -> None:
        self._cards: dict[str, Board] = {card["id"]: card for card in snapshot["cards"]}
        self._columns: dict[str, Board] = {column["id"]: column for column in snapshot["columns"]}
        self._members: dict[str, Board] = {member["user_id"]: member for member in snapshot["members"]}

    def content(self) -> Board:
        """In the form of a snapshot."""
        return {
            "cards": list(self._cards.values()),
            "columns": list(self._columns.values()),
            "members": list(self._members.values()),
        }

    def apply(self, event: Board) -> None:
        """What is said of a card or a column that was never heard of is passed over: the oracle will see it."""
        noun = event["type"].partition(".")[0]
        match noun:
            case "card":
                self._apply_to_card(event["type"], event["data"])
            case "column":
                self._apply_to_column(event["type"], event["data"])
            case "cards":
                _rerank(self._cards, event["data"])
            case "columns":
                _rerank(self._columns, event["data"])
            case "member":
                self._apply_to_member(event["type"], event["data"])

    def _apply_to_card(self, kind: str, data: Board) -> None:
        if kind == "card.created":
            self._cards[data["card"]["id"]] = data["card"]
            return
        card = self._card(data["card"]["id"])
        card["version"] = data["version"]
        match kind:
            case "card.moved":
                card.update(column_id=data["to"]["column_id"], rank=data["to"]["rank"])
            case "card.updated":
                card.update(_after(data["changes"]))
            case "card.labelled":
                card["label_ids"].append(data["label_id"])
            case "card.unlabelled":
                _take_off(card["label_ids"], data["label_id"])
            case "card.assigned":
                card["assignee_ids"].append(data["user_id"])
            case "card.unassigned":
                _take_off(card["assignee_ids"], data["user_id"])

    def _apply_to_column(self, kind: str, data: Board) -> None:
        if kind == "column.created":
            self._columns[data["column"]["id"]] = data["column"]
            return
        column = self._columns.get(data["column_id"], {})
        column["version"] = data["version"]
        column.update({"rank": data["after"]} if kind == "column.moved" else _after(data["changes"]))

    def _apply_to_member(self, kind: str, data: Board) -> None:
        assert kind == "member.removed", f"nobody here makes {kind}"
        user_id = data["member"]["user_id"]
        self._members.pop(user_id, None)
        for card_id in data["card_ids"]:
            _take_off(self._card(card_id)["assignee_ids"], user_id)

    def _card(self, card_id: str) -> Board:
        return self._cards.get(card_id, {"label_ids": [], "assignee_ids": []})


def _unordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _take_off(names: list[str], name: str) -> None:
    if name in names:
        names.remove(name)


def _after(changes: Board) -> Board:
    return {name: change["after"] for name, change in changes.items()}


def _rerank(entities: dict[str, Board], data: Board) -> None:
    for entity_id, rank in data["ranks"].items():
        entities.get(entity_id, {})["rank"] = rank
