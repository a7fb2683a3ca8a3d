"""Which alert a stream opens or joins: streams of one scope that fail at about the same time have one cause.

Shown is what was seen, that they fell silent together; that it is one cause is for a person to say.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from monitoring.alert_models import SHARED, SHOWN, Alert, AlertState, AlertStream
from monitoring.alerts import mutes
from monitoring.alerts.alert_rows import locked_of, publish_change
from monitoring.alerts.damping import REOPENS_WITHIN
from monitoring.alerts.lifecycle import open_now
from monitoring.alerts.shared_rows import Opening, describe, join
from monitoring.alerts.single_alerts import open_single

JOINS_WITHIN = timedelta(minutes=15)
# Streams that fell silent together may be noticed one after another, as each has its own threshold.
NOTICED_WITHIN = timedelta(hours=1)


def place(openings: Sequence[Opening], *, now: datetime) -> int:
    """Have streams of one kind and scope join open alerts or open one; return how many alerts opened."""
    tenant_id, kind = openings[0].row.tenant_id, openings[0].row.kind
    ids = [opening.integration_id for opening in openings]
    muted = mutes.muted_streams(tenant_id, kind, ids, now=now)
    left = _left_lately(tenant_id, kind, ids, after=min(each.track.since for each in openings) - REOPENS_WITHIN)
    alerts = _candidates(openings[0], set(left.values()), now=now)
    alone, together = [], []
    joining: dict[int, list[Opening]] = defaultdict(list)
    for opening in openings:
        if opening.integration_id in muted:
            alone.append(opening)  # no one is to be notified of it, so it has an alert of its own
        elif alert := _joined(opening, left.get(opening.integration_id), alerts):
            joining[alert.pk].append(opening)
        else:
            together.append(opening)
    for pk, some in joining.items():
        _join(alerts[pk], some)
    closed = next((alerts[pk] for each in together if (pk := left.get(each.integration_id, 0)) in alerts), None)
    if len(together) == 1 and closed is None:
        alone, together = [*alone, *together], []
    for opening in alone:
        _open_alone(opening, now=now)
    if together:
        _open_shared(together, closed, now=now)
    return len(alone) + bool(together)


def _left_lately(tenant_id: int, kind: str, ids: Sequence[int], *, after: datetime) -> dict[int, int]:
    """Return by stream the newest shared alert that it left so shortly before."""
    rows = AlertStream.objects.filter(integration_id__in=ids, left_at__isnull=False, clear_since__gt=after)
    rows = rows.filter(alert__tenant_id=tenant_id, alert__kind=kind, alert__cause__startswith=SHARED).order_by("alert")
    return dict(rows.values_list("integration_id", "alert_id"))


def _candidates(first: Opening, left: set[int], *, now: datetime) -> dict[int, Alert]:
    """Lock and return the open alerts of the scope that others may join, and those that streams left, the newest first.

    What a person has acknowledged or muted of one stream is about that stream, so no other joins it.
    """
    seen = first.judged.seen
    scope = seen.scope.key if seen.scope else ""
    since = first.track.since - NOTICED_WITHIN - JOINS_WITHIN
    shown = Q(kind=seen.key[0], scope=scope, state__in=SHOWN, since__gt=since)
    found = locked_of(first.row.tenant_id, shown | Q(pk__in=left))
    muted = mutes.mutes_of(found, first.row.tenant_id, now=now) if found else {}
    own = {each.pk for each in found if not each.is_shared and (each.pk in muted or not _is_waiting(each))}
    return {each.pk: each for each in found if each.pk not in own}


def _is_waiting(alert: Alert) -> bool:
    return alert.state == AlertState.OPEN and alert.clear_since is None


def _joined(opening: Opening, left: int | None, alerts: dict[int, Alert]) -> Alert | None:
    """Return the open alert that a stream joins: the one that it left, or one that began at about the same time."""
    shown = [alert for alert in alerts.values() if alert.is_shown]
    back = [alert for alert in shown if alert.pk == left]
    near = [alert for alert in shown if _began_together(alert, opening)]
    return next(iter([*back, *near]), None)


def _began_together(alert: Alert, opening: Opening) -> bool:
    apart, began = abs(opening.track.since - alert.since), opening.judged.seen.began
    is_same_silence = began and alert.began_at and abs(began - alert.began_at) <= JOINS_WITHIN
    return apart <= JOINS_WITHIN or bool(is_same_silence and apart <= NOTICED_WITHIN)


def _join(alert: Alert, openings: Sequence[Opening]) -> None:
    rows = join(alert, openings)
    describe(alert, rows, _scope_name(openings))
    publish_change(alert.tenant.slug)
    alert.save()


def _open_alone(opening: Opening, *, now: datetime) -> None:
    if opening.row._state.adding:
        opening.row.save()
    open_single(opening.row, opening.track, opening.judged, now=now)


def _open_shared(openings: Sequence[Opening], closed: Alert | None, *, now: datetime) -> None:
    first = openings[0]
    alert = closed or Alert(tenant=first.row.tenant, kind=first.row.kind)
    alert.cause = f"{SHARED}{alert.uid}"
    alert.scope = first.judged.seen.scope.key if first.judged.seen.scope else ""
    alert.since = min(each.track.since for each in openings)
    alert.seen_at = max(each.track.seen_at for each in openings)
    alert.began_at = min((began for each in openings if (began := each.judged.seen.began)), default=None)
    alert.opened_at = now
    alert.save()
    rows = join(alert, openings)
    describe(alert, rows, _scope_name(openings))
    open_now(alert, now=now)
    publish_change(alert.tenant.slug)
    alert.save()


def _scope_name(openings: Sequence[Opening]) -> str:
    scope = openings[0].judged.seen.scope
    return scope.name if scope else ""
