"""What can be set, where it may be set, and what it is when nobody sets it.

A flag of `rego serve` beats an environment variable, which beats the `.env` file of the working directory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs
from dotenv import dotenv_values

from rego.wire.errors import InvalidInput
from rego_server.core.addresses import networks_of

PREFIX = "REGO_"


def setting(default: Any, doc: str, *, secret: bool = False) -> Any:
    """A setting with its default and a sentence for the reference page. A secret one is never shown."""
    return field(default=default, metadata={"doc": doc}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """The settings of one server process. Each is read from the environment variable `REGO_` + its name in capitals."""

    host: str = setting("127.0.0.1", "The address to listen on. Anything but loopback shows the server to others.")
    port: int = setting(8000, "The TCP port to listen on; 0 lets the system choose a free one.")
    data_dir: Path = setting(
        Path(platformdirs.user_data_dir("rego", appauthor=False)),
        "The directory of the SQLite database and the signing key. Made at the first start.",
    )
    database_url: str = setting(
        "", "`postgresql://…` for PostgreSQL, `sqlite:///PATH` for a file; empty is `rego.db` in the data directory."
    )
    redis_url: str = setting(
        "", "`redis://…`, `rediss://…` or `unix://…` of the Redis that several servers share; empty is none.", secret=True
    )
    redis_url_file: str = setting("", "A file that holds the Redis URL, for secrets that a platform mounts.")
    pg_bin: str = setting(
        "", "The directory of `pg_dump`, `pg_restore` and `psql`, for backups of PostgreSQL; empty is where PATH finds them."
    )
    secret: str = setting(
        "",
        "The key that signs access tokens, of at least 32 bytes; empty is one in the data directory, made at the first start.",
        secret=True,
    )
    secret_file: str = setting("", "A file that holds the secret, for secrets that a platform mounts.")
    previous_secret: str = setting(
        "",
        "The key before this one, for a while: tokens that it signed are good until they expire.",
        secret=True,
    )
    previous_secret_file: str = setting("", "A file that holds the key before this one, such as the former `secret.key`.")
    environment: str = setting("production", "A name for this installation, shown by `/health`.")
    log_level: str = setting("warning", "What is logged: `debug`, `info` (a line for each request too), `warning` or `error`.")
    debug: bool = setting(False, "Log everything, in a form for people.")
    registration: bool = setting(True, "Whether strangers may register an account.")
    access_token_minutes: int = setting(15, "The life of an access token, in minutes.")
    session_days: int = setting(30, "The life of a login without use of it, in days.")
    argon2_time_cost: int = setting(2, "Passes of argon2id over its memory for one password hash.")
    argon2_memory_kib: int = setting(19_456, "Memory of one password hash, in KiB.")
    argon2_parallelism: int = setting(1, "Lanes of one password hash.")
    blob_store: str = setting(
        "", "`s3://BUCKET/PREFIX` for attached files in a bucket; empty is `blobs` in the data directory."
    )
    s3_endpoint: str = setting("", "The URL of a server that speaks S3, such as MinIO; empty is Amazon's.")
    s3_region: str = setting("", "The region of the bucket; empty is `AWS_REGION`.")
    s3_access_key: str = setting("", "The access key for the bucket; empty is `AWS_ACCESS_KEY_ID`, or the machine's role.")
    s3_secret_key: str = setting("", "The secret key for the bucket; empty is `AWS_SECRET_ACCESS_KEY`.", secret=True)
    s3_secret_key_file: str = setting("", "A file that holds the secret key for the bucket.")
    attachment_max_mb: int = setting(25, "The largest file that can be attached to a card, in MB.")
    board_attachments_max_mb: int = setting(
        1_000, "What the files uploaded to one board may take together, deleted ones included for a week, in MB; 0 is no limit."
    )
    reads_per_minute: int = setting(600, "Requests a minute of one user that read, sockets included; 0 is no limit.")
    writes_per_minute: int = setting(180, "Requests a minute of one user that change something; 0 is no limit.")
    anonymous_per_minute: int = setting(60, "Requests a minute from one address without a login; 0 is no limit.")
    logins_per_minute: int = setting(
        10, "Logins, registrations and refreshes, each a minute and from one address or for one account; 0 is no limit."
    )
    trusted_proxies: str = setting(
        "", "Addresses and networks, with commas, of proxies in front of the server whose `X-Forwarded-For` is believed."
    )
    smtp_host: str = setting("", "The mail server; empty writes letters to the log instead of sending them.")
    smtp_port: int = setting(0, "The mail server's port; 0 is the usual one: 465 for `tls`, 587 for `starttls`, 25 for `none`.")
    smtp_security: str = setting("starttls", "How the connection to the mail server is encrypted: `tls`, `starttls` or `none`.")
    smtp_user: str = setting("", "The user to log in to the mail server as; empty does not log in.")
    smtp_password: str = setting("", "The password of that user.", secret=True)
    smtp_password_file: str = setting("", "A file that holds the mail server's password.")
    mail_from: str = setting("", "The address that letters come from; needed with a mail server.")
    public_url: str = setting("", "The address of the server as its people know it, which letters name; empty names none.")
    workers: int = setting(
        1, "Server processes that take requests on the port; more than one need PostgreSQL and Redis. At most 64."
    )
    heartbeat_seconds: float = setting(15.0, "How often a socket hears the board's sequence number, in seconds.")
    sockets_max: int = setting(10_000, "Sockets of one server process; 0 is no limit.")
    sockets_per_user: int = setting(100, "Sockets of one user on one server process; 0 is no limit.")
    socket_frames_per_second: int = setting(
        50, "Frames a second that one socket may send, ten times as many at once; 0 is no limit."
    )
    events_kept: int = setting(
        10_000, "The newest events of each board, which stay in its log however old they are; 0 keeps all for ever."
    )
    event_days: int = setting(7, "The days for which an event stays in the log, however many are newer.")
    drain_seconds: float = setting(
        0.0, "How long a server that was told to stop says that it is not ready and still serves, for balancers that ask."
    )
    goaway_seconds: float = setting(
        5.0, "Within how many seconds the sockets of a server that stops are asked to come back, each at another moment."
    )

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file, or None when the database is PostgreSQL."""
        if not self.database_url:
            return self.data_dir / "rego.db"
        scheme, _, rest = self.database_url.partition("://")
        return Path(rest.removeprefix("/")) if scheme == "sqlite" else None


