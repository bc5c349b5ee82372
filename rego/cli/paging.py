"""Long text on a terminal goes through the person's pager."""

from __future__ import annotations

import os
import shlex
import subprocess

from rego.cli.context import Session


def page(session: Session, text: str) -> None:
    """Print `text`, which is safe already and may be styled; a pager that cannot be started is passed over."""
    pager = session.choices.value("pager")
    if session.output.terminal and pager and os.environ.get("TERM") != "dumb":
        try:
            subprocess.run(shlex.split(pager), input=text.encode(), check=False)  # noqa: S603 - the user's own pager
        except (OSError, ValueError):
            pass
        else:
            return
    session.output.out.write(text.rstrip("\n") + "\n")
