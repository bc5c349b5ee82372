"""The part of `rego doctor` that looks at PostgreSQL and Redis: versions, latency, clocks, durability, policy."""

from __future__ import annotations

from rego_server.core.db.facts import PostgresCondition, postgres_condition
from rego_server.core.redis.condition import RedisCondition, redis_condition
from rego_server.upkeep.findings import Finding, failed, fine, warning

POSTGRES_MIN = (14, 0)
REDIS_MIN = (6, 2)

LATENCY_MAX = 0.010
"""Seconds that the quickest answer of a service may take; each change of a board waits for two or three."""

CLOCK_OFF_MAX = 1.0
"""Seconds by which the clocks of two machines may differ; times on cards and in the log come from the server's."""

CONNECTIONS_OF_A_SERVER = 20

DURABLE = ("on", "remote_write", "remote_apply")
"""Values of `synchronous_commit` with which an acknowledged change is on the disk."""


async def check_postgres(url: str) -> list[Finding]:
    """Raises `Unavailable` when it cannot be reached."""
    condition = await postgres_condition(url)
    return [
        _postgres_version(condition),
        latency("database latency", "PostgreSQL", condition.latency),
        clock("database clock", "PostgreSQL", condition.ahead),
        durability(condition.settings),
        _connections(condition),
    ]


async def check_redis(url: str) -> list[Finding]:
    """Raises `Unavailable` when it cannot be reached, `InvalidInput` for a URL that is none."""
    condition = await redis_condition(url)
    return [
        _redis_version(condition),
        latency("redis latency", "Redis", condition.latency),
        clock("redis clock", "Redis", condition.ahead),
        policy(condition),
    ]


def _postgres_version(condition: PostgresCondition) -> Finding:
    major, minor = condition.version
    if condition.version < POSTGRES_MIN:
        return failed("database", f"PostgreSQL {major}.{minor} answers.", f"Update it to {POSTGRES_MIN[0]} or newer.")
    return fine("database", f"PostgreSQL {major}.{minor} answers.")


def _redis_version(condition: RedisCondition) -> Finding:
    number = tuple(int(part) for part in condition.version.split(".")[:2] if part.isdigit())
    if number < REDIS_MIN:
        return failed("redis", f"Redis {condition.version} answers.", "Update it to 6.2 or newer, or use Valkey.")
    return fine("redis", f"Redis (or Valkey) {condition.version} answers.")


def latency(check: str, service: str, seconds: float) -> Finding:
    """Whether a service is near enough."""
    sentence = f"{service} answers within {seconds * 1_000:.1f} ms."
    if seconds > LATENCY_MAX:
        return warning(check, sentence, "Put the servers near it: same machine, or same network.")
    return fine(check, sentence)


def clock(check: str, service: str, ahead: float) -> Finding:
    """Whether a service's clock agrees with ours."""
    if abs(ahead) > CLOCK_OFF_MAX:
        way = "ahead of" if ahead > 0 else "behind"
        sentence = f"The clock of {service} is {abs(ahead):.1f} s {way} ours."
        return warning(check, sentence, "Let all machines keep their time by NTP: timedatectl set-ntp true.")
    return fine(check, f"The clock of {service} agrees with ours.")


def durability(settings: dict[str, str]) -> Finding:
    """Whether what is acknowledged survives a crash."""
    check = "synchronous_commit"
    if (value := settings["synchronous_commit"]) not in DURABLE:
        advice = "ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();"
        if value == "local":
            return warning(check, "Commits wait for this disk, and not for standbys.", advice)
        return failed(check, f"It is {value}: a crash loses changes that people were told are saved.", advice)
    for name in ("fsync", "full_page_writes"):
        if settings[name] != "on":
            advice = f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();"
            return failed(check, f"It is {value}, but {name} is {settings[name]}: a crash may spoil the database.", advice)
    return fine(check, f"It is {value}: what is acknowledged is on the disk.")


def _connections(condition: PostgresCondition) -> Finding:
    most, used = int(condition.settings["max_connections"]), condition.connections
    sentence = f"{used} of {most} connections are in use."
    if most - used < CONNECTIONS_OF_A_SERVER:
        return warning("connections", sentence, f"A server takes up to {CONNECTIONS_OF_A_SERVER}: raise max_connections.")
    return fine("connections", sentence)


def policy(condition: RedisCondition) -> Finding:
    """Whether Redis makes room for new things by itself."""
    if condition.memory_max and condition.policy == "noeviction":
        sentence = f"With maxmemory-policy noeviction it refuses to work when its {condition.memory_max / 1e6:.0f} MB are full."
        advice = "CONFIG SET maxmemory-policy allkeys-lru; what Rego keeps there may be lost."
        return warning("redis policy", sentence, advice)
    return fine("redis policy", f"maxmemory-policy is {condition.policy}.")
