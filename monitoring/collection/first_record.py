"""Notices the first record of a stream that Sluice did not put itself, and notifies the tenant's people once.

A run tests a new access key with a record of its own, which CloudWatch counts like any other. So only minutes count
that began after the newest run ended, and none while a run is at work.
"""

from datetime import datetime

from django.db.models import Max
from django.urls import reverse

from monitoring.models import StreamHealth
from monitoring.series import StreamSeries
from monitoring.watched_streams import WatchedStream
from onboarding.models.integration import Integration
from onboarding.provisioning.claims import ACTIVE
from portal import deadlocks
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy import selectors


@deadlocks.atomic
def note_first_record(stream: WatchedStream, series: StreamSeries) -> None:
    """Store when the first record arrived and notify, if this is the first collection that sees one."""
    minutes = [at for at, value in series.stream.get("records", ()) if value > 0]
    rows = StreamHealth.objects.filter(integration_id=stream.integration_id, first_record_at__isnull=True)
    first = _first_of_others(stream.integration_id, minutes) if minutes else None
    if first is not None and rows.update(first_record_at=first):
        _notify(stream.integration_id)


def _first_of_others(integration_id: int, minutes: list[datetime]) -> datetime | None:
    runs = Integration.objects.get(pk=integration_id).runs.all()
    if runs.filter(state__in=ACTIVE).exists():
        return None
    ended_at = runs.aggregate(ended_at=Max("finished_at"))["ended_at"]
    return min((at for at in minutes if ended_at is None or at >= ended_at), default=None)


def _notify(integration_id: int) -> None:
    integration = Integration.objects.select_related("tenant").get(pk=integration_id)
    tenant = integration.tenant
    outbox.write(
        kinds.FIRST_RECORD,
        Message("notification.first_record", integration=integration.name, tenant=tenant.name),
        event=f"integration-{integration.uid}",
        to=selectors.people_of(tenant),
        tenant=tenant,
        path=reverse("stream", kwargs={"slug": tenant.slug, "uid": integration.uid}),
    )
