"""What an import has to say about a file, each kind of remark counted once with its first example."""

from __future__ import annotations

from rego.wire.imports import Remark

_WHERE_MAX = 60


class Remarks:
    """Collects remarks in the order in which their kinds first came up."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._examples: dict[tuple[str, str], str] = {}

    def note(self, what: str, why: str, *, where: str = "", count: int = 1) -> None:
        """`count` more cases of `what`; `where` is kept as the example if it is the first. A count below one says nothing."""
        if count > 0:
            kind = (what, why)
            self._counts[kind] = self._counts.get(kind, 0) + count
            self._examples.setdefault(kind, _shortened(where))

    def listed(self) -> list[Remark]:
        """All remarks so far."""
        return [
            Remark(what=what, why=why, count=count, where=self._examples[what, why])
            for (what, why), count in self._counts.items()
        ]


def _shortened(where: str) -> str:
    return where if len(where) <= _WHERE_MAX else where[: _WHERE_MAX - 1].rstrip() + "…"
