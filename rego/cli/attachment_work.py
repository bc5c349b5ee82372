"""`rego attachments`, the half that works: find the file, move its bytes, say where they are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

import msgspec

from rego.cli import card_lookup as look
from rego.cli.card_views import minute
from rego.cli.context import Session
from rego.cli.deleting import agreed
from rego.cli.output import Cell, Form, View
from rego.cli.progress import moving
from rego.cli.targets import STDOUT, refuse_existing
from rego.client import attachments
from rego.client.files import FileUpload
from rego.client.landing import Landing
from rego.client.showing import name_to_show, opener, show
from rego.naming import find_attachment
from rego.safe_text import safe_text
from rego.wire.attachments import Attachment, UpdateAttachment
from rego.wire.errors import InvalidInput, NotFound
from rego.wire.field_words import amount
from rego.wire.filenames import clean_filename

STDIN = "-"

ATTACHMENT = View[Attachment](
    struct=Attachment,
    entity=lambda attachment: attachment,
    short=lambda attachment: attachment.id,
    cells=(
        Cell("name", lambda attachment: attachment.filename, long=True),
        Cell("size", lambda attachment: amount(attachment.size)),
        Cell("type", lambda attachment: attachment.content_type),
        Cell("added", lambda attachment: minute(attachment.created_at)),
        Cell("id", lambda attachment: attachment.id),
    ),
)


def list_files(session: Session, card: str, form: Form) -> None:
    """Print the files on the card."""
    card = look.path(session, card)
    none = f"No file is on {card}: 'rego attachments add {card} FILE' adds one."
    session.output.many(ATTACHMENT, _files(session, card), form, none=none)


def add_files(session: Session, card: str, files: Sequence[str], name: str | None, form: Form) -> None:
    """Send the files; all of them can be read, or none is sent. What was sent is printed, also when a later one fails."""
    card, made = look.path(session, card), list[Attachment]()
    with _uploads(session, files, name) as uploads:
        try:
            for upload in uploads:
                made.append(_send(session, card, upload))
                if form == Form():
                    session.output.note(f"{made[-1].filename} added to {card}, {amount(made[-1].size)}.")
        finally:
            if form != Form() or not session.output.terminal:
                session.output.many(ATTACHMENT, made, form if form != Form() else Form(quiet=True))


def get_file(session: Session, card: str, name: str, file: str | None, *, force: bool) -> None:
    """Fetch a file to where it is wanted, or under its own name to the working directory."""
    if file is not None and file != STDOUT:
        refuse_existing(Path(file), force=force)
    found = _find(session, card, name)
    if file == STDOUT:
        _print(session, found)
        return
    # The name comes from others: what reaches the disk is a plain name, whatever the server says.
    target = Path(clean_filename(found.filename) if file is None else file)
    refuse_existing(target, force=force)
    _fetch(session, found, target, overwrite=force)
    session.output.note(f"{found.filename} is in {target}, {amount(found.size)}.")
    if not session.output.terminal:
        session.output.lines([str(target)])


def open_file(session: Session, card: str, name: str) -> None:
    """Fetch a file to a directory of its own and show it. Raises `InvalidInput` for what a machine might run."""
    found = _find(session, card, name)
    shown_as, program = name_to_show(found), opener()
    # It stays there: the program that shows it may live longer than this command.
    target = Path(tempfile.mkdtemp(prefix="rego-")) / shown_as
    _fetch(session, found, target, overwrite=False)
    session.output.note(f"{found.filename} is in {target}, {amount(found.size)}.")
    show(program, target, found.content_type)


def rename_file(session: Session, card: str, name: str, new_name: str, form: Form) -> None:
    """Give a file another name, unless somebody renamed it since it was read here."""
    found = _find(session, card, name)
    body = UpdateAttachment(filename=new_name, version=found.version)
    renamed = session.send(attachments.update_attachment(found.id, body))
    session.output.changed(ATTACHMENT, renamed, form, f"{found.filename} is called {renamed.filename} now.")


def delete_file(session: Session, card: str, name: str, *, yes: bool, dry_run: bool) -> None:
    """Take a file off the card, if that is wanted."""
    found = _find(session, card, name)
    if agreed(session, f"the file {found.filename}", yes=yes, dry_run=dry_run):
        session.send(attachments.delete_attachment(found.id))
        session.output.note(f"File {found.filename} deleted")


def _find(session: Session, card: str, name: str) -> Attachment:
    return find_attachment(_files(session, look.path(session, card)), name)


def _files(session: Session, card: str) -> list[Attachment]:
    with _card_named(card):
        return session.send(attachments.list_attachments(card))


@contextmanager
def _card_named(card: str) -> Iterator[None]:
    """Says which card it is that is not there."""
    try:
        yield
    except NotFound as error:
        raise NotFound(f"There is no card {card} here, or it is not yours to see.") from error


# --- up -----------------------------------------------------------------------------------------------------------


@contextmanager
def _uploads(session: Session, files: Sequence[str], name: str | None) -> Iterator[list[FileUpload]]:
    """The files, ready to be sent; raises `InvalidInput` for one that cannot be read, and for stdin without a name."""
    if STDIN not in files:
        yield [FileUpload.of_path(Path(file), name) for file in files]
        return
    if name is None:
        raise InvalidInput("What comes from stdin has no name: give it one with --name.")
    with _rereadable(session.input.buffer) as stream:
        yield [FileUpload.of_stream(stream, name)]


@contextmanager
def _rereadable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """`stream`, or a copy of it on the disk where it is a pipe: its length has to be known, and an outage needs it again."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


def _send(session: Session, card: str, upload: FileUpload) -> Attachment:
    with _card_named(card), moving(upload.filename, upload.size, session.output.err) as progress:
        return session.send(attachments.create_attachment(card, msgspec.structs.replace(upload, progress=progress)))


# --- down ---------------------------------------------------------------------------------------------------------


def _fetch(session: Session, found: Attachment, target: Path, *, overwrite: bool) -> None:
    """Put the content at `target`, which at no time holds a part of it."""
    with (
        moving(found.filename, found.size, session.output.err) as progress,
        Landing(target, overwrite=overwrite, progress=progress) as landing,
    ):
        session.send(attachments.get_attachment_content(found.id, landing))
        landing.keep()


class _Passing:
    """Passes a download on as it comes. The content of a file never changes: a second try goes on where the first broke off."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._passed = 0
        self._seen = 0

    def begin(self) -> None:
        self._seen = 0

    def write(self, piece: bytes) -> None:
        fresh = piece[max(0, self._passed - self._seen) :]
        self._seen += len(piece)
        if fresh:
            self._out.write(fresh)
            self._passed += len(fresh)


class _Gathering:
    """Keeps a download in memory."""

    def begin(self) -> None:
        self.content = bytearray()

    def write(self, piece: bytes) -> None:
        self.content += piece


def _print(session: Session, found: Attachment) -> None:
    """To a pipe the bytes as they are; to a terminal only text, without anything that could steer it."""
    output = session.output
    if not output.terminal:
        session.send(attachments.get_attachment_content(found.id, _Passing(output.out.buffer)))
        output.out.buffer.flush()
        return
    if found.content_type != "text/plain":
        raise InvalidInput(f"{found.filename} is {found.content_type}, which no terminal shows: name a file with --output.")
    gathering = _Gathering()
    session.send(attachments.get_attachment_content(found.id, gathering))
    text = gathering.content.decode(errors="replace").replace("\r\n", "\n")
    output.out.write(safe_text(text, multiline=True))
