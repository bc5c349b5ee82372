"""Titles are hostile input to terminals: every screen draws them as they are, obeys nothing in them, and keeps its width."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual import events

from rego.safe_text import safe_text
from rego.wire.activity import Activity
from rego.wire.automation_runs import AutomationRun, RunCause
from rego.wire.automations import Automation, DoComment, DoLabel, Outcome, WhenMoved
from rego.wire.base import Role
from rego.wire.boards import Member
from rego.wire.cards import CardRef
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.columns import Color
from rego.wire.comments import Comment
from rego.wire.errors import Conflict
from rego.wire.events import Actor
from rego.wire.invitations import Invitation
from rego.wire.snapshot import Snapshot
from rego_tui.screens.card import CardScreen
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

PAYLOADS = [
    "[/]",
    "[@click=app.quit]quit[/]",
    "[@click=app.bell]x",
    "[bold",
    "[red]red[/red]",
    "[link=file:///etc/passwd]x[/link]",
    "$variable $$ ${HOME}",
    "\\[escaped]",
    "\x1b]0;owned\x07",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;http://evil/\x1b\\text\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H",
    "\x1b[31mred",
    "\x1bPq#0\x1b\\",
    "\x1b_Gf=24\x1b\\",
    "\x9b31m\x9d0;x\x9c",
    "a\x00b",
    "bell\x07 back\x08space \x7f",
    "two\nlines\r\nthree\rfour",
    "tab\tstop\x0bvertical\x0cform",
    "\u202eright to left\u202c",
    "\u2066isolate\u2069 \u200f\u200e\u061c",
    "zero\u200bwidth\u2060joiner\ufeff",
    "\u2028line\u2029paragraph",
    "\ud800 lone \udfff",
    "日本語の表題 全角",
    "👩‍👩‍👧‍👦 family ❤️ 👍🏽 🇩🇪 1️⃣",
    "می‌خواهم",
    "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309algo",
    "\U000e0041\U000e0042 tags",
    "\u3164\u115f\u00ad invisible",
    "﷽ 𒐫 very wide",
    "x" * 500,
    "https://example.org/" + "y" * 200,
    "~~strike~~ **bold** `code` <b>html</b> ![img](http://evil/x.png)",
    "| a | b |\n|---|---|",
    "- [ ] task\n```\nfence",
    "%s %d {0} {title}",
]

STRAY = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def hostile() -> Snapshot:
    """A board on which each text of others is a payload: every payload as a title, a name, a label."""
    members = [
        Member(user_id=boards.uid(8, n), username=text, firstname=text, lastname=text, role=boards.MIA.role)
        for n, text in enumerate(PAYLOADS)
    ]
    labels = [boards.label(n, text, Color.RED) for n, text in enumerate(PAYLOADS)]
    cards = [
        boards.card(n + 1, text, 1 + n % 3, label_ids=[labels[n].id], assignee_ids=[members[n].user_id], completed=n % 5 == 0)
        for n, text in enumerate(PAYLOADS)
    ]
    columns = [boards.column(n, text) for n, text in enumerate(PAYLOADS[:3], 1)]
    return boards.snapshot(columns, cards, board=boards.board(PAYLOADS[8]), labels=labels, members=members)


def details() -> tuple[str, list[Checklist], list[Comment]]:
    """A description, a checklist and comments with every payload in them."""
    stamps: dict[str, Any] = {"version": 1, "created_at": boards.NOW, "updated_at": boards.NOW}
    items = [
        ChecklistItem(
            id=boards.uid(6, n), checklist_id="", text=text, rank="8", done=True, assignee_id=None, due_at=None, **stamps
        )
        for n, text in enumerate(PAYLOADS)
    ]
    lists = [
        Checklist(id=boards.uid(5, n), card_id=boards.card_id(1), title=text, rank="8", items=items[n : n + 1], **stamps)
        for n, text in enumerate(PAYLOADS)
    ]
    said = [
        Comment(id=boards.uid(7, n), card_id=boards.card_id(1), text=text, author=text, **stamps)
        for n, text in enumerate(PAYLOADS)
    ]
    return "\n\n".join(PAYLOADS), lists, said


def check(desk: Desk) -> None:
    """Nothing that steers a terminal is drawn, and every line has the screen's width."""
    strips = desk.app.screen._compositor.render_strips()
    assert not [found for strip in strips if (found := STRAY.search(strip.text))]
    assert {cell_len(strip.text) for strip in strips} == {desk.app.size.width}
    assert desk.app.is_running


