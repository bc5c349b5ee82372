"""Making, listing and revoking personal tokens; none of it is open to a token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rego.wire import limits
from rego.wire.errors import Conflict, InvalidInput, NotFound
from rego.wire.tokens import CreateToken, PersonalToken
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import require_login
from rego_server.domains.tokens import queries


async def list_tokens(reading: Reading) -> Sequence[PersonalToken]:
    """The caller's tokens, the newest first."""
    await require_login(reading)
    return [queries.token_of(row) for row in await reading.fetch(queries.OWN, user_id=reading.caller.user_id)]


async def create_token(uow: UnitOfWork, body: CreateToken, digest: bytes) -> PersonalToken:
    """A token whose secret has that digest. Raises `NotFound` for a board that the caller is not on."""
    await require_login(uow)
    await uow.recall()
    await _refuse(uow, body)
    row: dict[str, Any] = {
        "id": uow.new_id(),
        "user_id": uow.caller.user_id,
        "digest": digest,
        "name": body.name,
        "scope": body.scope,
        "agent": body.agent,
        "board_ids": sorted(set(body.board_ids)) if body.board_ids is not None else None,
        "created_at": uow.now,
        "expires_at": body.expires_at,
    }
    uow.write(queries.ADD, **row)
    return queries.token_of(row)


async def revoke_token(uow: UnitOfWork, token_id: str) -> None:
    """Take a token of the caller's out of the world. Raises `NotFound` for any other."""
    await require_login(uow)
    await uow.recall()
    if token_id not in {row["id"] for row in await uow.fetch(queries.OWN, user_id=uow.caller.user_id)}:
        raise NotFound("You have no such token.")
    uow.write(queries.REMOVE, row_id=token_id)


async def _refuse(uow: UnitOfWork, body: CreateToken) -> None:
    """Raise for a token that could never be used, or that is one too many."""
    if body.expires_at is not None and body.expires_at <= uow.now:
        raise InvalidInput("expires_at lies in the past.", field="expires_at")
    if len(await uow.fetch(queries.OWN, user_id=uow.caller.user_id)) >= limits.TOKENS_MAX:
        raise Conflict(f"You have {limits.TOKENS_MAX} tokens; revoke one first.")
    if body.board_ids is not None:
        found = await uow.fetch(queries.BOARDS_AMONG, user_id=uow.caller.user_id, board_ids=body.board_ids)
        if len(found) < len(set(body.board_ids)):
            raise NotFound("A board of board_ids does not exist, or is not yours to see.", field="board_ids")
