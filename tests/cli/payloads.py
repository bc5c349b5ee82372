"""Texts that attack a terminal, a table or a template; each must come out as something that only shows."""

from __future__ import annotations

import re

HOSTILE = (
    "\x1b]0;owned\x07",
    "\x1b[2J\x1b[H",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b[31mred\x1b[0m",
    "\x1bP1$r0m\x1b\\",
    "\x9b2J",
    "\x9d0;owned\x9c",
    "a\rb",
    "a\nb",
    "a\x08\x08b",
    "a\tb",
    "\x00",
    "\x7f",
    "\x85",
    "safe\u202egnp.exe",
    "\u2066\u2069\u200e\u200f",
    "\u2028\u2029",
    "zero\u200bwidth",
    "\ufeffbom",
    "\U000e0041tag",
    "[/]",
    "[red]not red[/red]",
    "[@click=app.quit]x[/]",
    ":smile:",
    "{0} %s $(x) `y`",
    "👩\u200d👩\u200d👧",
    "漢字" * 40,
)

# Newlines are the program's own; a tab divides the cells of a line.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def steering(text: str) -> list[str]:
    """The characters of `text` that would steer a terminal or its reader."""
    return _STEERING.findall(text)
