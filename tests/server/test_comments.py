"""Comments: who wrote them, who may delete them, and how often the card was commented on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rego.client import auth, boards, cards, comments, imports
from rego.wire.base import Change, Role, to_json
from rego.wire.boards import AddMember
from rego.wire.comments import CreateComment, UpdateComment
from rego.wire.errors import Forbidden, NotFound, StaleVersion
from rego.wire.events import CommentCreated, CommentUpdated
from rego.wire.imports import Plan, PlannedCard, PlannedColumn, PlannedComment, PlannedPerson
from rego.wire.users import UpdateMe
from rego_server.core.db.schema import Timestamp
from tests.board_replay import replay
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


# --- changing ------------------------------------------------------------------------------------------------------


async def test_only_its_author_changes_a_comment(desk: Furnished) -> None:
    mine = await desk.send(comments.create_comment(desk.one.id, CreateComment(text="mine")))
    changed = await desk.send(comments.update_comment(mine.id, UpdateComment(text="mine, mended")))
    assert (changed.text, changed.version, changed.author) == ("mine, mended", 2, mine.author)
    with pytest.raises(Forbidden, match="author"):
        await desk.own(comments.update_comment(mine.id, UpdateComment(text="not mine")))
    with pytest.raises(Forbidden, match="author"):
        await desk.send(comments.update_comment(desk.comment.id, UpdateComment(text="not mine")))


async def test_a_stale_change_of_a_comment_is_refused_with_the_comment(desk: Furnished) -> None:
    await desk.own(comments.update_comment(desk.comment.id, UpdateComment(text="first", version=1)))
    with pytest.raises(StaleVersion) as refused:
        await desk.own(comments.update_comment(desk.comment.id, UpdateComment(text="second", version=1)))
    assert refused.value.data["text"] == "first"


# --- mentions ------------------------------------------------------------------------------------------------------


async def test_members_are_mentioned_and_strangers_are_not(desk: Furnished, join_site: Join) -> None:
    stranger = await join_site("stranger")
    viewer, owner = desk.viewer.user, desk.owner.user
    text = f"@{viewer.username.upper()}, @{stranger.user.username}, see @{owner.username}."
    comment = await desk.send(comments.create_comment(desk.one.id, CreateComment(text=text)))
    assert comment.mentions == [viewer.id, owner.id]
    assert (await desk.send(comments.list_comments(desk.one.id)))[-1] == comment


async def test_the_events_say_who_is_meant_and_who_is_meant_anew(desk: Furnished) -> None:
    viewer, owner = desk.viewer.user, desk.owner.user
    body = CreateComment(text=f"@{viewer.username}?")
    made = await replay(desk.owner.client, desk.board.id, lambda: desk.send(comments.create_comment(desk.one.id, body)))
    (created,) = [event.data for event in made.events if isinstance(event.data, CommentCreated)]
    assert created.comment.mentions == [viewer.id]
    update = UpdateComment(text=f"@{viewer.username}, @{owner.username}?")
    call = comments.update_comment(made.answer.id, update)
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(call))
    (updated,) = [event.data for event in done.events if isinstance(event.data, CommentUpdated)]
    assert updated.changes["mentions"] == Change([viewer.id], [viewer.id, owner.id])
    again = comments.update_comment(made.answer.id, UpdateComment(text=f"{update.text}?"))
    done = await replay(desk.owner.client, desk.board.id, lambda: desk.send(again))
    (updated,) = [event.data for event in done.events if isinstance(event.data, CommentUpdated)]
    assert list(updated.changes) == ["text"]


async def test_a_mention_means_the_same_person_under_another_name(desk: Furnished, join_site: Join) -> None:
    mel = await join_site("mel")
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.MEMBER, username=mel.user.username)))
    comment = await desk.send(comments.create_comment(desk.one.id, CreateComment(text=f"@{mel.user.username}")))
    await mel.client.send(auth.update_me(UpdateMe(username=f"x{mel.user.username}"[:32])))
    (found,) = [each for each in await desk.send(comments.list_comments(desk.one.id)) if each.id == comment.id]
    assert found.mentions == [mel.user.id]


async def test_an_imported_comment_mentions_nobody(desk: Furnished) -> None:
    plan = Plan(
        title="Brought",
        people=[PlannedPerson(key="me", username=desk.owner.user.username)],
        columns=[PlannedColumn(key="c", title="c")],
        cards=[PlannedCard(column="c", title="x", comments=[PlannedComment(text=f"@{desk.owner.user.username}", author="me")])],
    )
    made = await desk.own(imports.import_board("rego", to_json(plan)))
    (card,) = (await desk.own(boards.get_snapshot(made.board.id))).cards
    (comment,) = await desk.own(comments.list_comments(card.id))
    assert comment.mentions == []


# --- pages ---------------------------------------------------------------------------------------------------------


async def test_long_talk_comes_in_pages(site: Site, desk: Furnished) -> None:
    """Comments of one moment, as an import brings them, come each once too."""
    texts = [str(number) for number in range(7)]
    for text in texts:
        await desk.send(comments.create_comment(desk.two.id, CreateComment(text=text)))
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    for number, comment in enumerate(await desk.send(comments.list_comments(desk.two.id))):
        await _backdate(site, comment.id, moment + timedelta(seconds=number // 4))
    for limit in (1, 2, 3, 4, 6, 7, 200):
        pages = desk.member.client.pages(comments.list_comments(desk.two.id, limit=limit))
        assert [comment.text async for comment in pages] == texts
    answer = await raw(site.url, "GET", f"/cards/{desk.two.id}/comments?limit=7", token=desk.member.token)
    assert "Link" not in answer.headers


async def test_a_cursor_that_is_none_is_refused(site: Site, desk: Furnished) -> None:
    for cursor in ("x", "12", "%00", "W10", "WyJhIiwiYiJd"):
        path = f"/cards/{desk.one.id}/comments?cursor={cursor}"
        answer = await raw(site.url, "GET", path, token=desk.member.token)
        assert (answer.status, answer.json["field"]) == (400, "cursor"), cursor


async def _backdate(site: Site, comment_id: str, moment: datetime) -> None:
    stored = moment if site.database_url else Timestamp.to_sqlite(moment)
    await site.execute("UPDATE comments SET created_at = ? WHERE id = ?", stored, comment_id)
