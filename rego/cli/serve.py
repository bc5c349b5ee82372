"""`rego serve`: the server in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rego.cli.options import RegoCommand, noun

app = noun("", alone=True)


@app.command(cls=RegoCommand)
def _serve(
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="The address to listen on (REGO_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="N", help="The port; 0 takes a free one (REGO_PORT).")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(metavar="URL", help="sqlite:///… or postgresql://… (REGO_DATABASE_URL).")
    ] = None,
    redis_url: Annotated[
        str | None, typer.Option(metavar="URL", help="redis://… that several servers share (REGO_REDIS_URL).")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(metavar="DIR", help="Where files and keys are kept (REGO_DATA_DIR).")] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help="A proxy (or network) whose X-Forwarded-For is believed; repeatable (REGO_TRUSTED_PROXIES)."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, metavar="N", help="Processes on the port, over PostgreSQL and Redis (REGO_WORKERS)."),
    ] = None,
) -> None:
    """Run a server for a team; what is not given comes from the environment, then from .env."""
    from rego_server.main import serve

    proxies = ",".join(trusted_proxy) if trusted_proxy else None
    places = {"database_url": database_url, "redis_url": redis_url, "data_dir": data_dir}
    raise typer.Exit(serve(host=host, port=port, trusted_proxies=proxies, workers=workers, **places))
