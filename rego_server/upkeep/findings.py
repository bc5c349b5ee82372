"""What a look at a deployment says: each finding in a sentence and, where something is to be done, what."""

from __future__ import annotations

from typing import NamedTuple

OK, WARNING, FAILED, UNUSED = "ok", "warning", "failed", "not used"


class Finding(NamedTuple):
    """`state` is ok, warning (it works, for now), failed (it does not, or loses data) or not used."""

    check: str
    state: str
    found: str
    advice: str = ""


def fine(check: str, found: str) -> Finding:
    """Nothing is to be done."""
    return Finding(check, OK, found)


def warning(check: str, found: str, advice: str) -> Finding:
    """It works, but not as it should, or not for long."""
    return Finding(check, WARNING, found, advice)


def failed(check: str, found: str, advice: str) -> Finding:
    """A server cannot work like this, or would lose what it acknowledged."""
    return Finding(check, FAILED, found, advice)


def unused(check: str, found: str) -> Finding:
    """There is nothing to look at."""
    return Finding(check, UNUSED, found)
