"""Mail: the server from SLUICE_MAIL_URL, one function that sends, and errors as messages."""

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from portal.messages.errors import validation_error
from portal.messages.message import Message


def is_configured() -> bool:
    """Return whether mail can be sent."""
    return bool(settings.SLUICE_MAIL_URL)


def send(*, to: str, subject: str, text: str) -> None:
    """Send one mail; raises ValidationError with the reason where the server does not take it."""
    if not is_configured():
        raise validation_error(Message("mail.not_configured"))
    try:
        EmailMessage(subject, text, to=[to]).send()
    except SMTPException as refused:
        raise validation_error(Message("mail.refused", to=to, detail=_detail(refused))) from None
    except OSError as fault:
        raise validation_error(
            Message("mail.unreachable", server=f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}", detail=str(fault))
        ) from None


def _detail(refused: SMTPException) -> str:
    answer = getattr(refused, "smtp_error", None) or str(refused)
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
