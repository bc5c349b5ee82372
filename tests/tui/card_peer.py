"""A scripted peer that keeps what hangs on a card too: its description, checklists, comments and files, with their versions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict, replace

from rego.client.call import Call
from rego.client.files import FileUpload
from rego.wire import events as e
from rego.wire.activity import Activity
from rego.wire.attachments import Attachment
from rego.wire.base import Change, Entity, Position
from rego.wire.cards import Card, UpdateCard
from rego.wire.checklists import (
    Checklist,
    ChecklistItem,
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
)
from rego.wire.comments import Comment, CreateComment
from rego.wire.errors import NotFound, StaleVersion
from rego.wire.snapshot import Snapshot
from rego_tui.screens.card import CardScreen
from tests.tui import boards
from tests.tui.boards import ADA, MIA, NOW
from tests.tui.desk import Desk, running
from tests.tui.scripted import ScriptedPeer

EntityT = TypeVar("EntityT", bound=Entity)

CARD = boards.card_id(1)
LIST, OTHER_LIST = boards.uid(5, 1), boards.uid(5, 2)
MINE, HERS = boards.uid(7, 1), boards.uid(7, 2)
FILE = boards.uid(8, 1)


def item_id(number: int) -> str:
    return boards.uid(6, number)


def stamps(entity_id: str, by: str = ADA.user_id) -> dict[str, Any]:
    return {"id": entity_id, "version": 1, "created_at": NOW, "updated_at": NOW, "created_by": by, "updated_by": by}


def item(number: int, text: str, list_id: str = LIST, **fields: Any) -> ChecklistItem:
    known: dict[str, Any] = {"rank": str(number), "done": False, "assignee_id": None, "due_at": None}
    return ChecklistItem(checklist_id=list_id, text=text, **stamps(item_id(number)), **(known | fields))


def checklist(list_id: str, title: str, *items: ChecklistItem) -> Checklist:
    return Checklist(card_id=CARD, title=title, rank="8", items=list(items), **stamps(list_id))


class CardPeer(ScriptedPeer):
    """The first card has a description, two checklists, a comment of Ada's, who sits at the desk, one of Mia's, and a file."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.description = "What is to be done."
        self.described_at = 1
        self.card_lists = [
            checklist(LIST, "Launch", item(1, "Write"), item(2, "Read", done=True), item(3, "Ship")),
            checklist(OTHER_LIST, "After", item(4, "Rest", OTHER_LIST)),
        ]
        self.said = [
            Comment(card_id=CARD, text="Ask @mia first", author="Ada", **stamps(MINE)),
            Comment(card_id=CARD, text="Hers", author="Mia", **stamps(HERS, MIA.user_id)),
        ]
        facts: dict[str, Any] = {"size": 1200, "content_type": "application/pdf", "sha256": ""}
        self.content = b"content"
        self.files = [Attachment(card_id=CARD, filename="plan.pdf", **facts, **stamps(FILE))]
        self.card_log = [Activity(seq=n, at=NOW, type="card.updated", sentence=f"ada did thing {n}") for n in range(45, 0, -1)]

    # --- what a test makes happen, and sees --------------------------------------------------------------------------

    def describe(self, text: str, op_id: str | None = None, *, by: str = MIA.user_id) -> Card:
        """Somebody writes another description."""
        before, self.description = self.description, text
        card = self.replica.cards[CARD]
        changes = {"description": Change(before=before, after=text)}
        self.described_at = card.version + 1
        self.happen(e.CardUpdated(card=self._ref(card), changes=changes, version=card.version + 1), op_id)
        self.replica.cards[CARD] = replace(self.replica.cards[CARD], updated_by=by)
        return self.card()

    def touch(self, op_id: str | None = None) -> None:
        """Something that hangs on the card changed."""
        ref = self._ref(self.replica.cards[CARD])
        self.happen(e.ChecklistMoved(card=ref, checklist_id=LIST, title="", before="1", after="2", version=2), op_id)

    def card(self) -> Card:
        return msgspec.convert(asdict(self.replica.cards[CARD]) | {"description": self.description}, Card)

    def texts(self, list_id: str = LIST) -> list[str]:
        """The items of a checklist."""
        return [one.text for one in self.checklist(list_id).items]

    def checklist(self, list_id: str) -> Checklist:
        return next(one for one in self.card_lists if one.id == list_id)

    def item(self, number: int) -> ChecklistItem:
        return next(one for each in self.card_lists for one in each.items if one.id == item_id(number))

    def change_item(self, number: int, **fields: Any) -> None:
        """Somebody changes an item."""
        self._alter(item_id(number), fields)
        self.touch()

    # --- answers -------------------------------------------------------------------------------------------------------

    def _answer(self, call: Call[Any], op_id: str | None) -> Any:
        parts = call.path.strip("/").split("/")
        if parts[-1] == "activity" and "actor" not in call.query:
            return self._card_activity(call.query)
        if call.into is not None:
            call.into.begin()
            call.into.write(self.content)
            return None
        if call.file is not None:
            return self._receive(call.file, op_id)
        if call.method == "GET" and parts[:2] == ["cards", CARD] and CARD in self.replica.cards:
            found: dict[str, Any] = {"checklists": self.card_lists, "comments": self.said, "attachments": self.files}
            return list(found[parts[2]]) if len(parts) > 2 else self.card()
        if isinstance(call.body, UpdateCard) and call.body.description is not UNSET:
            if call.body.version is not UNSET and call.body.version < self.described_at:
                raise StaleVersion("The description was changed since you read it.")
            return self.describe(call.body.description, op_id, by=ADA.user_id)
        if parts[0] in ("checklists", "checklist-items", "comments", "attachments") or parts[2:] in (
            ["checklists"],
            ["comments"],
        ):
            answer = self._part(parts, call)
            self.touch(op_id)
            return answer
        return super()._answer(call, op_id)

    def _receive(self, upload: FileUpload, op_id: str | None) -> Attachment:
        with upload.open() as file:
            facts: dict[str, Any] = {"size": len(file.read()), "content_type": "text/plain", "sha256": ""}
        upload.progress(upload.size)
        self.files.append(Attachment(card_id=CARD, filename=upload.filename, **facts, **stamps(str(uuid4()))))
        self.touch(op_id)
        return self.files[-1]

    def _card_activity(self, query: dict[str, str]) -> list[Activity]:
        before, since = int(query.get("before", 10**9)), int(query.get("since", 0))
        return [entry for entry in self.card_log if since < entry.seq < before][: int(query["limit"])]

    def _part(self, parts: list[str], call: Call[Any]) -> Entity | None:
        match call.body:
            case CreateChecklist(title=title):
                self.card_lists.append(replace(checklist(str(uuid4()), title), created_at=NOW))
                return self.card_lists[-1]
            case CreateChecklistItem():
                return self._put(parts[1], call.body, replace(item(0, call.body.text, parts[1]), id=str(uuid4())))
            case CreateComment(text=text):
                self.said.append(Comment(card_id=CARD, text=text, author="Ada", **stamps(str(uuid4()))))
                return self.said[-1]
            case MoveChecklistItem():
                moved = self._take(parts[1])
                return self._put(call.body.checklist_id or moved.checklist_id, call.body, moved)
            case MoveChecklist():
                moved_list = self.checklist(parts[1])
                self.card_lists = _placed([one for one in self.card_lists if one is not moved_list], moved_list, call.body)
                return moved_list
            case None:
                self._delete(parts[1])
                return None
        if call.body.version is not UNSET and call.body.version < self._find(parts[1]).version:
            raise StaleVersion("Somebody else changed it since you read it.")
        return self._alter(parts[1], call.body.changes())

    def _find(self, entity_id: str) -> Entity:
        everything: list[Entity] = [
            *self.card_lists,
            *(one for each in self.card_lists for one in each.items),
            *self.said,
            *self.files,
        ]
        for entity in everything:
            if entity.id == entity_id:
                return entity
        raise NotFound("There is no such thing.")

    def _map(self, entity_id: str, change: Any) -> None:
        def mapped(entities: list[EntityT]) -> list[EntityT]:
            found = [change(one) if one.id == entity_id else one for one in entities]
            return [one for one in found if one is not None]

        self.card_lists = [replace(one, items=mapped(one.items)) for one in mapped(self.card_lists)]
        self.said, self.files = mapped(self.said), mapped(self.files)

    def _alter(self, entity_id: str, fields: dict[str, Any]) -> Entity:
        self._find(entity_id)
        self._map(entity_id, lambda one: replace(one, version=one.version + 1, **fields))
        return self._find(entity_id)

    def _delete(self, entity_id: str) -> None:
        self._find(entity_id)
        self._map(entity_id, lambda _: None)

    def _take(self, entity_id: str) -> ChecklistItem:
        found = self._find(entity_id)
        assert isinstance(found, ChecklistItem)
        self._delete(entity_id)
        return found

    def _put(self, list_id: str, place: CreateChecklistItem | MoveChecklistItem, moved: ChecklistItem) -> ChecklistItem:
        for neighbour in (place.after_id, place.before_id):
            list_id = next((each.id for each in self.card_lists if any(one.id == neighbour for one in each.items)), list_id)
        moved = replace(moved, checklist_id=list_id)
        self.card_lists = [
            replace(one, items=_placed(one.items, moved, place)) if one.id == list_id else one for one in self.card_lists
        ]
        return moved


