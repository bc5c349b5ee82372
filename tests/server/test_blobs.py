"""The blob stores, all by the same tests: a directory, and a bucket of a real server that speaks S3."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rego.wire.errors import InvalidInput, Unavailable
from rego_server.core.blobs import BlobMissing, BlobStore, open_store
from rego_server.core.settings import Settings
from tests.open_files import open_files
from tests.realtime.connections import eventually
from tests.running import fast_settings
from tests.s3 import in_bucket, start_s3

LATER = datetime.now(UTC) + timedelta(days=1)
EARLIER = datetime.now(UTC) - timedelta(days=1)
BIG = os.urandom(11_000_000)  # more than two parts of a multipart upload


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with start_s3() as url:
        yield url


@pytest.fixture(params=["directory", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    settings = fast_settings(tmp_path)
    return settings if request.param == "directory" else in_bucket(settings, request.getfixturevalue("s3"))


@pytest.fixture
def store(settings: Settings) -> BlobStore:
    return open_store(settings)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]


async def _content(store: BlobStore, key: str, start: int, length: int) -> bytes:
    return b"".join([piece async for piece in await store.open(key, start, length)])


async def _keys(store: BlobStore, folder: str = "f", before: datetime = LATER) -> set[str]:
    return {key async for page in store.older_than(folder, before) for key in page}


@pytest.mark.parametrize("content", [b"", b"x", BIG], ids=["empty", "a byte", "big"])
async def test_what_is_kept_comes_back(store: BlobStore, content: bytes) -> None:
    await store.put("f/one", _pieces(content))
    assert await _content(store, "f/one", 0, len(content)) == content


@pytest.mark.parametrize(("start", "length"), [(0, 1), (7, 5_000_000), (10_999_990, 10), (3, 0)])
async def test_a_part_comes_back(store: BlobStore, start: int, length: int) -> None:
    await store.put("f/one", _pieces(BIG))
    assert await _content(store, "f/one", start, length) == BIG[start : start + length]


async def test_pieces_that_break_off_leave_nothing(store: BlobStore) -> None:
    async def broken() -> AsyncIterator[bytes]:
        async for piece in _pieces(BIG):
            yield piece
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.put("f/one", broken())
    assert await _keys(store) == set()
    with pytest.raises(BlobMissing):
        await store.open("f/one", 0, 1)


async def test_what_is_deleted_is_gone(store: BlobStore) -> None:
    for key in ("f/one", "f/two", "f/three"):
        await store.put(key, _pieces(b"x"))
    await store.delete(["f/one", "f/two", "f/never"])
    await store.delete(["f/one"])
    await store.delete([])
    assert await _keys(store) == {"f/three"}
    with pytest.raises(BlobMissing):
        await store.open("f/one", 0, 1)


async def test_old_blobs_of_a_folder_are_listed(store: BlobStore) -> None:
    assert await _keys(store) == set()
    for key in ("f/one", "f/two", "g/one"):
        await store.put(key, _pieces(b"x"))
    assert await _keys(store) == {"f/one", "f/two"}
    assert await _keys(store, before=EARLIER) == set()


async def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = open_store(fast_settings(tmp_path))
    await store.put("f/one", _pieces(b"x"))
    for path in (tmp_path / "blobs").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


async def test_an_upload_that_a_crash_left_is_cleared_when_it_is_old(tmp_path: Path) -> None:
    store = open_store(fast_settings(tmp_path))
    draft = tmp_path / "blobs" / "incoming" / "f-one"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    await store.clear_unfinished(EARLIER)
    assert draft.exists()
    await store.clear_unfinished(LATER)
    assert not draft.exists()


async def test_a_bucket_that_cannot_be_reached_is_an_outage(tmp_path: Path) -> None:
    with start_s3() as url:
        store = open_store(in_bucket(fast_settings(tmp_path), url))
    for refused in (store.put("f/one", _pieces(b"x")), store.open("f/one", 0, 1), store.delete(["f/one"]), _keys(store)):
        with pytest.raises(Unavailable, match="bucket"):
            await refused


async def test_a_full_disk_is_an_outage_and_leaves_nothing(tmp_path: Path) -> None:
    """The place of the draft is the kernel's own full disk."""
    store = open_store(fast_settings(tmp_path))
    draft = tmp_path / "blobs" / "incoming" / "f-one"
    draft.parent.mkdir(parents=True)
    draft.symlink_to("/dev/full")
    with pytest.raises(Unavailable, match="cannot keep files now: No space left on device"):
        await store.put("f/one", _pieces(b"x"))
    assert not draft.is_symlink()
    assert await _keys(store) == set()


async def test_a_part_that_nobody_reads_is_closed_again(tmp_path: Path) -> None:
    store = open_store(fast_settings(tmp_path))
    await store.put("f/one", _pieces(BIG))
    unread, begun = [await store.open("f/one", 0, len(BIG)) for _ in range(2)]
    await anext(begun)
    assert len(open_files(tmp_path)) == 2
    del unread, begun
    await eventually(lambda: not open_files(tmp_path))


async def test_a_directory_that_cannot_be_written_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("in the way")
    with pytest.raises(Unavailable, match="cannot keep files now"):
        await open_store(fast_settings(tmp_path)).put("f/one", _pieces(b"x"))


@pytest.mark.parametrize("address", ["s3://", "http://x/y", "somewhere"])
def test_an_address_that_is_no_bucket_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(InvalidInput, match="s3://BUCKET/PREFIX"):
        open_store(Settings(data_dir=tmp_path, blob_store=address))
