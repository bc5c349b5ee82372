"""A bar on the terminal while something takes its time; nothing at all in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def working(what: str, err: TextIO) -> Iterator[None]:
    """Show on `err` that `what` is under way, and for how long, until the block ends; then leave no trace."""
    if not err.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from rego.safe_text import safe_text

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=err, markup=False), transient=True) as progress:
        # The server answers once, at the end, so there is no share of the work to show.
        progress.add_task(safe_text(what), total=None)
        yield
