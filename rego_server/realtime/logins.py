"""Sockets whose login is over: their session was ended, or their personal token was revoked or has expired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rego.wire.frames import CloseCode
from rego_server.core.db import Database, Statement
from rego_server.domains.auth import queries as sessions
from rego_server.domains.tokens import queries as tokens
from rego_server.realtime.follower import Follower


async def end_logins_that_are_over(followers: Sequence[Follower], database: Database, now: datetime) -> None:
    """Close the sockets whose session or token is no longer good; a statement for each of the two kinds that there are."""
    by_session = [(follower, follower.session_id) for follower in followers if follower.session_id]
    for follower in await _not_among(sessions.GOOD_AMONG, by_session, database, now):
        follower.close(CloseCode.SESSION_ENDED, "Your session has ended; log in again.")
    by_token = [(follower, follower.token_id) for follower in followers if follower.token_id]
    for follower in await _not_among(tokens.GOOD_AMONG, by_token, database, now):
        follower.close(CloseCode.SESSION_ENDED, "Your personal token was revoked or has expired.")


async def _not_among(
    good: Statement, followers: Sequence[tuple[Follower, str]], database: Database, now: datetime
) -> list[Follower]:
    if not followers:
        return []
    ids = sorted({each for _, each in followers})
    rows = await database.glance(lambda connection: connection.fetch(good, ids=ids, now=now))
    found = {row["id"] for row in rows}
    return [follower for follower, each in followers if each not in found]
