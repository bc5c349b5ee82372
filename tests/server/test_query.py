"""`q` on a board's cards and `GET /search`: what is found, page by page, by whom, and what is refused."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from rego.client import boards, cards, columns
from rego.client.call import Call
from rego.wire.base import to_json
from rego.wire.boards import CreateBoard, UpdateBoard
from rego.wire.cards import CardSummary, CreateCard, FoundCard, Priority, UpdateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import InvalidInput, NotFound
from tests.conftest import Join
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.site import Site, raw

NOON = datetime.fromisoformat("2027-05-05T12:00:00Z")


async def _titles(desk: Furnished, q: str, *, archived: bool = False, utc_offset: int | None = None) -> list[str]:
    """The titles that the member finds with a query, all pages of three."""
    call = cards.list_cards(desk.board.id, archived=archived, limit=3, q=q, utc_offset=utc_offset)
    return [card.title async for card in desk.member.client.pages(call)]


async def _found(person: Somebody, call: Call[list[FoundCard]]) -> list[str]:
    return [card.title async for card in person.client.pages(call)]


# --- one board ---------------------------------------------------------------------------------------------------


async def test_what_queries_find_on_a_board(desk: Furnished) -> None:
    every = ["one", "two", "three", "five"]
    name = desk.member.user.username
    for q, found in {
        "": every,
        "FIRST": ["one"],
        "bug": ["one"],
        f"{desk.board.key}-2": ["two"],
        "assignee:me": ["one"],
        f"assignee:{name.upper()} label:bug has:checklist has:comments has:description": ["one"],
        "-assignee:me": ["two", "three", "five"],
        "column:doing or label:BUG": ["one", "five"],
        "is:archived": ["four"],
        "is:archived or is:open": ["one", "two", "three", "four", "five"],
        "sort:title": ["five", "one", "three", "two"],
        "-one sort:-number": ["five", "three", "two"],
        "created>=yesterday": every,
        "updated<yesterday": [],
        "nothing": [],
    }.items():
        assert await _titles(desk, q) == found, q


async def test_archived_cards_and_one_column_go_with_a_query(desk: Furnished) -> None:
    assert await _titles(desk, "o", archived=True) == ["one", "two", "four"]
    call = cards.list_cards(desk.board.id, column_id=desk.doing.id, q="sort:title")
    assert [card.title for card in await desk.send(call)] == ["five"]


async def test_the_answer_is_that_of_a_plain_list(desk: Furnished) -> None:
    plain = await desk.send(cards.list_cards(desk.board.id))
    assert await desk.send(cards.list_cards(desk.board.id, q="sort:number")) == plain


async def test_what_a_pattern_would_obey_is_only_a_character(desk: Furnished) -> None:
    for title in ("100%", "a_b", "c:\\d", "it's"):
        await desk.send(cards.create_card(desk.board.id, CreateCard(title=title, column_id=desk.spare.id)))
    for q, found in {"%": ["100%"], "_": ["a_b"], "\\": ["c:\\d"], "'": ["it's"], "/": [], '"\' or 1=1"': [], "-%": 7}.items():
        titles = await _titles(desk, q)
        assert (len(titles) if isinstance(found, int) else titles) == found, q


async def test_days_begin_where_the_reader_says(desk: Furnished) -> None:
    due = NOON.replace(hour=23, minute=30)
    await desk.send(cards.update_card(desk.two.id, UpdateCard(due_at=due)))
    assert await _titles(desk, "due:2027-05-05") == ["two"]
    assert await _titles(desk, "due:2027-05-05", utc_offset=60) == []
    assert await _titles(desk, "due:2027-05-06", utc_offset=60) == ["two"]


# --- pages -------------------------------------------------------------------------------------------------------


async def test_a_page_goes_on_after_a_card_whatever_happens_before_it(desk: Furnished) -> None:
    for card, days in ((desk.one, 1), (desk.two, 2), (desk.three, 3)):
        await desk.send(cards.update_card(card.id, UpdateCard(due_at=NOON + timedelta(days=days))))
    seen: list[str] = []
    async for card in desk.member.client.pages(cards.list_cards(desk.board.id, q="sort:due", limit=1)):
        seen.append(card.title)
        if card.title == "two":
            await desk.send(cards.delete_card(desk.one.id))
            body = CreateCard(title="earlier", column_id=desk.spare.id, due_at=NOON)
            await desk.send(cards.create_card(desk.board.id, body))
    assert seen == ["one", "two", "three", "five"], "five has no due date and comes last"


async def test_every_order_pages_through_equal_keys(desk: Furnished) -> None:
    for card in (desk.two, desk.five):
        await desk.send(cards.update_card(card.id, UpdateCard(priority=Priority.HIGH, due_at=NOON)))
    for q, order in {
        "sort:-priority sort:due sort:title": ["five", "two", "one", "three"],
        "sort:due sort:-title": ["two", "five", "three", "one"],
        "sort:-due": ["two", "five", "one", "three"],
    }.items():
        call = cards.list_cards(desk.board.id, q=q, limit=1)
        assert [card.title async for card in desk.member.client.pages(call)] == order


def _cursor(*keys: object) -> str:
    return base64.urlsafe_b64encode(to_json(keys)).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "7",
        "é",
        "A" * 5000,
        _cursor(),
        _cursor(1, 2),
        _cursor("title", "2"),
        _cursor("title", 2**31),
        _cursor("title", -1),
        _cursor("ti\x00tle", 2),
        _cursor("t" * 600, 2),
    ],
)
async def test_a_cursor_that_is_none_of_the_query_is_refused(site: Site, desk: Furnished, cursor: str) -> None:
    path = f"/boards/{desk.board.id}/cards?q=sort:title&cursor={cursor if cursor == '%00' else quote(cursor)}"
    answer = await raw(site.url, "GET", path, token=desk.member.token)
    assert (answer.status, answer.json["field"]) == (400, "cursor")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "9999-12-31T23:59:59-12:00", "soon"])
async def test_a_time_in_a_cursor_is_in_utc(site: Site, desk: Furnished, moment: str) -> None:
    path = f"/boards/{desk.board.id}/cards?q=sort:due&cursor={_cursor(moment, 2)}"
    answer = await raw(site.url, "GET", path, token=desk.member.token)
    assert (answer.status, answer.json["field"]) == (400, "cursor")


# --- refusals ----------------------------------------------------------------------------------------------------


async def test_a_query_that_cannot_be_read_says_where(site: Site, desk: Furnished) -> None:
    for path in (f"/boards/{desk.board.id}/cards", "/search"):
        answer = await raw(site.url, "GET", f"{path}?q=bug+due%3C3x", token=desk.member.token)
        assert (answer.status, answer.json["error_type"], answer.json["field"]) == (400, "InvalidInput", "q")
        assert answer.json["data"] == {"position": 8}
        assert answer.json["detail"].startswith("At character 9: due takes 2026-11-30,")


@pytest.mark.parametrize("offset", ["x", "", "901", "-901", "1.5", "99999"])
async def test_an_offset_that_no_zone_has_is_refused(site: Site, desk: Furnished, offset: str) -> None:
    answer = await raw(site.url, "GET", f"/search?q=a&utc_offset={offset}", token=desk.member.token)
    assert (answer.status, answer.json["field"]) == (400, "utc_offset")


async def test_text_that_a_database_would_choke_on_is_refused(site: Site, desk: Furnished) -> None:
    for text in ("%00", "%1b", "%C2%85"):
        answer = await raw(site.url, "GET", f"/search?q={text}", token=desk.member.token)
        assert (answer.status, answer.json["field"]) == (400, "q")


async def test_the_largest_query_is_answered(desk: Furnished) -> None:
    for q in (" ".join(["due<3d"] * 50), " or ".join(f"-w{n}" for n in range(50)), "-" * 20 + "x", "(" * 20 + "x" + ")" * 20):
        await desk.send(cards.list_cards(desk.board.id, q=f"{q}"))
        await desk.send(cards.search(q))


async def test_a_stranger_finds_nothing(desk: Furnished, join_site: Join) -> None:
    stranger = await join_site("stranger")
    with pytest.raises(NotFound):
        await stranger.client.send(cards.list_cards(desk.board.id, q="one"))
    ref = await desk.ref(desk.one)
    for q in ("", "one", ref, "is:archived", "label:bug", f"assignee:{desk.member.user.username}"):
        assert await stranger.client.send(cards.search(q)) == []


# --- all boards --------------------------------------------------------------------------------------------------


async def _board(person: Somebody, title: str, *titles: str) -> str:
    """A board of `person` with one column and some cards in it; its id."""
    send = person.client.send
    board = await send(boards.create_board(CreateBoard(title=title)))
    column = await send(columns.create_column(board.id, CreateColumn(title=f"{title}'s")))
    for each in titles:
        await send(cards.create_card(board.id, CreateCard(title=each, column_id=column.id)))
    return board.id


async def test_a_search_goes_over_all_boards_and_no_others(join_site: Join) -> None:
    ada, ben = await join_site("ada"), await join_site("ben")
    await _board(ada, "Web", "fix one", "other")
    await _board(ada, "Ops", "fix two")
    await _board(ben, "Bens", "fix three")
    found = await ada.client.send(cards.search("fix"))
    assert [(card.title, card.board_title, card.column_title) for card in found] == [
        ("fix two", "Ops", "Ops's"),
        ("fix one", "Web", "Web's"),
    ], "the latest change first"
    assert [(await ada.client.send(cards.get_card(card.ref))).id for card in found] == [card.id for card in found]
    assert await _found(ada, cards.search("", limit=1)) == ["fix two", "other", "fix one"]
    assert await _found(ada, cards.search("sort:title", limit=2)) == ["fix one", "fix two", "other"]
    assert await _found(ada, cards.search('column:"web\'s" -fix')) == ["other"]


async def test_who_is_taken_off_a_board_finds_it_no_more(desk: Furnished, join_site: Join) -> None:
    mine = {card.id for card in await desk.send(cards.search("one"))}
    assert desk.one.id in mine
    await desk.own(boards.remove_member(desk.board.id, desk.viewer.user.id))
    found = await desk.viewer.client.send(cards.search("one"))
    assert desk.one.id not in {card.id for card in found}


async def test_an_archived_board_is_left_out_of_a_search(join_site: Join) -> None:
    ada = await join_site("ada")
    board_id = await _board(ada, "Old", "relic")
    await _board(ada, "New", "relic too")
    await ada.client.send(boards.update_board(board_id, UpdateBoard(archived=True)))
    assert await _found(ada, cards.search("relic")) == ["relic too"]
    assert await _found(ada, cards.search("relic is:archived")) == ["relic"]
    assert sorted(await _found(ada, cards.search("relic", archived=True))) == ["relic", "relic too"]
    assert [card.title for card in await ada.client.send(cards.list_cards(board_id, q="relic"))] == ["relic"]


async def test_a_search_cursor_holds_a_time_and_an_id(site: Site, desk: Furnished) -> None:
    good = _cursor("2026-01-01T00:00:00Z", desk.one.id)
    assert (await raw(site.url, "GET", f"/search?cursor={good}", token=desk.member.token)).status == 200
    for bad in (_cursor("2026-01-01T00:00:00Z", "x"), _cursor("2026-01-01T00:00:00Z", 1), "5"):
        assert (await raw(site.url, "GET", f"/search?cursor={bad}", token=desk.member.token)).status == 400


async def test_the_sdk_tells_of_the_place_too(desk: Furnished) -> None:
    with pytest.raises(InvalidInput) as caught:
        await desk.send(cards.search("(a"))
    assert caught.value.data == {"position": 0}


def test_a_found_card_is_a_card() -> None:
    assert issubclass(FoundCard, CardSummary)
