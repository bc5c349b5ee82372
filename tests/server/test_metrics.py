"""`/metrics` and the log: what whoever runs a server sees of its requests, and what they can tell from nobody's."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from rego.wire.errors import InvalidInput
from rego_server.logs import configure
from tests.conftest import Join
from tests.running import Running
from tests.server.furnished import Furnished
from tests.server.site import Site, raw

Sample = tuple[str, tuple[tuple[str, str], ...]]


async def _samples(url: str) -> dict[Sample, float]:
    answer = await raw(url, "GET", "/metrics")
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    families = text_string_to_metric_families(answer.body.decode())
    return {(each.name, tuple(sorted(each.labels.items()))): each.value for family in families for each in family.samples}


def _requests(samples: dict[Sample, float], method: str, route: str, status: str) -> float:
    return samples.get(("rego_requests_total", (("method", method), ("route", route), ("status", status))), 0)


async def test_requests_are_counted_by_endpoint_and_status(server: Running, people: Join) -> None:
    ada = await people("ada")
    nothing = "/boards/00000000-0000-7000-8000-000000000000"
    for path, token in ((nothing, ada.token), (nothing, None), ("/boards", ada.token), ("/boards", ada.token)):
        await raw(server.url, "GET", path, token=token)
    samples = await _samples(server.url)
    assert _requests(samples, "GET", "/boards/{board_id}", "404") == 1
    assert _requests(samples, "GET", "/boards/{board_id}", "401") == 1
    assert _requests(samples, "GET", "/boards", "200") == 2
    assert samples["rego_request_seconds_count", (("method", "GET"), ("route", "/boards"))] == 2
    assert samples["rego_requests_under_way", ()] == 1
    assert samples["rego_sockets", ()] == samples["rego_boards_followed", ()] == 0
    assert samples["process_resident_memory_bytes", ()] > 0


async def test_what_people_write_is_in_no_label(site: Site, desk: Furnished) -> None:
    await raw(site.url, "GET", "/nothing/secret-path?q=secret-query", token=desk.member.token)
    await raw(site.url, "BREW", "/boards", token=desk.member.token)
    text = (await raw(site.url, "GET", "/metrics")).body.decode()
    assert 'route="unknown"' in text
    for private in ("secret", "BREW", desk.board.id, desk.member.user.username, desk.member.user.id):
        assert private not in text


# --- the log -----------------------------------------------------------------------------------------------------


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server logs at `info`."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    written = io.StringIO()
    configure(level="info", stream=written)
    structlog.configure(cache_logger_on_first_use=False)
    yield written
    structlog.configure(**before)
    logging.basicConfig(handlers=handlers, level=level, force=True)


def _lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_a_request_is_a_line_with_the_id_that_the_client_knows(log: io.StringIO, server: Running) -> None:
    log.seek(0)
    log.truncate()
    given = await raw(server.url, "GET", "/boards?q=private", headers={"X-Request-ID": "from-the.proxy_1"})
    made = await raw(server.url, "GET", "/a%0Ab")
    lines = {each["request_id"]: each for each in _lines(log)}
    assert given.headers["X-Request-ID"] == "from-the.proxy_1"
    line = lines["from-the.proxy_1"]
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/boards", 401)
    assert line["level"] == "info"
    assert lines[made.headers["X-Request-ID"]]["path"] == "/a%0Ab"
    assert "private" not in log.getvalue()


@pytest.mark.parametrize("wanted", ["", " ", "a b", "x" * 65, "ü", 'a"b', "<script>", "a;b"])
async def test_an_id_that_is_not_fit_for_a_log_is_replaced(site: Site, wanted: str) -> None:
    answer = await raw(site.url, "GET", "/health/live", headers={"X-Request-ID": wanted})
    assert len(answer.headers["X-Request-ID"]) == 32
    assert answer.headers["X-Request-ID"].isalnum()


async def test_libraries_log_in_the_same_form(log: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Something of %s", "theirs")
    logging.getLogger("aiohttp.access").info("nothing")
    (line,) = _lines(log)
    assert (line["event"], line["level"]) == ("Something of theirs", "error")


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="one of debug, info, warning, error"):
        configure(level="loud")
