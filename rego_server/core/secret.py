"""The key that signs access tokens: given, or made at the first start and kept where only its owner can read it."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from rego.wire.errors import InvalidInput
from rego_server.core.settings import Settings

KEY_BYTES = 32


def signing_key(settings: Settings) -> bytes:
    """The setting `secret`, the content of `secret_file`, or of `secret.key` in the data directory, in this order.

    Raises `InvalidInput` for a key that is too short or a file that cannot be read.
    """
    secret = given(settings.secret, settings.secret_file)
    if not secret:
        return _kept(settings.data_dir / "secret.key")
    return _long_enough(secret)


def former_keys(settings: Settings) -> list[bytes]:
    """What the settings `previous_secret` and `previous_secret_file` may mean: a key as it was set, or one of a data directory.

    Raises `InvalidInput` as `signing_key` does.
    """
    text = given(settings.previous_secret, settings.previous_secret_file)
    return [_long_enough(text), *_key_in(text)] if text else []


def given(secret: str, file: str) -> str:
    """A secret as it is set, by itself or as the content of a file; empty when it is not. Raises `InvalidInput`."""
    return secret or (read_secret_file(file) if file else "")


def read_secret_file(path: str) -> str:
    """What the file holds, without blanks at the ends. Raises `InvalidInput` when it cannot be read."""
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The secret file {path} cannot be read: {error}.") from error


def _long_enough(secret: str) -> bytes:
    if len(secret.encode()) < KEY_BYTES:
        raise InvalidInput(f"The secret must have at least {KEY_BYTES} bytes; `openssl rand -hex 32` makes one.")
    return secret.encode()


def _kept(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    for key in _key_in(read_secret_file(str(path))):
        return key
    raise InvalidInput(f"The secret file {path} is damaged; without it a new one is made, and everybody logs in again.")


def _key_in(text: str) -> list[bytes]:
    """The key that `_make` wrote, if the text is one."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return []
    return [key] if len(key) >= KEY_BYTES else []


def _make(path: Path) -> None:
    """Write a new key, whole or not at all; of two servers that start at once both use the one that came first."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
        os.link(name, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links.
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
