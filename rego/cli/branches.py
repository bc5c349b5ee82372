"""`rego cards branch`: a branch for a card."""

from __future__ import annotations

import subprocess

from rego.branches import branch_name
from rego.cli import card_lookup as look
from rego.cli.context import Session
from rego.wire.errors import InvalidInput


def branch(session: Session, name: str, *, create: bool) -> None:
    """Print the name of a branch for a card, and create the branch if that is wanted."""
    card = look.card(session, name)
    wanted = branch_name(look.named(session, name, card).ref, card.title)
    if create:
        _create(wanted)
    session.output.lines([wanted])


def _create(name: str) -> None:
    try:
        done = subprocess.run(["git", "switch", "--create", name], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise InvalidInput(f"git cannot be run ({error}).") from error
    if done.returncode:
        raise InvalidInput(f"git did not create the branch: {done.stderr.strip().removeprefix('fatal: ')}.")
