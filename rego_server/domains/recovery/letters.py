"""What the letters of this room say. Nothing that a stranger wrote stands in them but names that were cleaned at ingest."""

from __future__ import annotations

from rego_server.core.mail import Letter


def reset_letter(to: str, username: str, secret: str, server: str) -> Letter:
    """How to set a new password."""
    return Letter(
        to,
        "Your new Rego password",
        f"""Hello {username},

somebody, probably you, forgot the password of your account on
{server or "your Rego server"}.
Within one hour, and once, this token sets a new one:

    {secret}

Run 'rego password --reset' and give the token when it asks for it.
All your sessions then end. If it was not you, do nothing: your password
stays as it is.
""",
    )


def verification_letter(to: str, username: str, secret: str, server: str) -> Letter:
    """How to show that the address is one's own."""
    return Letter(
        to,
        "Your e-mail address on Rego",
        f"""Hello {username},

within 24 hours, and once, this token shows that this is your e-mail
address on {server or "your Rego server"}:

    {secret}

Run 'rego verify' and give the token when it asks for it.
If you have no account there, do nothing.
""",
    )
