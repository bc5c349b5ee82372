"""Letters: to a real little mail server, to the log where there is none, and never on anybody's path."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from rego.wire.errors import InvalidInput
from rego_server.core.mail import UNDER_WAY_MAX, Letter, LogCarrier, Mailroom, NotSent, SmtpCarrier, carrier_of
from rego_server.core.settings import Settings, load
from tests.letters import Letterbox
from tests.ports import free_port
from tests.running import fast_settings, join, running
from tests.server.site import raw

LETTER = Letter("ann@example.com", "Grüße", "Eine Zeile.\n\nrego_reset_x\n")


class Inbox:
    """What the mail server received, and how it answers."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.envelopes.append(envelope)
        return answer


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def smtp(inbox: Inbox) -> Iterator[Settings]:
    """The settings of a real mail server in a thread, which lets in "rego" with "pass word"."""

    def allow(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data == LoginPassword(b"rego", b"pass word"), handled=False)

    logging.getLogger("mail.log").disabled = True
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), authenticator=allow, auth_require_tls=False)
    controller.start()
    yield replace(
        Settings(),
        smtp_host="127.0.0.1",
        smtp_port=controller.port,
        smtp_security="none",
        smtp_user="rego",
        smtp_password="pass word",
        mail_from="Rego <rego@example.com>",
    )
    controller.stop()


async def test_a_letter_arrives_as_it_was_written(smtp: Settings, inbox: Inbox) -> None:
    await SmtpCarrier(smtp).carry(LETTER)
    (envelope,) = inbox.envelopes
    assert envelope.rcpt_tos == ["ann@example.com"]
    assert envelope.mail_from == "rego@example.com"
    text = envelope.content.decode()
    assert "From: Rego <rego@example.com>\r\n" in text
    assert "To: ann@example.com\r\n" in text
    assert "Subject: =?utf-8?" in text
    assert "rego_reset_x" in text


async def test_a_password_may_stand_in_a_file(smtp: Settings, inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("pass word\n")
    await SmtpCarrier(replace(smtp, smtp_password="", smtp_password_file=str(tmp_path / "secret"))).carry(LETTER)
    assert len(inbox.envelopes) == 1
    with pytest.raises(InvalidInput, match="cannot be read"):
        SmtpCarrier(replace(smtp, smtp_password="", smtp_password_file=str(tmp_path / "missing")))


async def test_a_server_that_refuses_is_not_asked_again_and_a_busy_one_is(smtp: Settings, inbox: Inbox) -> None:
    for answer, hopeless in (("550 No such user", True), ("451 Come back later", False)):
        inbox.answers = [answer]
        with pytest.raises(NotSent) as refused:
            await SmtpCarrier(smtp).carry(LETTER)
        assert refused.value.hopeless is hopeless
    with pytest.raises(NotSent) as denied:
        await SmtpCarrier(replace(smtp, smtp_password="wrong")).carry(LETTER)
    assert denied.value.hopeless
    with pytest.raises(NotSent) as away:
        await SmtpCarrier(replace(smtp, smtp_port=free_port())).carry(LETTER)
    assert not away.value.hopeless


@pytest.mark.parametrize("address", ["<@x.y", "a,b@example.com", "a\r\nBcc: all@example.com", "", "\x00@example.com"])
async def test_an_address_that_is_none_injects_nothing(smtp: Settings, inbox: Inbox, address: str) -> None:
    with pytest.raises(NotSent) as refused:
        await SmtpCarrier(smtp).carry(LETTER._replace(to=address))
    assert refused.value.hopeless
    assert inbox.envelopes == []


async def test_a_letter_that_is_asked_for_over_http_goes_through_the_mail_server(
    smtp: Settings, inbox: Inbox, tmp_path: Path
) -> None:
    mail = {name: getattr(smtp, name) for name in ("smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password")}
    settings = replace(fast_settings(tmp_path), mail_from=smtp.mail_from, public_url="https://rego.example.com", **mail)
    async with running(settings) as server:
        ann = await join(server.url, "ann")
        await ann.client.close()
        await raw(server.url, "POST", "/auth/forgot-password", body={"email": ann.user.email})
    (envelope,) = inbox.envelopes
    assert envelope.rcpt_tos == [ann.user.email]
    assert "https://rego.example.com" in envelope.content.decode()


# --- the mailroom --------------------------------------------------------------------------------------------------------


class Moody(Letterbox):
    """Refuses the first letters."""

    def __init__(self, refusals: int, *, hopeless: bool = False) -> None:
        super().__init__()
        self.refusals = refusals
        self.hopeless = hopeless
        self.tries = 0

    async def carry(self, letter: Letter) -> None:
        self.tries += 1
        if self.tries <= self.refusals:
            raise NotSent("not now", hopeless=self.hopeless)
        await super().carry(letter)


async def test_a_letter_is_tried_again_but_not_for_ever() -> None:
    for carrier, tries, arrived in ((Moody(2), 3, 1), (Moody(9), 3, 0), (Moody(9, hopeless=True), 1, 0)):
        mailroom = Mailroom(carrier, "", pauses=(0, 0))
        mailroom.post(LETTER)
        await mailroom.stop()
        assert (carrier.tries, len(carrier.letters)) == (tries, arrived)


async def test_what_cannot_be_written_harms_nobody_else() -> None:
    box = Letterbox()
    mailroom = Mailroom(box, "")

    async def broken() -> Letter:
        raise ZeroDivisionError

    async def unwanted() -> None:
        return None

    mailroom.post_when_written(broken)
    mailroom.post_when_written(unwanted)
    mailroom.post(LETTER)
    await mailroom.stop()
    assert box.letters == [LETTER]


async def test_there_is_a_bound_to_what_is_under_way() -> None:
    box, gate = Letterbox(), asyncio.Event()
    mailroom = Mailroom(box, "")

    async def slow() -> Letter:
        await gate.wait()
        return LETTER

    for _ in range(UNDER_WAY_MAX + 5):
        mailroom.post_when_written(slow)
    gate.set()
    await mailroom.stop()
    assert len(box.letters) == UNDER_WAY_MAX


async def test_without_a_mail_server_the_letter_stands_in_the_log() -> None:
    with structlog.testing.capture_logs() as lines:
        carrier = carrier_of(Settings())
        assert isinstance(carrier, LogCarrier)
        await carrier.carry(LETTER)
    (line,) = lines
    assert line["event"].startswith("no mail server is configured")
    assert (line["log_level"], line["to"], line["text"]) == ("warning", LETTER.to, LETTER.text)


# --- settings ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"REGO_SMTP_HOST": "mail"}, "REGO_MAIL_FROM"),
        ({"REGO_SMTP_SECURITY": "ssl"}, "one of tls, starttls, none"),
        ({"REGO_SMTP_PORT": "70000"}, "from 0 to 65535"),
    ],
)
def test_settings_that_cannot_work_are_refused(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        load({}, variables, None)


def test_the_password_is_never_shown() -> None:
    assert "hush" not in repr(load({}, {"REGO_SMTP_PASSWORD": "hush"}, None))
