"""What the pages point at is there: links, headings, files, and every name of code or of a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import modules
from tests.docs.pages import ROOT, Name, exists, label, leads_somewhere, links_in, names_in, pages


@pytest.mark.parametrize("page", pages(), ids=label)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links_in(page.read_text(encoding="utf-8")) if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("page", pages(), ids=label)
def test_every_name_of_code_exists(page: Path) -> None:
    assert [str(name) for name in names_in(page.read_text(encoding="utf-8")) if not exists(name)] == []


@pytest.mark.parametrize("page", pages(), ids=label)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`((?:rego|rego_tui|rego_server|tests|docs)/[\w./-]*)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_code_points_only_at_pages_that_exist() -> None:
    named = {page for module in modules() for page in re.findall(r"\bdocs/[\w/-]+\.md\b", module.text)}
    assert [page for page in sorted(named) if not (ROOT / page).is_file()] == []


def test_a_name_that_is_gone_is_noticed() -> None:
    here = "tests/docs/test_pages.py"
    assert exists(Name(here, "test_every_link_leads_somewhere"))
    assert not exists(Name(here, "test_that_was_renamed"))
    assert not exists(Name("tests/docs/gone.py", "test_every_link_leads_somewhere"))
    assert exists(Name("rego/replica.py", "Replica.apply"))
    assert not exists(Name("rego/replica.py", "apply"))


def test_a_heading_that_is_gone_is_noticed() -> None:
    page = ROOT / "docs" / "trace" / "move-card.md"
    assert leads_somewhere(page, "#1-a-key-becomes-an-action")
    assert not leads_somewhere(page, "#9-nothing")
    assert not leads_somewhere(page, "gone.md")
