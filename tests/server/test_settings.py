"""Settings: a flag beats the environment, which beats the file, which beats the default; what cannot be is one sentence."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from rego.wire.errors import InvalidInput
from rego_server.core.settings import Settings, default_of, load, variable


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    path.write_text("REGO_PORT=7001\nREGO_HOST=from.file\nREGO_ENVIRONMENT='from the file'\n# REGO_DEBUG=true\n")
    return path


def test_nothing_set_is_the_default() -> None:
    settings = load({}, {}, None)
    assert settings == Settings()
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8000, "")


def test_each_source_beats_the_next(env_file: Path) -> None:
    settings = load({"port": 7003, "host": None}, {"REGO_PORT": "7002", "REGO_HOST": "from.environment"}, env_file)
    assert (settings.port, settings.host, settings.environment) == (7003, "from.environment", "from the file")
    assert load({}, {"REGO_PORT": "7002"}, env_file).port == 7002
    assert load({}, {}, env_file).port == 7001
    assert load({"host": "flag"}, {}, env_file).host == "flag"


def test_a_flag_may_be_falsy() -> None:
    assert load({"port": 0}, {"REGO_PORT": "7000"}, None).port == 0


def test_a_missing_file_is_no_file(tmp_path: Path) -> None:
    assert load({}, {}, tmp_path / "missing") == Settings()


def test_every_setting_can_be_set_by_its_variable() -> None:
    values = {int: "9", float: "9.5", bool: "true", str: "x" * 40}
    particular = {"database_url": "sqlite:///x", "registration": "false", "trusted_proxies": "10.0.0.0/8"}
    particular["smtp_security"] = "none"
    needed = {"REGO_MAIL_FROM": "rego@example.com"}  # by any mail server
    for each in fields(Settings):
        text = particular.get(each.name, values.get(type(default_of(each)), "/tmp/x"))
        settings = load({}, {**needed, variable(each): text}, None)
        assert getattr(settings, each.name) != default_of(each), each.name


def test_every_setting_says_what_it_is_for() -> None:
    for each in fields(Settings):
        assert each.metadata["doc"].endswith("."), each.name


def test_a_yes_or_no_is_read_in_its_usual_spellings() -> None:
    for value, spellings in ((True, ("true", "YES", "1")), (False, ("false", "No", "0"))):
        for text in spellings:
            assert load({}, {"REGO_DEBUG": text}, None).debug is value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("REGO_PORT", "eighty"),
        ("REGO_PORT", ""),
        ("REGO_PORT", "80.5"),
        ("REGO_PORT", "-1"),
        ("REGO_PORT", "65536"),
        ("REGO_PORT", "9" * 5_000),
        ("REGO_DEBUG", "maybe"),
        ("REGO_DEBUG", ""),
        ("REGO_REGISTRATION", "2"),
        ("REGO_HEARTBEAT_SECONDS", "soon"),
        ("REGO_HEARTBEAT_SECONDS", "0"),
        ("REGO_HEARTBEAT_SECONDS", "-1"),
        ("REGO_HEARTBEAT_SECONDS", "nan"),
        ("REGO_HEARTBEAT_SECONDS", "inf"),
        ("REGO_ACCESS_TOKEN_MINUTES", "0"),
        ("REGO_ACCESS_TOKEN_MINUTES", "-5"),
        ("REGO_SESSION_DAYS", "0"),
        ("REGO_SESSION_DAYS", "999999999"),
        ("REGO_ARGON2_TIME_COST", "0"),
        ("REGO_ARGON2_MEMORY_KIB", "1"),
        ("REGO_ARGON2_PARALLELISM", "0"),
        ("REGO_DATABASE_URL", "mysql://localhost/x"),
        ("REGO_DATABASE_URL", "rego.db"),
        ("REGO_DATABASE_URL", "sqlite://"),
        ("REGO_DATABASE_URL", "sqlite:///"),
        ("REGO_DATABASE_URL", "postgresql+asyncpg://localhost/x"),
    ],
    ids=lambda text: text[:30],
)
def test_a_value_that_cannot_be_is_refused_in_one_sentence(name: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load({}, {name: text}, None)
    detail = refused.value.detail
    assert detail.endswith(".")
    assert "\n" not in detail
    assert len(detail) < 200
    assert refused.value.field is not None
    assert refused.value.field.upper().removeprefix("REGO_") == name.removeprefix("REGO_")


def test_a_flag_is_checked_as_a_variable_is() -> None:
    with pytest.raises(InvalidInput, match="port must be from 0 to 65535"):
        load({"port": 70_000}, {}, None)


def test_lanes_need_their_memory() -> None:
    with pytest.raises(InvalidInput, match="at least 8 for each lane"):
        load({}, {"REGO_ARGON2_MEMORY_KIB": "16", "REGO_ARGON2_PARALLELISM": "4"}, None)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xff\xfe\x00REGO_PORT=1")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load({}, {}, path)


def test_secrets_are_not_shown() -> None:
    assert "hunter2" not in repr(load({}, {"REGO_SECRET": "hunter2" * 8}, None))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "/data/rego.db"),
        ("sqlite:///rego.db", "rego.db"),
        ("sqlite:////var/rego.db", "/var/rego.db"),
        ("postgresql://x/y", None),
    ],
)
def test_where_sqlite_lies(url: str, path: str | None) -> None:
    settings = load({"data_dir": Path("/data"), "database_url": url}, {}, None)
    assert settings.sqlite_path == (Path(path) if path else None)