TALL = (100, 250)
"""Cells of a terminal on which the whole hostile board is in sight."""


async def test_the_board_and_all_its_modes() -> None:
    async with at_desk(hostile(), size=TALL) as desk:
        check(desk)
        for card in list(desk.store.loaded.cards.values()):
            desk.peer.look_at(card.id, editing=True)
        await desk.until("the peer is seen", lambda: "editing" in desk.text())
        check(desk)
        for keys in (("j",), ("m", "l"), ("escape",), ("e",), ("escape",), ("o", "x"), ("escape",), ("/", "e"), ("escape",)):
            await desk.press(*keys)
            check(desk)


async def test_the_title_line_over_each_title() -> None:
    async with at_desk(hostile()) as desk:
        for column in ("h", "l", "l"):
            await desk.press(column, "g", "g")
            for _ in desk.view.cards(desk.view.column_id):
                await desk.press("e")
                check(desk)
                await desk.press("escape", "j")


async def test_the_open_card() -> None:
    async with at_desk(hostile(), size=(100, 500)) as desk:
        desk.peer.details[boards.card_id(1)] = details()
        await desk.press("enter")
        await desk.until("the comments are read", lambda: "Comments" in desk.text())
        assert "[@click=app.quit]quit[/]" in desk.text()
        check(desk)


@pytest.mark.parametrize("size", [TALL, (20, 5)])
async def test_the_activity(size: tuple[int, int]) -> None:
    async with at_desk(hostile(), size=size) as desk:
        desk.peer.acts = {
            n: Activity(
                seq=n,
                at=boards.NOW,
                type="card.moved",
                sentence=f"{text} moved {text}",
                actor=Actor(id=boards.uid(8, n), username=text),
                card_id=boards.card_id(n + 1),
            )
            for n, text in enumerate(PAYLOADS)
        }
        await desk.press("g", "a")
        await desk.until("it is read", lambda: "{title}" in desk.text() or size[0] < 60)
        for _ in PAYLOADS:
            check(desk)
            await desk.press("j")


@pytest.mark.parametrize("size", [TALL, (20, 5)])
async def test_the_people_and_the_invitations(size: tuple[int, int]) -> None:
    async with at_desk(hostile(), size=size) as desk:
        stamps: dict[str, Any] = {"created_at": boards.NOW, "expires_at": boards.NOW, "board_id": boards.board_id()}
        desk.peer.lists["invitations"] = [
            Invitation(id=boards.uid(9, n), role=Role.VIEWER, email=text, created_by=boards.uid(8, n), **stamps)
            for n, text in enumerate(PAYLOADS)
        ]
        desk.store.loaded.members["me"] = Member(user_id="me", username="me", firstname="", lastname="", role=Role.OWNER)
        desk.peer.look_at(boards.card_id(1))
        await desk.press("g", "p", "R")
        await desk.until("the invitations are read", lambda: "Invitations" in desk.text() or size != TALL)
        for _ in PAYLOADS * 2:
            check(desk)
            await desk.press("j")
        await desk.press("d")
        check(desk)


