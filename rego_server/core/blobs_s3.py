"""The blob store that is a bucket of S3, or of anything that speaks its protocol. Needs the extra `rego[s3]`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any

from rego.wire.errors import InvalidInput, Unavailable
from rego_server.core.blobs import PIECE, RETRY_AFTER, BlobMissing
from rego_server.core.secret import given
from rego_server.core.settings import Settings

try:
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError as error:
    raise InvalidInput("A blob store in a bucket needs obstore: install it with `pip install 'rego[s3]'`.") from error

_TOGETHER = 500
"""Keys in one request for deletion; S3 allows a thousand."""


class BucketStore:
    """Blobs as objects below a prefix. An object appears only when its upload is complete; the protocol sees to that."""

    name = "s3"

    def __init__(self, bucket: S3Store) -> None:
        self._bucket = bucket

    async def put(self, key: str, pieces: AsyncIterator[bytes]) -> None:
        try:
            await obstore.put_async(self._bucket, key, pieces, max_concurrency=2)
        except BaseError as error:
            raise _failed() from error

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        if length == 0:
            return _of(())
        try:
            found = await obstore.get_async(self._bucket, key, options={"range": (start, start + length)})
        except FileNotFoundError as error:
            raise BlobMissing(key) from error
        except BaseError as error:
            raise _failed() from error
        return _of_stream(found)

    async def delete(self, keys: Iterable[str]) -> None:
        every = list(keys)
        try:
            for begin in range(0, len(every), _TOGETHER):
                await obstore.delete_async(self._bucket, every[begin : begin + _TOGETHER])
        except FileNotFoundError:
            return
        except BaseError as error:
            raise _failed() from error

    async def older_than(self, folder: str, moment: datetime) -> AsyncIterator[list[str]]:
        try:
            async for page in obstore.list(self._bucket, folder):
                yield [each["path"] for each in page if each["last_modified"] < moment]
        except BaseError as error:
            raise _failed() from error

    async def clear_unfinished(self, moment: datetime) -> None:
        """Nothing: a bucket does this itself, by a lifecycle rule for incomplete multipart uploads."""


def open_bucket(settings: Settings) -> BucketStore:
    """The bucket in the setting `blob_store`, such as `s3://bucket/prefix`. Raises `InvalidInput` for another address.

    What the settings leave out comes from the usual `AWS_…` variables, or from the machine's own role.
    """
    scheme, _, rest = settings.blob_store.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise InvalidInput(
            "The blob store must be s3://BUCKET/PREFIX; leave it out for the data directory.", field="blob_store"
        )
    config: dict[str, Any] = {
        "endpoint": settings.s3_endpoint,
        "region": settings.s3_region,
        "access_key_id": settings.s3_access_key,
        "secret_access_key": given(settings.s3_secret_key, settings.s3_secret_key_file),
    }
    try:
        store = S3Store(
            bucket,
            prefix=prefix.strip("/") or None,
            client_options={
                "allow_http": settings.s3_endpoint.startswith("http://"),
                "connect_timeout": "5s",
                "read_timeout": "30s",
                # Of a whole answer, which goes out as slowly as somebody reads it.
                "timeout": "24h",
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
            **{name: value for name, value in config.items() if value},
        )
    except BaseError as error:
        raise InvalidInput(f"The blob store {settings.blob_store} cannot be used: {error}.", field="blob_store") from error
    return BucketStore(store)


async def _of(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def _of_stream(found: Any) -> AsyncIterator[bytes]:
    try:
        async for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)
    except BaseError as error:
        raise _failed() from error


def _failed() -> Unavailable:
    return Unavailable("The bucket for files cannot be reached or used now.", retry_after=RETRY_AFTER)
