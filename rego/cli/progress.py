"""A bar on the terminal while something takes its time; nothing at all in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn


@contextmanager
def working(what: str, err: TextIO) -> Iterator[None]:
    """Show on `err` that `what` is under way, and for how long, until the block ends; then leave no trace."""
    if not err.isatty():
        yield
        return
    from rich.progress import BarColumn, TimeElapsedColumn

    with _bar(what, err, None, BarColumn(), TimeElapsedColumn()):
        # The server answers once, at the end, so there is no share of the work to show.
        yield


@contextmanager
def moving(what: str, size: int, err: TextIO) -> Iterator[Callable[[int], None]]:
    """Show on `err` how many of `size` bytes have gone or come, as what this gives is told, until the block ends."""
    if not err.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with _bar(what, err, size, *columns) as progress:
        yield lambda done: progress.update(progress.task_ids[0], completed=done)


def _bar(what: str, err: TextIO, size: int | None, *columns: ProgressColumn) -> Progress:
    from rich.console import Console
    from rich.progress import Progress, TextColumn

    from rego.safe_text import safe_text

    name = TextColumn("{task.description}", markup=False)
    progress = Progress(name, *columns, console=Console(file=err, markup=False), transient=True)
    progress.add_task(safe_text(what), total=size)
    return progress
