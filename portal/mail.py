"""Mail: the server from SLUICE_MAIL_URL, one function that sends, and errors as messages."""

from collections.abc import Mapping
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from portal.encrypted_mail import EncryptedMail
from portal.messages.errors import MessageError, validation_error
from portal.messages.message import Message

_PERMANENT = 500  # https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
_LONGEST_DETAIL = 300


class MailNotAccepted(MessageError):
    """A mail that was not accepted; `is_permanent` where the server will never accept it for this address."""

    def __init__(self, source: Message, *, is_permanent: bool = False) -> None:
        super().__init__(source)
        self.is_permanent = is_permanent


def is_configured() -> bool:
    """Return whether mail can be sent."""
    return bool(settings.SLUICE_MAIL_URL)


def send(*, to: str, subject: str, text: str, html: str = "", headers: Mapping[str, str] | None = None) -> None:
    """Send one mail; raises ValidationError with the reason where the server does not accept it.

    Django raises ValueError for a line break in an address, the subject or a header.
    """
    mail = EmailMultiAlternatives(subject, text, to=[to], headers=dict(headers or {}))
    if html:
        mail.attach_alternative(html, "text/html")
    _send(mail)


def send_encrypted(*, to: str, subject: str, ciphertext: str, headers: Mapping[str, str] | None = None) -> None:
    """Send one PGP/MIME mail around an armored OpenPGP message, which contains a MIME entity; raises as `send` does."""
    _send(EncryptedMail(subject, ciphertext, to=[to], headers=dict(headers or {})))


def _send(mail: EmailMessage) -> None:
    if not is_configured():
        raise validation_error(Message("mail.not_configured"))
    [to] = mail.to
    try:
        mail.send()
    except SMTPException as refused:
        message = Message("mail.refused", to=to, detail=_detail(refused))
        raise MailNotAccepted(message, is_permanent=_is_permanent(refused)) from None
    except OSError as fault:
        server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        raise MailNotAccepted(Message("mail.unreachable", server=server, detail=str(fault))) from None


def _is_permanent(refused: SMTPException) -> bool:
    # Of the recipient or the content. A wrong password or sender is the portal's own, and someone will correct it.
    if isinstance(refused, SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _ in refused.recipients.values())
    return isinstance(refused, SMTPDataError) and refused.smtp_code >= _PERMANENT


def _detail(refused: SMTPException) -> str:
    if isinstance(refused, SMTPRecipientsRefused):
        answer: object = next((answer for _, answer in refused.recipients.values()), b"")
    else:
        answer = getattr(refused, "smtp_error", None) or str(refused)
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return text[:_LONGEST_DETAIL]
