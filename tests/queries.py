"""Random queries, and boards for them to look at: few names and few times, so that they meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from rego.wire import query_terms as q
from rego.wire.cards import Priority
from rego.wire.columns import Color

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
ZONES = [timedelta(), timedelta(hours=-5)]

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

SINGLE_TERMS: list[q.Term] = [
    *(q.Word(word) for word in WORDS if word.strip()),
    *(q.AssignedTo(name) for name in ("ada", "ADA", "mia", "me", "none", "nobody")),
    q.AssignedToMe(),
    *(q.Labelled(name) for name in NAMES),
    *(q.InColumn(name) for name in NAMES),
    *(q.Prioritised(op, level) for op in q.Op for level in Priority),
    *(q.When(field, op, text.lower()) for field in q.TimeField for op in q.Op for text in TIMES),
    q.Overdue(),
    *map(q.Is, q.State),
    *map(q.Has, q.Thing),
    *map(q.HasNo, q.NONE_OF.values()),
]
"""Every kind of term with every value that means something on these boards."""

_kinds = {kind: [term for term in SINGLE_TERMS if type(term) is kind] for kind in map(type, SINGLE_TERMS)}
terms = st.one_of(*map(st.sampled_from, _kinds.values()), st.builds(q.Word, words))


def _several(node: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two_or_more = st.lists(node, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(q.Not, node), st.builds(q.And, two_or_more), st.builds(q.Or, two_or_more))


nodes = st.one_of(terms, st.builds(q.Not, terms), st.recursive(terms, _several, max_leaves=6))
sorts = st.lists(st.builds(q.Sort, st.sampled_from(q.SortField), st.booleans()), max_size=3, unique_by=lambda sort: sort.field)
queries = st.builds(q.Query, st.none() | nodes, sorts.map(tuple))

# The ends of the spans that `TIMES` name in the zones of `offsets`, and what is just before them.
_ENDS = [NOW + timedelta(hours=hours) for hours in (-2, 0, 2)]
_ENDS += [NOW + timedelta(minutes=minutes) for minutes in (-119, 1, 121)]
_ENDS += [datetime(2026, 11, day, tzinfo=UTC) - zone for day in (16, 17, 22, 23, 24, 25, 30) for zone in ZONES]
MOMENTS = [end - before for end in _ENDS for before in (timedelta(), timedelta(microseconds=1))]
offsets = st.sampled_from(ZONES).map(timezone)


@dataclass(frozen=True)
class Rows:
    """Rows of one board and its people, by table; `me` asks, and `descriptions` are by card id."""

    board_id: str
    me: str
    tables: dict[str, list[dict[str, Any]]]
    descriptions: dict[str, str]


Pick = Callable[[Sequence[Any]], Any]
"""Chooses one of several: by Hypothesis, which can shrink what it chose, or by a seeded generator."""


@st.composite
def boards(draw: st.DrawFn) -> Rows:
    """A small board."""
    return a_board(lambda choices: draw(st.sampled_from(choices)), cards=draw(st.integers(0, 10)))


def a_board(pick: Pick, *, cards: int) -> Rows:
    """A board with four people, some columns and labels, and `cards` cards."""
    ids = (str(uuid4()) for _ in count())
    users = [_user(next(ids), name) for name in USERNAMES]
    board_id, me = str(uuid4()), pick(users[:2])["id"]
    columns = [_column(pick, next(ids), board_id, pick(NAMES), place) for place in range(pick([1, 2, 4]))]
    labels = [_label(next(ids), board_id, pick([*NAMES, ""])) for _ in range(pick([0, 2, 5]))]
    made = [_card(pick, next(ids), board_id, number + 1, columns, labels, users) for number in range(cards)]
    members = [{"board_id": board_id, "user_id": user["id"], "role": "member", "created_at": NOW} for user in users]
    tables: dict[str, list[dict[str, Any]]] = {
        "users": users,
        "boards": [{**_entity(board_id), "title": "Board", "archived": False, "description": ""}],
        "board_members": members,
        "board_columns": columns,
        "labels": labels,
        "cards": made,
        "card_labels": [{"card_id": card["id"], "label_id": each} for card in made for each in card["label_ids"]],
        "card_assignees": [
            {"card_id": card["id"], "user_id": each, "claimed_until": None} for card in made for each in card["assignee_ids"]
        ],
    }
    return Rows(board_id, me, tables, {card["id"]: card["description"] for card in made})


def _entity(row_id: str) -> dict[str, Any]:
    stamps = {"created_at": NOW, "updated_at": NOW, "created_by": None, "updated_by": None}
    return {"id": row_id, "version": 1, "field_versions": {}, **stamps}


def _user(row_id: str, username: str) -> dict[str, Any]:
    flags = {"is_active": True, "is_verified": True, "is_superuser": False, "placeholder": True}
    names = {"username": username, "firstname": "", "lastname": "", "email": None, "password_hash": None}
    return {**_entity(row_id), **names, **flags}


def _column(pick: Pick, row_id: str, board_id: str, title: str, place: int) -> dict[str, Any]:
    shape = {"wip_limit": None, "wip_mode": "soft", "done": False, "color": None, "archived": pick([False, False, False, True])}
    return {**_entity(row_id), "board_id": board_id, "title": title, "rank": place << 40, **shape}


def _label(row_id: str, board_id: str, name: str) -> dict[str, Any]:
    return {**_entity(row_id), "board_id": board_id, "name": name, "color": Color.RED.value}


def _card(
    pick: Pick,
    row_id: str,
    board_id: str,
    number: int,
    columns: list[dict[str, Any]],
    labels: list[dict[str, Any]],
    users: list[dict[str, Any]],
) -> dict[str, Any]:
    description = pick(["", "", *TEXTS])
    return {
        **_entity(row_id),
        **{name: pick(MOMENTS) for name in ("created_at", "updated_at")},
        **{name: pick([None, pick(MOMENTS)]) for name in ("due_at", "start_at")},
        **{name: pick([0, 0, 2]) for name in ("checklist_total", "comment_count", "attachment_count")},
        "checklist_done": 0,
        "board_id": board_id,
        "column_id": pick(columns)["id"],
        "number": number,
        "title": pick(TEXTS),
        "rank": number << 40,
        "priority": pick(list(Priority)).value,
        "completed": pick([False, True]),
        "archived": pick([False, False, True]),
        "has_description": bool(description),
        "label_ids": sorted(each["id"] for each in labels if pick([False, True])),
        "assignee_ids": sorted(each["id"] for each in users if pick([False, False, True])),
        "description": description,
    }
