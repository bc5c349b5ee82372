"""The merge of texts: nothing that one side alone did is lost, and what both did is never decided for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rego.threeway import MIDDLE, MINE, THEIRS, is_marked, merge

BASE = "one\ntwo\nthree\nfour\nfive"

LINES = st.lists(st.sampled_from("abcd"), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        ("ONE\ntwo\nthree\nfour\nfive", "one\ntwo\nthree\nfour\nFIVE", "ONE\ntwo\nthree\nfour\nFIVE"),
        ("one\nthree\nfour\nfive", "one\ntwo\nthree\nfour\nfive\nsix", "one\nthree\nfour\nfive\nsix"),
        ("one\nTWO\nthree\nfour\nfive", "one\nTWO\nthree\nfour\nfive", "one\nTWO\nthree\nfour\nfive"),
        ("", BASE, ""),
    ],
)
def test_changes_in_different_places_are_merged(mine: str, theirs: str, merged: str) -> None:
    result = merge(BASE, mine, theirs)
    assert (result.text, result.conflicts) == (merged, 0)


def test_changes_in_the_same_place_are_shown_both() -> None:
    result = merge(BASE, BASE.replace("two", "2"), BASE.replace("two", "II"))
    assert result.conflicts == 1
    assert result.text == f"one\n{MINE}\n2\n{MIDDLE}\nII\n{THEIRS}\nthree\nfour\nfive"
    assert is_marked(result.text)
    assert not is_marked(BASE)


@given(base=LINES, mine=LINES, theirs=LINES)
def test_who_changed_nothing_takes_what_the_other_did(base: str, mine: str, theirs: str) -> None:
    assert merge(base, mine, base).text == mine
    assert merge(base, base, theirs).text == theirs
    assert merge(base, mine, mine).text == mine


@given(base=LINES, mine=LINES, theirs=LINES)
def test_both_ways_round_have_the_same_conflicts(base: str, mine: str, theirs: str) -> None:
    assert merge(base, mine, theirs).conflicts == merge(base, theirs, mine).conflicts