@pytest.mark.parametrize("size", [TALL, (20, 5)])
async def test_the_rules_and_what_they_did(size: tuple[int, int]) -> None:
    async with at_desk(hostile(), size=size) as desk:
        stamps: dict[str, Any] = {"version": 1, "created_at": boards.NOW, "updated_at": boards.NOW}
        doings = [DoComment(text="x") for _ in PAYLOADS]
        for doing, text in zip(doings, PAYLOADS, strict=True):
            doing.text = text  # as from a server that lets anything through
        moved = WhenMoved(from_column=boards.column_id(1), to_column=boards.column_id(2))
        desk.peer.lists["automations"] = [
            Automation(
                id=boards.uid(7, n),
                board_id=boards.board_id(),
                name=text,
                enabled=True,
                trigger=moved,
                conditions=text,
                actions=[doings[n], DoLabel(label=boards.label_id(n))],
                **stamps,
            )
            for n, text in enumerate(PAYLOADS)
        ]
        desk.peer.lists["runs"] = [
            AutomationRun(
                automation_id=boards.uid(7, n),
                number=n + 1,
                at=boards.NOW,
                outcome=Outcome.FAILED,
                cause=RunCause(trigger=text, event_seq=1, card=CardRef(id=boards.card_id(1), ref="OPS-1", title=text)),
                changes=[],
                duration_ms=1.0,
                error=text,
            )
            for n, text in enumerate(PAYLOADS)
        ]
        desk.store.loaded.members["me"] = Member(user_id="me", username="me", firstname="", lastname="", role=Role.OWNER)
        desk.peer.look_at(boards.card_id(1))
        await desk.press("g", "r")
        await desk.until("the rules are read", lambda: "[/]" in desk.text())
        for _ in PAYLOADS:
            check(desk)
            await desk.press("j")
        for keys in (("l",), ("G",), ("escape", "enter"), ("enter",), ("escape", "G", "k", "enter"), ("enter",)):
            await desk.press(*keys)
            check(desk)


async def test_the_title_of_each_open_card() -> None:
    async with at_desk(hostile()) as desk:
        for number in range(1, len(PAYLOADS) + 1):
            desk.app.push_screen(CardScreen(desk.app, desk.store, boards.card_id(number)))
            await desk.settle()
            check(desk)
            await desk.app.pop_screen()


async def test_the_list_of_boards() -> None:
    async with at_desk(hostile(), size=TALL) as desk:
        desk.peer.others = [boards.board(text, "OPS", number) for number, text in enumerate(PAYLOADS, 2)]
        await desk.press("B")
        await desk.until("the boards stand there", lambda: f"{len(PAYLOADS) + 1} boards" in desk.text())
        check(desk)


@pytest.mark.parametrize("failed", [True, False])
async def test_notices(failed: bool) -> None:
    async with at_desk(boards.small(), size=TALL) as desk:
        for payload in PAYLOADS:
            desk.app.say(payload, failed=failed)
        await desk.until("the last one stands there", lambda: "{title}" in desk.text())
        check(desk)


async def test_the_reason_of_a_refusal() -> None:
    async with at_desk(hostile()) as desk:
        desk.peer.refusals.append(Conflict(PAYLOADS[8]))
        await desk.press("x")
        await desk.until("the refusal is told", lambda: "was not marked: ␛]0;owned␇" in desk.notices())
        check(desk)


@pytest.mark.parametrize("title", ["[/]", "[@click=app.quit]quit[/]", "[red]x[/red]", "\\[x]"])
async def test_markup_is_shown_letter_by_letter(title: str) -> None:
    async with at_desk(boards.snapshot([boards.column(1, "Todo")], [boards.card(1, title)])) as desk:
        assert title in desk.text()
        await desk.press("enter")
        assert title in desk.text()


async def test_a_click_on_a_title_runs_nothing() -> None:
    title = "[@click=app.quit]quit[/]"
    async with at_desk(boards.snapshot([boards.column(1, "Todo")], [boards.card(1, title)])) as desk:
        await desk.pilot.click(offset=(5, 4))
        await desk.settle()
        assert desk.app.is_running


async def test_wide_and_joined_characters_leave_the_next_column_where_it_is() -> None:
    plain = boards.small()
    for title in ("日本語の表題が長く続くとどうなるか", "👩‍👩‍👧‍👦" * 9, "❤️" * 30, "e\u0301" * 60):
        cards = [replace(card, title=title) if card.number == 1 else card for card in plain.cards]
        async with at_desk(replace(plain, cards=cards)) as desk:
            widget = desk.column(2)
            lines = [widget.render_line(y).text for y in range(widget.size.height)]
            row = next(y for y, line in enumerate(lines) if "B1" in line)
            assert {cell_len(desk.column(1).render_line(y).text) for y in range(20)} == {desk.column(1).size.width}
            assert row == 3


async def test_a_pasted_control_sequence_becomes_visible_in_the_title_line() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("n")
        desk.app.screen.post_message(events.Paste("x\x1b]0;y\x07" + "z" * 100_000))
        await desk.settle()
        check(desk)


def test_safe_text_is_steady_under_repetition() -> None:
    for payload in PAYLOADS:
        assert safe_text(safe_text(payload)) == safe_text(payload)
