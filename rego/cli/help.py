"""`rego help`: pages on what several commands share, and the help of any command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.exit_codes import ExitCode
from rego.cli.options import RegoCommand, noun, session_of
from rego.cli.paging import page
from rego.cli.synonyms import meant
from rego.client.settings import SETTINGS
from rego.safe_text import safe_text
from rego.wire.errors import NotFound

app = noun("", alone=True)


@app.command(cls=RegoCommand)
def _help(
    context: typer.Context,
    topic: Annotated[
        list[str] | None, typer.Argument(metavar="TOPIC", help="A topic, or a command such as cards move.")
    ] = None,
) -> None:
    """Explain a topic (query, formatting, environment, exit-codes), or a command."""
    raise typer.Exit(explain(session_of(context), topic or []))


def explain(session: Session, words: list[str]) -> int:
    """Show a page, or the help of the command that `words` name; raises `NotFound` for neither."""
    name = "-".join(words)
    if not words:
        session.output.block(
            "Topics:\n" + "\n".join(f"  {topic}" for topic in TOPICS) + "\n\n'rego --help' lists the commands."
        )
        return 0
    if name in TOPICS:
        page(session, safe_text(TOPICS[name](), multiline=True))
        return 0
    from rego.cli.root import COMMANDS, carry_out

    if meant(words[0], COMMANDS):
        return carry_out([*words, "--help"])
    raise NotFound(f"There is no topic or command {name!r}: the topics are {', '.join(TOPICS)}.")


def _page(name: str) -> str:
    return (Path(__file__).parent / "topics" / f"{name}.md").read_text("utf-8")


def _exit_codes() -> str:
    rows = "\n".join(f"    {code.value:>3}  {code.meaning}" for code in ExitCode)
    return f"# Exit codes\n\nThey are an interface and never change their meaning.\n\n{rows}\n"


def _environment() -> str:
    rows = "\n".join(f"    {', '.join(each.variables):<30} {each.help}" for each in SETTINGS)
    others = "\n".join(f"    {name:<30} {meaning}" for name, meaning in _OTHERS.items())
    return (
        "# Environment\n\nFlags win over these, and these over files: 'rego config explain' shows what is in force.\n\n"
        f"{rows}\n{others}\n"
    )


_OTHERS = {
    "REGO_TOKEN": "A token that stands in for a login; it is never stored.",
    "REGO_CONFIG_DIR": "Where your settings are.",
    "REGO_DATA_DIR": "Where local mode keeps its data.",
    "REGO_CACHE_DIR": "Where the names for completions, and boards as you last saw them, are kept.",
    "REGO_DEBUG": "1 shows the traceback of a failure.",
    "NO_COLOR, CLICOLOR_FORCE": "No colours; colours in a pipe too.",
}

TOPICS: dict[str, Callable[[], str]] = {
    "query": lambda: _page("query"),
    "formatting": lambda: _page("formatting"),
    "environment": _environment,
    "exit-codes": _exit_codes,
}
"""Each page with what writes it."""
