"""Files on cards over HTTP: what is taken, what is refused, and how it comes back."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rego.client import attachments, boards, cards, columns, tokens
from rego.client.call import Call
from rego.client.files import FileUpload, Multipart
from rego.wire.attachments import Attachment, UpdateAttachment
from rego.wire.boards import CreateBoard
from rego.wire.cards import BulkCards, CopyCard, CreateCard, MoveCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import KeyReused, TooLarge
from rego.wire.tokens import CreateToken, Scope
from tests.running import Somebody, fast_settings, join, running
from tests.server.furnished import Furnished
from tests.server.site import RawAnswer, Site, raw

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


class Bin:
    """Takes a download into memory."""

    def __init__(self) -> None:
        self.content = b""

    def begin(self) -> None:
        self.content = b""

    def write(self, piece: bytes) -> None:
        self.content += piece


async def _attach(desk: Furnished, content: bytes, name: str = "notes.txt", op_id: str | None = None) -> Attachment:
    return await desk.send(attachments.create_attachment(desk.two.id, FileUpload.of_bytes(content, name)), op_id)


async def _content(desk: Furnished, attachment: Attachment) -> bytes:
    taken = Bin()
    await desk.send(attachments.get_attachment_content(attachment.id, taken))
    return taken.content


@pytest.mark.parametrize("content", [b"", b"a", PNG, b"\r\n--" * 100_000, bytes(1_500_000)], ids=len)
async def test_a_file_comes_back_as_it_was(desk: Furnished, content: bytes) -> None:
    made = await _attach(desk, content)
    assert (made.size, made.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert await _content(desk, made) == content
    assert await desk.send(attachments.list_attachments(desk.two.id)) == [made]
    assert await desk.send(attachments.get_attachment(made.id)) == made


async def test_a_file_is_put_on_the_card_by_its_reference(site: Site, desk: Furnished) -> None:
    file = FileUpload.of_bytes(b"x", "x.txt")
    made = await desk.send(attachments.create_attachment(await desk.ref(desk.two), file))
    assert made.card_id == desk.two.id


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"BMW is a car, MZ a motorcycle", "text/plain"),
        ("Grüße".encode(), "text/plain"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"\xff\xfe\xfd", "application/octet-stream"),
    ],
)
async def test_the_type_is_told_by_the_content(desk: Furnished, content: bytes, kind: str) -> None:
    assert (await _attach(desk, content, "page.html")).content_type == kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("CON.txt", "_CON.txt"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("tab\there", "tabhere"),
        ("..", "file"),
        ("Übersicht ✓.pdf", "Übersicht ✓.pdf"),
        ("x" * 300 + ".tar", "x" * 196 + ".tar"),
    ],
)
async def test_a_name_is_made_harmless(site: Site, desk: Furnished, given: str, kept: str) -> None:
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{given.replace(chr(92), chr(92) * 2)}"\r\n\r\n'
        f"x\r\n--{boundary}--\r\n"
    ).encode()
    answer = await _post(site, desk, body, f"multipart/form-data; boundary={boundary}")
    assert answer.status == 201, answer.body
    assert answer.json["filename"] == kept
    assert answer.headers["Location"] == f"/attachments/{answer.json['id']}"
    renamed = await desk.send(attachments.update_attachment(answer.json["id"], UpdateAttachment(filename="z.txt")))
    assert (renamed.filename, renamed.version) == ("z.txt", 2)


async def _post(site: Site, desk: Furnished, body: object, kind: str, token: str | None = None, **headers: str) -> RawAnswer:
    path = f"/cards/{desk.two.id}/attachments"
    return await raw(
        site.url, "POST", path, token=token or desk.member.token, content=body, headers={"Content-Type": kind, **headers}
    )


def _part(name: str = "file", extra: str = "", content: str = "x") -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="a.txt"\r\n{extra}\r\n{content}'


MULTIPART = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{}", "application/json", 415),
        ("x", "application/octet-stream", 415),
        ("x", "multipart/form-data", 400),
        ("", MULTIPART, 400),
        ("nothing of the kind", MULTIPART, 400),
        ("--b--\r\n", MULTIPART, 400),
        (_part("other") + "\r\n--b--\r\n", MULTIPART, 400),
        (_part(), MULTIPART, 400),
        (_part() + "\r\n--b\r\n", MULTIPART, 400),
        (_part() + "\r\n" + _part() + "\r\n--b--\r\n", MULTIPART, 400),
        (_part() + "\r\n" + _part("other") + "\r\n--b--\r\n", MULTIPART, 400),
        (_part(extra="Content-Transfer-Encoding: base64\r\n") + "\r\n--b--\r\n", MULTIPART, 400),
        (_part(extra="Content-Encoding: gzip\r\n") + "\r\n--b--\r\n", MULTIPART, 400),
        (_part(extra="Content-Type: multipart/mixed; boundary=c\r\n") + "\r\n--b--\r\n", MULTIPART, 400),
        ("--b\r\nContent-Disposition: nonsense;;;\r\n\r\nx\r\n--b--\r\n", MULTIPART, 400),
        ("--b\r\n\r\nx\r\n--b--\r\n", MULTIPART, 400),
        ("--b\r\n" + "X: y\r\n" * 500 + "\r\nx\r\n--b--\r\n", MULTIPART, 400),
    ],
)
async def test_a_body_that_is_not_one_file_is_refused(site: Site, desk: Furnished, body: str, kind: str, status: int) -> None:
    before = await desk.snapshot(archived=True)
    answer = await _post(site, desk, body.encode(), kind)
    assert answer.status == status, answer.body
    assert answer.json["detail"].endswith(".")
    assert await desk.snapshot(archived=True) == before
    assert await desk.send(attachments.list_attachments(desk.two.id)) == []


async def test_a_token_that_may_only_read_is_refused_before_the_file_is_looked_at(site: Site, desk: Furnished) -> None:
    made = await desk.send(tokens.create_token(CreateToken(name=uuid4().hex, scope=Scope.READ)))
    answer = await _post(site, desk, b"no file", MULTIPART, token=made.token)
    assert (answer.status, "may only read" in answer.json["detail"]) == (403, True)


# --- repeats ------------------------------------------------------------------------------------------------------


async def test_a_repeat_gets_the_first_answer_and_leaves_no_second_blob(site: Site, desk: Furnished) -> None:
    first = await _attach(desk, PNG, op_id=desk.board.id)
    kept = _files(site)
    again = await _attach(desk, PNG, op_id=desk.board.id)
    assert again == first
    assert _files(site) == kept
    assert (await desk.send(cards.get_card(desk.two.id))).attachment_count == 1


async def test_a_key_with_another_file_is_refused_and_leaves_no_blob(site: Site, desk: Furnished) -> None:
    await _attach(desk, PNG, op_id=desk.board.id)
    kept = _files(site)
    with pytest.raises(KeyReused):
        await _attach(desk, PNG + b"!", op_id=desk.board.id)
    with pytest.raises(KeyReused):
        await _attach(desk, PNG, "other.txt", op_id=desk.board.id)
    assert _files(site) == kept


def _files(site: Site) -> set[Path]:
    return {path for path in (site.data_dir / "blobs").rglob("*") if path.is_file()}


# --- downloads ----------------------------------------------------------------------------------------------------


async def _get(site: Site, desk: Furnished, attachment: Attachment, **headers: str) -> RawAnswer:
    path = f"/attachments/{attachment.id}/content"
    return await raw(
        site.url, "GET", path, token=desk.viewer.token, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


async def test_no_browser_shows_or_runs_a_file(site: Site, desk: Furnished) -> None:
    answer = await _get(site, desk, await _attach(desk, b"<script>", 'Ü "x";.html'))
    assert (
        answer.headers["Content-Disposition"] == "attachment; filename=\"_ _x_;.html\"; filename*=UTF-8''%C3%9C%20_x_%3B.html"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Length"] == "8"
    assert "X-Request-ID" in answer.headers


@pytest.mark.parametrize(
    ("wanted", "status", "start", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=5-", 206, 5, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=10-99999999", 206, 10, None),
        ("bytes=0-", 200, 0, None),
        ("bytes=0-1,4-5", 200, 0, None),
        ("lines=1-2", 200, 0, None),
    ],
)
async def test_a_range(site: Site, desk: Furnished, wanted: str, status: int, start: int, end: int | None) -> None:
    answer = await _get(site, desk, await _attach(desk, PNG), Range=wanted)
    assert (answer.status, answer.body) == (status, PNG[start:end])
    if status == 206:
        first = len(PNG) + start if start < 0 else start
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(PNG)}"


async def test_a_range_outside_the_file(site: Site, desk: Furnished) -> None:
    answer = await _get(site, desk, await _attach(desk, PNG), Range=f"bytes={len(PNG)}-")
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(PNG)}")


async def test_a_file_that_the_client_has_is_not_sent_again(site: Site, desk: Furnished) -> None:
    made = await _attach(desk, PNG)
    tag = (await _get(site, desk, made)).headers["ETag"]
    assert (await _get(site, desk, made, If_None_Match=tag)).status == 304
    assert (await _get(site, desk, made, If_None_Match='"other"')).body == PNG
    assert (await _get(site, desk, made, Range="bytes=0-0", If_Range=tag)).status == 206
    assert (await _get(site, desk, made, Range="bytes=0-0", If_Range='"other"')).body == PNG


# --- limits -------------------------------------------------------------------------------------------------------


async def _board_of(somebody: Somebody) -> str:
    """A card on a new board."""
    send = somebody.client.send
    board = await send(boards.create_board(CreateBoard(title="Files")))
    column = await send(columns.create_column(board.id, CreateColumn(title="x")))
    return (await send(cards.create_card(board.id, CreateCard(title="x", column_id=column.id)))).id


async def test_a_file_over_the_limit_is_refused_and_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    """Once by the length that is announced, and once by what comes."""
    settings = replace(fast_settings(tmp_path, database_url), attachment_max_mb=1)
    async with running(settings) as server:
        ann = await join(server.url, "ann")
        card = await _board_of(ann)
        with pytest.raises(TooLarge, match=r"at most 1,000,000 bytes"):
            await ann.client.send(attachments.create_attachment(card, FileUpload.of_bytes(bytes(1_100_000), "x")))

        form = Multipart(FileUpload.of_bytes(bytes(1_000_001), "x"))

        async def unannounced() -> AsyncIterator[bytes]:
            for piece in form.pieces():
                yield piece

        path, kind = f"/cards/{card}/attachments", {"Content-Type": form.content_type}
        answer = await raw(server.url, "POST", path, token=ann.token, content=unannounced(), headers=kind)
        assert answer.status == 413
        await ann.client.send(attachments.create_attachment(card, FileUpload.of_bytes(bytes(1_000_000), "x")))
        await ann.client.close()
    assert [path.stat().st_size for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == [1_000_000]


async def test_a_board_has_room_for_so_much(database_url: str, tmp_path: Path) -> None:
    """What was deleted still counts, because it is still there."""
    settings = replace(fast_settings(tmp_path, database_url), board_attachments_max_mb=1)
    async with running(settings) as server:
        ann = await join(server.url, "ann")
        card, other = await _board_of(ann), await _board_of(ann)
        half = FileUpload.of_bytes(bytes(600_000), "x")
        first = await ann.client.send(attachments.create_attachment(card, half))
        await ann.client.send(attachments.delete_attachment(first.id))
        with pytest.raises(TooLarge, match=r"may take 1 MB together, and 0\.6 MB are in use"):
            await ann.client.send(attachments.create_attachment(card, half))
        await ann.client.send(attachments.create_attachment(other, half))
        await ann.client.close()
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 2


async def test_files_that_come_with_a_card_take_room_too(database_url: str, tmp_path: Path) -> None:
    """A copy shares its content, so on the same board it takes none; on another it counts, whatever becomes of the original."""
    settings = replace(fast_settings(tmp_path, database_url), board_attachments_max_mb=1)
    async with running(settings) as server:
        ann = await join(server.url, "ann")
        send = ann.client.send
        there, here = [await send(cards.get_card(await _board_of(ann))) for _ in range(2)]
        for card in (there, here):
            await send(attachments.create_attachment(card.id, FileUpload.of_bytes(bytes(400_000), "x")))
        over = CopyCard(board_id=there.board_id, column_id=there.column_id)
        copy = await send(cards.copy_card(here.id, over))
        await send(cards.copy_card(copy.id, CopyCard()))
        await send(cards.copy_card(here.id, over))
        await send(boards.delete_board(here.board_id))
        with pytest.raises(TooLarge, match=r"and 0\.8 MB are in use"):
            await send(attachments.create_attachment(there.id, FileUpload.of_bytes(bytes(400_000), "x")))
        await ann.client.close()


async def test_a_card_whose_files_find_no_room_stays_where_it_is(database_url: str, tmp_path: Path) -> None:
    settings = replace(fast_settings(tmp_path, database_url), board_attachments_max_mb=1)
    async with running(settings) as server:
        ann = await join(server.url, "ann")
        send = ann.client.send
        there, here = [await send(cards.get_card(await _board_of(ann))) for _ in range(2)]
        for card in (there, here):
            await send(attachments.create_attachment(card.id, FileUpload.of_bytes(bytes(600_000), "x")))
        empty = await send(cards.create_card(here.board_id, CreateCard(title="empty", column_id=here.column_id)))
        before = await send(boards.get_snapshot(there.board_id)), await send(boards.get_snapshot(here.board_id))
        place: dict[str, Any] = {"board_id": there.board_id, "column_id": there.column_id}
        every = BulkCards(card_ids=[empty.id, here.id], move=MoveCard(**place))
        calls: list[Call[Any]] = [
            cards.move_card(here.id, MoveCard(**place)),
            cards.copy_card(here.id, CopyCard(**place)),
            cards.bulk_cards(here.board_id, every),
        ]
        for call in calls:
            with pytest.raises(TooLarge, match=r"may take 1 MB together, and 0\.6 MB are in use") as refused:
                await send(call)
            assert refused.value.field == "board_id"
        assert (await send(boards.get_snapshot(there.board_id)), await send(boards.get_snapshot(here.board_id))) == before
        await ann.client.close()
