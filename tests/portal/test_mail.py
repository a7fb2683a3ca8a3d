"""Mail goes out by SMTP; what the server or the network does is said in words, by the command and the services."""

import smtplib
import socket
from io import StringIO
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from portal import mail

SMTP = "django.core.mail.backends.smtp.EmailBackend"
TO = "ada@north.example"


@pytest.fixture
def configured(settings: Any) -> None:
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


def code(caught: pytest.ExceptionInfo[ValidationError]) -> str:
    return str(caught.value.code)


def test_without_a_server_nothing_is_sent_and_it_is_said(settings: Any) -> None:
    settings.SLUICE_MAIL_URL = ""
    with pytest.raises(ValidationError) as caught:
        mail.send(to=TO, subject="s", text="t")
    assert (code(caught), len(outbox.outbox)) == ("mail.not_configured", 0)


@pytest.mark.usefixtures("configured")
def test_the_command_sends_one_mail() -> None:
    out = StringIO()
    call_command("mail", "test", TO, stdout=out)
    [sent] = outbox.outbox
    assert (sent.to, sent.from_email) == ([TO], "sluice@vendor.example")
    assert "accepted: True" in out.getvalue()


@pytest.mark.usefixtures("configured")
def test_a_server_that_is_not_there_is_named(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
    with pytest.raises(CommandError, match=f"127.0.0.1:{port}"):
        call_command("mail", "test", TO)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    "refusal",
    [
        smtplib.SMTPAuthenticationError(535, b"5.7.8 Bad credentials"),
        smtplib.SMTPSenderRefused(550, b"5.7.8 Bad credentials", "x"),
        smtplib.SMTPException("5.7.8 Bad credentials"),
    ],
)
def test_what_the_server_answers_is_kept(monkeypatch: pytest.MonkeyPatch, refusal: Exception) -> None:
    def refuse(*_: Any) -> None:
        raise refusal

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with pytest.raises(ValidationError) as caught:
        mail.send(to=TO, subject="s", text="t")
    assert code(caught) == "mail.refused"
    assert "5.7.8 Bad credentials" in str(caught.value)
