"""Rego's own board file: a `Plan` as JSON."""

from __future__ import annotations

from rego.wire.imports import Plan, Report
from rego_server.domains.imports import tallies
from rego_server.domains.imports.cleaning import clean
from rego_server.domains.imports.decoding import decode
from rego_server.domains.imports.remarks import Remarks


def read(content: bytes) -> tuple[Plan, Report]:
    """The plan in `content`, cleaned, and what was mended; raises `InvalidInput`, which says where (`$.cards[3].title`)."""
    remarks = Remarks()
    plan = decode(content, Plan, what="Rego board file", remarks=remarks)
    cleaned = clean(plan, remarks)
    return cleaned, Report(tallies=tallies.compare(tallies.count(plan), tallies.count(cleaned)), remarks=remarks.listed())