def _placed(others: list[EntityT], moved: EntityT, place: Any) -> list[EntityT]:
    ids = [one.id for one in others]
    at = len(ids)
    if place.after_id is not None:
        at = ids.index(place.after_id) + 1
    elif place.before_id is not None:
        at = ids.index(place.before_id)
    elif place.position is Position.TOP:
        at = 0
    return [*others[:at], moved, *others[at:]]


class CardDesk(Desk):
    """A desk with the first card open."""

    peer: CardPeer

    async def go_to(self, words: str) -> None:
        """Walk down to the row on which some words stand."""
        await self.press("g", "g")
        for _ in range(60):
            if words in self.row():
                return
            await self.press("j")
        raise AssertionError(f"no row has {words!r}\n{self.text()}")

    @property
    def card(self) -> CardScreen:
        """The open card's screen, below whatever stands on it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, CardScreen))

    def row(self) -> str:
        """The lines of the row under the cursor, without what stands beside them."""
        marked = [line.partition("▌ ")[2].strip() for line in self.text().split("\n") if "▌ " in line]
        return "\n".join(marked)


@asynccontextmanager
async def card_desk(size: tuple[int, int] = (80, 40), snapshot: Snapshot | None = None) -> AsyncIterator[CardDesk]:
    """The app with the first card of a board open."""
    peer = CardPeer(snapshot or boards.small())
    async with running(peer, size=size) as plain:
        desk = CardDesk(plain.app, peer, plain.pilot)
        await desk.until("the board is live", lambda: "● live" in desk.text())
        desk.store.me = ADA.user_id
        await desk.press("enter")
        await desk.until("the card is read", lambda: "Hers" in desk.text() or "Description" in desk.text())
        yield desk
