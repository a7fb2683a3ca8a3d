"""What an alert says that several streams share, from the rows of its streams. Called with the alert's row locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.alert_models import SHARED, Alert, AlertStream
from monitoring.alerts.alert_rows import publish_change, publish_streams
from monitoring.alerts.damping import Track
from monitoring.alerts.judgement import Judged
from monitoring.alerts.lifecycle import close, track_of
from monitoring.alerts.rules import BY_KIND
from portal.messages.message import Message

TRACKED = ("since", "seen_at", "clear_since", "flap_count", "value", "threshold", "left_at")


@dataclass(frozen=True, slots=True)
class Opening:
    """A stream whose condition has held for long enough: what was observed, its pending row, and its track."""

    judged: Judged
    row: Alert
    track: Track

    @property
    def integration_id(self) -> int:
        """Return the stream."""
        return self.judged.seen.stream_ids[0]


def track_of_stream(row: AlertStream) -> Track:
    """Return what is remembered of a stream's condition in a shared alert."""
    seen_at = row.seen_at or row.alert.seen_at
    return Track(True, row.since or row.alert.since, seen_at, row.clear_since, row.flap_count)


def set_track(row: AlertStream, track: Track) -> None:
    """Remember a stream's condition."""
    row.since, row.seen_at, row.clear_since = track.since, track.seen_at, track.clear_since
    row.flap_count = track.flap_count


def join(alert: Alert, openings: Sequence[Opening]) -> list[AlertStream]:
    """Add streams to an alert, which is shared from now on; return the rows of all its streams."""
    rows = {row.integration_id: row for row in alert.affected.all()}
    known = list(rows.values())
    if not alert.is_shared:
        _share(alert, known)
    for opening in openings:
        row = rows.setdefault(opening.integration_id, AlertStream(alert=alert, integration_id=opening.integration_id))
        came_back = row.left_at is not None
        flaps = row.flap_count + came_back
        set_track(row, opening.track)
        row.flap_count, row.left_at = flaps, None
        row.value, row.threshold = opening.judged.seen.measured.value, opening.judged.threshold
    AlertStream.objects.bulk_update(known, TRACKED)
    AlertStream.objects.bulk_create([row for row in rows.values() if row.pk is None])
    pending = [opening.row.pk for opening in openings if opening.row.pk]
    if pending:
        Alert.objects.filter(pk__in=pending).delete()
    publish_streams(opening.judged.seen.cause for opening in openings)
    return list(rows.values())


def _share(alert: Alert, rows: Sequence[AlertStream]) -> None:
    """Make the alert of one stream one that others share: what was its own becomes that stream's."""
    alert.cause, alert.evidence = f"{SHARED}{alert.uid}", None
    for row in rows:
        set_track(row, track_of(alert))
        row.value, row.threshold = alert.value, alert.threshold


def save_or_close(alert: Alert, rows: Sequence[AlertStream], because: Message, *, now: datetime) -> bool:
    """Save what an alert says of its streams, or close it when it concerns none; return whether it closed."""
    is_over = all(row.left_at for row in rows)
    if is_over:
        alert.stream_count = _total(alert, rows)
        close(alert, because, now=now)
    else:
        describe(alert, rows, _scope_name(alert))
        publish_change(alert.tenant.slug, alert.cause)
    alert.save()
    return is_over


def describe(alert: Alert, rows: Sequence[AlertStream], scope_name: str) -> None:
    """Set what an alert says of its streams: the title counts all of this opening, the message those it concerns."""
    here = [row for row in rows if row.left_at is None]
    holding = [row for row in here if row.clear_since is None]
    rule, counted = BY_KIND[alert.kind], holding or here
    value = rule.worst(row.value or 0 for row in counted)
    threshold = next((row.threshold for row in counted if row.value == value), None)
    alert.value, alert.threshold, alert.stream_count = value, threshold, len(here)
    alert.seen_at = max(track_of_stream(row).seen_at for row in here)
    alert.clear_since = None if holding else max(row.clear_since for row in here if row.clear_since)
    alert.flap_count = max(row.flap_count for row in here)
    alert.title = rule.title(_named(_total(alert, rows), scope_name))
    alert.message = rule.message_of_many(_named(len(here), scope_name), value, threshold or 0)


def _named(count: int, scope_name: str) -> Message:
    return Message("alert.streams_of", stream_count=count, name=scope_name)


def _total(alert: Alert, rows: Sequence[AlertStream]) -> int:
    opened_at = alert.opened_at
    return sum(row.left_at is None or (opened_at is not None and row.left_at >= opened_at) for row in rows)


def _scope_name(alert: Alert) -> str:
    named = alert.title.params.get("name") if alert.title else None
    return str(named.params["name"]) if isinstance(named, Message) else str(named)
