"""Rego's own two themes, dark and light: quiet grounds, one accent. Users may pick any of Textual's instead."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="rego-dark",
    primary="#6c8ebf",
    secondary="#8aa4c8",
    accent="#7fb4e6",
    foreground="#d8dce4",
    background="#12151a",
    surface="#1a1e25",
    panel="#252b35",
    success="#7cbf8e",
    warning="#dcae5c",
    error="#e5747a",
    dark=True,
)

LIGHT = Theme(
    name="rego-light",
    primary="#a9c3e6",
    secondary="#5a7396",
    accent="#1f6fb5",
    foreground="#22262d",
    background="#eef0f3",
    surface="#ffffff",
    panel="#dfe4eb",
    success="#2c7a45",
    warning="#94620a",
    error="#b3323a",
    dark=False,
)

THEMES = (DARK, LIGHT)
