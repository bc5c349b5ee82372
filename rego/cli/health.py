"""`rego health`: how the server is."""

from __future__ import annotations

import typer

from rego.cli.context import Session
from rego.cli.options import DataCommand, form_of, noun, session_of
from rego.cli.output import Form, View
from rego.client import system
from rego.safe_text import safe_text
from rego.wire.system import Health

app = noun("", alone=True)

HEALTH = View[Health](struct=Health, entity=lambda health: health, short=lambda health: health.status)


@app.command(cls=DataCommand)
def _health(context: typer.Context) -> None:
    """Ask the server how it is."""
    show_health(session_of(context), form_of(context, HEALTH))


def show_health(session: Session, form: Form) -> None:
    """Print the parts of the server and their state, one a line."""
    health = session.send(system.health())
    sockets = health.websocket
    lines = (
        f"status: {health.status}",
        f"version: {health.version} ({health.environment})",
        f"database: {health.database}",
        f"postgres: {health.postgres}",
        f"redis: {health.redis}",
        f"subscriber: {health.subscriber}",
        f"live: {sockets.total_connections} connections on {sockets.total_boards} boards",
    )
    session.output.one(HEALTH, health, form, "\n".join(map(safe_text, lines)))