UNLIMITED: Mapping[str, Any] = {
    "reads_per_minute": 0,
    "writes_per_minute": 0,
    "anonymous_per_minute": 0,
    "logins_per_minute": 0,
    "sockets_max": 0,
    "sockets_per_user": 0,
    "socket_frames_per_second": 0,
}
"""The settings of a server that trusts everybody who can reach it."""


def load(
    flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ, env_file: Path | None = Path(".env")
) -> Settings:
    """The settings from all sources. Raises `InvalidInput` for a value that cannot be what its setting needs."""
    sources: dict[str, Any] = {}
    written = _written(env_file)
    for each in fields(Settings):
        name = variable(each)
        text = environ.get(name, written.get(name))
        if text is not None:
            sources[each.name] = _parsed(each, text)
    sources |= {name: value for name, value in (flags or {}).items() if value is not None}
    settings = Settings(**sources)
    _check(settings)
    return settings


def _written(env_file: Path | None) -> Mapping[str, str | None]:
    if env_file is None or not env_file.is_file():
        return {}
    try:
        return dotenv_values(env_file)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The file {env_file} cannot be read: {error}.") from error


def variable(each: Field[Any]) -> str:
    """The environment variable of a setting."""
    return PREFIX + each.name.upper()


def as_environment(flags: Mapping[str, Any]) -> dict[str, str]:
    """Flags as the environment variables that say the same, for a process that is started with them."""
    return {variable(each): str(flags[each.name]) for each in fields(Settings) if flags.get(each.name) is not None}


def default_of(each: Field[Any]) -> Any:
    """The value of a setting that nobody set."""
    assert each.default is not MISSING
    return each.default


def _parsed(each: Field[Any], text: str) -> Any:
    kind: type = type(default_of(each))
    try:
        if kind is bool:
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
        return kind(text) if kind in (int, float) else Path(text).expanduser() if issubclass(kind, Path) else text
    except (ValueError, KeyError):
        wanted = "true or false" if kind is bool else "a whole number" if kind is int else "a number"
        raise InvalidInput(f"{variable(each)} must be {wanted}, not {text[:40]!r}.", field=variable(each)) from None


SMTP_SECURITY = ("tls", "starttls", "none")

_RANGES = {
    "access_token_minutes": (1, 1_440),
    "session_days": (1, 3_650),
    "argon2_time_cost": (1, 100),
    "argon2_memory_kib": (8, 4_194_304),
    "argon2_parallelism": (1, 64),
    "attachment_max_mb": (1, 100_000),
    "board_attachments_max_mb": (0, 100_000_000),
    "workers": (1, 64),
    "heartbeat_seconds": (0.05, 30),  # a client gives up on a server that it does not hear for 35 seconds
    "events_kept": (0, 1_000_000_000),
    "event_days": (0, 36_500),
    "drain_seconds": (0, 60),
    "goaway_seconds": (0, 60),
}
"""The lowest and the highest value of settings that are numbers."""


def _check(settings: Settings) -> None:
    networks_of(settings.trusted_proxies)
    for name in UNLIMITED:
        if getattr(settings, name) < 0:
            raise InvalidInput(f"{PREFIX}{name.upper()} must be 0 or more, not {getattr(settings, name)}.", field=name)
    if not 0 <= settings.port <= 65_535:
        raise InvalidInput(f"The port must be from 0 to 65535, not {settings.port}.", field="port")
    for name, (lowest, highest) in _RANGES.items():
        value = getattr(settings, name)
        if not lowest <= value <= highest:
            raise InvalidInput(f"{PREFIX}{name.upper()} must be from {lowest} to {highest}, not {value}.", field=name)
    if settings.argon2_memory_kib < 8 * settings.argon2_parallelism:
        raise InvalidInput("REGO_ARGON2_MEMORY_KIB must be at least 8 for each lane.", field="argon2_memory_kib")
    _check_database_url(settings.database_url)
    _check_mail(settings)


def _check_mail(settings: Settings) -> None:
    if settings.smtp_security not in SMTP_SECURITY:
        raise InvalidInput(f"REGO_SMTP_SECURITY must be one of {', '.join(SMTP_SECURITY)}.", field="smtp_security")
    if not 0 <= settings.smtp_port <= 65_535:
        raise InvalidInput(f"REGO_SMTP_PORT must be from 0 to 65535, not {settings.smtp_port}.", field="smtp_port")
    if settings.smtp_host and not settings.mail_from:
        raise InvalidInput("A mail server needs an address that letters come from: set REGO_MAIL_FROM.", field="mail_from")


def _check_database_url(url: str) -> None:
    scheme = url.partition("://")[0]
    if url and scheme not in ("postgresql", "postgres", "sqlite"):
        raise InvalidInput(
            "The database URL must begin with postgresql:// or sqlite:///; leave it out for a file in the data directory.",
            field="database_url",
        )
    if scheme == "sqlite" and not re.match("sqlite:///.", url):
        raise InvalidInput("The database URL sqlite:///PATH needs the path of a file.", field="database_url")
