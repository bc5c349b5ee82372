"""A fetched file on the disk: whole or not at all, and over nothing that is there."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from rego.client.landing import Landing
from rego.wire.errors import InvalidInput


def _land(target: Path, content: bytes, *, overwrite: bool = False) -> None:
    with Landing(target, overwrite=overwrite) as landing:
        landing.begin()
        landing.write(content)
        assert not target.is_file() or target.read_bytes() != content
        landing.keep()


def test_it_is_there_when_it_is_whole_and_for_the_user_alone(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    _land(target, b"content")
    assert target.read_bytes() == b"content"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_there_stays_unless_it_may_be_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "x"
    _land(target, b"first")
    with pytest.raises(InvalidInput, match="is there already"):
        _land(target, b"second")
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"first", [target])
    _land(target, b"third", overwrite=True)
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"third", [target])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidInput, match="is there already"):
        _land(tmp_path / "link", b"x")
    _land(tmp_path / "link", b"x", overwrite=True)
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "link").is_symlink()


def test_a_second_try_begins_anew(tmp_path: Path) -> None:
    seen: list[int] = []
    with Landing(tmp_path / "x", progress=seen.append) as landing:
        landing.begin()
        landing.write(b"a long beginning")
        landing.begin()
        landing.write(b"con")
        landing.write(b"tent")
        landing.keep()
    assert ((tmp_path / "x").read_bytes(), seen) == (b"content", [16, 3, 7])


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Landing(tmp_path / "x") as landing:
        landing.write(b"half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"missing/x cannot be written: No such file or directory\."):
        _land(tmp_path / "missing" / "x", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidInput, match=r"folder cannot be written: Is a directory\."):
        _land(tmp_path / "folder", b"x", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("size", [2_000_000, 1_000_001])
def test_a_disk_that_is_full_is_a_sentence_and_leaves_nothing(tmp_path: Path, size: int) -> None:
    """Once in the middle, and once with the last bytes, which wait in a buffer."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(InvalidInput, match="x cannot be written: "), Landing(tmp_path / "x") as landing:
            for start in range(0, size, 1_000):
                landing.write(bytes(min(1_000, size - start)))
            landing.keep()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []
