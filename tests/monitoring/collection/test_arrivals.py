from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring.collection.arrivals import learn_again, minutes_of, note_hours
from monitoring.models import ExpectedHours, StateChange
from monitoring.series import StreamSeries
from monitoring.silence.minutes import hour_of
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration
from portal.messages.message import Message
from tests.monitoring.conftest import NOW

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
END = NOW.replace(minute=10, second=0)  # ten past four
THIS = hour_of(END)


def note(integration: Integration, *ago: int, end=END, **changed: object) -> ExpectedHours | None:
    """One collection that found records so many minutes before its end."""
    points = tuple((end - minutes * MINUTE, 5.0) for minutes in sorted(ago, reverse=True))
    stream = watched_stream(integration.uid)
    assert stream is not None
    note_hours(stream, replace(StreamSeries(end - 3 * HOUR, end, {"records": points}), **changed))
    return ExpectedHours.objects.filter(integration=integration).first()


def known(row: ExpectedHours | None) -> dict[int, int]:
    """The known hours before this one, and the longest pause of each."""
    assert row is not None
    return {hour - THIS: pause for hour, pause in minutes_of(row).pauses().items()}


def test_hours_that_ended_are_kept_once(integration: Integration, django_assert_num_queries) -> None:
    row = note(integration, 11, 75, 135)
    assert known(row) == {-2: 63, -1: 63}, "from five to three until a minute to four"
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert stream.expected.end_hour == THIS
    with django_assert_num_queries(0):
        note_hours(stream, StreamSeries(END - 3 * HOUR, END + 30 * MINUTE, {"records": ((END, 1.0),)}))


def test_an_hour_counts_when_cloudwatch_has_all_of_it(integration: Integration) -> None:
    early = END - 6 * MINUTE
    row = note(integration, *range(5, 120, 5), end=early)
    assert row is not None
    assert row.end_hour == THIS - 1, "four minutes after its end it may lack records"
    note(integration, *range(5, 180, 5))
    assert ExpectedHours.objects.get().end_hour == THIS


def test_what_cloudwatch_withheld_teaches_nothing(integration: Integration) -> None:
    assert note(integration, 11, 75, incomplete=frozenset({"records"})) is None
    assert note(integration) is None, "before its first record nothing is expected of a stream"


def test_an_outage_that_was_noticed_is_not_learned(integration: Integration) -> None:
    for ago, code in ((100, "stream.silent"), (75, "stream.receiving")):
        state = "failing" if code == "stream.silent" else "healthy"
        params = {"silent_seconds": 600} if code == "stream.silent" else {"records_per_second": 5}
        StateChange.objects.create(
            integration=integration, state=state, message=Message(code, **params), at=END - ago * MINUTE
        )
    assert set(known(note(integration, 11, 75, 135, 170))) == {-1}


def test_another_calendar_is_learned_from_the_same_minutes(integration: Integration) -> None:
    row = note(integration, 11, 75, 135)
    assert row is not None
    row.zone = "Asia/Tokyo"
    learn_again(row)
    assert row.learned["calendar"] == ["Asia/Tokyo", ""]
    assert row.learned["known_hours"] == 2
