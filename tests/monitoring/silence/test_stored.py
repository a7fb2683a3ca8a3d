from datetime import UTC, datetime, timedelta

from monitoring.silence.calendar import Calendar
from monitoring.silence.minutes import Minutes, hour_of
from monitoring.silence.stored import as_json, expected_of

OSLO = Calendar("Europe/Oslo", "NO")
START = datetime(2026, 10, 5, tzinfo=UTC)


def three_weeks() -> Minutes:
    found = Minutes()
    for hour in range(3 * 7 * 24):
        at = START + timedelta(hours=hour)
        found = found.with_hour(hour_of(at), [at + timedelta(minutes=minute) for minute in range(0, 60, 10)])
    return found


def test_what_was_learned_is_the_same_after_the_database() -> None:
    stored = as_json(three_weeks(), OSLO)
    found = expected_of("learned", OSLO, [], stored)
    assert found is not None
    assert (len(found.regular), found.usual_pause_seconds, found.allowed_seconds, found.weeks) == (168, 540, 795, 3)
    assert stored["known_hours"] == 3 * 7 * 24


def test_what_was_learned_for_another_calendar_does_not_count() -> None:
    stored = as_json(three_weeks(), OSLO)
    assert expected_of("learned", Calendar("Asia/Tokyo", "JP"), [], stored) is None
    assert expected_of("learned", OSLO, [], {}) is None
    assert expected_of("learned", OSLO, [], as_json(Minutes(), OSLO)) is None


def test_set_hours_need_nothing_learned_and_off_expects_nothing() -> None:
    found = expected_of("set", OSLO, [8, 9], {})
    assert found is not None
    assert (found.regular, found.allowed_seconds, found.weeks) == ({8, 9}, 600, 0)
    assert expected_of("off", OSLO, [8, 9], as_json(three_weeks(), OSLO)) is None
