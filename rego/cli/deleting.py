"""Nothing is deleted by accident: who sits at a terminal is asked, a script says `--yes`, and `--dry-run` only looks."""

from __future__ import annotations

from rego.cli.context import Session
from rego.wire.errors import InvalidInput


def agreed(session: Session, what: str, *, yes: bool, dry_run: bool) -> bool:
    """Whether `what`, such as "the label bug", may go. Raises `InvalidInput` when nobody said so and nobody can be asked."""
    if dry_run:
        session.output.note(f"Would delete {what}.")
        return False
    if yes:
        return True
    if not session.interactive:
        raise InvalidInput(f"This deletes {what}: say --yes to do it, or --dry-run to see what it would do.")
    if session.confirm(f"Delete {what}"):
        return True
    session.output.note("Nothing was deleted.")
    return False
