"""A card as Markdown with front matter, for an editor: out of what the server says, and back. Pure, no I/O."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rego import threeway
from rego.dates import END_OF_DAY
from rego.naming import label_name
from rego.wire.boards import Member
from rego.wire.cards import Card
from rego.wire.columns import Column
from rego.wire.errors import InvalidInput
from rego.wire.labels import Label

FENCE = "---"
FIELDS = ("title", "column", "labels", "people", "start", "due", "priority")
LISTS = ("labels", "people")

HINT = "# Labels and people are listed with commas. A line that is taken out leaves its field as it is; an empty one clears it."


@dataclass(frozen=True)
class CardText:
    """The fields in the words of the front matter, and the description."""

    fields: Mapping[str, str]
    description: str

    def changed_since(self, before: CardText) -> dict[str, str]:
        """The fields that this text has otherwise than `before`, with `description` among them."""
        now = {**self.fields, "description": self.description}
        was = {**before.fields, "description": before.description}
        return {name: value for name, value in now.items() if value != was[name]}


@dataclass(frozen=True)
class Names:
    """What a card's ids stand for on its board. `columns` are those that a card can go to, `me` is the writer's user id."""

    columns: Sequence[Column]
    labels: Sequence[Label]
    members: Sequence[Member]
    me: str | None


@dataclass(frozen=True)
class MergedCard:
    """Two people's texts as one. `conflicts` has the other's word for each field that both changed."""

    text: CardText
    conflicts: Mapping[str, str]


def text_of(card: Card, names: Names) -> CardText:
    """What stands in the editor for a card."""
    fields = {
        "title": card.title,
        "column": next((column.title for column in names.columns if column.id == card.column_id), ""),
        "labels": joined(label_name(label) for label in names.labels if label.id in card.label_ids),
        "people": joined(each.username for each in names.members if each.user_id in card.assignee_ids),
        "start": _moment(card.start_at),
        "due": _moment(card.due_at),
        "priority": card.priority.value,
    }
    # As it comes back from an editor, which says nothing about blank lines at the ends.
    return CardText(fields, card.description.strip("\n"))


def written(text: CardText, conflicts: Mapping[str, str] | None = None) -> str:
    """The text as the file that an editor opens; for a field in conflict the other's value stands beside it."""
    lines = [FENCE, HINT]
    for name, value in text.fields.items():
        lines.append(f"{name}: {value}".rstrip())
        if conflicts and name in conflicts:
            lines.append(f"# Changed meanwhile by somebody else to: {conflicts[name] or '(nothing)'}")
    return "\n".join([*lines, FENCE, text.description]).rstrip("\n") + "\n"


def read(text: str) -> CardText:
    """What somebody wrote; raises `InvalidInput` for what cannot be understood, with the line."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != FENCE or FENCE not in (line.strip() for line in lines[1:]):
        raise InvalidInput(f"The text must begin with the fields between two lines of {FENCE}; the description comes below.")
    end = next(n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE)
    fields: dict[str, str] = {}
    for number, line in enumerate(lines[1:end], 2):
        name, separator, value = line.partition(":")
        name = name.strip().lower()
        if not line.strip() or line.startswith("#"):
            continue
        if not separator or name not in FIELDS:
            raise InvalidInput(f"Line {number} must be 'field: value' with one of {', '.join(FIELDS)}, not {line.strip()!r}.")
        if name in fields:
            raise InvalidInput(f"Line {number} has {name} a second time.")
        fields[name] = value.strip()
    description = "\n".join(lines[end + 1 :]).strip("\n")
    if threeway.is_marked(description):
        raise InvalidInput("The description still has the marks of a conflict: keep one side, or both, without them.")
    return CardText(fields, description)


def merge(base: CardText, mine: CardText, theirs: CardText) -> MergedCard:
    """`mine` and `theirs`, which both come from `base`: field by field, lists by entry and the description by line."""
    fields: dict[str, str] = {}
    conflicts: dict[str, str] = {}
    for name, was in base.fields.items():
        here, there = mine.fields.get(name, was), theirs.fields[name]
        if name in LISTS:
            fields[name] = _merged_lists(listed(was), listed(here), listed(there))
            continue
        fields[name] = there if here == was else here
        if was not in (here, there) and here != there:
            conflicts[name] = there
    description = threeway.merge(base.description, mine.description, theirs.description)
    if description.conflicts:
        conflicts["description"] = theirs.description
    return MergedCard(CardText(fields, description.text), conflicts)


def listed(value: str) -> list[str]:
    """The names in a field that has commas between them; a name that has one itself stands in quotes."""
    row = next(csv.reader([value], skipinitialspace=True), [])
    return [name for part in row if (name := part.strip())]


def joined(names: Iterable[str]) -> str:
    """A field with those names, which `listed` reads."""
    return ", ".join(_quoted(name) if {",", '"'} & {*name} else name for name in sorted(names))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _merged_lists(base: list[str], mine: list[str], theirs: list[str]) -> str:
    taken_out = {*base} - {*mine}
    return joined({*mine, *theirs} - taken_out - ({*base} - {*theirs}))


def _moment(moment: datetime | None) -> str:
    """A moment as the front matter writes it and `parse_due` reads it: local, and only the day where that says it all."""
    if moment is None:
        return ""
    local = moment.astimezone()
    return f"{local:%Y-%m-%d}" if local.time() == END_OF_DAY else f"{local:%Y-%m-%dT%H:%M}"
