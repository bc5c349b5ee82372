"""Checklists and items: what they count for on the card, and whom they may be given to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rego.client import boards, cards, checklists
from rego.client.call import Call
from rego.wire.base import Position
from rego.wire.checklists import (
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego.wire.errors import InvalidInput, NotFound, StaleVersion
from tests.board_replay import replay
from tests.conftest import Join
from tests.server.furnished import Furnished
from tests.server.site import Site, raw


async def _counts(desk: Furnished) -> tuple[int, int]:
    card = await desk.send(cards.get_card(desk.one.id))
    return card.checklist_done, card.checklist_total


async def test_a_card_counts_the_items_of_all_its_checklists(desk: Furnished) -> None:
    assert await _counts(desk) == (1, 2)
    second = await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))
    item = await desk.send(checklists.create_checklist_item(second.id, CreateChecklistItem(text="third")))
    assert await _counts(desk) == (1, 3)
    await desk.send(checklists.update_checklist_item(item.id, UpdateChecklistItem(done=True)))
    await desk.send(checklists.update_checklist_item(item.id, UpdateChecklistItem(done=True)))
    assert await _counts(desk) == (2, 3)
    await desk.send(checklists.delete_checklist_item(item.id))
    assert await _counts(desk) == (1, 2)
    await desk.send(checklists.delete_checklist(desk.checklist.id))
    assert await _counts(desk) == (0, 0)


async def test_checklists_and_items_come_in_the_order_of_their_making(desk: Furnished) -> None:
    await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))
    found = await desk.send(checklists.list_checklists(desk.one.id))
    assert [checklist.title for checklist in found] == ["Steps", "More"]
    assert [item.text for item in found[0].items] == ["open", "done"]


async def test_items_do_not_change_the_cards_version(desk: Furnished) -> None:
    await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(done=True)))
    assert (await desk.send(cards.get_card(desk.one.id))).version == desk.one.version


async def test_an_item_is_given_to_a_member_and_taken_back(desk: Furnished) -> None:
    due = datetime(2027, 1, 2, tzinfo=UTC)
    body = UpdateChecklistItem(assignee_id=desk.viewer.user.id, due_at=due)
    item = await desk.send(checklists.update_checklist_item(desk.open_item.id, body))
    assert (item.assignee_id, item.due_at) == (desk.viewer.user.id, due)
    item = await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(assignee_id=None)))
    assert (item.assignee_id, item.due_at) == (None, due)


async def test_an_item_cannot_be_given_to_somebody_else(desk: Furnished, join_site: Join) -> None:
    stranger = await join_site("stranger")
    for call in (
        checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(assignee_id=stranger.user.id)),
        checklists.create_checklist_item(desk.checklist.id, CreateChecklistItem(text="x", assignee_id=stranger.user.id)),
    ):
        with pytest.raises(NotFound, match="not on this board"):
            await desk.send(call)
    assert await _counts(desk) == (1, 2)


async def test_a_stale_rename_is_refused(desk: Furnished) -> None:
    await desk.own(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(text="theirs", version=1)))
    with pytest.raises(StaleVersion) as refused:
        await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(text="mine", version=1)))
    assert refused.value.data["text"] == "theirs"
    await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(done=True, version=1)))


async def test_a_deleted_card_takes_its_checklists_along(site: Site, desk: Furnished) -> None:
    await desk.send(cards.delete_card(desk.one.id))
    assert await site.execute("SELECT 1 FROM checklists WHERE card_id = ?", desk.one.id) == []
    assert await site.execute("SELECT 1 FROM checklist_items WHERE checklist_id = ?", desk.checklist.id) == []
    with pytest.raises(NotFound):
        await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(done=True)))


async def test_items_of_a_removed_member_stay_theirs(desk: Furnished) -> None:
    body = UpdateChecklistItem(assignee_id=desk.viewer.user.id)
    await desk.send(checklists.update_checklist_item(desk.open_item.id, body))
    await desk.own(boards.remove_member(desk.board.id, desk.viewer.user.id))
    item = await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(text="renamed")))
    assert item.assignee_id == desk.viewer.user.id


async def test_a_text_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for text in ["", " ", "a\x1bb", "a\nb", "x" * 513, None]:
        for method, path, field in (
            ("POST", f"/checklists/{desk.checklist.id}/items", "text"),
            ("PATCH", f"/checklist-items/{desk.open_item.id}", "text"),
            ("POST", f"/cards/{desk.one.id}/checklists", "title"),
        ):
            answer = await raw(site.url, method, path, token=desk.member.token, body={field: text})
            assert (answer.status, answer.json["field"]) == (400, field)


# --- the order of checklists and items -------------------------------------------------------------------------------


async def _order(desk: Furnished) -> dict[str, list[str]]:
    """The titles of card one's checklists in order, each with the texts of its items."""
    found = await desk.send(checklists.list_checklists(desk.one.id))
    return {checklist.title: [item.text for item in checklist.items] for checklist in found}


