"""The letter that invites somebody."""

from __future__ import annotations

from rego.wire.invitations import NewInvitation
from rego_server.core.mail import Letter


def invitation_letter(to: str, made: NewInvitation, board: str, inviter: str, server: str) -> Letter:
    """How to come onto the board."""
    return Letter(
        to,
        f"{inviter} invites you to a board on Rego",
        f"""Hello,

{inviter} invites you to work on the board

    {board}

as {made.role.value}, on {server or "their Rego server"}.
Until {made.expires_at:%Y-%m-%d %H:%M} UTC, and once, this {"link" if server else "token"} lets you in:

    {f"{server.rstrip('/')}/invite#" if server else ""}{made.token}

Log in with an account of this e-mail address ('rego register' makes one),
run 'rego invites accept', and paste that when it asks for it.
If you do not know {inviter}, do nothing.
""",
    )
