"""Following a person, each action done with its key."""

from __future__ import annotations

from rego.client.updates import PresenceCame
from rego.wire.presence import Person
from tests.tui import boards
from tests.tui.desk import Desk, at_desk
from tests.tui.scripted import OWN_CONNECTION

A1, A2, A3, B1 = (boards.card_id(number) for number in (1, 2, 3, 4))
DOING = boards.column_id(2)
ZOE = Person(connection_id="zoes", user_id="z", username="zoe", card_id=A3)


async def with_mia(desk: Desk, card_id: str | None) -> None:
    desk.peer.look_at(card_id)
    await desk.until("Mia is here", lambda: any(person.card_id == card_id for person in desk.store.people.values()))


async def test_follow_person() -> None:
    async with at_desk(boards.small()) as desk:
        await with_mia(desk, A2)
        await desk.press("f")
        assert desk.cursor == "A2"
        assert "FOLLOWING Mia" in desk.text()
        await with_mia(desk, B1)
        assert desk.cursor == "B1"
        assert desk.view.column_id == DOING
        await desk.press("f")
        assert "FOLLOWING" not in desk.text()
        await with_mia(desk, A1)
        assert desk.cursor == "B1"


async def test_the_card_of_the_followed_takes_the_view_along() -> None:
    async with at_desk(boards.large(60, 5)) as desk:
        card_id = desk.column(1).cards[0].id
        await with_mia(desk, card_id)
        await desk.press("f")
        desk.peer.move(card_id, boards.column_id(5), 11)
        await desk.until("the view is there", lambda: desk.column(5).display and desk.view.column_id == boards.column_id(5))
        assert desk.view.card_id == card_id
        assert f"OPS-{desk.peer.replica.cards[card_id].number}\n" in desk.text().replace(" ", "")


async def test_a_movement_of_ones_own_ends_it_and_looking_up_a_key_does_not() -> None:
    async with at_desk(boards.small()) as desk:
        await with_mia(desk, A2)
        await desk.press("f", "?", "escape")
        assert "FOLLOWING Mia" in desk.text()
        await desk.press("k")
        assert "FOLLOWING" not in desk.text()
        assert desk.cursor == "A1"
        await desk.press("f")
        await desk.pilot.click(offset=(5, 9))
        await desk.settle()
        assert "FOLLOWING" not in desk.text()


async def test_one_of_several_is_picked() -> None:
    async with at_desk(boards.small()) as desk:
        mia = Person(connection_id="mias", user_id=boards.MIA.user_id, username="mia", card_id=A2)
        own = Person(connection_id=OWN_CONNECTION, user_id=boards.ADA.user_id, username="ada")
        desk.peer.feed(PresenceCame(people={person.connection_id: person for person in (mia, ZOE, own)}))
        await desk.until("both are here", lambda: "zoe" in desk.text() and "Mia" in desk.text())
        await desk.press("f", *"zo", "enter")
        assert "FOLLOWING zoe" in desk.text()
        assert desk.cursor == "A3"


async def test_nobody_to_follow_and_somebody_who_leaves() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("f")
        assert "Nobody else is here." in desk.notices()
        await with_mia(desk, A2)
        await desk.press("f")
        desk.peer.feed(PresenceCame(people={}))
        await desk.until("it is said", lambda: "Mia is not here any more." in desk.notices())
        assert "FOLLOWING" not in desk.text()
