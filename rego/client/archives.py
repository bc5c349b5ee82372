"""Boards as archives: a ZIP with the board's own file, `board.json`, and beside it the files on its cards.

A server writes and reads boards without files; here they are fetched and sent one by one, in ways that every client has.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from rego.client import attachments
from rego.client.call import Call
from rego.client.files import FileUpload
from rego.client.landing import Landing
from rego.wire import limits
from rego.wire.attachments import Attachment
from rego.wire.base import to_json
from rego.wire.errors import InvalidInput, NotFound, RegoError, TooLarge
from rego.wire.imports import FILES_LEFT, Imported, Plan, PlannedCard, PlannedFile, Remark, Tally

T = TypeVar("T")

BOARD = "board.json"
FILES = "files"

DAMAGED = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading a ZIP raises that is hurt, encrypted or packed in an unknown way."""


class Send(Protocol):
    """Sends a call to the server and gives its answer, as `Client.send` does."""

    def __call__(self, call: Call[T], /) -> T: ...


class Sinking(Protocol):
    """What an archive is written into, piece by piece."""

    def write(self, piece: bytes, /) -> None: ...


def write_archive(send: Send, key: str, content: bytes, into: Sinking) -> list[PlannedFile]:
    """Write the board in `content`, an export of the board `key`, with its files; those that went meanwhile are returned."""
    plan = msgspec.json.decode(content, type=Plan)
    lost: list[PlannedFile] = []
    with (
        zipfile.ZipFile(_Stream(into), "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryDirectory(prefix="rego-") as folder,
    ):
        for card in plan.cards:
            if card.files:
                lost += _write_files(send, f"{key}-{card.number}", card, archive, Path(folder) / "file")
        archive.writestr(BOARD, to_json(plan))
    return lost


def _write_files(send: Send, ref: str, card: PlannedCard, archive: zipfile.ZipFile, draft: Path) -> list[PlannedFile]:
    """Write the files of one card, and their paths into its plan."""
    there = _listed(send, ref)
    lost = []
    for number, file in enumerate(card.files, 1):
        found = next((each for each in there if (each.filename, each.sha256) == (file.filename, file.sha256)), None)
        if found is None or not _fetched(send, found, draft):
            lost.append(file)
            continue
        there.remove(found)
        # The name is in the plan, as its people wrote it; a path has to suit every system.
        file.path = f"{FILES}/{ref}/{number}"
        archive.write(draft, file.path)
    return lost


def _fetched(send: Send, attachment: Attachment, draft: Path) -> bool:
    """Put the content into `draft`; False when the file is gone."""
    try:
        with Landing(draft, overwrite=True) as landing:
            send(attachments.get_attachment_content(attachment.id, landing))
            landing.keep()
    except NotFound:
        return False
    return True


def _listed(send: Send, ref: str) -> list[Attachment]:
    try:
        return send(attachments.list_attachments(ref))
    except NotFound:
        return []


class Archive:
    """An archive that is read. A context manager; raises `InvalidInput` for a file that is none, or holds no board."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            info = self._zip.getinfo(BOARD)
            if info.file_size > limits.IMPORT_MAX_BYTES:
                raise TooLarge(
                    f"The board in {path} is larger than the {limits.IMPORT_MAX_BYTES // 2**20} MiB that it may have."
                )
            with self._zip.open(info) as file:
                self.board = file.read(limits.IMPORT_MAX_BYTES + 1)
            self._plan = msgspec.json.decode(self.board, type=Plan)
        except (*DAMAGED, KeyError, msgspec.DecodeError) as error:
            raise InvalidInput(f"{path} is no archive of a board: {error}.") from error

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def files(self) -> Iterator[tuple[PlannedCard, PlannedFile]]:
        """The files that the board names, with their cards."""
        return ((card, file) for card in self._plan.cards for file in card.files)

    def upload(self, file: PlannedFile) -> FileUpload:
        """A file of the archive, ready to send; raises `InvalidInput` when it is not there or is not what the board says."""
        try:
            info = self._zip.getinfo(file.path or "")
            digest = hashlib.sha256()
            with self._zip.open(info) as content:
                for piece in iter(lambda: content.read(65_536), b""):
                    digest.update(piece)
        except (*DAMAGED, KeyError) as error:
            raise InvalidInput("The archive does not hold it whole.") from error
        if file.sha256 and digest.hexdigest() != file.sha256:
            raise InvalidInput("The archive holds something else under this name.")
        return FileUpload(filename=file.filename, size=info.file_size, open=lambda: self._zip.open(info))


def send_files(send: Send, archive: Archive, imported: Imported) -> Imported:
    """Put the archive's files on the cards of the board that was made of it; the report says how many could not, and why."""
    sent, refused = 0, dict[str, list[str]]()
    for card, file in archive.files():
        try:
            send(attachments.create_attachment(f"{imported.board.key}-{card.number}", archive.upload(file)))
            sent += 1
        except RegoError as error:
            # Whatever it is, the board is there by now, and the report says what of it is missing.
            refused.setdefault(error.detail, []).append(file.filename)
    report = imported.report
    found = sent + sum(map(len, refused.values()))
    report.remarks = [remark for remark in report.remarks if remark.what != FILES_LEFT]
    report.remarks += [Remark(what=FILES_LEFT, why=why, count=len(names), where=names[0]) for why, names in refused.items()]
    if found:
        report.tallies["files"] = Tally(found=found, imported=sent)
    return imported


class _Stream:
    """What `zipfile` takes for a stream that can only be written."""

    def __init__(self, into: Sinking) -> None:
        self._into = into

    def write(self, piece: bytes) -> int:
        self._into.write(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """There is nothing to flush."""

    def close(self) -> None:
        """Whoever lent it closes it."""
