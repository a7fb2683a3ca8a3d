"""Opens, keeps and closes alerts by what was observed: each observation in a transaction of its own.

A worker that dies in between loses nothing: what still holds is observed again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitoring.alert_models import Alert, AlertState
from monitoring.alerts import notices
from monitoring.alerts.alert_rows import live_keys, locked_or_new, publish_change, recently_closed, set_streams
from monitoring.alerts.damping import REOPENS_WITHIN, Outcome, Track, Wait, step
from monitoring.alerts.observation import Observation
from monitoring.alerts.rules import BY_KIND, Rule
from monitoring.alerts.thresholds import Thresholds, thresholds_of
from portal import deadlocks
from portal.messages.catalogue import text_of
from portal.messages.message import Message

# What an open alert's row says of "now" may be as old as this, if nothing that it says in words has changed.
WRITTEN_AT_LEAST_EVERY = timedelta(minutes=5)


def note(tenant_id: int, observed: Sequence[Observation], *, now: datetime) -> int:
    """Open, keep and close a tenant's alerts by what was observed; return how many opened or closed.

    An observation without a value changes nothing; one that does not hold costs nothing where there is no alert.
    """
    known = live_keys(tenant_id, (seen.cause for seen in observed))
    thresholds = thresholds_of(tenant_id)
    changed = 0
    for seen in observed:
        threshold = _threshold_of(seen, thresholds)
        holds = _holds(seen, threshold)
        if holds or (holds is False and seen.key in known):
            changed += _apply(tenant_id, seen, holds=holds, threshold=threshold, now=now)
    return changed


def _threshold_of(seen: Observation, thresholds: Thresholds) -> float | None:
    kind = seen.measured.kind
    of_stream = seen.stream_ids[0] if BY_KIND[kind].of_stream and seen.stream_ids else None
    return thresholds.of(kind, of_stream).value


def _holds(seen: Observation, threshold: float | None) -> bool | None:
    """Return whether a condition holds; None where that is not known. What is off does not hold."""
    value = seen.measured.value
    if threshold is None:
        return False
    if value is None:
        return None
    holds = BY_KIND[seen.measured.kind].holds(value, threshold)
    return None if not holds and seen.measured.is_lower_bound else holds


@deadlocks.atomic
def _apply(tenant_id: int, seen: Observation, *, holds: bool, threshold: float | None, now: datetime) -> bool:
    rule = BY_KIND[seen.measured.kind]
    alert = locked_or_new(tenant_id, seen)
    track = Track(alert.is_shown, alert.since, alert.seen_at, alert.clear_since, alert.flap_count)
    closes_after = timedelta() if threshold is None else rule.closes_after
    after, outcome = step(track, holds, seen.at, Wait(rule.opens_after, closes_after, seen.patience))
    if outcome is Outcome.DROPPED:
        alert.delete()
        return False
    if after == track or (holds and _says_nothing_new(alert, after, seen, threshold)):
        return False
    if outcome is Outcome.OPENED and (earlier := recently_closed(alert, within=REOPENS_WITHIN)):
        alert.delete()
        alert, after = earlier, _reopened(earlier, seen)
    _keep(alert, after, outcome)
    if holds:
        _describe(alert, seen, rule, threshold)
    if outcome is Outcome.OPENED:
        _open(alert, now)
    elif outcome is Outcome.CLOSED:
        close(alert, _reason_of_end(threshold), now=now)
    alert.save()
    return outcome in {Outcome.OPENED, Outcome.CLOSED}


def _says_nothing_new(alert: Alert, after: Track, seen: Observation, threshold: float | None) -> bool:
    """Return whether an open alert still holds as it did a few minutes ago: then its row need not be written."""
    value = seen.measured.value
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
    message = BY_KIND[alert.kind].message(seen.name, value, threshold)
    return known == found and text_of(alert.message) == text_of(message)


def _reason_of_end(threshold: float | None) -> Message:
    return Message("alert.switched_off") if threshold is None else Message("alert.condition_ended")


def _reopened(earlier: Alert, seen: Observation) -> Track:
    return Track(True, earlier.since, seen.at, None, earlier.flap_count + 1)


def _keep(alert: Alert, track: Track, outcome: Outcome) -> None:
    alert.since, alert.seen_at, alert.clear_since = track.since, track.seen_at, track.clear_since
    if track.flap_count != alert.flap_count or outcome is not Outcome.NOTHING:
        publish_change(alert.tenant.slug, alert.cause)
    alert.flap_count = track.flap_count


def _describe(alert: Alert, seen: Observation, rule: Rule, threshold: float | None) -> None:
    value = seen.measured.value
    if value is None or threshold is None:
        return
    if not rule.of_stream or alert.title is None:  # the one stream of a cause stays the same
        set_streams(alert, seen)
    alert.value, alert.threshold = value, threshold
    alert.title, alert.message = rule.title(seen.name), rule.message(seen.name, value, threshold)
    alert.evidence = seen.measured.evidence or alert.evidence


def _open(alert: Alert, now: datetime) -> None:
    alert.state = AlertState.OPEN
    alert.opened_at = now
    alert.closed_at = alert.closed_because = alert.acknowledged_at = alert.escalated_at = None
    alert.acknowledged_by = alert.note = ""
    notices.notify_of_opening(alert, now=now)


def close(alert: Alert, because: Message, *, now: datetime) -> None:
    """Close an alert whose row is locked, without saving it; everyone who was notified of it is notified."""
    alert.state = AlertState.CLOSED
    alert.closed_at, alert.closed_because = now, because
    alert.clear_since = alert.clear_since or alert.seen_at
    notices.notify_of_closing(alert, now=now)
    publish_change(alert.tenant.slug, alert.cause)
