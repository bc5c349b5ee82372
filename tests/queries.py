"""Random queries, and boards for them to look at: few names and few times, so that they meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

from rego.wire import query_terms as q
from rego.wire.cards import Priority
from rego.wire.columns import Color

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
KEY = "OPS"

TEXTS = [
    "Fix the login",
    "fix 100% of it",
    "FIX a_b",
    "Über die Straße",
    "über alles",
    "a/b and c",
    'say "hi"',
    "back\\slash",
    "(bracket)",
    "see OPS-2",
    "日本語の表題",
    "İstanbul",
    "ǅ",
    "-minus",
    "none",
    "bug",
]
WORDS = [
    "fix",
    "FIX",
    "%",
    "_",
    "a_b",
    "100%",
    "/",
    "\\",
    '"',
    "ü",
    "Ü",
    "straße",
    "OPS-2",
    "ops-3",
    "OPS-02",
    "web-1",
    "本",
    "i̇",
    "ǆ",
    "-",
    "bug",
    "red",
    "or",
    "is:open",
    " ",
]
NAMES = ["bug", "Bug", "über", "Über", "none", "me", "red", "In progress", "a b", "%"]
USERNAMES = ["ada", "Mia", "me", "none"]
TIMES = [
    "today",
    "tomorrow",
    "yesterday",
    "week",
    "0d",
    "1d",
    "-1d",
    "1w",
    "-1w",
    "2h",
    "-2h",
    "2026-11-23",
    "2026-11-24T01:00",
]
TIMES += ["2026-11-23T12:30z", "2026-11-23t23:00+02:00"]

ops = st.sampled_from(q.Op)
words = st.one_of(st.sampled_from(WORDS), st.text(st.sampled_from('abFIXüÜ"\\()%_- :<'), min_size=1, max_size=4)).filter(
    str.strip
)
names = st.sampled_from(NAMES)
whens = st.builds(q.When, st.sampled_from(q.TimeField), ops, st.sampled_from([text.lower() for text in TIMES]))
terms = st.one_of(
    st.builds(q.Word, words),
    st.builds(q.AssignedTo, st.sampled_from(["ada", "ADA", "mia", "me", "none", "nobody"])),
    st.just(q.AssignedToMe()),
    st.builds(q.Labelled, names),
    st.builds(q.InColumn, names),
    st.builds(q.Prioritised, ops, st.sampled_from(Priority)),
    whens,
    st.just(q.Overdue()),
    st.builds(q.Is, st.sampled_from(q.State)),
    st.builds(q.Has, st.sampled_from(q.Thing)),
    st.builds(q.HasNo, st.sampled_from(list(q.NONE_OF.values()))),
)


def _several(node: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two_or_more = st.lists(node, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(q.Not, node), st.builds(q.And, two_or_more), st.builds(q.Or, two_or_more))


nodes = st.recursive(terms, _several, max_leaves=6)
sorts = st.lists(st.builds(q.Sort, st.sampled_from(q.SortField), st.booleans()), max_size=3, unique_by=lambda sort: sort.field)
queries = st.builds(q.Query, st.none() | nodes, sorts.map(tuple))
moments = st.builds(
    lambda hours, extra: NOW + timedelta(hours=hours) + extra,
    st.sampled_from([-200, -48, -24, -13, -12, -2, 0, 2, 11, 12, 24, 36, 168, 180, 300]),
    st.sampled_from([timedelta(), timedelta(minutes=-30), timedelta(microseconds=-1), timedelta(seconds=59)]),
)
offsets = st.sampled_from([0, 60, -300, 840, -720]).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@dataclass(frozen=True)
class Rows:
    """Rows of one board and its people, by table; `me` asks, and `descriptions` are by card id."""

    board_id: str
    me: str
    tables: dict[str, list[dict[str, Any]]]
    descriptions: dict[str, str]


@st.composite
def boards(draw: st.DrawFn) -> Rows:
    """A board with three people, some columns and labels, and up to eight cards."""
    ids = _ids(draw(st.integers(0, 2**32)))
    users = [_user(next(ids), name) for name in USERNAMES]
    board_id, me = str(uuid4()), users[draw(st.integers(0, 1))]["id"]
    columns = [
        _column(next(ids), board_id, title, place) for place, title in enumerate(draw(st.lists(names, min_size=1, max_size=3)))
    ]
    labels = [_label(next(ids), board_id, name) for name in draw(st.lists(st.sampled_from([*NAMES, ""]), max_size=4))]
    cards = [draw(_cards(next(ids), board_id, number, columns, labels, users)) for number in range(1, draw(st.integers(1, 9)))]
    members = [{"board_id": board_id, "user_id": user["id"], "role": "member", "created_at": NOW} for user in users]
    tables: dict[str, list[dict[str, Any]]] = {
        "users": users,
        "boards": [{**_entity(board_id), "title": "Board", "archived": False, "description": ""}],
        "board_members": members,
        "board_columns": columns,
        "labels": labels,
        "cards": cards,
        "card_labels": [{"card_id": card["id"], "label_id": each} for card in cards for each in card["label_ids"]],
        "card_assignees": [{"card_id": card["id"], "user_id": each} for card in cards for each in card["assignee_ids"]],
    }
    return Rows(board_id, me, tables, {card["id"]: card["description"] for card in cards})


def _ids(seed: int) -> Iterator[str]:
    # Fresh in each run of an example, in an order that has nothing to do with the numbers of the cards.
    own = uuid4().int >> 64
    return (str(UUID(int=((own << 64) + (seed * each * 2654435761) % 2**62 + each) % 2**128, version=4)) for each in count(1))


def _entity(row_id: str) -> dict[str, Any]:
    stamps = {"created_at": NOW, "updated_at": NOW, "created_by": None, "updated_by": None}
    return {"id": row_id, "version": 1, "field_versions": {}, **stamps}


def _user(row_id: str, username: str) -> dict[str, Any]:
    flags = {"is_active": True, "is_verified": True, "is_superuser": False, "placeholder": True}
    names = {"username": username, "firstname": "", "lastname": "", "email": None, "password_hash": None}
    return {**_entity(row_id), **names, **flags}


def _column(row_id: str, board_id: str, title: str, place: int) -> dict[str, Any]:
    shape = {"wip_limit": None, "wip_mode": "soft", "done": False, "color": None, "archived": False}
    return {**_entity(row_id), "board_id": board_id, "title": title, "rank": place << 40, **shape}


def _label(row_id: str, board_id: str, name: str) -> dict[str, Any]:
    return {**_entity(row_id), "board_id": board_id, "name": name, "color": Color.RED.value}


@st.composite
def _cards(
    draw: st.DrawFn,
    row_id: str,
    board_id: str,
    number: int,
    columns: list[dict[str, Any]],
    labels: list[dict[str, Any]],
    users: list[dict[str, Any]],
) -> dict[str, Any]:
    description = draw(st.sampled_from(["", "", *TEXTS]))
    counts = st.sampled_from([0, 0, 2])
    stamps = {"created_at": draw(moments), "updated_at": draw(moments)}
    times = {"due_at": draw(st.none() | moments), "start_at": draw(st.none() | moments)}
    states = {"completed": draw(st.booleans()), "archived": draw(st.sampled_from([False, False, True]))}
    tallies = {name: draw(counts) for name in ("checklist_total", "comment_count", "attachment_count")}
    return {
        **_entity(row_id),
        **stamps,
        **times,
        **states,
        **tallies,
        "checklist_done": 0,
        "board_id": board_id,
        "column_id": draw(st.sampled_from(columns))["id"],
        "number": number,
        "title": draw(st.sampled_from(TEXTS)),
        "rank": number << 40,
        "priority": draw(st.sampled_from(Priority)).value,
        "has_description": bool(description),
        "label_ids": sorted(each["id"] for each in labels if draw(st.booleans())),
        "assignee_ids": sorted(each["id"] for each in users if draw(st.integers(0, 3)) == 0),
        "description": description,
    }
