"""Comments: who wrote them, who may delete them, and how often the card was commented on."""

from __future__ import annotations

import pytest

from rego.client import auth, boards, cards, comments
from rego.wire.base import Role
from rego.wire.boards import AddMember
from rego.wire.comments import CreateComment
from rego.wire.errors import Forbidden, NotFound
from rego.wire.users import UpdateMe
from tests.conftest import Join
from tests.server.furnished import Furnished
from tests.server.site import Site, raw


async def test_comments_come_oldest_first_under_their_authors_name(desk: Furnished, join_site: Join) -> None:
    mel = await join_site("mel")
    await mel.client.send(auth.update_me(UpdateMe(firstname="Mel", lastname="Marsh")))
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.MEMBER, username=mel.user.username)))
    await mel.client.send(comments.create_comment(desk.one.id, CreateComment(text="line\nline")))
    found = await desk.send(comments.list_comments(desk.one.id))
    assert [(comment.text, comment.author) for comment in found] == [
        ("Look here", desk.owner.user.username),
        ("line\nline", "Mel Marsh"),
    ]
    assert (await desk.send(cards.get_card(desk.one.id))).comment_count == 2


async def test_a_comment_does_not_change_the_cards_version(desk: Furnished) -> None:
    await desk.send(comments.create_comment(desk.one.id, CreateComment(text="x")))
    assert (await desk.send(cards.get_card(desk.one.id))).version == desk.one.version


async def test_a_member_deletes_their_own_comment_and_nobody_elses(desk: Furnished) -> None:
    mine = await desk.send(comments.create_comment(desk.one.id, CreateComment(text="mine")))
    with pytest.raises(Forbidden):
        await desk.send(comments.delete_comment(desk.comment.id))
    await desk.send(comments.delete_comment(mine.id))
    assert [comment.text for comment in await desk.send(comments.list_comments(desk.one.id))] == ["Look here"]


async def test_an_owner_deletes_any_comment(desk: Furnished) -> None:
    mine = await desk.send(comments.create_comment(desk.one.id, CreateComment(text="mine")))
    await desk.own(comments.delete_comment(mine.id))
    await desk.own(comments.delete_comment(desk.comment.id))
    assert (await desk.send(cards.get_card(desk.one.id))).comment_count == 0


async def test_a_viewer_reads_and_does_not_write(desk: Furnished) -> None:
    assert len(await desk.viewer.client.send(comments.list_comments(desk.one.id))) == 1
    with pytest.raises(Forbidden):
        await desk.viewer.client.send(comments.create_comment(desk.one.id, CreateComment(text="x")))


async def test_comments_of_a_removed_member_stay(desk: Furnished) -> None:
    await desk.send(comments.create_comment(desk.one.id, CreateComment(text="bye")))
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    found = await desk.own(comments.list_comments(desk.one.id))
    assert found[-1].author == desk.member.user.username
    with pytest.raises(NotFound):
        await desk.send(comments.delete_comment(found[-1].id))


async def test_a_text_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for text in ["", "a\x1bb", "a\x00b", "x" * 65_537, None, 3]:
        answer = await raw(site.url, "POST", f"/cards/{desk.one.id}/comments", token=desk.member.token, body={"text": text})
        assert (answer.status, answer.json["field"]) == (400, "text")
