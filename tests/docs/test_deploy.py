"""The files in docs/howto/deploy: each is well formed, and what they set of Rego is there to be set."""

from __future__ import annotations

import re
from configparser import RawConfigParser
from dataclasses import fields
from typing import Any

import pytest
import yaml

from rego_server.core.settings import Settings, load, variable
from rego_server.main import IDLE_CONNECTION_MAX
from tests.docs.pages import ROOT

DEPLOY = ROOT / "docs" / "howto" / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir())
VARIABLES = {variable(each) for each in fields(Settings)}

_STATEMENT = re.compile(r'"[^"]*"|[^\s;{}"]+|[;{}]')


def _text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def _nginx(name: str) -> list[tuple[str, ...]]:
    """Every directive with its arguments; blocks must be closed in their order."""
    words: list[str] = []
    found, depth = [], 0
    for line in _text(name).splitlines():
        for token in _STATEMENT.findall(line.partition("#")[0]):
            if token not in (";", "{", "}"):
                words.append(token)
                continue
            assert bool(words) == (token != "}"), f"{name}: {line}"
            depth += {"{": 1, "}": -1, ";": 0}[token]
            assert depth >= 0, f"{name}: {line}"
            if words:
                found.append(tuple(words))
                words = []
    assert depth == 0, name
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Any) -> None:
    named = set(re.findall(r"\bREGO_[A-Z0-9_]+\b", path.read_text(encoding="utf-8")))
    assert named <= VARIABLES, named - VARIABLES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_on_a_page(path: Any) -> None:
    assert f"](deploy/{path.name})" in (ROOT / "docs" / "howto" / "deploy.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-compose.conf"])
def test_nginx_lets_sockets_and_addresses_through(name: str) -> None:
    directives = _nginx(name)
    for wanted in (
        ("proxy_http_version", "1.1"),
        ("proxy_set_header", "Upgrade", "$http_upgrade"),
        ("proxy_set_header", "Connection", "$connection_upgrade"),
        ("proxy_set_header", "X-Forwarded-For", "$remote_addr"),
        ("proxy_set_header", "Host", "$host"),
    ):
        assert wanted in directives, wanted
    values = {words[0]: words[1] for words in directives if len(words) == 2}
    assert int(values["keepalive_timeout"].removesuffix("s")) < IDLE_CONNECTION_MAX
    assert int(values["proxy_read_timeout"].removesuffix("s")) > 2 * Settings().heartbeat_seconds
    assert int(values["client_max_body_size"].removesuffix("m")) > Settings().attachment_max_mb


def test_the_two_nginx_files_differ_only_in_names_and_tls() -> None:
    alone = {words for words in _nginx("nginx.conf") if words[0] not in ("listen", "server", "server_name", "return")}
    composed = {words for words in _nginx("nginx-compose.conf") if words[0] not in ("listen", "server")}
    assert {words for words in alone - composed if not words[0].startswith("ssl_")} == set()
    assert composed <= alone


def test_the_compose_file_starts_two_servers_with_one_of_everything() -> None:
    services: dict[str, Any] = yaml.safe_load(_text("compose.yaml"))["services"]
    one, two = services["rego-1"], services["rego-2"]
    assert one == two
    values = {name: re.sub(r"\$\{\w+:\?\}", "x" * 32, str(value)) for name, value in one["environment"].items()}
    settings = load(environ=values | {"REGO_REGISTRATION": "true"}, env_file=None)
    assert settings.sqlite_path is None
    assert settings.database_url.endswith("@postgres/rego")
    upstream = {words[1] for words in _nginx("nginx-compose.conf") if words[0] == "server" and len(words) > 1}
    assert upstream == {"rego-1:8000", "rego-2:8000"}
    for service in services.values():
        for needed in service.get("depends_on", ()):
            assert needed in services
    mounted = [mount.split(":")[0] for service in services.values() for mount in service.get("volumes", ())]
    assert all((DEPLOY / mount).exists() for mount in mounted if mount.startswith("./"))


def test_the_unit_serves_and_gives_time_to_end() -> None:
    unit = RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(_text("rego.service"))
    service = unit["Service"]
    assert service["ExecStart"].endswith("/rego serve")
    assert int(service["TimeoutStopSec"]) > 10
    assert int(service["LimitNOFILE"]) > Settings().sockets_max


def test_the_dockerfile_copies_what_there_is() -> None:
    instructions = re.findall(r"^(COPY) (?!--from)(.+)$", _text("Dockerfile"), re.MULTILINE)
    copied = {source for _, words in instructions for source in words.split()[:-1]}
    assert {"rego", "rego_tui", "rego_server", "pyproject.toml"} <= copied
    assert all((ROOT / source).exists() for source in copied)
    assert 'CMD ["rego", "serve"]' in _text("Dockerfile")
