"""Notifies a tenant's admins of OpenPGP keys that expire: 30, 7 and 1 day before, each once."""

from datetime import datetime, timedelta

from django.urls import reverse

from onboarding.models.pgp_key import PgpKey
from portal.database_clock import DatabaseClock
from portal.messages.message import Message
from portal.openpgp.certificate_warnings import day_of
from portal.outbox import kinds, outbox
from portal.tenancy import selectors

DAYS = (1, 7, 30)


def notify_of_expiring_keys() -> None:
    """Write a notification for each confirmed key that has entered its last 30, 7 or 1 day.

    A key that enters several at once, because it was added late, is notified of once. An extended key has other dates.
    """
    now = DatabaseClock().now()
    rows = PgpKey.objects.confirmed().filter(expires_at__gt=now, expires_at__lte=now + timedelta(days=max(DAYS)))
    for key in rows.filter(tenant__is_suspended=False).select_related("tenant"):
        _notify(key, now)


def _notify(key: PgpKey, now: datetime) -> None:
    if key.expires_at is None:
        return
    entered = next(days for days in DAYS if key.expires_at - now <= timedelta(days=days))
    date = day_of(key.expires_at)
    outbox.write(
        kinds.KEY_EXPIRES,
        Message("notification.key_expires", title=key.title, tenant=key.tenant.name, date=date),
        event=f"key-{key.uid}-{key.expires_at:%Y%m%d}-{entered}",
        to=selectors.admins_of(key.tenant),
        tenant=key.tenant,
        path=reverse("pgp_keys", kwargs={"slug": key.tenant.slug}),
    )
