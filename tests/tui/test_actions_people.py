"""The people of a board: seen where they are, given roles, added, invited and taken off; read-only without the right."""

from __future__ import annotations

import pytest

from rego.client import boards, invitations
from rego.wire.base import Role
from rego.wire.boards import Board, Member, UpdateMember
from rego.wire.presence import Person
from rego_tui.screens.card import CardScreen
from rego_tui.screens.people import PeoplePage
from rego_tui.screens.secret import SecretScreen
from tests.conftest import Join
from tests.running import Running, Somebody
from tests.tui import boards as drawn
from tests.tui.desk import at_desk
from tests.tui.seat import Seat, seated

Two = tuple[Board, Somebody, Somebody]


async def open_people(seat: Seat) -> PeoplePage:
    await seat.press("g", "p")
    await seat.until("the people stand there", lambda: "ben" in seat.text() and "People" in seat.text())
    assert isinstance(seat.app.screen, PeoplePage)
    return seat.app.screen


def address_of(somebody: Somebody) -> str:
    assert somebody.user.email is not None
    return somebody.user.email


async def role_of(ada: Somebody, board: Board, username: str) -> Role | None:
    members = await ada.client.send(boards.list_members(board.id))
    return next((member.role for member in members if member.username == username), None)


async def test_board_people(server: Running, board: Two) -> None:
    made, ada, _ = board
    async with seated(server, ada, made) as hers:
        await open_people(hers)
        assert "People · Ops" in hers.text()
        assert "ada  you" in hers.text()


async def test_people_open_card(server: Running, board: Two) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers, seated(server, ben, made) as his:
        await open_people(hers)
        await hers.press("enter")
        assert hers.said("ada looks at no card now.")
        await his.press("j")
        await hers.until("ben looks at the second card", lambda: "on OPS-2" in hers.text())
        await hers.press("j", "enter")
        await hers.until("it is open", lambda: isinstance(hers.app.screen, CardScreen) and "Bravo" in hers.text())


async def test_people_role(server: Running, board: Two) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers, seated(server, ben, made) as his:
        await open_people(hers)
        await open_people(his)
        assert "role" not in his.text().splitlines()[-1]
        await hers.press("j", "r", "1")
        await hers.until("ben is an owner", lambda: hers.said("ben is owner now; was member."))
        assert await role_of(ada, made, "ben") is Role.OWNER
        await his.until("ben may now do so himself", lambda: "role" in his.text().splitlines()[-1])
        await his.press("j", "r", "2")
        await his.until("he made himself a member", lambda: his.said("ben is member now"))
        await hers.press("k", "r", "3")
        await hers.until("an owner must stay", lambda: hers.said("Not done: ") and hers.said("owner"))
        assert await role_of(ada, made, "ada") is Role.OWNER


async def test_people_add(server: Running, board: Two, people: Join) -> None:
    made, ada, _ = board
    cyn = await people("cyn")
    async with seated(server, ada, made) as hers:
        await open_people(hers)
        await hers.press("a", *"nobody", "enter", "enter")
        await hers.until("there is nobody of that name", lambda: hers.said("Not done: "))
        await hers.press("a", *address_of(cyn), "enter", "3")
        await hers.until("cyn came", lambda: hers.said("cyn is viewer here now."))
        await hers.until("she stands there", lambda: "cyn" in hers.text())


async def test_people_remove(server: Running, board: Two) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers, seated(server, ben, made) as his:
        await open_people(hers)
        await open_people(his)
        await hers.press("j", "d", "escape")
        await hers.press("d", "2")
        assert await role_of(ada, made, "ben") is Role.MEMBER
        await his.press("k", "d")
        await his.until("he may not take ada off", lambda: his.said("this needs an owner"))
        await his.press("j", "d")
        await his.until("he may leave", lambda: "Leave this board" in his.text())
        await his.press("enter")
        await his.until("he has left", lambda: "taken off" in his.text() or his.said("taken off"))
        await hers.until("she sees it", lambda: "ben" not in hers.text())
        await hers.press("d", "enter")
        await hers.until("the last owner stays", lambda: hers.said("Not done: "))
        assert await role_of(ada, made, "ada") is Role.OWNER


