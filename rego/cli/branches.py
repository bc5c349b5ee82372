"""Names of git branches for cards."""

from __future__ import annotations

import re
import subprocess
import unicodedata

from rego.cli import card_lookup as look
from rego.cli.context import Session
from rego.wire.errors import InvalidInput

LONGEST = 60
"""Characters of a branch name, so that it can still be read and typed."""


def branch(session: Session, name: str, *, create: bool) -> None:
    """Print the name of a branch for a card, and create the branch if that is wanted."""
    card = look.card(session, name)
    wanted = branch_name(look.named(session, name, card).ref, card.title)
    if create:
        _create(wanted)
    session.output.lines([wanted])


def branch_name(ref: str, title: str) -> str:
    """Reference and title in small letters, digits and hyphens: a name that git and shells take as it is."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = [ref.lower(), *re.findall("[a-z0-9]+", plain)]
    name: str = words[0]
    for word in words[1:]:
        if len(name) + 1 + len(word) > LONGEST:
            break
        name += f"-{word}"
    return name


def _create(name: str) -> None:
    try:
        done = subprocess.run(["git", "switch", "--create", name], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise InvalidInput(f"git cannot be run ({error}).") from error
    if done.returncode:
        raise InvalidInput(f"git did not create the branch: {done.stderr.strip().removeprefix('fatal: ')}.")
