"""What a server says of itself at `/metrics`, by name."""

from __future__ import annotations

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

Gauges = dict[str, float]
"""Values by name; the labels, if there are any, follow the name as in `name{label=value}`."""


async def gauges_of(session: aiohttp.ClientSession, url: str) -> Gauges:
    """All metrics of the server at `url`."""
    async with session.get(f"{url}/metrics") as answer:
        text = await answer.text()
    return {
        _named(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _named(name: str, labels: dict[str, str]) -> str:
    return name + ("{" + ",".join(f"{each}={value}" for each, value in sorted(labels.items())) + "}" if labels else "")
