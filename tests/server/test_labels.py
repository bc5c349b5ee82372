"""Labels, and what becomes of the cards that carry them."""

from __future__ import annotations

import pytest

from rego.client import boards, cards, labels
from rego.wire.boards import CreateBoard
from rego.wire.columns import Color
from rego.wire.errors import NotFound, StaleVersion
from rego.wire.labels import CreateLabel, UpdateLabel
from tests.server.furnished import Furnished
from tests.server.site import Site, raw


async def test_labels_are_listed_in_the_order_of_their_making(desk: Furnished) -> None:
    assert [label.name for label in await desk.send(labels.list_labels(desk.board.id))] == ["bug", "wish"]


async def test_a_label_may_have_no_name_but_must_have_a_colour(site: Site, desk: Furnished) -> None:
    assert (await desk.send(labels.create_label(desk.board.id, CreateLabel(name="", color=Color.SKY)))).name == ""
    for body in ({"name": "x"}, {"name": "x", "color": "beige"}, {"name": "x", "color": None}):
        answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/labels", token=desk.member.token, body=body)
        assert answer.status == 400


async def test_a_deleted_label_comes_off_every_card(desk: Furnished) -> None:
    before = await desk.send(cards.label_card(desk.four.id, desk.label.id))
    await desk.send(labels.delete_label(desk.label.id))
    for card_id in (desk.one.id, desk.four.id):
        assert (await desk.send(cards.get_card(card_id))).label_ids == []
    assert (await desk.send(cards.get_card(desk.four.id))).version == before.version
    with pytest.raises(NotFound):
        await desk.send(cards.label_card(desk.one.id, desk.label.id))


async def test_labelling_twice_changes_nothing(desk: Furnished) -> None:
    first = await desk.send(cards.label_card(desk.two.id, desk.label.id))
    again = await desk.send(cards.label_card(desk.two.id, desk.label.id))
    assert (again.version, again.label_ids) == (first.version, [desk.label.id])


async def test_labels_on_a_card_are_kept_in_one_order(desk: Furnished) -> None:
    await desk.send(cards.label_card(desk.two.id, desk.other_label.id))
    card = await desk.send(cards.label_card(desk.two.id, desk.label.id))
    assert card.label_ids == sorted([desk.label.id, desk.other_label.id])


async def test_a_label_of_another_board_cannot_be_put_on(desk: Furnished) -> None:
    other = await desk.send(boards.create_board(CreateBoard(title="Other")))
    theirs = await desk.send(labels.create_label(other.id, CreateLabel(name="x", color=Color.RED)))
    with pytest.raises(NotFound):
        await desk.send(cards.label_card(desk.one.id, theirs.id))
    with pytest.raises(NotFound):
        await desk.send(cards.unlabel_card(desk.one.id, theirs.id))


async def test_a_stale_rename_is_refused_and_a_stale_recolouring_merged(desk: Furnished) -> None:
    await desk.own(labels.update_label(desk.label.id, UpdateLabel(name="theirs", version=1)))
    with pytest.raises(StaleVersion):
        await desk.send(labels.update_label(desk.label.id, UpdateLabel(name="mine", version=1)))
    merged = await desk.send(labels.update_label(desk.label.id, UpdateLabel(color=Color.LIME, version=1)))
    assert (merged.name, merged.color, merged.version) == ("theirs", Color.LIME, 3)


async def test_a_name_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for name in ["\x1b[31m", "a\nb", "x" * 101, 3]:
        body = {"name": name, "color": "red"}
        answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/labels", token=desk.member.token, body=body)
        assert (answer.status, answer.json["field"]) == (400, "name")
