"""The key that signs access tokens: from the environment, or made at the first start and kept where only its owner can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from rego.wire.errors import InvalidInput

KEY_BYTES = 32
VARIABLE = "REGO_SECRET"


def signing_key(data_dir: Path, environ: Mapping[str, str] = os.environ) -> bytes:
    """The key of `REGO_SECRET`, of the file that `REGO_SECRET_FILE` names, or of `secret.key` in the data directory."""
    given = environ.get(VARIABLE)
    if given is None and (named := environ.get(f"{VARIABLE}_FILE")):
        given = Path(named).read_text().strip()
    if given is not None:
        if len(given.encode()) < KEY_BYTES:
            raise InvalidInput(f"{VARIABLE} must have at least {KEY_BYTES} bytes; `openssl rand -hex 32` makes one.")
        return given.encode()
    return _kept(data_dir / "secret.key")


def _kept(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text())
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    return bytes.fromhex(path.read_text())
