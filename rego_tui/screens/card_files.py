"""The files of an open card: put there by path, opened, saved, renamed, deleted."""

from __future__ import annotations

import asyncio
import os
import tempfile
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from rego.client import attachments
from rego.client.files import FileUpload
from rego.client.landing import Landing
from rego.client.showing import name_to_show, opener, show
from rego.wire.attachments import Attachment
from rego.wire.errors import InvalidInput, RegoError
from rego.wire.field_words import amount
from rego.wire.filenames import clean_filename
from rego_tui import card_changes
from rego_tui.keymap import Press
from rego_tui.screens.card_reading import CardReading

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What can be drawn here."""

PATH_HINT = "Path of a file; ~ is your home"


class CardFiles(CardReading):
    """What keys do to files. Bytes travel beside the keys, and go on when the card is closed."""

    @property
    def file(self) -> Attachment | None:
        """The file under the cursor."""
        detail = self.open_card.detail
        return detail.file(self.page.cursor) if detail is not None else None

    # --- up ----------------------------------------------------------------------------------------------------------

    def act_files_add(self, _: Press) -> None:
        if self.open_card.detail is not None:
            self.ask_line("PUT A FILE HERE", self._add, hint=PATH_HINT)

    def _add(self, typed: str) -> None:
        try:
            upload = FileUpload.of_path(_path_of(typed))
        except InvalidInput as error:
            self.rego.say(error.detail, failed=True)
            self.ask_line("PUT A FILE HERE", self._add, text=typed, hint=PATH_HINT)
            return
        self.app.run_worker(self._send(upload), group="files")

    async def _send(self, upload: FileUpload) -> None:
        loop = asyncio.get_running_loop()
        self.sending[upload.filename] = ""
        self._progress(upload, 0)

        def told(sent: int) -> None:
            loop.call_soon_threadsafe(self._progress, upload, sent)

        try:
            watched = replace(upload, progress=told)
            await self.store.ask(attachments.create_attachment(self.store.real_id(self.card_id), watched))
        except RegoError as error:
            self.rego.say(f"{upload.filename} was not added: {error.detail}", failed=True)
        else:
            self.rego.say(f"{upload.filename} is on {self.ref}, {amount(upload.size)}.")
        self.sending.pop(upload.filename, None)
        self.open_card.load()
        self._changed()

    def _progress(self, upload: FileUpload, sent: int) -> None:
        """Say how far a file is; the last word of a thread may come when all is over."""
        if upload.filename in self.sending:
            part = f" {100 * sent // upload.size} %" if upload.size else ""
            self.sending[upload.filename] = f"sending…{part} of {amount(upload.size)}"
            self._changed()

    # --- down --------------------------------------------------------------------------------------------------------

    def show_file(self, press: Press) -> None:
        """A picture here, anything else in another program."""
        if self.file is not None and self.file.content_type in PICTURES:
            self.act_files_look(press)
        else:
            self.act_files_open(press)

    def act_files_look(self, press: Press) -> None:
        """Draw the picture under the cursor."""
        from rego_tui.screens.picture import PictureScreen

        def then(action: str | None) -> None:
            if action is not None:
                self.run(Press(self.rego.keymap.actions[action], key=press.key))

        file = self.file
        if file is not None and file.content_type in PICTURES:
            self.app.push_screen(PictureScreen(self.rego, self.store, file), then)
        elif file is not None:
            self.rego.say(f"{file.filename} is {file.content_type}; PNG, JPEG, GIF and WebP are drawn here.", failed=True)

    def act_files_open(self, _: Press) -> None:
        """Show the file under the cursor; over SSH nobody would see it, so it is saved instead."""
        file = self.file
        if file is None:
            return
        if os.environ.get("SSH_CONNECTION"):
            self.rego.say("Over SSH there is no screen to open it on; it can be saved instead.")
            self._ask_where(file)
        else:
            self.app.run_worker(self._show(file), group="files")

    async def _show(self, file: Attachment) -> None:
        try:
            name, program = name_to_show(file), opener()
            # It stays there: the program that shows it may live longer than this one.
            target = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="rego-")) / name
            await self._fetch(file, target)
            self.rego.say(f"Opening {file.filename}…")
            await asyncio.to_thread(show, program, target, file.content_type, quiet=True)
        except RegoError as error:
            self.rego.say(error.detail, failed=True)

    def act_files_save(self, _: Press) -> None:
        if (file := self.file) is not None:
            self._ask_where(file)

    def _ask_where(self, file: Attachment, typed: str | None = None) -> None:
        # The name comes from others: what reaches the disk is a plain name, whatever the server says.
        text = typed if typed is not None else clean_filename(file.filename)
        self.ask_line("SAVE AS", partial(self._save, file), text=text, hint="Where to; a directory keeps the name")

    def _save(self, file: Attachment, typed: str) -> None:
        try:
            target = _target(typed, file)
        except InvalidInput as error:
            self.rego.say(error.detail, failed=True)
            self._ask_where(file, typed)
            return
        self.app.run_worker(self._save_to(file, target), group="files")

    async def _save_to(self, file: Attachment, target: Path) -> None:
        self.rego.say(f"Fetching {file.filename}, {amount(file.size)}…")
        try:
            await self._fetch(file, target)
        except RegoError as error:
            self.rego.say(f"{file.filename} was not saved: {error.detail}", failed=True)
        else:
            self.rego.say(f"{file.filename} is in {target}.")

    async def _fetch(self, file: Attachment, target: Path) -> None:
        """Put the content at `target`, which at no time holds a part of it."""
        with Landing(target) as landing:
            await self.store.ask(attachments.get_attachment_content(file.id, landing))
            await asyncio.to_thread(landing.keep)

    # --- the list ----------------------------------------------------------------------------------------------------

    def edit_file(self, file: Attachment) -> None:
        """Type another name for a file."""
        self.ask_line("FILE", partial(self._rename_file, file), text=file.filename)

    def _rename_file(self, file: Attachment, name: str) -> None:
        if name != file.filename:
            self.perform(card_changes.rename_file(self.card_id, file, clean_filename(name)))

    def delete_file(self, file: Attachment) -> None:
        """Take a file off the card."""
        self.perform(card_changes.delete_file(self.card_id, file))
        self.say_deleted(file.filename)


def _path_of(typed: str) -> Path:
    """The path that somebody typed, or dropped on the terminal with quotes around it. Raises `InvalidInput`."""
    bare = typed[1:-1] if len(typed) > 1 and typed[0] == typed[-1] and typed[0] in "'\"" else typed
    try:
        return Path(bare).expanduser()
    except RuntimeError as error:
        raise InvalidInput(f"{bare} cannot be read: there is no such user here.") from error


def _target(typed: str, file: Attachment) -> Path:
    """Where a file is to be saved; raises `InvalidInput` when something is there already."""
    path = _path_of(typed)
    target = path / clean_filename(file.filename) if path.is_dir() or typed.endswith("/") else path
    if target.exists():
        raise InvalidInput(f"{target} is there already; give another name.")
    return target
