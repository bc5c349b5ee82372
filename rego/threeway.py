"""Three-way merge of texts by lines, as diff3 does it: what only one side changed is taken from there, the rest is a conflict.

The blocks are those of `difflib`; between lines that all three have, one side's lines win when the other's are the base's.
Khanna, Kunal, Pierce, "A Formal Investigation of Diff3", 2007, describes what this does and does not promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MINE, MIDDLE, THEIRS = "<<<<<<< yours", "=======", ">>>>>>> theirs"
"""The lines around the two sides of a conflict, as git writes them."""


@dataclass(frozen=True)
class Merged:
    """The merged text; where both sides changed the same lines it has both of them between marks."""

    text: str
    conflicts: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """`mine` and `theirs`, which both come from `base`, as one text."""
    lines: list[str] = []
    conflicts = 0
    for was, here, there in _chunks(base.split("\n"), mine.split("\n"), theirs.split("\n")):
        if here in (there, was):
            lines += there
        elif there == was:
            lines += here
        else:
            lines += [MINE, *here, MIDDLE, *there, THEIRS]
            conflicts += 1
    return Merged("\n".join(lines), conflicts)


def is_marked(text: str) -> bool:
    """Whether a mark of a conflict is left in `text`."""
    return any(line in (MINE, THEIRS) for line in text.split("\n"))


Chunk = tuple[Sequence[str], Sequence[str], Sequence[str]]


def _chunks(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Chunk]:
    """The three texts cut at the lines that all of them have, each of which is a chunk of its own."""
    in_mine, in_theirs = _same_lines(base, mine), _same_lines(base, theirs)
    i = j = k = 0
    for at in [line for line in range(len(base)) if line in in_mine and line in in_theirs]:
        yield base[i:at], mine[j : in_mine[at]], theirs[k : in_theirs[at]]
        i, j, k = at + 1, in_mine[at] + 1, in_theirs[at] + 1
        yield base[at:i], base[at:i], base[at:i]
    yield base[i:], mine[j:], theirs[k:]


def _same_lines(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Which line of `other` each line of `base` still is."""
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}
