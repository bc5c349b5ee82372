"""A Taskwarrior export (`task export`) to a plan: columns by status, tags and projects as labels, annotations as comments."""

from __future__ import annotations

from msgspec import Struct

from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedCard, PlannedColumn, PlannedComment, Report
from rego_server.domains.imports import tallies
from rego_server.domains.imports.cleaning import clean
from rego_server.domains.imports.labelling import Labels
from rego_server.domains.imports.moments import moment_of, shown
from rego_server.domains.imports.records import Fields, decode_records
from rego_server.domains.imports.remarks import Remarks
from rego_server.domains.imports.sections import facts, joined, listed, one_line
from rego_server.domains.imports.texts import Texts

WHAT = "Taskwarrior export"
TITLE = "Taskwarrior"

_COLUMNS = {"pending": "To do", "started": "Doing", "waiting": "Waiting", "recurring": "Recurring", "completed": "Done"}
_ALWAYS = ("pending", "started", "completed")
_PRIORITIES = {"H": Priority.HIGH, "M": Priority.MEDIUM, "L": Priority.LOW}
_COMPUTED = {"id", "urgency", "mask", "imask", "rtype", "last", "parent"}
"""What Taskwarrior works out by itself, or needs only for its own book-keeping."""


class Annotation(Struct, gc=False):
    entry: str | None = None
    description: str | None = None


class Task(Struct, gc=False):
    """One task. Every field may be missing; older versions write `depends` as one text."""

    uuid: str | None = None
    description: str | None = None
    status: str | None = None
    entry: str | None = None
    modified: str | None = None
    start: str | None = None
    end: str | None = None
    due: str | None = None
    scheduled: str | None = None
    wait: str | None = None
    until: str | None = None
    recur: str | None = None
    project: str | None = None
    priority: str | None = None
    tags: list[str] | str | None = None
    depends: list[str] | str | None = None
    annotations: list[Annotation] | None = None


_KNOWN = {*Task.__struct_fields__, *_COMPUTED}


def read(content: bytes) -> tuple[Plan, Report]:
    """The plan in `content`, cleaned, and what came in; raises `InvalidInput` when it is no such export."""
    remarks = Remarks()
    records = decode_records(content, Task, what=WHAT, remarks=remarks)
    if not any(task.description is not None and (task.uuid or task.entry) for task, _ in records):
        raise InvalidInput(f"This is no {WHAT}: nothing in it has a description and a uuid.")
    tasks = _Tasks(records, remarks)
    cleaned = clean(tasks.plan(), remarks)
    imported = tallies.count(cleaned) | tasks.imported()
    return cleaned, Report(tallies=tallies.compare(tasks.found(), imported), remarks=remarks.listed())


class _Tasks:
    """One export on its way to a plan."""

    def __init__(self, records: list[tuple[Task, Fields]], remarks: Remarks) -> None:
        self._remarks = remarks
        self._texts = Texts(Remarks())
        self._labels = Labels()
        self._all = [task for task, _ in records]
        self._kept = [(task, fields) for task, fields in records if task.status != "deleted"]
        self._titles = {task.uuid: one_line(task.description or "") for task in self._all if task.uuid}

    def plan(self) -> Plan:
        self._remarks.note("deleted tasks left out", "they were deleted", count=len(self._all) - len(self._kept))
        cards = [self._card(task, fields) for task, fields in self._kept]
        used = {card.column for card in cards}
        columns = [
            PlannedColumn(key=stage, title=title, done=stage == "completed")
            for stage, title in _COLUMNS.items()
            if stage in used or stage in _ALWAYS
        ]
        return Plan(title=TITLE, labels=self._labels.planned(), columns=columns, cards=cards)

    def found(self) -> dict[str, int]:
        """How many things of each kind the file holds."""
        return self._count(self._all)

    def imported(self) -> dict[str, int]:
        """How many of those came in, as far as the plan does not count them itself."""
        counted = self._count([task for task, _ in self._kept])
        return {kind: counted[kind] for kind in counted if kind not in ("cards", "comments", "due dates")}

    def _count(self, tasks: list[Task]) -> dict[str, int]:
        statuses = ("pending", "waiting", "recurring", "completed", "deleted")
        return {
            "cards": len(tasks),
            **{f"tasks ({status})": sum((task.status or "pending") == status for task in tasks) for status in statuses},
            "tag uses": sum(len(_listed(task.tags)) for task in tasks),
            "priorities": sum(bool(task.priority) for task in tasks),
            "projects": len({task.project for task in tasks if task.project}),
            "dependencies": sum(len(_listed(task.depends)) for task in tasks),
            "comments": sum(len(task.annotations or []) for task in tasks),
            "due dates": sum(bool(task.due) for task in tasks),
        }

    def _card(self, task: Task, fields: Fields) -> PlannedCard:
        title = self._texts.title(task.description or "")[0]
        return PlannedCard(
            column=self._stage(task, title),
            title=task.description or "",
            description=self._description(task, fields, title),
            due_at=moment_of(task.due, self._remarks, title),
            start_at=moment_of(task.scheduled, self._remarks, title),
            priority=self._priority(task, title),
            completed=task.status == "completed",
            created_at=moment_of(task.entry, self._remarks, title),
            updated_at=moment_of(task.modified, self._remarks, title),
            labels=self._labels_of(task),
            comments=[self._comment(annotation, title) for annotation in task.annotations or []],
        )

    def _stage(self, task: Task, title: str) -> str:
        status = task.status or "pending"
        if status == "pending" and task.start:
            return "started"
        if status not in _COLUMNS:
            self._remarks.note("unknown statuses taken for pending", "Taskwarrior does not have them", where=title)
            return "pending"
        return status

    def _labels_of(self, task: Task) -> list[str]:
        project = [self._labels.use(f"project:{task.project}", Color.GRAY)] if task.project else []
        return list(dict.fromkeys([*project, *(self._labels.use(tag) for tag in _listed(task.tags))]))

    def _priority(self, task: Task, title: str) -> Priority:
        if task.priority and task.priority not in _PRIORITIES:
            self._remarks.note("priorities dropped", "Rego does not have them", where=title)
        return _PRIORITIES.get(task.priority or "", Priority.NONE)

    def _description(self, task: Task, fields: Fields, title: str) -> str:
        depends = [f"Depends on {self._titles.get(uuid, uuid)}" for uuid in _listed(task.depends)]
        what, why = "dependencies became text in the description", "Rego has no links between cards"
        self._remarks.note(what, why, where=title, count=len(depends))
        details = facts(waits_until=shown(task.wait), expires=shown(task.until), recurs=task.recur, completed=shown(task.end))
        return joined(listed("Linked cards", depends), listed("Details", [*details, *self._own(fields, title)]))

    def _own(self, fields: Fields, title: str) -> list[str]:
        """The fields that the user has defined, as lines."""
        own = {name: value for name, value in fields.items() if name not in _KNOWN and value not in (None, "", [], {})}
        lines = facts(**{name: value for name, value in own.items() if isinstance(value, str | int | float)})
        note = self._remarks.note
        note("fields of your own became text in the description", "Rego has no such fields", where=title, count=len(lines))
        note("fields of your own left out", "they are neither texts nor numbers", where=title, count=len(own) - len(lines))
        return lines

    def _comment(self, annotation: Annotation, title: str) -> PlannedComment:
        return PlannedComment(text=annotation.description or "", at=moment_of(annotation.entry, self._remarks, title))


def _listed(value: list[str] | str | None) -> list[str]:
    """A list, which older versions wrote as one text with commas."""
    return [part for part in value.split(",") if part] if isinstance(value, str) else value or []
