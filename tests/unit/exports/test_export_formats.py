"""Each format of an export: what it says, and that no text breaks out of its place."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rego.wire.imports import ExportFormat, Plan, PlannedCard
from rego_server.domains.exports.table import HEADINGS
from rego_server.domains.imports import rego_format
from tests.unit.exports.boards import BOARD, CRANE, ROPE, written

DOCUMENT = r"""# Quay \*and\* crane

> What we do
> at the harbour

## To do (limit 3)

### HAR-1 · Paint \<the\> crane

- Labels: height, sky
- Assigned to: Ann Lee
- Priority: high
- Due: 2026-01-02 12:00 UTC

> ```
> unclosed

**Steps** (1 of 2)

- [x] Ladder
- [ ] \[x\] (Ann Lee)

**Comments**

bo, 2026-01-02 12:00 UTC:

> Two
>
> coats

somebody, 2026-01-02 12:00 UTC, edited:

> ?

## Empty

## Done (archived)

### HAR-2 · =HYPERLINK("x")

- State: completed, archived
"""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_json_is_a_plan_that_is_imported_as_it_is() -> None:
    plan, report = rego_format.read(written(ExportFormat.JSON).encode())
    assert plan == replace(BOARD, cards=[CRANE, ROPE])
    assert report.remarks == []


def test_json_has_one_card_a_line() -> None:
    lines = written(ExportFormat.JSON).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith('{"column":"c3"')


def test_json_of_a_board_without_cards_is_a_plan_too() -> None:
    writer_text = written(ExportFormat.JSON, Plan(title="x", columns=[]), CRANE)
    assert rego_format.read(writer_text.encode())[0].cards[0].number == 1


def test_csv_has_one_row_a_card() -> None:
    crane, rope = rows(written(ExportFormat.CSV))
    assert crane == {
        "card": "HAR-1",
        "column": "To do",
        "title": "Paint <the> crane",
        "description": "```\nunclosed",
        "labels": "height; sky",
        "assignees": "Ann Lee",
        "priority": "high",
        "start": "",
        "due": "2026-01-02T12:00:00Z",
        "completed": "no",
        "archived": "no",
        "items done": "1",
        "items": "2",
        "comments": "2",
        "created": "2026-01-02T12:00:00Z",
        "updated": "2026-01-02T12:00:00Z",
    }
    assert (rope["title"], rope["completed"], rope["archived"]) == ('\'=HYPERLINK("x")', "yes", "yes")


def test_csv_ends_its_lines_as_rfc_4180_says() -> None:
    assert written(ExportFormat.CSV).startswith(",".join(HEADINGS) + "\r\n")
    assert written(ExportFormat.CSV).endswith("\r\n")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\N{FULLWIDTH EQUALS SIGN}1", "--- separator"])
def test_no_cell_is_a_formula(text: str) -> None:
    card = PlannedCard(column="c1", title=text, number=1, description=text, created_at=CRANE.created_at)
    (row,) = rows(written(ExportFormat.CSV, BOARD, card))
    assert (row["title"], row["description"]) == (f"'{text}", f"'{text}")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back_out_of_the_table(title: str, description: str) -> None:
    description = description.replace("\r", "")
    card = PlannedCard(column="c1", title=title, number=1, description=description, created_at=CRANE.created_at)
    (row,) = rows(written(ExportFormat.CSV, BOARD, card))
    assert (row["title"].removeprefix("'"), row["description"].removeprefix("'")) == (
        title.removeprefix("'"),
        description.removeprefix("'"),
    )


def test_md_is_a_document_to_read() -> None:
    assert written(ExportFormat.MD) == DOCUMENT


@pytest.mark.parametrize("text", ["# heading", "<!-- comment", "```", "> quote", "- [ ] item\n\n## x", "***"])
def test_no_text_breaks_out_of_its_quote(text: str) -> None:
    card = replace(CRANE, description=text)
    start = written(ExportFormat.MD, BOARD, card).split("\n")
    quoted = [line for line in start if line in {f"> {part}".rstrip() for part in text.split("\n")}]
    assert len(quoted) >= len(text.split("\n"))
    assert [line for line in start if line.startswith("#")] == [
        "# Quay \\*and\\* crane",
        "## To do (limit 3)",
        "### HAR-1 · Paint \\<the\\> crane",
        "## Empty",
        "## Done (archived)",
    ]
