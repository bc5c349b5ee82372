"""`rego doctor`: whether a server of these settings would work well, and what to do when not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from rego.cli.context import Session
from rego.cli.db import DatabaseOption, DataDirOption
from rego.cli.exit_codes import ExitCode
from rego.cli.options import ListCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View

if TYPE_CHECKING:
    from rego_server.core.settings import Settings

app = noun("", alone=True)


class Finding(Struct, frozen=True, kw_only=True):
    """What a check found. `state` is ok, warning, failed or not used; `advice` is what to do, or empty."""

    check: str
    state: str
    found: str
    advice: str


FINDING = View[Finding](
    struct=Finding,
    entity=lambda finding: finding,
    short=lambda finding: f"{finding.check}: {finding.state}",
    cells=(
        Cell("check", lambda finding: finding.check),
        Cell("state", lambda finding: finding.state),
        Cell("found", lambda finding: finding.found, long=True),
        Cell("to do", lambda finding: finding.advice, long=True),
    ),
)


@app.command(cls=ListCommand)
def _doctor(
    context: typer.Context,
    database_url: DatabaseOption = None,
    redis_url: Annotated[
        str | None, typer.Option("--redis-url", metavar="URL", help="redis://… that several servers share (REGO_REDIS_URL).")
    ] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Look at what a server stands on, and say what to do; it ends with 1 when something fails.

    Run it where the server runs, as its user and with its settings. A running server is not disturbed.
    """
    from rego_server.core.settings import load

    settings = load({"database_url": database_url, "redis_url": redis_url, "data_dir": data_dir})
    examine(session_of(context), settings, form_of(context, FINDING))


def examine(session: Session, settings: Settings, form: Form) -> None:
    """Print the findings; ends the command with FAILED when one of them is a failure."""
    from rego_server.upkeep import doctor

    findings = [Finding(**found._asdict()) for found in asyncio.run(doctor.examine(settings))]
    session.output.many(FINDING, findings, form)
    if any(finding.state == "failed" for finding in findings):
        raise typer.Exit(ExitCode.FAILED)
