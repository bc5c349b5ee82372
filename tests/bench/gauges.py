"""What a server says of its sockets at `/metrics`, read cheaply, because the reader is part of what is measured."""

from __future__ import annotations

import re

import aiohttp

WAITING = "rego_sockets_waiting_bytes"

_LINE = re.compile(r"^(rego_sockets\S*) (\S+)$", re.MULTILINE)


def closed_with(code: int) -> str:
    """The name of the counter of sockets that were closed with a code."""
    return f'rego_sockets_closed_total{{code="{int(code)}"}}'


async def gauges_of(session: aiohttp.ClientSession, url: str) -> dict[str, float]:
    """The values by name, labels included."""
    async with session.get(f"{url}/metrics") as answer:
        return {name: float(value) for name, value in _LINE.findall(await answer.text())}
