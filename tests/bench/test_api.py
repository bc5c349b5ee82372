"""The benchmark of the endpoints runs and prints. What the times are is for people to judge."""

from __future__ import annotations

from pathlib import Path

from tests.bench.api import ROUTES, measure

SOME = [route for route in ROUTES if route.path in ("/health/live", "/boards", "/cards/{card}", "/cards/{card}/attachments")]


async def test_each_endpoint_has_a_row_with_its_statements(tmp_path: Path, database_url: str) -> None:
    header, *rows = await measure(tmp_path, database_url, SOME, changes=1, reads=1)
    assert header.split()[-1] == "statements"
    assert [row.split()[:2] for row in rows] == [[route.method, route.path] for route in SOME]
    counts = {" ".join(row.split()[:2]): int(row.split()[-1]) for row in rows}
    assert counts.pop("GET /health/live") == 0
    assert min(counts.values()) > 0
