"""A file as the body of a request: where it comes from, how often it can be read, what is no file."""

from __future__ import annotations

import os
from email import message_from_bytes
from email.message import Message
from io import BytesIO
from pathlib import Path

import pytest

from rego.client.files import PIECE, FileUpload, Multipart
from rego.wire.errors import InvalidInput

CONTENT = b"\r\n--x\r\n" * (PIECE // 7 + 1_000)


def _parsed(form: Multipart) -> Message:
    """The one part of the body, as another program reads it."""
    body = b"".join(form.pieces())
    assert len(body) == form.length
    whole = message_from_bytes(f"Content-Type: {form.content_type}\r\n\r\n".encode() + body)
    parts = whole.get_payload()
    assert isinstance(parts, list)
    assert len(parts) == 1
    assert isinstance(parts[0], Message)
    return parts[0]


def _uploads(path: Path) -> list[FileUpload]:
    path.write_bytes(CONTENT)
    stream = BytesIO(b"before" + CONTENT)
    stream.seek(6)
    return [FileUpload.of_path(path), FileUpload.of_bytes(CONTENT, "x.bin"), FileUpload.of_stream(stream, "x.bin")]


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_file_is_read_as_often_as_a_transport_tries(tmp_path: Path, kind: int) -> None:
    upload = _uploads(tmp_path / "x.bin")[kind]
    assert (upload.filename, upload.size) == ("x.bin", len(CONTENT))
    for _ in range(2):
        part = _parsed(Multipart(upload))
        assert part.get_payload(decode=True) == CONTENT
        assert (part.get_filename(), part.get_param("name", header="Content-Disposition")) == ("x.bin", "file")


@pytest.mark.parametrize("name", ['a"b', "a\r\nX-Evil: 1", "../../etc/passwd", "\\\\server\\x"])
def test_no_name_leaves_its_place_in_the_header(name: str) -> None:
    part = _parsed(Multipart(FileUpload.of_bytes(b"x", name)))
    assert part.keys() == ["Content-Disposition", "Content-Type"]
    assert "/" not in str(part.get_filename())


def test_progress_ends_with_the_size_and_begins_anew(tmp_path: Path) -> None:
    seen: list[int] = []
    (tmp_path / "x").write_bytes(CONTENT)
    form = Multipart(FileUpload.of_path(tmp_path / "x", progress=seen.append))
    for _ in range(2):
        list(form.pieces())
    assert seen == [PIECE, len(CONTENT)] * 2


def test_a_file_that_grows_is_sent_as_long_as_it_was_and_one_that_shrinks_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(CONTENT)
    form = Multipart(FileUpload.of_path(path))
    path.write_bytes(CONTENT + b"more")
    assert len(b"".join(form.pieces())) == form.length
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(InvalidInput, match="x became shorter while it was sent"):
        list(form.pieces())


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("pipe", "is no file"), ("none", "No such file or directory"), ("", "Is a directory")):
        with pytest.raises(InvalidInput, match=said):
            FileUpload.of_path(tmp_path / name)
    with pytest.raises(InvalidInput, match="/dev/zero is no file"):
        FileUpload.of_path(Path("/dev/zero"))
