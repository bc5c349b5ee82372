"""Whether this user may change the board that is open, known before anything is sent."""

from __future__ import annotations

from rego.replica import Replica
from rego.wire.base import Role


def why_not(replica: Replica | None, me: str | None) -> str:
    """Why nothing can be changed here, as a sentence, or nothing when it can. The server has the last word."""
    if replica is None:
        return ""
    if replica.board.archived:
        return "This board is archived and stands still until it is restored."
    member = replica.members.get(me or "")
    if member is not None and member.role is Role.VIEWER:
        return "You are a viewer of this board: you see everything, and change nothing."
    return ""
