"""One text that two people changed: what each made of it, where they differ, and both as one. Pure; no widget."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from msgspec import Struct

from rego.threeway import Merged, merge


class Choice(StrEnum):
    """What becomes of a collision."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    EDIT = "edit"


class Collision(Struct, frozen=True, kw_only=True):
    """`what` is such as “the description of OPS-12”. `base` is what both began with, `who` the other."""

    what: str
    base: str
    mine: str
    theirs: str
    who: str = "Somebody else"

    @property
    def merged(self) -> Merged:
        """Both changes in one text; where they meet it has both between marks."""
        return merge(self.base, self.mine, self.theirs)

    def text_for(self, choice: Choice) -> str:
        """The text that a choice stands for; to edit again means to edit both as one."""
        match choice:
            case Choice.MINE:
                return self.mine
            case Choice.THEIRS:
                return self.theirs
            case _:
                return self.merged.text


def marked_lines(text: str, other: str) -> list[tuple[str, bool]]:
    """The lines of `text`, each with whether `other` has it otherwise."""
    lines, others = text.split("\n"), other.split("\n")
    same = _common(lines, others)
    return [(line, number not in same) for number, line in enumerate(lines)]


def _common(lines: Sequence[str], others: Sequence[str]) -> set[int]:
    blocks = SequenceMatcher(None, lines, others, autojunk=False).get_matching_blocks()
    return {block.a + n for block in blocks for n in range(block.size)}
