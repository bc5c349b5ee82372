"""`/auth/tokens`: personal tokens."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict

from rego.wire.errors import Conflict
from rego.wire.tokens import CreateToken, NewToken, PersonalToken
from rego_server.domains.tokens import actions
from rego_server.domains.tokens.secret import digest_of, new_secret, write_token
from rego_server.web.endpoint import LoggedIn, Request, RouteTable

table = RouteTable()


@table.add("GET", "/auth/tokens", needs=LoggedIn)
async def list_tokens(request: Request) -> Sequence[PersonalToken]:
    """One's own personal tokens, the newest first, without their secrets."""
    return await request.read(actions.list_tokens)


@table.add("POST", "/auth/tokens", needs=LoggedIn, status=201)
async def create_token(request: Request, body: CreateToken) -> NewToken:
    """Make a personal token; the answer shows its secret, this once: a repeat of the request gets 409."""
    secret = new_secret()
    made = _first_time(await request.run(actions.create_token, body, digest_of(secret)))
    assert request.caller.user_id is not None
    return NewToken(**asdict(made), token=write_token(made.id, request.caller.user_id, secret))


@table.add("DELETE", "/auth/tokens/{token_id}", needs=LoggedIn)
async def revoke_token(request: Request) -> None:
    """Revoke one of one's own personal tokens; it opens nothing from the next request on."""
    await request.run(actions.revoke_token, request.id("token_id"))


def _first_time(made: object) -> PersonalToken:
    """The token that was made; raises `Conflict` for the answer to a repeated request, whose secret nobody has any more."""
    if not isinstance(made, PersonalToken):
        raise Conflict("This token was made, but its secret is shown only once; if it was lost, revoke it and make another.")
    return made
