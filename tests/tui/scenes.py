"""The ten screens with something on them, for pictures: one busy board, and the keys that lead from it to each screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from rego.client.server import Server
from rego.client.updates import PresenceCame
from rego.wire.activity import Activity
from rego.wire.automations import Automation, DoAssign, DoComplete, DoMove, Outcome, WhenChecklistCompleted, WhenDue, WhenMoved
from rego.wire.base import Role
from rego.wire.boards import BoardGlance, Member
from rego.wire.comments import Comment
from rego.wire.event_data import Actor
from rego.wire.invitations import Invitation
from rego.wire.presence import Person
from rego_tui.app import RegoApp
from rego_tui.screens.login import LoginScreen
from tests.tui import boards
from tests.tui.boards import ADA, MIA, NOW
from tests.tui.card_peer import LIST, CardPeer, checklist, item, stamps
from tests.tui.scripted import OWN_CONNECTION

BEN = replace(MIA, user_id="c" * 8 + "-0000-4000-8000-000000000003", username="ben", firstname="Ben", role=Role.VIEWER)
OPERATIONS, KITCHEN = boards.board("Operations", "OPS", 2), boards.board("A kitchen for the second floor", "KIT", 3)

DESCRIPTION = """\
What would we do **again**, and what not? One page, for those who come next.

- Ask support for their three hardest questions
- Numbers: visits, orders, and what was slow
"""


class Scene(NamedTuple):
    """A screen: the keys that lead there from the board, or what opens it, and words that stand there when all is read."""

    name: str
    words: str
    keys: tuple[str, ...] = ()
    open: Callable[[RegoApp], object] | None = None


def _log_in(app: RegoApp) -> object:
    return app.push_screen(LoginScreen(app, Server.parse("https://rego.example.org"), ""))


SCENES = (
    Scene("login", "Password", open=_log_in),
    Scene("boards", "who is there", ("B",)),
    Scene("board", "● live", ("l", "j")),
    Scene("move mode", "MOVE to", ("m", "l")),
    Scene("card", "Questions", ("enter",)),
    Scene("activity", "Yesterday", ("g", "a")),
    Scene("members", "Invitations", ("g", "p")),
    Scene("rules", "Finished is done", ("g", "r")),
    Scene("help", "the next card", ("?",)),
    Scene("settings", "confirm quit", (",",)),
)


def a_busy_peer() -> CardPeer:
    """A board with a card that has everything, other boards beside it, rules, invitations, and a past."""
    snapshot = boards.rich()
    peer = CardPeer(replace(snapshot, members=[ADA, MIA, BEN], board=replace(snapshot.board, key="WEB", role=Role.OWNER)))
    peer.description = DESCRIPTION
    questions = ("Support", "Sales", "The people on the phone")
    items = [item(n, text, done=n == 1, assignee_id=MIA.user_id if n == 2 else None) for n, text in enumerate(questions, 1)]
    peer.card_lists = [checklist(LIST, "Questions asked", *items)]
    peer.said = [
        _comment(1, MIA, "@ada shall we do it on Thursday?"),
        _comment(2, ADA, "Thursday is fine. I bring the numbers."),
    ]
    peer.card_log = _past()
    peer.others = [OPERATIONS, KITCHEN]
    peer.lists = {"glances": _glances(), "automations": _rules(), "invitations": _invitations()}
    return peer


def _comment(number: int, who: Member, text: str) -> Comment:
    return Comment(card_id=boards.card_id(1), text=text, author=who.name, **stamps(boards.uid(7, number), who.user_id))


def all_here() -> PresenceCame:
    """Mia edits a card, and the user at the desk is Ada."""
    mia = Person(connection_id="mias", user_id=MIA.user_id, username="mia", card_id=boards.card_id(6), editing=True)
    ada = Person(connection_id=OWN_CONNECTION, user_id=ADA.user_id, username="ada")
    return PresenceCame(people={"mias": mia, OWN_CONNECTION: ada})


def _past() -> list[Activity]:
    said = (
        ("card.moved", MIA, 4, 6, "moved WEB-6 “Rotate the signing keys” from Backlog to In progress"),
        ("checklist_item.updated", MIA, 9, 1, "ticked “Support” on WEB-1 “Write down what the first week taught us”"),
        ("comment.created", ADA, 31, 1, "commented on WEB-1 “Write down what the first week taught us”: Thursday is fine."),
        ("card.updated", ADA, 95, 11, "completed WEB-11 “Logo”"),
        ("card.created", MIA, 1300, 7, "added WEB-7 “Landing page on small phones” to In progress"),
        ("member.added", ADA, 1440, 0, "added ben as viewer"),
        ("board.created", ADA, 4400, 0, "made the board “Website relaunch”"),
    )
    return [
        Activity(
            seq=100 - n,
            at=NOW - timedelta(minutes=minutes),
            type=kind,
            actor=Actor(id=who.user_id, username=who.username),
            sentence=f"{who.username} {what}",
            card_id=boards.card_id(number) if number else None,
        )
        for n, (kind, who, minutes, number, what) in enumerate(said)
    ]


def _glances() -> list[BoardGlance]:
    ada, mia, ben = (Person(connection_id=m.username, user_id=m.user_id, username=m.username) for m in (ADA, MIA, BEN))
    return [
        BoardGlance(board_id=boards.board_id(1), cards=11, done=2, overdue=1, people=[ada, mia]),
        BoardGlance(board_id=boards.board_id(2), cards=48, done=31, overdue=0, people=[ben]),
        BoardGlance(board_id=boards.board_id(3), cards=7, done=7, overdue=0, people=[]),
    ]


def _rules() -> list[Automation]:
    known: dict[str, Any] = {"board_id": boards.board_id(), "enabled": True, "conditions": None, "runs": 12}
    known |= {"last_run_at": NOW - timedelta(hours=2), "last_outcome": Outcome.DONE}
    return [
        Automation(
            name="Finished is done",
            trigger=WhenMoved(to_column=boards.column_id(4)),
            actions=[DoComplete()],
            **stamps(boards.uid(11, 1)),
            **known,
        ),
        Automation(
            name="All ticked goes to review",
            trigger=WhenChecklistCompleted(),
            actions=[DoMove(column=boards.column_id(3)), DoAssign(user=ADA.user_id)],
            **stamps(boards.uid(11, 2)),
            **(known | {"conditions": "label:design", "runs": 3}),
        ),
        Automation(
            name="Late cards are Mia's",
            trigger=WhenDue(),
            actions=[DoAssign(user=MIA.user_id)],
            **stamps(boards.uid(11, 3)),
            **(known | {"enabled": False, "runs": 0, "last_run_at": None, "last_outcome": None}),
        ),
    ]


def _invitations() -> list[Invitation]:
    return [
        Invitation(
            id=boards.uid(12, 1),
            board_id=boards.board_id(),
            role=Role.MEMBER,
            email="zoe@example.org",
            created_by=ADA.user_id,
            created_at=NOW - timedelta(days=1),
            expires_at=NOW + timedelta(days=6),
        )
    ]
