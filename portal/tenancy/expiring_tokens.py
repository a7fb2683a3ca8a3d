"""Notifies people of API tokens that expire: 30, 7 and 1 day before, each once. A program stops when its token does.

A program's person may read no mail, so support is notified of the tokens of staff, too.
"""

from datetime import datetime, timedelta

from django.urls import reverse

from portal.database_clock import DatabaseClock
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy.models import ApiToken, StaffRole, User

DAYS = (1, 7, 30)


def notify_of_expiring_tokens() -> None:
    """Write a notification for each token in use that has entered its last 30, 7 or 1 day.

    One that enters several at once, because it is valid for a short time, is notified of once; one that is valid for
    less than a day never: it is used up before anyone reads of it.
    """
    now = DatabaseClock().now()
    rows = ApiToken.objects.filter(revoked_at=None, expires_at__gt=now, expires_at__lte=now + timedelta(days=max(DAYS)))
    for token in rows.filter(person__is_active=True).select_related("person"):
        if token.expires_at - token.created_at > timedelta(days=min(DAYS)):
            _notify(token, now)


def _notify(token: ApiToken, now: datetime) -> None:
    entered = next(days for days in DAYS if token.expires_at - now <= timedelta(days=days))
    date = f"{token.expires_at.day} {token.expires_at:%B %Y}"
    outbox.write(
        kinds.TOKEN_EXPIRES,
        Message("notification.token_expires", token=token.name, email=token.person.email, date=date),
        event=f"token-{token.pk}-{entered}",
        to=[token.person, *_support(token.person)],
        path=reverse("security"),
    )


def _support(person: User) -> list[User]:
    if not person.is_staff:
        return []
    rows = User.objects.filter(is_staff=True, is_active=True, staff_role=StaffRole.SUPPORT)
    return list(rows.exclude(pk=person.pk).order_by("pk"))
