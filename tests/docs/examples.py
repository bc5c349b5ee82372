"""The examples on a page that can run by themselves: shell blocks behind an invisible remark that says how.

`<!-- run -->`                  run the block; it must end with exit code 0
`<!-- run until TEXT -->`       run it until it prints TEXT, then press Ctrl-C
`<!-- run on until TEXT -->`    the same, but let it run to the end of the page
`<!-- first … -->`              commands that the page does not show
`<!-- prints -->`               this block is what the last one printed; `…` stands for anything within a line
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

_MARKED = re.compile(
    r"^(?P<indent> *)<!-- (?P<mark>run|run (?:on )?until (?P<text>.+?)|prints) -->\n+(?P=indent)```(?P<language>\w+)\n"
    r"(?P<body>.*?)^(?P=indent)```$"
    r"|^<!-- first\n(?P<first>.*?)^-->$",
    re.MULTILINE | re.DOTALL,
)


class Example(NamedTuple):
    """One marked block. `mark` is run, until, on or prints; `text` is what a block that does not end prints sooner or later."""

    mark: str
    body: str
    text: str = ""
    line: int = 0


def examples_of(page: Path) -> list[Example]:
    """The marked blocks of a page, in their order."""
    content = page.read_text(encoding="utf-8")
    return [_example(found, content.count("\n", 0, found.start()) + 1) for found in _MARKED.finditer(content)]


def _example(found: re.Match[str], line: int) -> Example:
    if found["first"] is not None:
        return Example("run", found["first"], line=line)
    mark, body = found["mark"].partition(" until ")[0], dedent(found["body"])
    if mark == "prints" and found["language"] == "json":
        body = "".join(each.strip() for each in body.splitlines())
    kind = {"run": "until" if found["text"] else "run", "run on": "on", "prints": "prints"}[mark]
    return Example(kind, body, found["text"] or "", line)


def is_printed(wanted: str, printed: str) -> bool:
    """Whether the lines of `wanted` stand in what was printed, one after the other."""
    pattern = r"\n".join(re.escape(line.rstrip()).replace("…", ".*") for line in wanted.strip().splitlines())
    return re.search(rf"^{pattern}$", "\n".join(line.rstrip() for line in printed.splitlines()), re.MULTILINE) is not None
