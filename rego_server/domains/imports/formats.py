"""The formats that can be imported, by name."""

from __future__ import annotations

from collections.abc import Callable

from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, Report
from rego_server.domains.imports import beads, kanban_cli, rego_format, taskwarrior, trello

Reader = Callable[[bytes], tuple[Plan, Report]]
"""The content of a file to a plan that is fit to be carried out; raises `InvalidInput`."""

FORMATS: dict[str, Reader] = {
    "rego": rego_format.read,
    "trello": trello.read,
    "kanban-cli": kanban_cli.read,
    "taskwarrior": taskwarrior.read,
    "beads": beads.read,
}


def read(name: str, content: bytes) -> tuple[Plan, Report]:
    """`content` as a file of the format `name`; raises `InvalidInput` for an unknown format or a file that is not of it."""
    reader = FORMATS.get(name)
    if reader is None:
        raise InvalidInput(f"This import format is unknown; known are {', '.join(FORMATS)}.", field="format")
    return reader(content)
