"""The key that signs access tokens: given, or made at the first start and kept where only its owner can read it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from rego.wire.errors import InvalidInput
from rego_server.core.settings import Settings

KEY_BYTES = 32


def signing_key(settings: Settings) -> bytes:
    """The setting `secret`, the content of `secret_file`, or of `secret.key` in the data directory, in this order.

    Raises `InvalidInput` for a key that is too short or a file that cannot be read.
    """
    given = settings.secret or (_read(settings.secret_file) if settings.secret_file else "")
    if not given:
        return _kept(settings.data_dir / "secret.key")
    if len(given.encode()) < KEY_BYTES:
        raise InvalidInput(f"The secret must have at least {KEY_BYTES} bytes; `openssl rand -hex 32` makes one.")
    return given.encode()


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The secret file {path} cannot be read: {error}.") from error


def _kept(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text())
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    return bytes.fromhex(path.read_text())
