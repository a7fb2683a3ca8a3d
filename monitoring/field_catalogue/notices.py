"""Notifies a tenant's people of fields that appeared or vanished: once for all streams and kinds that changed lately.

A notice leaves the portal by mail and webhook, so it names streams and no field: names of fields can be data.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Max, Min
from django.db.models.functions import Now
from django.urls import reverse

from monitoring.field_model import ChangeOfField, FieldChange
from portal import deadlocks
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy import selectors
from portal.tenancy.models import Tenant
from portal.tenancy.services import lock_tenant

GATHER = timedelta(minutes=30)  # the windows of streams that change together end within a quarter of an hour
REST = timedelta(hours=6)  # between two notices of a tenant
_MOST_NAMES = 5


def waiting(*, now: datetime) -> list[int]:
    """Return the tenants with changes that were gathered for long enough; needs the scope of every tenant."""
    rows = FieldChange.objects.filter(notified_at=None, at__lte=now - GATHER)
    return sorted(set(rows.order_by().values_list("kind__integration__tenant_id", flat=True)))


@deadlocks.atomic
def notify(tenant_id: int, *, now: datetime) -> bool:
    """Write one notice of all changes that wait, unless one was written within six hours; return whether it was."""
    lock_tenant(tenant_id)
    tenant = Tenant.objects.get(pk=tenant_id)
    rows = FieldChange.objects.filter(kind__integration__tenant_id=tenant_id)
    times = rows.aggregate(last=Max("notified_at"))
    new = rows.filter(notified_at=None)
    first = new.aggregate(first=Min("at"))["first"]
    if first is None or first > now - GATHER or (times["last"] and times["last"] > now - REST):
        return False
    found = list(new.order_by("pk").select_related("kind__integration"))
    FieldChange.objects.filter(pk__in=[row.pk for row in found]).update(notified_at=Now())
    if tenant.is_suspended:
        return False
    _write(tenant, found)
    return True


def _write(tenant: Tenant, changes: list[FieldChange]) -> None:
    streams = {row.kind.integration_id: row.kind.integration for row in changes}
    # A field that changed in ten streams or kinds is one field to check.
    counts = Counter(change for _path, change in {(str(row.path), row.change) for row in changes})
    names = sorted(stream.name for stream in streams.values())
    single = next(iter(streams.values())) if len(streams) == 1 else None
    place = {"slug": tenant.slug}
    outbox.write(
        kinds.FIELDS_CHANGED,
        Message(
            "notification.fields_changed",
            tenant=tenant.name,
            streams=", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else ""),
            appeared_count=counts[ChangeOfField.APPEARED] + counts[ChangeOfField.RETURNED],
            vanished_count=counts[ChangeOfField.VANISHED],
        ),
        event=f"fields-{changes[0].pk}-{changes[-1].pk}",
        to=selectors.people_of(tenant),
        tenant=tenant,
        path=reverse("fields", kwargs={**place, "uid": single.uid}) if single else reverse("streams", kwargs=place),
    )
