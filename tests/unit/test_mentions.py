"""Whom a comment mentions."""

from __future__ import annotations

import pytest

from rego_server.domains.comments.rules import mentioned, names_in

MEMBERS = {"mel": "1", "ben.b": "2", "dot.": "3", "a-b_c": "4"}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@mel", ["1"]),
        ("Look, @Mel: this.", ["1"]),
        ("(@mel), @ben.b!", ["1", "2"]),
        ("@ben.b and @mel and @ben.b again", ["2", "1"]),
        ("Ask @mel.", ["1"]),
        ("Ask @mel...", ["1"]),
        ("Ask @dot.", ["3"]),
        ("Ask @dot", []),
        ("@a-b_c-", ["4"]),
        ("@mel\n@ben.b", ["1", "2"]),
        ("**@mel**", ["1"]),
        ("mail mel@mel or x@mel", []),
        ("@@mel", []),
        ("@ mel", []),
        ("@melanie", []),
        ("`@mel`", []),
        ("```\n@mel\n``` and @ben.b", ["2"]),
        ("```\n@mel", []),
        ("a ` alone, @mel", ["1"]),
        ("https://social.example/@mel", []),
        ("", []),
    ],
)
def test_a_name_behind_an_at_means_a_member(text: str, ids: list[str]) -> None:
    assert mentioned(names_in(text), MEMBERS) == ids


def test_a_long_text_is_read_in_one_go() -> None:
    """Unclosed code at every place would make a careless pattern slow."""
    assert names_in("`" * 65_536) == []
    assert names_in("```" + "` @mel " * 9_000) == []
