"""The escape sequences that draw a user's attention outside the app."""

from __future__ import annotations

import os
from collections.abc import Mapping

from rego_tui.widgets.text_cells import cut, steady

WIDTH = 120
"""Cells of a notification that a desktop shows anyway."""


def osc9(sentence: str, environ: Mapping[str, str] | None = None) -> str:
    """The sequence by which iTerm2, kitty, Windows Terminal and others show a desktop notification, through tmux too.

    The sentence may hold text of others: nothing in it ends the sequence or begins another.
    """
    environ = os.environ if environ is None else environ
    sequence = f"\x1b]9;{cut(steady(sentence), WIDTH)}\x07"
    if environ.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    return sequence
