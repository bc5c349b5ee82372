"""Who may import what from outside the project, and which rooms of a domain may use which.

The rules between the project's own packages are import-linter contracts (.importlinter).
"""

from __future__ import annotations

import sys

import pytest

from tests.architecture.source import PACKAGES, Module, imports_of, modules

MAY_IMPORT: dict[str, set[str]] = {
    "rego": set(),
    "rego.wire": {"msgspec"},
    "rego.card_draft": {"msgspec"},
    "rego.query_match": {"msgspec"},
    "rego.replica": {"msgspec"},
    "rego.replay": {"msgspec"},
    "rego.rule_words": {"msgspec"},
    "rego.client": {"msgspec"},
    "rego.client.aio": {"aiohttp", "msgspec", "yarl"},
    "rego.client.config": {"tomlkit"},
    "rego.client.keychain": {"keyring"},
    "rego.client.live": {"msgspec", "websockets"},
    "rego.client.parting": {"msgspec", "websockets"},
    "rego.cli": {"msgspec", "rich", "typer"},
    "rego.cli.filtering": {"jinja2", "jq"},
    "rego.cli.mcp_server": {"mcp", "mcp_types"},
    "rego.demo": {"msgspec"},
    "rego_tui": {"msgspec", "rich", "textual"},
    "rego_tui.operations": {"msgspec"},
    "rego_tui.outbox": {"msgspec"},
    "rego_tui.pictures": {"PIL", "rich", "textual"},
    "rego_tui.widgets.markdown_lines": {"markdown_it", "rich"},
    "rego_server": {"msgspec"},
    "rego_server.app": {"aiohttp"},
    "rego_server.beacon": {"aiohttp", "msgspec"},
    "rego_server.core": {"msgspec", "sqlalchemy", "structlog"},
    "rego_server.core.blobs_s3": {"obstore"},
    "rego_server.core.db.facts": {"asyncpg"},
    "rego_server.core.db.migrate": {"alembic", "asyncpg", "sqlalchemy"},
    "rego_server.core.db.postgres": {"asyncpg", "msgspec"},
    "rego_server.core.mail": {"aiosmtplib", "structlog"},
    "rego_server.core.ranking": set(),
    "rego_server.core.redis": {"msgspec", "redis", "structlog"},
    "rego_server.core.settings": {"dotenv", "platformdirs"},
    "rego_server.domains": {"msgspec"},
    "rego_server.domains.attachments.rules": {"filetype"},
    "rego_server.domains.auth.passwords": {"argon2"},
    "rego_server.domains.auth.tokens": {"jwt", "msgspec"},
    "rego_server.domains.automations": {"msgspec", "structlog"},
    "rego_server.domains.cards.filters": {"sqlalchemy"},
    "rego_server.domains.cards.remains": {"msgspec", "sqlalchemy"},
    "rego_server.local": {"aiohttp", "msgspec"},
    "rego_server.logs": {"structlog"},
    "rego_server.main": {"aiohttp"},
    "rego_server.migrations": {"alembic", "sqlalchemy"},
    "rego_server.realtime": {"aiohttp", "msgspec", "structlog"},
    "rego_server.snapshots": {"msgspec", "sqlalchemy"},
    "rego_server.upkeep": {"msgspec"},
    "rego_server.web": {"aiohttp", "msgspec", "structlog"},
    "rego_server.web.metrics": {"aiohttp", "prometheus_client"},
    "rego_server.worker": {"aiohttp"},
    "rego_server.workers": {"structlog"},
}
"""Third-party modules by package; the longest name that fits decides."""

OF_A_DOMAIN: dict[str, set[str]] = {
    "models": {"sqlalchemy"},
    "policy": {"msgspec", "sqlalchemy"},
    "queries": {"msgspec", "sqlalchemy"},
    "routes": {"aiohttp", "msgspec"},
}
"""The same for the files that every domain has: SQL stands in models, policies and queries, HTTP in routes."""

ROOMS = {"models": 0, "rules": 1, "policy": 1, "queries": 2, "actions": 3, "steps": 3, "running": 3, "routes": 4, "due": 4}
"""The rooms of a domain. A room uses its own level and the ones below, in its own domain and in others.

Automations have three more: their rules take steps, which are the actions of other domains, when they are running, and are set
off by due times, as by a request.
"""

ANOTHER_FILE = 2
"""Files with names of their own hold parts of an action, at the level of queries."""


def allowed_in(module: Module) -> set[str]:
    room = room_of(module.name)
    if room in OF_A_DOMAIN:
        return OF_A_DOMAIN[room]
    name = module.name
    while name not in MAY_IMPORT:
        name = name.rpartition(".")[0]
    return MAY_IMPORT[name]


def room_of(name: str) -> str | None:
    """`actions` for `rego_server.domains.cards.actions` and for what is imported from it."""
    parts = name.split(".")
    return parts[3] if parts[:2] == ["rego_server", "domains"] and len(parts) > 3 else None


@pytest.mark.parametrize("package", PACKAGES)
def test_third_party_modules_are_imported_only_where_they_belong(package: str) -> None:
    strangers = {
        (module.name, each.top)
        for module in modules(package)
        for each in imports_of(module)
        if each.top not in sys.stdlib_module_names and each.top not in PACKAGES and each.top not in allowed_in(module)
    }
    assert not strangers


def test_rooms_of_a_domain_use_the_rooms_below() -> None:
    wrong = []
    for module in modules("rego_server"):
        room = room_of(module.name)
        if room is None:
            continue
        for each in imports_of(module):
            used = room_of(each.name)
            if used is not None and ROOMS.get(used, ANOTHER_FILE) > ROOMS.get(room, ANOTHER_FILE):
                wrong.append(f"{module.name} imports {each.name}")
    assert not wrong


def test_the_table_names_only_what_exists() -> None:
    """A line for a module that is gone would hide a mistake in its successor."""
    there = {module.name for module in modules()}
    assert set(MAY_IMPORT) <= there
