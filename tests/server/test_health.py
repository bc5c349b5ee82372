"""`/health`: public, true on both databases."""

from __future__ import annotations

from rego.client import system
from rego.client.aio import Client
from rego.client.server import Server
from tests.conftest import Join
from tests.running import Running


async def test_health_names_the_database(server: Running) -> None:
    async with Client(Server.parse(server.url), None) as client:
        health = await client.send(system.health())
    assert health.status == "healthy"
    assert health.database == f"{server.server.database.dialect} up"
    assert health.server == "rego"


async def test_health_counts_no_sockets_at_rest(server: Running, people: Join) -> None:
    ada = await people("ada")
    health = await ada.client.send(system.health())
    assert health.websocket.total_connections == 0
