"""Whether a request is let in: which quota it counts against, whose, and what the answer says of it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from enum import StrEnum

from aiohttp import web

from rego.wire.errors import RateLimited
from rego_server.core.addresses import client_of, household_of, networks_of
from rego_server.core.rate_limit import Decision, Limiter, Quota
from rego_server.core.settings import Settings
from rego_server.core.uow import Caller


class Tier(StrEnum):
    """What a request counts as. Each is a quota of its own, by user, or by address when nobody knows the user."""

    FREE = "free"  # never refused
    READ = "read"
    WRITE = "write"
    ANONYMOUS = "anonymous"
    LOGIN = "login"
    REGISTER = "register"
    REFRESH = "refresh"


_OF_USERS = (Tier.READ, Tier.WRITE)

DECISION: web.RequestKey[Decision] = web.RequestKey("decision", Decision)


class Admission:
    """Lets requests in or refuses them, by the quotas of the settings."""

    def __init__(self, settings: Settings, limiter: Limiter) -> None:
        self._limiter = limiter
        self._quotas = quotas_of(settings)
        self._trusted = networks_of(settings.trusted_proxies)

    async def admit(self, http: web.Request, caller: Caller, tier: Tier) -> None:
        """Count the request as the caller's, or as its address's. Raises `RateLimited`."""
        if caller.local:
            return
        if caller.user_id is not None and caller.token is None and tier in _OF_USERS:
            await self._count(http, tier, f"user {caller.user_id}")
            return
        address = self._address(http)
        if address is None:
            return
        if caller.token is not None and tier in _OF_USERS:
            # Whose a personal token is stays a claim until the database has read it, and nobody may spend another's quota.
            await self._count(http, tier, f"tokens {address}")
            return
        await self._count(http, Tier.ANONYMOUS if tier in _OF_USERS else tier, f"address {address}")

    async def admit_account(self, http: web.Request, tier: Tier, account: str) -> None:
        """Count an attempt on an account, wherever it comes from. Raises `RateLimited`."""
        if self._address(http) is not None:
            # A digest, because a name may be as long as the body.
            digest = hashlib.sha256(account.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()
            await self._count(http, tier, f"account {digest}")

    async def _count(self, http: web.Request, tier: Tier, subject: str) -> None:
        quota = self._quotas.get(tier)
        if quota is None:
            return
        decision = await self._limiter.take(quota, subject)
        earlier = http.get(DECISION)
        if earlier is None or decision.remaining <= earlier.remaining:
            http[DECISION] = decision
        if not decision.allowed:
            wait = math.ceil(decision.retry_after)
            raise RateLimited(
                f"Too many requests: at most {quota.limit} in {quota.period} s ({quota.name}); come back in {wait} s.",
                retry_after=decision.retry_after,
            )

    def _address(self, http: web.Request) -> str | None:
        """What stands for whoever sends the request; None on a Unix socket, which only the owner of the data can reach."""
        peer = http.get_extra_info("peername")
        if isinstance(peer, str):
            return None
        client = client_of(http.remote or "", http.headers.getall("X-Forwarded-For", ()), self._trusted)
        return household_of(client) if client is not None else "unknown"


def quotas_of(settings: Settings) -> Mapping[Tier, Quota]:
    """The quota of each tier that has one."""
    limits = {
        Tier.READ: settings.reads_per_minute,
        Tier.WRITE: settings.writes_per_minute,
        Tier.ANONYMOUS: settings.anonymous_per_minute,
        Tier.LOGIN: settings.logins_per_minute,
        Tier.REGISTER: settings.logins_per_minute,
        Tier.REFRESH: settings.logins_per_minute,
    }
    return {tier: Quota(tier.value, limit) for tier, limit in limits.items() if limit}


def headers_of(decision: Decision) -> dict[str, str]:
    """What an answer says of its quota.

    `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-10 (`q` requests in `w` seconds; `r` are
    left, the whole quota is back in `t` seconds), and the older `X-RateLimit-*` with the same numbers.
    """
    quota, reset = decision.quota, math.ceil(decision.reset_after)
    return {
        "RateLimit-Policy": f'"{quota.name}";q={quota.limit};w={quota.period}',
        "RateLimit": f'"{quota.name}";r={decision.remaining};t={reset}',
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(decision.remaining),
        "X-RateLimit-Reset": str(reset),
    }
