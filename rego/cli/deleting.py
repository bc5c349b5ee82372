"""Nothing is deleted by accident: who sits at a terminal is asked, a script says `--yes`, and `--dry-run` only looks."""

from __future__ import annotations

from rego.cli.context import Session
from rego.wire.errors import InvalidInput


def only_told(session: Session, what: str, *, dry_run: bool) -> bool:
    """Whether it was only asked what would be done, which is said then: `what`, such as "revoke the token nightly"."""
    if dry_run:
        session.output.note(f"Would {what}.")
    return dry_run


def agreed(session: Session, what: str, *, yes: bool, dry_run: bool) -> bool:
    """Whether `what`, such as "the label bug", may go. Raises `InvalidInput` when nobody said so and nobody can be asked."""
    if only_told(session, f"delete {what}", dry_run=dry_run):
        return False
    if yes:
        return True
    if not session.interactive:
        raise InvalidInput(f"This deletes {what}: say --yes to do it, or --dry-run to see what it would do.")
    if session.confirm(f"Delete {what}"):
        return True
    session.output.note("Nothing was deleted.")
    return False
