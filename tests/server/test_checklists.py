"""Checklists and items: what they count for on the card, and whom they may be given to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rego.client import boards, cards, checklists
from rego.wire.checklists import CreateChecklist, CreateChecklistItem, UpdateChecklistItem
from rego.wire.errors import NotFound, StaleVersion
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