async def test_people_invite_link(server: Running, board: Two, people: Join) -> None:
    made, ada, _ = board
    cyn = await people("cyn")
    async with seated(server, ada, made) as hers:
        await open_people(hers)
        await hers.press("i", "2")
        await hers.until("the link stands there", lambda: isinstance(hers.app.screen, SecretScreen))
        screen = hers.app.screen
        assert isinstance(screen, SecretScreen)
        place, token = invitations.read_link(screen.secret)
        assert str(place) == server.url
        assert token in "".join(hers.text().split())
        await hers.press("escape")
        await hers.until("the invitation is listed", lambda: "whoever brings it" in hers.text())
        await cyn.client.send(invitations.accept_invitation(token))
        await hers.until("cyn is here, the invitation is not", lambda: "cyn" in hers.text() and "whoever" not in hers.text())


async def test_people_invite_email(server: Running, board: Two) -> None:
    made, ada, _ = board
    async with seated(server, ada, made) as hers:
        await open_people(hers)
        await hers.press("I", *"dora@example.com", "enter", "enter")
        await hers.until("the link stands there", lambda: isinstance(hers.app.screen, SecretScreen))
        assert "dora@example.com" in hers.text()
        await hers.press("q")
        await hers.until("the invitation is listed", lambda: "✉ dora@example.com" in hers.text())
        await hers.press("G")
        assert "for dora@example.com" in hers.text()
        await hers.press("d", "enter")
        await hers.until("it is revoked", lambda: hers.said("The invitation is revoked."))
        assert not await ada.client.send(invitations.list_invitations(made.id))


async def test_once_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_desk(drawn.small()) as desk:
        copied: list[str] = []
        monkeypatch.setattr(desk.app, "copy_to_clipboard", copied.append)
        desk.app.push_screen(SecretScreen(desk.app, "Invitation", "It is shown once.", "abc"))
        await desk.press("y")
        assert copied == ["abc"]
        assert "Copied" in desk.notices()


async def test_once_close() -> None:
    async with at_desk(drawn.small()) as desk:
        desk.app.push_screen(SecretScreen(desk.app, "Invitation", "It is shown once.", "abc"))
        await desk.press("j", "enter", "x")
        assert "It is shown once." in desk.text()
        await desk.press("escape")
        assert desk.app.screen is desk.board


async def test_everything_there_is_to_say_of_people_at_every_size(server: Running, board: Two) -> None:
    made, ada, ben = board
    await ada.client.send(boards.update_member(made.id, ben.user.id, UpdateMember(role=Role.VIEWER)))
    async with seated(server, ben, made) as his:
        await open_people(his)
        for size in ((80, 24), (200, 50), (60, 24), (20, 5)):
            await his.resize(*size)
            await his.until("ada is seen", lambda: "ada" in his.text())
            assert ("may only look" in his.text() or "may do everything" in his.text()) is (size[1] > 16)
            assert "invite" not in his.text()
        for key in ("r", "a", "i", "I"):
            await his.press(key)
        await his.until("what he may not is said", lambda: his.said("You are a viewer of this board; this needs an owner."))


async def test_agents_and_people_without_an_account_are_marked() -> None:
    ghost = Member(user_id=drawn.uid(8, 1), username="old", firstname="Old", lastname="Hand", role=Role.OWNER, placeholder=True)
    async with at_desk(drawn.snapshot([drawn.column(1, "Todo")], [drawn.card(1, "A1")], members=[drawn.MIA, ghost])) as desk:
        desk.peer.look_at(drawn.card_id(1), editing=True)
        await desk.until("mia is here", lambda: "editing" in desk.text())
        agent = Person(connection_id="x", user_id=drawn.MIA.user_id, username="mia", agent="triage", card_id=drawn.card_id(1))
        desk.store.people["x"] = agent
        await desk.press("g", "p")
        assert "editing OPS-1 · agent triage: on OPS-1" in desk.text()
        await desk.press("j")
        assert "no account here" in desk.text()
        assert "An import named this person" in desk.text()
