"""The user's directories: where Rego keeps its configuration and, in local mode, its data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from rego.client.directories import user_directory


class Paths(Struct, frozen=True, kw_only=True):
    """`config` holds the configured server and the logins, `data` the local server's database, socket and log, `cache` what can
    be thrown away."""

    config: Path
    data: Path
    cache: Path

    @classmethod
    def of_user(cls, environ: Mapping[str, str] | None = None) -> Paths:
        """The platform's usual places; `REGO_CONFIG_DIR`, `REGO_DATA_DIR` and `REGO_CACHE_DIR` override them."""
        environ = os.environ if environ is None else environ
        return cls(
            config=Path(user_directory("config", environ)),
            data=Path(user_directory("data", environ)),
            cache=Path(user_directory("cache", environ)),
        )

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def keys_file(self) -> Path:
        """The user's own keys for the TUI."""
        return self.config / "keys.toml"

    @property
    def credentials_file(self) -> Path:
        return self.config / "credentials.json"

    @property
    def drafts(self) -> Path:
        """Where the TUI keeps texts that were typed and not saved yet."""
        return self.data / "drafts"

    @property
    def seen(self) -> Path:
        """Where the TUI keeps the boards as they were last seen."""
        return self.cache / "boards"

    @property
    def waiting(self) -> Path:
        """Where the TUI keeps changes that the server does not have yet."""
        return self.data / "waiting"

    @property
    def layouts(self) -> Path:
        """Where the TUI keeps how the user wants to see each board."""
        return self.data / "layouts"

    @property
    def local_file(self) -> Path:
        """Where a running local server says how to reach it."""
        return self.data / "local.json"

    @property
    def start_lock(self) -> Path:
        """Held by the one process that starts a local server."""
        return self.data / "start.lock"

    @property
    def server_log(self) -> Path:
        return self.data / "server.log"


def make_private_directory(path: Path) -> None:
    """Create `path` for the user alone; a directory that is already there keeps its mode. Raises `OSError`."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace the file at `path` in one step by one for the user alone; `content` may come in pieces. Raises `OSError`."""
    make_private_directory(path.parent)
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        _write(draft, content)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink()


def _write(path: Path, content: bytes | Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        file.flush()
        os.fsync(descriptor)
