"""The data directory: private, held by one server, and refused in one sentence when it cannot be used."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from rego.wire.errors import InvalidInput, RegoError, Unavailable
from rego_server.app import open_server
from rego_server.core.data_dir import InUse
from rego_server.core.secret import KEY_BYTES, former_keys, signing_key
from rego_server.core.settings import Settings
from tests.running import fast_settings, running
from tests.server.site import raw


async def _refusal(settings: Settings) -> RegoError:
    """What a server says that cannot start; it must be one printable sentence."""
    with pytest.raises(RegoError) as refused:
        async with open_server(settings):
            pytest.fail("the server started")
    assert "\n" not in refused.value.detail
    assert refused.value.detail.endswith(".")
    return refused.value


async def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    settings = fast_settings(tmp_path)
    async with running(settings) as first:
        refusal = await _refusal(settings)
        assert isinstance(refusal, InUse)
        assert str(tmp_path) in refusal.detail
        assert "--data-dir" in refusal.detail
        assert (await raw(first.url, "GET", "/health")).status == 200
    async with running(settings) as again:
        assert (await raw(again.url, "GET", "/health")).status == 200


async def test_the_same_file_by_another_name_is_the_same_data(tmp_path: Path) -> None:
    other = fast_settings(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'data' / 'rego.db'}")
    async with running(fast_settings(tmp_path / "data")):
        assert isinstance(await _refusal(other), InUse)


async def test_a_directory_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """A file in its place stands for a missing right, because nothing is forbidden to root."""
    blocker = tmp_path / "file"
    blocker.write_text("x")
    for path in (blocker, blocker / "below"):
        refusal = await _refusal(fast_settings(path))
        assert isinstance(refusal, Unavailable)
        assert str(path) in refusal.detail
    await _refusal(fast_settings(tmp_path / "data", f"sqlite:///{blocker}/rego.db"))
    assert blocker.read_text() == "x"


async def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "rego.db"
    path.write_bytes(b"This is a letter, not a database. " * 100)
    refusal = await _refusal(fast_settings(tmp_path))
    assert str(path) in refusal.detail
    assert path.read_bytes().startswith(b"This is a letter")


async def test_a_directory_in_the_database_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rego.db").mkdir()
    assert isinstance(await _refusal(fast_settings(tmp_path)), Unavailable)


async def test_a_database_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for url in (
        "postgresql://nobody:secret@127.0.0.1:9/none",
        "postgresql://127.0.0.1:port/none",
        "postgresql://nobody:secret@127.0.0.1:9/none?sslmode=sometimes",
    ):
        refusal = await _refusal(fast_settings(tmp_path, url))
        assert isinstance(refusal, Unavailable)
        assert "PostgreSQL" in refusal.detail
        assert "secret" not in refusal.detail


async def test_what_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    async with running(fast_settings(data_dir)):
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert {path.name for path in data_dir.iterdir()} >= {"rego.db", "secret.key", "rego.db.lock"}
        for path in data_dir.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


# --- the signing key ---------------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    settings = fast_settings(tmp_path)
    key = signing_key(settings)
    assert len(key) == KEY_BYTES
    assert signing_key(settings) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_every_data_directory_has_a_key_of_its_own(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    assert signing_key(fast_settings(first)) != signing_key(fast_settings(second))


def test_a_given_secret_is_used_and_nothing_written(tmp_path: Path) -> None:
    assert signing_key(replace(fast_settings(tmp_path), secret="x" * 32)) == b"x" * 32
    file = tmp_path / "mounted"
    file.write_text("y" * 40 + "\n")
    assert signing_key(replace(fast_settings(tmp_path), secret_file=str(file))) == b"y" * 40
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("secret", ["short", "x" * 31])
def test_a_short_secret_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(InvalidInput, match="at least 32 bytes") as refused:
        signing_key(replace(fast_settings(tmp_path), secret=secret))
    assert secret not in refused.value.detail
    file = tmp_path / "mounted"
    file.write_text(secret)
    with pytest.raises(InvalidInput, match="at least 32 bytes"):
        signing_key(replace(fast_settings(tmp_path), secret_file=str(file)))


def test_a_former_key_is_known_as_it_was_set_or_kept(tmp_path: Path) -> None:
    key = signing_key(fast_settings(tmp_path))
    assert key in former_keys(replace(fast_settings(tmp_path), previous_secret_file=str(tmp_path / "secret.key")))
    assert former_keys(replace(fast_settings(tmp_path), previous_secret="x" * 32)) == [b"x" * 32]
    assert former_keys(fast_settings(tmp_path)) == []
    with pytest.raises(InvalidInput, match="at least 32 bytes"):
        former_keys(replace(fast_settings(tmp_path), previous_secret="short"))


async def test_a_server_with_a_short_secret_does_not_start(tmp_path: Path) -> None:
    assert isinstance(await _refusal(replace(fast_settings(tmp_path), secret="short")), InvalidInput)


def test_a_secret_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe" * 20)
    for name in ("missing", ".", "binary"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            signing_key(replace(fast_settings(tmp_path), secret_file=str(tmp_path / name)))


@pytest.mark.parametrize("content", ["", "zz", "00ff", "x" * 64])
def test_a_damaged_key_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret.key").write_text(content)
    with pytest.raises(InvalidInput, match="damaged"):
        signing_key(fast_settings(tmp_path))
    assert (tmp_path / "secret.key").read_text() == content
