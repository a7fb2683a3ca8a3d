"""When each stream is read again: every minute while someone watches it or it is about to be silent, else more seldom.

CloudWatch bills each metric that is asked for, to the client. Pure, but for the settings.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings

from monitoring.models import INTERVALS
from monitoring.state_history import SILENT_CODES
from monitoring.watched_streams import WatchedStream

# So long before a silence would be reported, a stream is read every minute.
_NEARLY = timedelta(minutes=6)
_DEFAULT_SILENCE = timedelta(minutes=10)


def interval_of(stream: WatchedStream) -> timedelta:
    """Return how often a stream is read."""
    shortest = timedelta(seconds=settings.SLUICE_COLLECT_SECONDS)
    if stream.has_viewers:
        return shortest
    return max(shortest, timedelta(seconds=stream.read_seconds or settings.SLUICE_UNWATCHED_SECONDS))


def valid_until(stream: WatchedStream, *, now: datetime) -> datetime:
    """Return until when an assessment made now may be shown as the present state: three intervals."""
    return now + INTERVALS * interval_of(stream)


def due(streams: Iterable[WatchedStream], *, now: datetime) -> list[WatchedStream]:
    """Return the streams that are to be read now."""
    return [stream for stream in streams if _is_due(stream, now)]


def _is_due(stream: WatchedStream, now: datetime) -> bool:
    if stream.checked_at is None or _is_nearly_silent(stream, now):
        return True
    beat = timedelta(seconds=settings.SLUICE_COLLECT_SECONDS)
    # What was valid for a watched stream ends sooner than the next reading of one that no one watches any more.
    ends = (stream.valid_until or stream.checked_at) - 1.5 * beat
    again = stream.checked_at + interval_of(stream) - beat / 2
    return now >= min(again, ends)


def _is_nearly_silent(stream: WatchedStream, now: datetime) -> bool:
    """Return whether a silence may have to be reported before the next reading; one that is reported can wait."""
    last, known = stream.last_record_at, stream.expected.expectation
    if last is None or stream.expected.source == "off" or stream.state_code in SILENT_CODES:
        return False
    if known is None:
        return now - last >= _DEFAULT_SILENCE - _NEARLY
    return known.overdue_seconds(last, now) >= known.allowed_seconds - _NEARLY.total_seconds()
