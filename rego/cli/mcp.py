"""`rego mcp`: the board as tools for AI agents."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli.options import BoardOption, RegoCommand, noun, session_of

app = noun("", alone=True)


@app.command(cls=RegoCommand)
def _mcp(
    context: typer.Context,
    board: BoardOption = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Without the tools that change something.")] = False,
) -> None:
    """Offer the board as tools to an AI agent, which starts this command and speaks MCP with it over its stdin and stdout.

    --board, or the board at hand, is the one that is meant when the agent names none. REGO_TOKEN says what it may do.
    """
    import asyncio

    from rego.cli.mcp_server import serve

    session = session_of(context)
    asyncio.run(serve(session, board or session.choices.value("board"), read_only=read_only))
