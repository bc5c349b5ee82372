"""Files on cards when things go wrong on the way: nothing half-done stays, and whoever is there gets one sentence."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from rego.client import attachments, boards, cards
from rego.client.files import FileUpload, Multipart
from rego.wire.attachments import Attachment
from rego.wire.base import Role
from rego.wire.boards import AddMember, UpdateMember
from rego_server.web import uploads
from tests.conftest import Join
from tests.open_files import open_files
from tests.realtime.connections import eventually
from tests.running import Running, Somebody
from tests.server.furnished import Furnished, furnish
from tests.server.site import RawAnswer, raw

BIG = 2_000_000


@pytest.fixture
async def desk(people: Join) -> Furnished:
    """A board with something of every kind on it, on a server of its own."""
    return await furnish(*[await people(name) for name in ("owner", "member", "viewer")])


@pytest.fixture
def files(tmp_path: Path, desk: Furnished) -> Callable[[], set[Path]]:
    """The files that the store has got since the board was made, unfinished ones too."""
    blobs = tmp_path / "data" / "blobs"
    before = {path for path in blobs.rglob("*") if path.is_file()}
    return lambda: {path for path in blobs.rglob("*") if path.is_file()} - before


async def _kept(desk: Furnished) -> list[Attachment]:
    return await desk.send(attachments.list_attachments(desk.two.id))


async def _post(server: Running, sender: Somebody, card_id: str, pieces: AsyncIterator[bytes], kind: str) -> RawAnswer:
    path = f"/cards/{card_id}/attachments"
    return await raw(server.url, "POST", path, token=sender.token, content=pieces, headers={"Content-Type": kind})


def _form(size: int = BIG) -> Multipart:
    return Multipart(FileUpload.of_bytes(os.urandom(size), "big.bin"))


@pytest.mark.parametrize("how", ["close", "abort"])
async def test_an_upload_that_is_cut_off_leaves_nothing(
    server: Running, desk: Furnished, files: Callable[[], set[Path]], how: str
) -> None:
    before = await desk.snapshot(archived=True)
    form, address = _form(), urlsplit(server.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = (
        f"POST /cards/{desk.two.id}/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {desk.member.token}\r\n"
        f"Content-Type: {form.content_type}\r\nContent-Length: {form.length}\r\n\r\n"
    )
    writer.write(head.encode() + b"".join(form.pieces())[: BIG // 2])
    await eventually(lambda: any(path.stat().st_size for path in files()))
    getattr(writer.transport, how)()
    await eventually(lambda: not files())
    assert await _kept(desk) == []
    assert await desk.snapshot(archived=True) == before


async def test_an_upload_that_stops_arriving_is_given_up(
    server: Running, desk: Furnished, files: Callable[[], set[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "BODY_STALLS_MAX", 0.05)
    form, never = _form(), asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b"".join(form.pieces())[: BIG // 2]
        await never.wait()

    answer = await _post(server, desk.member, desk.two.id, half(), form.content_type)
    assert (answer.status, "stopped arriving" in answer.json["detail"]) == (400, True)
    assert files() == set()
    assert await _kept(desk) == []


@contextmanager
def _no_file_larger_than(size: int) -> Iterator[None]:
    """The operating system refuses this process to write further than that into any file, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_file_that_the_disk_does_not_take_is_refused_and_leaves_nothing(
    server: Running, desk: Furnished, files: Callable[[], set[Path]]
) -> None:
    form = _form(9_000_000)

    async def pieces() -> AsyncIterator[bytes]:
        for piece in form.pieces():
            yield piece

    with _no_file_larger_than(8_000_000):
        answer = await _post(server, desk.member, desk.two.id, pieces(), form.content_type)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert answer.json["detail"].startswith("The server cannot keep files now: ")
    assert files() == set()
    assert await _kept(desk) == []
    answer = await _post(server, desk.member, desk.two.id, pieces(), form.content_type)
    assert (answer.status, len(files()), len(await _kept(desk))) == (201, 1, 1)


@pytest.mark.parametrize("case", ["card deleted", "board deleted", "made a viewer", "taken off the board"])
async def test_what_changes_while_a_file_arrives_counts(
    server: Running, desk: Furnished, files: Callable[[], set[Path]], case: str
) -> None:
    form = _form()
    change, status = {
        "card deleted": (cards.delete_card(desk.two.id), 404),
        "board deleted": (boards.delete_board(desk.board.id), 404),
        "made a viewer": (boards.update_member(desk.board.id, desk.member.user.id, UpdateMember(role=Role.VIEWER)), 403),
        "taken off the board": (boards.remove_member(desk.board.id, desk.member.user.id), 404),
    }[case]

    async def pieces() -> AsyncIterator[bytes]:
        content = b"".join(form.pieces())
        yield content[: BIG // 2]
        await eventually(files)
        await desk.owner.client.send(change)
        yield content[BIG // 2 :]

    answer = await _post(server, desk.member, desk.two.id, pieces(), form.content_type)
    assert answer.status == status, answer.body
    assert files() == set()


async def test_a_board_of_others_takes_no_file_and_shows_none(
    server: Running, people: Join, desk: Furnished, files: Callable[[], set[Path]]
) -> None:
    """Being at home on one board opens no other, whichever id is used where."""
    theirs = await furnish(*[await people(name) for name in ("ann", "ben", "cleo")])
    await desk.owner.client.send(
        boards.add_member(desk.board.id, AddMember(role=Role.OWNER, username=theirs.owner.user.username))
    )
    before, form = files(), _form()

    async def pieces() -> AsyncIterator[bytes]:
        for piece in form.pieces():
            yield piece

    ref = await theirs.ref(theirs.one)
    for card in (theirs.one.id, ref, ref.lower(), theirs.attachment.id, theirs.board.id, "x"):
        answer = await _post(server, desk.member, card, pieces(), form.content_type)
        assert answer.status == 404, card
    for attachment in (theirs.attachment.id, theirs.one.id, "x"):
        for method, path in (("GET", ""), ("GET", "/content"), ("PATCH", ""), ("DELETE", "")):
            answer = await raw(server.url, method, f"/attachments/{attachment}{path}", token=desk.member.token, body={})
            assert answer.status == 404, (method, path)
    assert files() == before


# --- downloads ----------------------------------------------------------------------------------------------------


async def test_a_download_that_is_given_up_lets_go_of_the_file(server: Running, desk: Furnished, tmp_path: Path) -> None:
    blobs = tmp_path / "data" / "blobs"
    made = await desk.send(attachments.create_attachment(desk.two.id, FileUpload.of_bytes(os.urandom(20_000_000), "x")))
    headers = {"Authorization": f"Bearer {desk.viewer.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/attachments/{made.id}/content", headers=headers) as response,
    ):
        await response.content.readexactly(1_000)
        assert len(open_files(blobs)) == 1
        response.close()
    await eventually(lambda: not open_files(blobs))


async def test_a_file_that_the_disk_has_lost_a_part_of_does_not_keep_anybody_waiting(
    server: Running, desk: Furnished, files: Callable[[], set[Path]]
) -> None:
    made = await desk.send(attachments.create_attachment(desk.two.id, FileUpload.of_bytes(bytes(BIG), "x")))
    [path] = files()
    os.truncate(path, BIG // 2)
    with pytest.raises(aiohttp.ClientPayloadError):
        await raw(server.url, "GET", f"/attachments/{made.id}/content", token=desk.viewer.token)
