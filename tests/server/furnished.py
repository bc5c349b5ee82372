"""A board with people in all roles and something of every kind on it, made through the SDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from rego.client import attachments, automations, boards, cards, checklists, columns, comments, labels
from rego.client.call import Call
from rego.client.files import FileUpload
from rego.wire.attachments import Attachment
from rego.wire.automations import Automation, CreateAutomation, DoComplete, WhenMoved
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard
from rego.wire.cards import CardSummary, CreateCard, UpdateCard
from rego.wire.checklists import Checklist, ChecklistItem, CreateChecklist, CreateChecklistItem, UpdateChecklistItem
from rego.wire.columns import Color, Column, CreateColumn
from rego.wire.comments import Comment, CreateComment
from rego.wire.labels import CreateLabel, Label
from rego.wire.snapshot import Snapshot
from tests.running import Somebody

T = TypeVar("T")


@dataclass(frozen=True)
class Furnished:
    """The board: `todo` holds the cards one, two, three and, archived, four; `doing` holds five; `spare` is empty.

    Card one is assigned to the member, carries `label` and has a checklist (one item open, one done), a comment
    and an attachment. The one rule, `automation`, is switched off.
    """

    owner: Somebody
    member: Somebody
    viewer: Somebody
    board: Board
    todo: Column
    doing: Column
    spare: Column
    one: CardSummary
    two: CardSummary
    three: CardSummary
    four: CardSummary
    five: CardSummary
    label: Label
    other_label: Label
    checklist: Checklist
    open_item: ChecklistItem
    done_item: ChecklistItem
    comment: Comment
    attachment: Attachment
    automation: Automation

    async def send(self, call: Call[T], op_id: str | None = None) -> T:
        """Send a call as the board's member."""
        return await self.member.client.send(call, op_id)

    async def own(self, call: Call[T], op_id: str | None = None) -> T:
        """Send a call as the board's owner."""
        return await self.owner.client.send(call, op_id)

    async def snapshot(self, *, archived: bool = False) -> Snapshot:
        return await self.own(boards.get_snapshot(self.board.id, archived=archived))

    async def titles(self, column: Column) -> list[str]:
        """The titles of a column's open cards from top to bottom."""
        return [card.title for card in (await self.snapshot()).cards if card.column_id == column.id]

    async def ref(self, card: CardSummary) -> str:
        return f"{self.board.key}-{card.number}"


async def furnish(owner: Somebody, member: Somebody, viewer: Somebody) -> Furnished:
    """Make the board; how many events that takes is nothing that tests may rely on."""
    send = owner.client.send
    board = await send(boards.create_board(CreateBoard(title="Operations", description="What we run")))
    for person, role in ((member, Role.MEMBER), (viewer, Role.VIEWER)):
        await send(boards.add_member(board.id, AddMember(role=role, username=person.user.username)))
    todo, doing, spare = [
        await send(columns.create_column(board.id, CreateColumn(title=title))) for title in ("To do", "Doing", "Spare")
    ]
    label = await send(labels.create_label(board.id, CreateLabel(name="bug", color=Color.RED)))
    other_label = await send(labels.create_label(board.id, CreateLabel(name="wish", color=Color.BLUE)))
    one = await send(
        cards.create_card(
            board.id,
            CreateCard(
                title="one",
                column_id=todo.id,
                description="The first",
                label_ids=[label.id],
                assignee_ids=[member.user.id],
            ),
        )
    )
    two, three, four = [
        await send(cards.create_card(board.id, CreateCard(title=title, column_id=todo.id)))
        for title in ("two", "three", "four")
    ]
    five = await send(cards.create_card(board.id, CreateCard(title="five", column_id=doing.id)))
    four = await send(cards.update_card(four.id, UpdateCard(archived=True)))
    checklist = await send(checklists.create_checklist(one.id, CreateChecklist(title="Steps")))
    open_item, done_item = [
        await send(checklists.create_checklist_item(checklist.id, CreateChecklistItem(text=text))) for text in ("open", "done")
    ]
    done_item = await send(checklists.update_checklist_item(done_item.id, UpdateChecklistItem(done=True)))
    comment = await send(comments.create_comment(one.id, CreateComment(text="Look here")))
    attachment = await send(attachments.create_attachment(one.id, FileUpload.of_bytes(b"a file\n", "notes.txt")))
    rule = CreateAutomation(
        name="Done means done", trigger=WhenMoved(to_column=doing.id), actions=[DoComplete()], enabled=False
    )
    return Furnished(
        owner,
        member,
        viewer,
        board,
        todo,
        doing,
        spare,
        await send(cards.get_card(one.id)),
        two,
        three,
        four,
        five,
        label,
        other_label,
        checklist,
        open_item,
        done_item,
        comment,
        attachment,
        await send(automations.create_automation(board.id, rule)),
    )
