"""Personal tokens of the account: for scripts, which send them as `REGO_TOKEN` or as a bearer token."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.tokens import CreateToken, NewToken, PersonalToken


def list_tokens() -> Call[list[PersonalToken]]:
    """The account's tokens without their secrets, the newest first; expired ones too."""
    return Call(method="GET", path="/auth/tokens", returns=list[PersonalToken])


def create_token(body: CreateToken) -> Call[NewToken]:
    """A new token; its secret is in this answer and nowhere else. Raises `Forbidden` when a token asks for it."""
    return Call(method="POST", path="/auth/tokens", body=body, returns=NewToken)


def revoke_token(token_id: str) -> Call[None]:
    """Make a token worthless at once; its live connections close within seconds."""
    return Call(method="DELETE", path=path_of("auth", "tokens", token_id), returns=None)
