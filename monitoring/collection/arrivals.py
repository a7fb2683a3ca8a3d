"""Learns when records of a stream are expected: once an hour, from the minutes of that hour."""

from datetime import timedelta

from monitoring import state_history
from monitoring.health.measurement import last_record_at
from monitoring.models import ExpectedHours
from monitoring.series import StreamSeries
from monitoring.silence.calendar import Calendar
from monitoring.silence.minutes import Minutes, hour_of, start_of
from monitoring.silence.stored import as_json
from monitoring.watched_streams import WatchedStream

# CloudWatch publishes late: an hour is read whole some minutes after its end.
_LATE = timedelta(minutes=5)
_HOUR = timedelta(hours=1)


def note_hours(stream: WatchedStream, series: StreamSeries) -> None:
    """Add the hours that have ended since the last time, and learn from them.

    Nothing is added before the first record, and while CloudWatch withholds some.
    """
    end = hour_of(series.end - _LATE)
    if stream.expected.end_hour >= end or "records" in series.incomplete or last_record_at(stream, series) is None:
        return
    moments = [at for at, value in series.stream.get("records", ()) if value > 0]
    first = max(stream.expected.end_hour, hour_of(series.start + _HOUR - timedelta(seconds=1)))
    if not stream.expected.end_hour:  # before its first record nothing was expected
        first = max(first, min((hour_of(at) for at in moments), default=end))
    row, _ = ExpectedHours.objects.get_or_create(integration_id=stream.integration_id)
    minutes = minutes_of(row)
    for hour in range(first, end):
        minutes = minutes.with_hour(hour, (at for at in moments if hour_of(at) == hour))
        if state_history.was_silent(stream.integration_id, start_of(hour), start_of(hour + 1)):
            minutes = minutes.without(hour)
    rows = ExpectedHours.objects.filter(pk=row.pk)
    learned = as_json(minutes, Calendar(row.zone, row.country))
    rows.update(end_hour=minutes.end_hour, minutes=minutes.packed(), learned=learned)


def minutes_of(row: ExpectedHours) -> Minutes:
    """Return the minutes with records that a row keeps."""
    data = bytes(row.minutes)
    return Minutes.unpacked(row.end_hour - len(data) // 8, data)


def learn_again(row: ExpectedHours) -> None:
    """Learn from the same minutes in another calendar; the caller saves the row."""
    row.learned = as_json(minutes_of(row), Calendar(row.zone, row.country))
