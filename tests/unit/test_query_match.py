"""Queries in memory where SQL cannot be asked: without descriptions, on what is shown, for nobody, and for a big board."""

from __future__ import annotations

from datetime import timedelta

from rego.query_match import Viewer, find, matcher
from rego.replica import Pending, Replica
from rego.wire.cards import CardSummary
from rego.wire.columns import Color
from rego.wire.query import parse
from rego.wire.snapshot import Snapshot
from tests.unit.samples import NOON, a_board, a_card, a_column, a_label, a_member

NOBODY = Viewer(me=None, now=NOON)


def _replica(*cards: CardSummary) -> Replica:
    return Replica(
        Snapshot(
            board=a_board(),
            seq=1,
            epoch="e",
            archived=False,
            members=[a_member("ada")],
            labels=[a_label("bug"), a_label("l2", name="", color=Color.SKY)],
            columns=[a_column("todo", 1), a_column("done", 2)],
            cards=list(cards),
        )
    )


def _ids(query: str, replica: Replica, viewer: Viewer = NOBODY) -> list[str]:
    return [card.id for card in find(parse(query), replica, viewer)]


def test_without_descriptions_a_word_finds_titles_references_and_labels() -> None:
    replica = _replica(
        a_card("title", "todo", 1, title="the needle"),
        a_card("described", "todo", 2, has_description=True),
        a_card("sky", "todo", 3, label_ids=["l2"]),
    )
    assert _ids("needle", replica) == ["title"]
    assert _ids("ops-2", replica) == ["described"]
    assert _ids("sky", replica) == _ids("label:SKY", replica) == ["sky"]
    told = find(parse("needle"), replica, NOBODY, lambda card: "a Needle" if card.id == "described" else "")
    assert [card.id for card in told] == ["title", "described"]


def test_what_is_pending_counts_as_it_is_shown() -> None:
    replica = _replica(a_card("a", "todo", 1))
    replica.pend(Pending(op_id="1", card_id="a", changes={"column_id": "done", "completed": True}))
    assert _ids("column:done is:done", replica) == ["a"]
    new = a_card("new", "todo", 2, number=0)
    replica.pend(Pending(op_id="2", card_id="new", new_card=new))
    assert _ids("column:todo", replica) == ["new"]
    assert _ids("OPS-0", replica) == []


def test_who_is_nobody_has_no_cards_of_their_own() -> None:
    replica = _replica(a_card("a", "todo", 1, assignee_ids=["ada"]), a_card("b", "todo", 2))
    assert _ids("assignee:me", replica) == []
    assert _ids("assignee:me", replica, Viewer(me="ada", now=NOON)) == _ids("assignee:ADA", replica) == ["a"]


def test_what_has_no_time_comes_last_both_ways() -> None:
    cards = [a_card(f"c{n}", "todo", n, due_at=NOON + timedelta(days=n) if n != 2 else None) for n in (1, 2, 3)]
    assert _ids("sort:due", _replica(*cards)) == ["c1", "c3", "c2"]
    assert _ids("sort:-due", _replica(*cards)) == ["c3", "c1", "c2"]


def test_other_letters_than_a_to_z_keep_their_case() -> None:
    replica = _replica(a_card("a", "todo", 1, title="Über ALLES"))
    assert _ids("Über alles", replica) == ["a"]
    assert _ids("über", replica) == []


def test_a_matcher_answers_card_by_card() -> None:
    replica = _replica(a_card("a", "todo", 1), a_card("b", "done", 2))
    fits = matcher(parse("-column:todo"), replica, NOBODY)
    assert [fits(card) for card in replica.cards.values()] == [False, True]
