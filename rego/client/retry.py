"""When a failed request is worth another try, and after which pause. Pure: the transports bring clock, sleep and randomness."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from rego.wire.errors import RateLimited, RegoError, Unavailable, Unreachable


class Policy(Struct, frozen=True, kw_only=True):
    """How patient a client is, in seconds.

    `budget` bounds the time since the first attempt while the server itself asks to come back; `unreachable` bounds it while
    nobody answers, which is shorter because most often the server is not running. Pauses are full jitter below a ceiling
    that doubles from `base` to `cap`.
    """

    budget: float = 10.0
    unreachable: float = 3.0
    base: float = 0.1
    cap: float = 2.0


ONCE = Policy(budget=0.0, unreachable=0.0)
"""No second try."""


def pause_before_retry(
    policy: Policy, error: RegoError, attempt: int, elapsed: float, random: Callable[[], float]
) -> float | None:
    """Seconds to wait before trying again, or None when `error` is final.

    `attempt` counts the failures so far, from 1; `elapsed` is the time since the first attempt began; `random` gives numbers
    from 0 up to 1. Every request may be repeated: what changes something carries an idempotency key.
    """
    limit = _limit(policy, error)
    if limit is None:
        return None
    jitter = random() * min(policy.cap, policy.base * 2 ** (attempt - 1))
    pause = (error.retry_after or 0.0) + jitter
    return pause if elapsed + pause <= limit and limit > 0 else None


def _limit(policy: Policy, error: RegoError) -> float | None:
    if isinstance(error, Unavailable | RateLimited):
        return policy.budget
    if isinstance(error, Unreachable) and _will_pass(error.__cause__):
        return policy.unreachable
    return None


def _will_pass(cause: BaseException | None) -> bool:
    """Whether time can mend it: a restarting server refuses, resets, or has no socket yet; a wrong name stays wrong."""
    return isinstance(cause, ConnectionError | TimeoutError | FileNotFoundError)
