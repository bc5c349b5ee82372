"""A board as a Markdown document (CommonMark, task lists as on GitHub), for people to read and to print.

Titles and names are escaped. Texts that are Markdown themselves stand in quotes: whatever they leave open ends with the quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from rego.wire.cards import Priority
from rego.wire.imports import Plan, PlannedCard, PlannedChecklist, PlannedColumn, PlannedComment, PlannedItem
from rego_server.domains.exports.names import Names

NOBODY = "somebody"

_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#~|&])")


class DocumentWriter:
    """Writes a section for each column, and in it one for each card."""

    def begin(self, board: Plan) -> bytes:
        self._names = Names(board)
        self._ahead = list(board.columns)
        state = "This board is archived." if board.archived else ""
        return _written(f"# {_escaped(board.title)}", state, _quoted(board.description)).removeprefix(b"\n")

    def card(self, card: PlannedCard) -> bytes:
        return self._headings(card.column) + _written(*self._card(card))

    def end(self) -> bytes:
        return self._headings(None)

    def _headings(self, key: str | None) -> bytes:
        """The headings of the columns up to the one with `key`, as far as they do not stand there yet; None means all."""
        reached = next((n for n, column in enumerate(self._ahead, 1) if column.key == key), 0)
        now, self._ahead = self._ahead[: reached if key else None], self._ahead[reached:]
        return b"".join(_written(_heading(column)) for column in now)

    def _card(self, card: PlannedCard) -> Iterator[str]:
        yield f"### {self._names.reference(card)} · {_escaped(card.title)}"
        yield "\n".join(self._facts(card))
        yield _quoted(card.description)
        for checklist in card.checklists:
            yield from self._checklist(checklist)
        if card.comments:
            yield "**Comments**"
        for comment in card.comments:
            yield from self._comment(comment)

    def _facts(self, card: PlannedCard) -> Iterator[str]:
        for name, value in (
            ("State", ", ".join(word for word in ("completed", "archived") if getattr(card, word))),
            ("Labels", ", ".join(_escaped(self._names.labels[key]) for key in card.labels)),
            ("Assigned to", ", ".join(_escaped(self._names.people[key]) for key in card.assignees)),
            ("Priority", card.priority.value if card.priority is not Priority.NONE else ""),
            ("Start", _moment(card.start_at)),
            ("Due", _moment(card.due_at)),
        ):
            if value:
                yield f"- {name}: {value}"

    def _checklist(self, checklist: PlannedChecklist) -> Iterator[str]:
        done = sum(item.done for item in checklist.items)
        yield f"**{_escaped(checklist.title)}** ({done} of {len(checklist.items)})"
        yield "\n".join(self._item(item) for item in checklist.items)

    def _item(self, item: PlannedItem) -> str:
        who = _escaped(self._names.people[item.assignee]) if item.assignee else ""
        due = f"due {_moment(item.due_at)}" if item.due_at else ""
        remark = ", ".join(each for each in (who, due) if each)
        return f"- [{'x' if item.done else ' '}] {_escaped(item.text)}{f' ({remark})' if remark else ''}"

    def _comment(self, comment: PlannedComment) -> Iterator[str]:
        nobody = f"{_escaped(comment.rule)} (rule)" if comment.rule else NOBODY
        author = _escaped(self._names.people[comment.author]) if comment.author else nobody
        yield f"{author}, {_moment(comment.at)}{', edited' if comment.edited_at else ''}:"
        yield _quoted(comment.text)


def _heading(column: PlannedColumn) -> str:
    limit = f"limit {column.wip_limit}" if column.wip_limit else ""
    remark = ", ".join(each for each in (limit, "archived" if column.archived else "") if each)
    return f"## {_escaped(column.title)}{f' ({remark})' if remark else ''}"


def _written(*blocks: str) -> bytes:
    """The blocks that say something, each after an empty line."""
    return "".join(f"\n{block}\n" for block in blocks if block).encode()


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if text.strip() else ""


def _escaped(text: str) -> str:
    """`text` as Markdown that shows it as it is."""
    return _MEANS_SOMETHING.sub(r"\\\1", text)


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""
