"""Rate limits that servers share: the same algorithm as in memory, in one call and by the clock of Redis."""

from __future__ import annotations

from rego_server.core.rate_limit import Decision, Limiter, Quota, decision_of
from rego_server.core.redis.link import Away, Link

# What is kept is when the quota will be whole again, as whole microseconds and a rest in `1 / limit` of one: Lua counts in
# doubles, which hold that exactly. A clock that was set back must shut nobody out, hence the bound on what is used.
GCRA = """
local limit, period = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000000
local depth = period * limit
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local used = 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local whole_at, rest = string.match(kept, '^(%d+) (%d+)$')
  used = math.min(math.max((whole_at - now) * limit + rest, 0), depth)
end
local allowed = used + period <= depth
if allowed then
  used = used + period
  local wait = math.floor(used / limit)
  redis.call('SET', KEYS[1], string.format('%.0f %.0f', now + wait, used % limit), 'PX', math.floor(wait / 1000) + 1)
end
return {allowed and 1 or 0, used}
"""


class RedisLimiter:
    """The limits of all servers together, or, while Redis is away, of each by itself: never shut, and never unlimited."""

    def __init__(self, link: Link, twin: Limiter) -> None:
        self._link = link
        self._twin = twin
        self._gcra = link.script(GCRA)

    async def take(self, quota: Quota, subject: str) -> Decision:
        """Decide about one request of `subject`, and count it when it is allowed."""
        key = f"rego:limit:{quota.name}:{quota.limit}:{quota.period}:{subject}"
        try:
            allowed, used = await self._gcra([key], [quota.limit, quota.period])
        except Away:
            return await self._twin.take(quota, subject)
        return decision_of(quota, bool(allowed), used=used * 1_000)
