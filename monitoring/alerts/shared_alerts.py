"""The alert that several streams share: each has its own condition in it, and is damped by itself.

Every change happens under the lock of the alert's row. Queries do not grow with the streams.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from monitoring.alert_models import SHARED, SHOWN, AlertStream
from monitoring.alerts import shared_rows
from monitoring.alerts.alert_rows import locked_or_none, publish_streams
from monitoring.alerts.damping import Outcome, step
from monitoring.alerts.judgement import Judged
from monitoring.alerts.lifecycle import reason_of_end
from onboarding.models.states import IntegrationState
from portal import deadlocks
from portal.messages.message import Message

# What the row of a stream says of "now" may be as old as this, if nothing changed.
WRITTEN_AT_LEAST_EVERY = timedelta(minutes=5)
_GONE = (IntegrationState.REMOVING, IntegrationState.REMOVED)


def memberships(tenant_id: int, integration_ids: Iterable[int]) -> dict[tuple[str, int], int]:
    """Return by kind and stream which open alert a stream shares, in one query."""
    rows = _shared_by(tenant_id).filter(integration_id__in=set(integration_ids))
    return {(kind, pk): alert for kind, pk, alert in rows.values_list("alert__kind", "integration_id", "alert_id")}


def _shared_by(tenant_id: int) -> QuerySet[AlertStream]:
    return AlertStream.objects.filter(
        left_at=None, alert__tenant_id=tenant_id, alert__state__in=SHOWN, alert__cause__startswith=SHARED
    )


@deadlocks.atomic
def apply(alert_id: int, judged: Sequence[Judged], *, now: datetime) -> bool:
    """Keep a shared alert by what was observed of its streams; return whether it closed with the last of them."""
    alert = locked_or_none(alert_id)
    if alert is None or not alert.is_shown:
        return False
    rows = list(alert.affected.all())
    here = {row.integration_id: row for row in rows if row.left_at is None}
    known = [(here[pk], each) for each in judged if (pk := each.seen.stream_ids[0]) in here]
    changed = [(row, each) for row, each in known if _note(row, each, now=now)]
    if not changed:
        return False
    AlertStream.objects.bulk_update([row for row, _ in changed], shared_rows.TRACKED)
    ended = [each for row, each in changed if row.left_at]
    publish_streams(each.seen.cause for each in ended)
    because = reason_of_end(ended[-1].threshold) if ended else Message("alert.condition_ended")
    return shared_rows.save_or_close(alert, rows, because, now=now)


def _note(row: AlertStream, each: Judged, *, now: datetime) -> bool:
    """Step the condition of one stream; return whether its row must be written."""
    if each.holds is None:
        return False
    track, at = shared_rows.track_of_stream(row), each.seen.at
    after, outcome = step(track, each.holds, at, each.wait)
    is_unchanged = (after.clear_since, after.flap_count) == (track.clear_since, track.flap_count)
    if after == track or (each.holds and is_unchanged and at - track.seen_at < WRITTEN_AT_LEAST_EVERY):
        return False
    shared_rows.set_track(row, after)
    if each.holds:
        row.value, row.threshold = each.seen.measured.value, each.threshold
    if outcome is Outcome.CLOSED:
        row.left_at = now
    return True


def leave_gone(tenant_id: int, *, not_seen_since: datetime, now: datetime) -> None:
    """Let shared alerts go on without streams that were removed, and without those of which nothing was known since."""
    is_gone, is_unknown = Q(integration__state__in=_GONE), Q(seen_at__lte=not_seen_since)
    leaving: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    found = _shared_by(tenant_id).filter(is_gone | is_unknown).values_list("alert_id", "pk", "integration__state")
    for alert_id, pk, state in found:
        leaving[alert_id].append((pk, state in _GONE))
    for alert_id, some in leaving.items():
        because = Message("alert.stream_removed") if some[-1][1] else Message("alert.not_known")
        _leave(alert_id, {pk for pk, _ in some}, because, now=now)


@deadlocks.atomic
def _leave(alert_id: int, row_ids: set[int], because: Message, *, now: datetime) -> None:
    alert = locked_or_none(alert_id)
    if alert is None or not alert.is_shown:
        return
    alert.affected.filter(pk__in=row_ids, left_at=None).update(left_at=now)
    shared_rows.save_or_close(alert, list(alert.affected.all()), because, now=now)
