"""Files of others to be looked at: which are, under which harmless name, and with which program. None of them is run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import which

from rego.wire.attachments import Attachment
from rego.wire.errors import InvalidInput
from rego.wire.filenames import clean_filename

OPENER = "open" if sys.platform == "darwin" else "xdg-open"

ENDINGS = {
    "application/pdf": ".pdf",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
"""What can be opened, and the name's ending that makes a machine look at it and never run it, whatever its sender called it."""


def name_to_show(found: Attachment) -> str:
    """The file's name with an ending that fits its content; raises `InvalidInput` for what a machine might run."""
    ending = ENDINGS.get(found.content_type)
    if ending is None:
        raise InvalidInput(f"{found.filename} is {found.content_type}, which is not opened from here; save it instead.")
    clean = clean_filename(found.filename)
    return clean if clean.lower().endswith(ending) else clean + ending


def opener() -> str:
    """The program that opens files here; raises `InvalidInput` where there is none."""
    program = which(OPENER)
    if program is None:
        raise InvalidInput(f"There is no {OPENER} here to open files with; save it instead.")
    return program


def show(program: str, path: Path, content_type: str, *, quiet: bool = False) -> None:
    """Open a file; raises `InvalidInput` when nothing here shows it. A `quiet` program does not write on the terminal."""
    out = subprocess.DEVNULL if quiet else None
    done = subprocess.run([program, str(path)], check=False, stdin=out, stdout=out, stderr=out)  # noqa: S603 - a path of ours
    if done.returncode:
        raise InvalidInput(f"{OPENER} found no program that shows {content_type}.")
