"""The rows of alerts, locked one at a time: each change of an alert happens under the lock of its row.

The unique constraint on kind and cause lets two workers that see the same at once have one row between them.
"""

from collections.abc import Iterable, Set
from datetime import timedelta
from functools import partial

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet

from monitoring.alert_models import LIVE, Alert, AlertState, AlertStream
from monitoring.alerts.observation import Observation, stream_cause
from monitoring.records.stream_topics import topics_of
from portal import live

MOST_STREAMS = 100
_BEFORE = timedelta(microseconds=1)
_ATTEMPTS = 3
_STREAM = stream_cause("")


def locked(alert_id: int) -> Alert:
    """Lock the row of an alert that was shown until the transaction ends, and return it with its tenant."""
    return _locked_rows().get(pk=alert_id)


def locked_or_none(alert_id: int) -> Alert | None:
    """Lock an alert's row as `locked` does; None where it was dropped meanwhile, as one is that never opened."""
    return _locked_rows().filter(pk=alert_id).first()


def _locked_rows() -> QuerySet[Alert]:
    return Alert.objects.select_for_update(of=("self",), no_key=True).select_related("tenant")


def locked_or_new(tenant_id: int, seen: Observation) -> Alert:
    """Lock the live alert of a cause, or that of a new one, which is pending and has not been read yet.

    A row that another worker closes or deletes meanwhile is not found any more: then there is room for a new one.
    """
    named = {"tenant_id": tenant_id, "kind": seen.measured.kind, "cause": seen.cause}
    rows = _locked_rows()
    for _ in range(_ATTEMPTS):
        fresh = Alert(**named, since=seen.at, seen_at=seen.at - _BEFORE)
        Alert.objects.bulk_create([fresh], ignore_conflicts=True)
        if found := rows.filter(**named, state__in=LIVE).first():
            return found
    raise OperationalError("the alert was closed by others each time")


def locked_of(tenant_id: int, which: Q) -> list[Alert]:
    """Lock some of a tenant's alerts until the transaction ends, and return them with the tenant, the newest first."""
    return list(_locked_rows().filter(which, tenant_id=tenant_id).order_by("pk"))[::-1]


def live_states(tenant_id: int, causes: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return by kind and cause the state of the tenant's live alerts among these causes."""
    rows = Alert.objects.filter(tenant_id=tenant_id, state__in=LIVE, cause__in=set(causes))
    return {(kind, cause): state for kind, cause, state in rows.values_list("kind", "cause", "state")}


def recently_closed(alert: Alert, *, within: timedelta) -> Alert | None:
    """Lock and return the alert of the same cause that was closed so shortly before, or None."""
    same = _locked_rows().filter(tenant_id=alert.tenant_id, kind=alert.kind, cause=alert.cause, state=AlertState.CLOSED)
    return same.filter(clear_since__gt=alert.since - within).order_by("-pk").first()


def set_streams(alert: Alert, seen: Observation) -> None:
    """Store which streams an alert concerns, the first hundred, and how many there are."""
    wanted = set(seen.stream_ids[:MOST_STREAMS])
    known = set(alert.affected.values_list("integration_id", flat=True))
    if known - wanted:
        alert.affected.filter(integration_id__in=known - wanted).delete()
    new = [AlertStream(alert=alert, integration_id=pk) for pk in sorted(wanted - known)]
    AlertStream.objects.bulk_create(new, ignore_conflicts=True)
    alert.stream_count = seen.stream_count


def publish_change(slug: str, cause: str = "") -> None:
    """Let open pages read alerts again, once the change is committed: the lists, the boards, the stream's own page."""
    uid = cause.removeprefix(_STREAM) if cause.startswith(_STREAM) else ""
    transaction.on_commit(partial(_publish, slug, uid), robust=True)


def publish_streams(causes: Iterable[str]) -> None:
    """Let open pages of streams read their alerts again, once the change is committed."""
    uids = {cause.removeprefix(_STREAM) for cause in causes}
    if uids:
        transaction.on_commit(partial(_publish_streams, uids), robust=True)


def _publish_streams(uids: Set[str]) -> None:
    for topic in live.watched("stream:"):
        if topic.split(":")[1] in uids:
            live.publish(topic, "alerts")


def _publish(slug: str, stream_uid: str) -> None:
    for tenant in (slug, "all"):
        live.publish(f"alerts:{tenant}", "alerts")
        live.publish(f"board:{tenant}", "moved")
        live.publish(f"wall:{tenant}", "changed")
    for topic in topics_of(stream_uid) if stream_uid else ():
        live.publish(topic, "alerts")
