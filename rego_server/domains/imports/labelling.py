"""The labels of a plan, gathered as the cards of a file name them."""

from __future__ import annotations

from rego.wire.columns import Color
from rego.wire.imports import PlannedLabel

_COLORS = [color for color in Color if color is not Color.GRAY]


class Labels:
    """Labels by name, which is their key; those without a colour of their own get the palette's in turn."""

    def __init__(self) -> None:
        self._labels: dict[str, PlannedLabel] = {}

    def use(self, name: str, color: Color | None = None) -> str:
        """The key of the label called `name`."""
        if name not in self._labels:
            color = color or _COLORS[len(self._labels) % len(_COLORS)]
            self._labels[name] = PlannedLabel(key=name, name=name, color=color)
        return name

    def planned(self) -> list[PlannedLabel]:
        """All labels, in the order in which they were first used."""
        return list(self._labels.values())
