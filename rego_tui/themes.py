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
    error="#ee8f94",
    dark=True,
)

LIGHT = Theme(
    name="rego-light",
    primary="#a9c3e6",
    secondary="#5a7396",
    accent="#16598f",
    foreground="#22262d",
    background="#eef0f3",
    surface="#ffffff",
    panel="#dfe4eb",
    success="#1f6436",
    warning="#7a4f00",
    error="#a3242d",
    dark=False,
)

THEMES = (DARK, LIGHT)