async def test_checklists_are_made_and_moved_to_a_place(desk: Furnished) -> None:
    for title, place in (
        ("top", {"position": Position.TOP}),
        ("below", {"after_id": desk.checklist.id}),
        ("above", {"before_id": desk.checklist.id}),
        ("end", {}),
    ):
        await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title=title, **place)))
    assert list(await _order(desk)) == ["top", "above", "Steps", "below", "end"]
    moved = await desk.send(checklists.move_checklist(desk.checklist.id, MoveChecklist(position=Position.TOP)))
    assert [item.text for item in moved.items] == ["open", "done"]
    assert list(await _order(desk)) == ["Steps", "top", "above", "below", "end"]


async def test_items_are_made_and_moved_to_a_place(desk: Furnished) -> None:
    for text, place in (("top", {"position": Position.TOP}), ("between", {"after_id": desk.open_item.id})):
        await desk.send(checklists.create_checklist_item(desk.checklist.id, CreateChecklistItem(text=text, **place)))
    assert await _order(desk) == {"Steps": ["top", "open", "between", "done"]}
    await desk.send(checklists.move_checklist_item(desk.done_item.id, MoveChecklistItem(before_id=desk.open_item.id)))
    assert await _order(desk) == {"Steps": ["top", "done", "open", "between"]}


async def test_an_item_goes_to_another_checklist_of_its_card(desk: Furnished) -> None:
    more = await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))
    item = await desk.send(checklists.move_checklist_item(desk.done_item.id, MoveChecklistItem(checklist_id=more.id)))
    assert (item.checklist_id, item.done, item.version) == (more.id, True, desk.done_item.version + 1)
    await desk.send(checklists.move_checklist_item(desk.open_item.id, MoveChecklistItem(before_id=item.id)))
    assert await _order(desk) == {"Steps": [], "More": ["open", "done"]}
    assert await _counts(desk) == (1, 2)
    await desk.send(checklists.delete_checklist(more.id))
    assert await _counts(desk) == (0, 0)


async def test_an_item_stays_on_its_card(desk: Furnished) -> None:
    other = await desk.send(checklists.create_checklist(desk.two.id, CreateChecklist(title="Of card two")))
    with pytest.raises(NotFound) as refused:
        await desk.send(checklists.move_checklist_item(desk.open_item.id, MoveChecklistItem(checklist_id=other.id)))
    assert refused.value.field == "checklist_id"
    assert await _order(desk) == {"Steps": ["open", "done"]}


async def test_a_neighbour_must_be_another_one_there(desk: Furnished) -> None:
    calls: list[Call[Any]] = [
        checklists.move_checklist_item(desk.open_item.id, MoveChecklistItem(after_id=desk.open_item.id)),
        checklists.move_checklist(desk.checklist.id, MoveChecklist(before_id=desk.checklist.id)),
        checklists.create_checklist_item(desk.checklist.id, CreateChecklistItem(text="x", after_id=desk.checklist.id)),
    ]
    for call in calls:
        with pytest.raises(InvalidInput, match="names no other"):
            await desk.send(call)


async def test_what_makes_room_is_announced_and_keeps_its_order(site: Site, desk: Furnished) -> None:
    """Ranks without a gap are spread in the same change, for items as for checklists."""
    third = await desk.send(checklists.create_checklist_item(desk.checklist.id, CreateChecklistItem(text="third")))
    more = await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))
    last = await desk.send(checklists.create_checklist(desk.one.id, CreateChecklist(title="Last")))
    for number, item in enumerate((desk.open_item, desk.done_item, third)):
        await site.execute("UPDATE checklist_items SET rank = ? WHERE id = ?", number, item.id)
    for number, checklist in enumerate((desk.checklist, more, last)):
        await site.execute("UPDATE checklists SET rank = ? WHERE id = ?", number, checklist.id)
    move_item = checklists.move_checklist_item(third.id, MoveChecklistItem(after_id=desk.open_item.id))
    move_list = checklists.move_checklist(last.id, MoveChecklist(before_id=more.id))
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(move_item))
    assert done.types == ["checklist_items.reranked", "checklist_item.moved"]
    announced = await replay(desk.owner.client, desk.board.id, lambda: desk.send(move_list))
    assert announced.types == ["checklists.reranked", "checklist.moved"]
    assert await _order(desk) == {"Steps": ["open", "third", "done"], "Last": [], "More": []}


async def test_a_stale_title_of_a_checklist_is_refused_with_the_checklist(desk: Furnished) -> None:
    await desk.own(checklists.update_checklist(desk.checklist.id, UpdateChecklist(title="theirs", version=1)))
    with pytest.raises(StaleVersion) as refused:
        await desk.send(checklists.update_checklist(desk.checklist.id, UpdateChecklist(title="mine", version=1)))
    assert (refused.value.data["title"], len(refused.value.data["items"])) == ("theirs", 2)
    kept = await desk.send(checklists.update_checklist(desk.checklist.id, UpdateChecklist(title="theirs", version=1)))
    assert kept.version == 2
