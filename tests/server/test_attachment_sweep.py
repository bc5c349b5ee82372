"""When the content of attached files goes, and what an upload leaves that never came to its end."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rego.client import attachments, boards, cards, columns, history
from rego.client.files import FileUpload
from rego.wire.attachments import Attachment
from rego.wire.boards import CreateBoard
from rego.wire.cards import Card, CreateCard
from rego.wire.codec import read_event
from rego.wire.columns import CreateColumn
from rego.wire.errors import Conflict, NotFound
from rego.wire.events import AttachmentDeleted
from rego_server.domains.attachments.routes import DEPOT
from rego_server.domains.attachments.sweeping import Sweep
from tests.conftest import Join
from tests.running import Running, Somebody, fast_settings, join, running
from tests.s3 import in_bucket, start_s3

FILE = FileUpload.of_bytes(b"content", "x.txt")


class Later:
    """A clock that is some time ahead."""

    def __init__(self, **ahead: float) -> None:
        self._ahead = timedelta(**ahead)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


async def sweep(server: Running, **ahead: float) -> None:
    """A round of the sweep, as it would run some time later."""
    await Sweep(server.server.database, server.server.app[DEPOT], Later(**ahead))()


async def stored(server: Running) -> int:
    """How many files the store holds."""
    depot = server.server.app[DEPOT]
    return len([key async for page in depot.store.older_than(depot.folder, Later(days=1).now()) for key in page])


async def a_card(somebody: Somebody) -> Card:
    """A card on a board of its own."""
    send = somebody.client.send
    board = await send(boards.create_board(CreateBoard(title="Files")))
    column = await send(columns.create_column(board.id, CreateColumn(title="x")))
    made = await send(cards.create_card(board.id, CreateCard(title="x", column_id=column.id)))
    return await send(cards.get_card(made.id))


async def attach(somebody: Somebody, card: Card) -> Attachment:
    return await somebody.client.send(attachments.create_attachment(card.id, FILE))


class Bin:
    """Takes a download into memory."""

    def begin(self) -> None:
        self.content = b""

    def write(self, piece: bytes) -> None:
        self.content += piece


async def content(somebody: Somebody, attachment: Attachment) -> bytes:
    taken = Bin()
    await somebody.client.send(attachments.get_attachment_content(attachment.id, taken))
    return taken.content


async def test_content_goes_a_week_after_nothing_names_it(server: Running, people: Join) -> None:
    ann = await people("ann")
    own, doomed_card, doomed_board = [await a_card(ann) for _ in range(3)]
    kept, deleted, *_ = [await attach(ann, card) for card in (own, own, doomed_card, doomed_board)]
    await ann.client.send(attachments.delete_attachment(deleted.id))
    await ann.client.send(cards.delete_card(doomed_card.id))
    await ann.client.send(boards.delete_board(doomed_board.board_id))
    await sweep(server)
    await sweep(server, days=6, hours=23)
    assert await stored(server) == 4
    await sweep(server, days=7, hours=1)
    assert await stored(server) == 1
    assert await content(ann, kept) == b"content"


async def test_a_deletion_can_be_taken_back_while_the_content_is_kept(server: Running, people: Join) -> None:
    """Then nothing is counted from the first deletion on."""
    ann = await people("ann")
    card = await a_card(ann)
    made = await attach(ann, card)
    await ann.client.send(attachments.delete_attachment(made.id))
    await sweep(server)
    await _take_back_the_deletion(ann, card)
    await sweep(server, days=8)
    assert await content(ann, made) == b"content"
    await ann.client.send(attachments.delete_attachment(made.id))
    await sweep(server, days=8)
    await sweep(server, days=16)
    with pytest.raises(Conflict, match=r"The content of x\.txt is not kept any more"):
        await _take_back_the_deletion(ann, card)


async def _take_back_the_deletion(somebody: Somebody, card: Card) -> None:
    """The latest one of a file."""
    log = await somebody.client.send(boards.list_events(card.board_id))
    *_, seq = [event.seq for event in map(read_event, log) if isinstance(event.data, AttachmentDeleted)]
    await somebody.client.send(history.revert_event(card.board_id, seq))


async def test_content_that_never_came_into_a_table_goes_after_an_hour(server: Running) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x"

    await server.server.app[DEPOT].take_in("x", pieces())
    await sweep(server, minutes=59)
    assert await stored(server) == 1
    await sweep(server, minutes=61)
    assert await stored(server) == 0


async def test_what_lies_in_the_folder_of_another_database_is_left_alone(server: Running, tmp_path: Path) -> None:
    other = tmp_path / "data" / "blobs" / "another" / "blob"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"x")
    await sweep(server, days=400)
    assert other.exists()


async def test_content_that_the_store_has_lost_is_not_found(server: Running, people: Join, tmp_path: Path) -> None:
    ann = await people("ann")
    made = await attach(ann, await a_card(ann))
    [path] = [path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()]
    path.unlink()
    with pytest.raises(NotFound, match="not in the store any more"):
        await content(ann, made)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with start_s3() as url:
        yield url


async def test_files_in_a_bucket(s3: str, tmp_path: Path) -> None:
    """The whole way: taken in, given out in part and whole, repeated, deleted, swept."""
    async with running(in_bucket(fast_settings(tmp_path), s3)) as server:
        ann = await join(server.url, "ann")
        card = await a_card(ann)
        big = FileUpload.of_bytes(os.urandom(12_000_000), "big.bin")
        first, again = [await ann.client.send(attachments.create_attachment(card.id, big), "one") for _ in range(2)]
        assert (first, await stored(server)) == (again, 1)
        with big.open() as file:
            assert await content(ann, first) == file.read()
        await ann.client.send(attachments.delete_attachment(first.id))
        await sweep(server)
        await sweep(server, days=8)
        assert await stored(server) == 0
        await ann.client.close()
    assert not (tmp_path / "blobs").exists()
