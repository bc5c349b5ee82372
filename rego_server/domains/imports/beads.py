"""An issue file of the tracker `beads` to a plan: columns by status, types and labels as labels, agents as people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedCard, PlannedColumn, PlannedComment, PlannedPerson, Report
from rego_server.domains.imports import beads_file as file
from rego_server.domains.imports import tallies
from rego_server.domains.imports.cleaning import clean
from rego_server.domains.imports.labelling import Labels
from rego_server.domains.imports.moments import moment_of, shown
from rego_server.domains.imports.records import Fields, decode_records
from rego_server.domains.imports.remarks import Remarks
from rego_server.domains.imports.sections import facts, joined, listed, one_line, told
from rego_server.domains.imports.texts import Texts

WHAT = "beads issue file"

_BEFORE = ("open", "blocked", "in_progress", "hooked", "review")
_AFTER = ("deferred", "pinned", "closed")
_ALWAYS = ("open", "in_progress", "closed")
_PRIORITIES = (Priority.URGENT, Priority.HIGH, Priority.MEDIUM, Priority.LOW, Priority.NONE)
_TYPE_COLORS = {"bug": Color.RED, "feature": Color.GREEN, "epic": Color.PURPLE, "task": Color.BLUE}
_LINKS = {
    "blocks": "Blocked by",
    "parent-child": "Child of",
    "discovered-from": "Discovered from",
    "supersedes": "Supersedes",
    "replies-to": "Reply to",
    "duplicates": "Duplicate of",
}
_PASSED_OVER = {"source_repo", "content_hash", "compaction_level", "original_size", "compacted_at", "deleted_at", "_type"}
_KNOWN = {*file.Issue.__struct_fields__, *_PASSED_OVER}
_FIRST = datetime.min.replace(tzinfo=UTC)


def read(content: bytes) -> tuple[Plan, Report]:
    """The plan in `content`, cleaned, and what came in; raises `InvalidInput` when it is no such file."""
    remarks = Remarks()
    records = decode_records(content, file.Issue, what=WHAT, remarks=remarks)
    if not any(issue.id and issue.title is not None and issue.status for issue, _ in records):
        raise InvalidInput(f"This is no {WHAT}: nothing in it has an id, a title and a status.")
    issues = _Issues(records, remarks)
    cleaned = clean(issues.plan(), remarks)
    imported = tallies.count(cleaned) | issues.imported()
    return cleaned, Report(tallies=tallies.compare(issues.found(), imported), remarks=remarks.listed())


class _Issues:
    """One file on its way to a plan."""

    def __init__(self, records: list[tuple[file.Issue, Fields]], remarks: Remarks) -> None:
        self._remarks = remarks
        self._texts = Texts(Remarks())
        self._labels = Labels()
        self._people: dict[str, PlannedPerson] = {}
        self._all = [issue for issue, _ in records]
        kept = [(issue, fields) for issue, fields in records if issue.status != "tombstone"]
        self._kept = sorted(kept, key=lambda each: _newest_closed(each[0]))
        self._by_id = {issue.id: issue for issue in self._all if issue.id}

    def plan(self) -> Plan:
        self._remarks.note("tombstones left out", "these issues were deleted", count=len(self._all) - len(self._kept))
        cards = [self._card(issue, fields) for issue, fields in self._kept]
        self._remark_what_became_text()
        return Plan(
            title=f"Issues of {self._prefix()}".rstrip(),
            people=list(self._people.values()),
            labels=self._labels.planned(),
            columns=[_column(status) for status in _stages(card.column for card in cards)],
            cards=cards,
        )

    def found(self) -> dict[str, int]:
        """How many things of each kind the file holds."""
        return self._count(self._all)

    def imported(self) -> dict[str, int]:
        """How many of those came in, as far as the plan does not count them itself."""
        counted = self._count([issue for issue, _ in self._kept])
        return {kind: counted[kind] for kind in counted if kind not in ("cards", "comments", "due dates", "members")}

    def _count(self, issues: list[file.Issue]) -> dict[str, int]:
        statuses = dict.fromkeys(sorted(issue.status or "open" for issue in self._all))
        return {
            "cards": len(issues),
            **{
                f"issues ({self._texts.line(status)})": sum((issue.status or "open") == status for issue in issues)
                for status in statuses
            },
            "label uses": sum(len(issue.labels or []) for issue in issues),
            "dependencies": sum(len(issue.dependencies or []) for issue in issues),
            "comments": sum(len(issue.comments or []) for issue in issues),
            "due dates": sum(bool(issue.due_at) for issue in issues),
            "members": len({name for issue in issues for name in _people_of(issue)}),
        }

    def _prefix(self) -> str:
        """What the ids begin with, which is the project's name."""
        first = next((issue.id for issue in self._all if issue.id), "")
        return first.rpartition("-")[0] or first

    def _card(self, issue: file.Issue, fields: Fields) -> PlannedCard:
        title = self._texts.title(issue.title or "")[0]
        return PlannedCard(
            column=issue.status or "open",
            title=issue.title or "",
            description=self._description(issue, fields, title),
            due_at=moment_of(issue.due_at, self._remarks, title),
            start_at=moment_of(issue.defer_until, self._remarks, title),
            priority=self._priority(issue, title),
            completed=issue.status == "closed",
            created_at=moment_of(issue.created_at, self._remarks, title),
            created_by=self._person(issue.created_by),
            updated_at=moment_of(issue.updated_at, self._remarks, title),
            labels=self._labels_of(issue),
            assignees=[key for key in [self._person(issue.assignee)] if key],
            comments=[self._comment(comment, title) for comment in issue.comments or []],
        )

    def _person(self, name: str | None) -> str | None:
        """The key of the person, or the agent, called `name`."""
        if not name:
            return None
        self._people.setdefault(name, PlannedPerson(key=name, username=name, name=name))
        return name

    def _priority(self, issue: file.Issue, title: str) -> Priority:
        if issue.priority is None:
            return Priority.NONE
        if not 0 <= issue.priority < len(_PRIORITIES):
            self._remarks.note("priorities dropped", "beads has 0 to 4", where=title)
            return Priority.NONE
        return _PRIORITIES[issue.priority]

    def _labels_of(self, issue: file.Issue) -> list[str]:
        labels = [self._labels.use(name) for name in issue.labels or []]
        if issue.issue_type:
            labels.append(self._labels.use(f"type:{issue.issue_type}", _TYPE_COLORS.get(issue.issue_type, Color.GRAY)))
        if issue.ephemeral:
            labels.append(self._labels.use("ephemeral", Color.GRAY))
        return list(dict.fromkeys(labels))

    def _description(self, issue: file.Issue, fields: Fields, title: str) -> str:
        details = facts(
            beads_id=issue.id,
            owner=issue.owner,
            closed=shown(issue.closed_at),
            close_reason=issue.close_reason,
            external_reference=issue.external_ref,
            estimate=f"{issue.estimated_minutes} minutes" if issue.estimated_minutes else None,
        )
        return joined(
            issue.description,
            told("Design", issue.design),
            told("Acceptance criteria", issue.acceptance_criteria),
            told("Notes", issue.notes),
            listed("Linked cards", [self._link(each) for each in issue.dependencies or []]),
            listed("Details", [*details, *self._other(fields, title)]),
        )

    def _link(self, dependency: file.Dependency) -> str:
        target = self._by_id.get(dependency.depends_on_id or "", file.Issue())
        name = f"{dependency.depends_on_id}: {one_line(target.title or '')}".rstrip(": ")
        return f"{_LINKS.get(dependency.type or '', 'Related to')} {name}"

    def _other(self, fields: Fields, title: str) -> list[str]:
        """The fields that beads has for programs, as lines."""
        others = {name: value for name, value in fields.items() if name not in _KNOWN and value not in (None, "", [], {})}
        lines = facts(**{name: value for name, value in others.items() if isinstance(value, str | int | float)})
        note = self._remarks.note
        note("other fields became text in the description", "Rego does not have them", where=title, count=len(lines))
        note("other fields left out", "they are neither texts nor numbers", where=title, count=len(others) - len(lines))
        return lines

    def _comment(self, comment: file.Comment, title: str) -> PlannedComment:
        at = moment_of(comment.created_at, self._remarks, title)
        return PlannedComment(text=comment.text or "", author=self._person(comment.author), at=at)

    def _remark_what_became_text(self) -> None:
        kept = [issue for issue, _ in self._kept]
        dependencies = sum(len(issue.dependencies or []) for issue in kept)
        for what, why, count in (
            ("dependencies became text in the description", "Rego has no links between cards", dependencies),
            ("types became labels", "Rego has no types", sum(bool(issue.issue_type) for issue in kept)),
            ("owners became text in the description", "Rego has assignees only", sum(bool(issue.owner) for issue in kept)),
        ):
            self._remarks.note(what, why, count=count)


def _people_of(issue: file.Issue) -> set[str]:
    """Everybody whom the issue names as a person of the board."""
    names = [issue.assignee, issue.created_by, *(comment.author for comment in issue.comments or [])]
    return {name for name in names if name}


def _newest_closed(issue: file.Issue) -> float:
    """Sorts closed issues newest first; open ones keep the file's order."""
    if issue.status != "closed":
        return 0
    closed_at = moment_of(issue.closed_at, Remarks(), "") or _FIRST
    return -(closed_at - _FIRST).total_seconds()


def _stages(used: Iterable[str]) -> list[str]:
    """The statuses that get a column, in the order of a board; the project's own ones stand before those that end it."""
    seen = dict.fromkeys(used)
    own = [status for status in seen if status not in (*_BEFORE, *_AFTER)]
    return [status for status in (*_BEFORE, *own, *_AFTER) if status in seen or status in _ALWAYS]


def _column(status: str) -> PlannedColumn:
    return PlannedColumn(key=status, title=status.replace("_", " ").capitalize(), done=status == "closed")
