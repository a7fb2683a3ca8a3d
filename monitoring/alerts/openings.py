"""Streams whose condition begins to hold: pending for as long as the rule says, then open, those of one cause together.

One lock for each kind and scope lets two workers that see the same streams at once open one alert. Queries do not grow
with the streams.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from monitoring.alert_models import LIVE, Alert
from monitoring.alerts import shared_alerts
from monitoring.alerts.alert_rows import locked_of
from monitoring.alerts.damping import Outcome, step
from monitoring.alerts.judgement import Judged
from monitoring.alerts.lifecycle import track_of
from monitoring.alerts.placing import place
from monitoring.alerts.shared_rows import Opening
from portal import deadlocks
from portal.tenancy.models import Tenant

_BEFORE = timedelta(microseconds=1)


@deadlocks.atomic
def apply(tenant_id: int, judged: Sequence[Judged], *, now: datetime) -> int:
    """Step what is pending or new of one kind and scope; return how many alerts opened."""
    first = judged[0].seen
    _lock(f"{tenant_id}-{first.key[0]}-{first.scope.key if first.scope else ''}")
    tenant = Tenant.objects.get(pk=tenant_id)
    rows = _live_rows(tenant_id, judged)
    taken = shared_alerts.memberships(tenant_id, [each.seen.stream_ids[0] for each in judged])
    opened: list[Opening] = []
    new: list[Alert] = []
    kept: list[Alert] = []
    dropped: list[int | None] = []
    for each in judged:
        row = rows.get(each.seen.cause) or _new(tenant, each)
        if row.is_shown or (each.seen.key[0], each.seen.stream_ids[0]) in taken:
            continue  # another worker was first: the next reading decides
        track = track_of(row)
        after, outcome = step(track, bool(each.holds), each.seen.at, each.wait)
        if outcome is Outcome.OPENED:
            opened.append(Opening(each, row, after))
        elif outcome is Outcome.DROPPED:
            dropped.append(row.pk)
        elif after != track:
            row.since, row.seen_at = after.since, after.seen_at
            (kept if row.pk else new).append(row)
    _write(new, kept, dropped)
    return place(opened, now=now) if opened else 0


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('alert-openings'), hashtext(%s))", [name])


def _live_rows(tenant_id: int, judged: Sequence[Judged]) -> dict[str, Alert]:
    kind, causes = judged[0].seen.key[0], [each.seen.cause for each in judged]
    return {row.cause: row for row in locked_of(tenant_id, Q(kind=kind, cause__in=causes, state__in=LIVE))}


def _new(tenant: Tenant, each: Judged) -> Alert:
    seen = each.seen
    return Alert(tenant=tenant, kind=seen.key[0], cause=seen.cause, since=seen.at, seen_at=seen.at - _BEFORE)


def _write(new: list[Alert], kept: list[Alert], dropped: list[int | None]) -> None:
    if new:
        Alert.objects.bulk_create(new, ignore_conflicts=True)
    if kept:
        Alert.objects.bulk_update(kept, ["since", "seen_at"])
    if dropped:
        Alert.objects.filter(pk__in=[pk for pk in dropped if pk]).delete()
