"""The places where keys mean something: a screen, or a mode of one. Pure."""

from __future__ import annotations

from enum import StrEnum


class Place(StrEnum):
    """Where an action can be run."""

    EVERYWHERE = "everywhere"
    BOARD = "board"
    MOVE = "move mode"
    CARD = "card"
    EDITOR = "editor"
    CONFLICT = "two texts"
    PICTURE = "a picture"
    BOARDS = "boards"
    SERVERS = "servers"
    LOGIN = "login"
    LIST = "every list"
    ACTIVITY = "activity"
    PEOPLE = "people"
    RULES = "rules"
    RULE = "a rule"
    RUNS = "a rule at work"
    REVIEW = "what was not done"
    ONCE = "shown once"
    SETTINGS = "settings"
    HELP = "help"
    PICKER = "choosing"
    COMMAND = "the last command"
