"""Mail: letters that leave through SMTP or, where no mail server is configured, stand in the log. Never on a request's path."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple, Protocol

import structlog

from rego.wire.errors import RegoError
from rego_server.core.secret import read_secret_file
from rego_server.core.settings import Settings

PAUSES = (5.0, 60.0)
"""How long to wait before each further attempt to hand a letter over, in seconds."""

UNDER_WAY_MAX = 200
"""Letters that are being written or sent at once; what comes on top of them is dropped, with a line in the log."""

PARTING = 5.0
"""How long letters under way may take to leave when the server stops, in seconds."""

_TIMEOUT = 20.0
_PORTS = {"tls": 465, "starttls": 587, "none": 25}

_log = structlog.get_logger("rego.mail")


class Letter(NamedTuple):
    """A plain text to one address."""

    to: str
    subject: str
    text: str


Write = Callable[[], Awaitable[Letter | None]]
"""Finds out what to write, and whether to write at all."""


class NotSent(Exception):
    """The letter did not leave. `hopeless` when another attempt would end the same way."""

    def __init__(self, why: str, *, hopeless: bool = False) -> None:
        super().__init__(why)
        self.hopeless = hopeless


class Carrier(Protocol):
    """Takes letters away."""

    async def carry(self, letter: Letter) -> None:
        """Raises `NotSent`."""


class LogCarrier:
    """Writes letters to the log, for whoever runs a server without a mail server."""

    async def carry(self, letter: Letter) -> None:
        notice = "no mail server is configured; this letter was not sent (set REGO_SMTP_HOST and REGO_MAIL_FROM to send mail)"
        _log.warning(notice, to=letter.to, subject=letter.subject, text=letter.text)


class SmtpCarrier:
    """Hands letters to an SMTP server, on a connection for each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._port = settings.smtp_port or _PORTS[settings.smtp_security]
        self._password = settings.smtp_password or (
            read_secret_file(settings.smtp_password_file) if settings.smtp_password_file else ""
        )

    async def carry(self, letter: Letter) -> None:
        import aiosmtplib

        settings = self._settings
        try:
            await aiosmtplib.send(
                _message(letter, settings.mail_from),
                recipients=[letter.to],
                sender=settings.mail_from,
                hostname=settings.smtp_host,
                port=self._port,
                username=settings.smtp_user or None,
                password=self._password or None,
                use_tls=settings.smtp_security == "tls",
                start_tls=settings.smtp_security == "starttls",
                timeout=_TIMEOUT,
            )
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            raise NotSent(str(error), hopeless=_is_final(error)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotSent(str(error)) from error


def carrier_of(settings: Settings) -> Carrier:
    """What takes letters away under these settings."""
    return SmtpCarrier(settings) if settings.smtp_host else LogCarrier()


class Mailroom:
    """Letters under way. Nobody who posts one waits for it, or hears of it again.

    `server` is the address of the server that letters name; it may be empty.
    """

    def __init__(self, carrier: Carrier, server: str, pauses: Sequence[float] = PAUSES) -> None:
        self.server = server
        self._carrier = carrier
        self._pauses = pauses
        self._under_way: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Wait a while for what is under way, then let it go."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=PARTING)
        for task in tuple(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def post(self, letter: Letter) -> None:
        """Send a letter soon. Call it after the commit of what the letter tells."""

        async def written() -> Letter:
            return letter

        self.post_when_written(written)

    def post_when_written(self, write: Write) -> None:
        """Send soon what `write` gives, if anything; it runs in the background too, so no answer takes longer for it."""
        if len(self._under_way) >= UNDER_WAY_MAX:
            _log.error("letter dropped: too many are under way", most=UNDER_WAY_MAX)
            return
        task = asyncio.get_running_loop().create_task(self._send(write))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, write: Write) -> None:
        try:
            if (letter := await write()) is not None:
                await self._deliver(letter)
        except RegoError as error:
            _log.warning("letter not written", error=error.detail)
        except Exception:
            _log.exception("letter not sent: a bug")

    async def _deliver(self, letter: Letter) -> None:
        for pause in (*self._pauses, None):
            try:
                return await self._carrier.carry(letter)
            except NotSent as error:
                last = pause is None or error.hopeless
                _log.warning("letter not sent", subject=letter.subject, error=str(error), final=last)
                if last:
                    return None
            await asyncio.sleep(pause or 0)
        return None


def _message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as RFC 5322 has it. Raises `NotSent` for an address that no mail can go to."""
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=letter.to)
    except (HeaderParseError, IndexError, ValueError) as error:
        raise NotSent("The address is none that mail can go to.", hopeless=True) from error
    message["From"] = sender
    message["Subject"] = letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _is_final(error: Exception) -> bool:
    """Whether the server said no for good (5xx), not for now (4xx)."""
    refused = getattr(error, "recipients", None) or [error]
    return all(getattr(each, "code", 0) >= 500 for each in refused)
