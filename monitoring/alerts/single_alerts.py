"""The alert of one cause: of a connection, a key, or a stream that shares none."""

from datetime import datetime, timedelta

from monitoring.alert_models import Alert
from monitoring.alerts.alert_rows import locked_or_new, publish_change, recently_closed, set_streams
from monitoring.alerts.damping import REOPENS_WITHIN, Outcome, Track, step
from monitoring.alerts.judgement import Judged
from monitoring.alerts.lifecycle import close, open_now, reason_of_end, track_of
from portal import deadlocks
from portal.messages.catalogue import text_of

# What an open alert's row says of "now" may be as old as this, if nothing that it says in words has changed.
WRITTEN_AT_LEAST_EVERY = timedelta(minutes=5)


@deadlocks.atomic
def apply(tenant_id: int, each: Judged, *, holds: bool, now: datetime) -> bool:
    """Open, keep or close the alert of one cause; return whether it opened or closed."""
    alert = locked_or_new(tenant_id, each.seen)
    if each.can_share and not alert.is_shown:
        alert.delete()  # it was closed or shared meanwhile: the next reading decides
        return False
    track = track_of(alert)
    after, outcome = step(track, holds, each.seen.at, each.wait)
    if outcome is Outcome.DROPPED:
        alert.delete()
        return False
    if after == track or (holds and _says_nothing_new(alert, after, each)):
        return False
    if outcome is Outcome.OPENED:
        open_single(alert, after, each, now=now)
        return True
    _keep(alert, after, has_changed=outcome is Outcome.CLOSED)
    if holds:
        _describe(alert, each)
    if outcome is Outcome.CLOSED:
        close(alert, reason_of_end(each.threshold), now=now)
    alert.save()
    return outcome is Outcome.CLOSED


def open_single(alert: Alert, after: Track, each: Judged, *, now: datetime) -> None:
    """Open a pending alert whose row is locked, or in its place the one that was closed within the hour."""
    if earlier := recently_closed(alert, within=REOPENS_WITHIN):
        alert.delete()
        alert, after = earlier, Track(True, earlier.since, each.seen.at, None, earlier.flap_count + 1)
    alert.began_at = each.seen.began
    _keep(alert, after, has_changed=True)
    _describe(alert, each)
    open_now(alert, now=now)
    alert.save()


def _says_nothing_new(alert: Alert, after: Track, each: Judged) -> bool:
    """Return whether an open alert still holds as it did a few minutes ago: then its row need not be written."""
    seen, value, threshold = each.seen, each.seen.measured.value, each.threshold
    if not alert.is_shown or value is None or threshold is None or seen.at - alert.seen_at >= WRITTEN_AT_LEAST_EVERY:
        return False
    known = (alert.clear_since, alert.flap_count, alert.threshold, alert.stream_count, alert.evidence)
    found = (
        after.clear_since,
        after.flap_count,
        threshold,
        seen.stream_count,
        seen.measured.evidence or alert.evidence,
    )
    message = each.rule.message(seen.name, value, threshold)
    return known == found and text_of(alert.message) == text_of(message)


def _keep(alert: Alert, track: Track, *, has_changed: bool) -> None:
    alert.since, alert.seen_at, alert.clear_since = track.since, track.seen_at, track.clear_since
    if track.flap_count != alert.flap_count or has_changed:
        publish_change(alert.tenant.slug, alert.cause)
    alert.flap_count = track.flap_count


def _describe(alert: Alert, each: Judged) -> None:
    seen, value, threshold = each.seen, each.seen.measured.value, each.threshold
    if value is None or threshold is None:
        return
    if not each.rule.of_stream or alert.title is None:  # the one stream of a cause stays the same
        set_streams(alert, seen)
    alert.scope = seen.scope.key if seen.scope else ""
    alert.value, alert.threshold = value, threshold
    alert.title, alert.message = each.rule.title(seen.name), each.rule.message(seen.name, value, threshold)
    alert.evidence = seen.measured.evidence or alert.evidence
