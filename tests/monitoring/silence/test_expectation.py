"""Synthetic weeks: streams of known habits through clock changes and holidays, and what is said of their silences."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from monitoring.silence.calendar import Calendar
from monitoring.silence.expectation import Expectation, chosen, learned
from monitoring.silence.minutes import Minutes, hour_of, start_of

OSLO = Calendar("Europe/Oslo", "NO")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEGIN = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday; the clocks in Oslo change on 25 October
WEEKS = 10
OFFICE = range(7, 18)

Habit = Callable[[datetime, random.Random], bool]


def office(at: datetime, chance: random.Random) -> bool:
    """Records nearly every minute while people are in, from about seven to six, and never on holidays."""
    of_week = OSLO.hour_of_week(at)
    day, hour = divmod(of_week, 24)
    return day < 5 and hour in OFFICE and chance.random() < 0.9


def always(at: datetime, chance: random.Random) -> bool:
    """A sensor that reports every minute, and now and then misses one."""
    return chance.random() < 0.97


def every_five_minutes(at: datetime, chance: random.Random) -> bool:
    """A gateway that sends what it collected, sometimes a minute late."""
    slot = int(at.timestamp()) // 300
    return at.minute % 5 == (1 if slot * 7919 % 10 == 0 else 0)


def now_and_then(at: datetime, chance: random.Random) -> bool:
    """Doors: a record every four minutes on average, at random."""
    return chance.random() < 1 / 4


def nightly(at: datetime, chance: random.Random) -> bool:
    """A batch at two in the night, up to a quarter of an hour late."""
    return (at.hour, at.minute) == (2, (at.toordinal() * 7) % 15)


HABITS: dict[str, Habit] = {
    "office": office,
    "always": always,
    "every five minutes": every_five_minutes,
    "now and then": now_and_then,
    "nightly": nightly,
}


@cache
def moments(name: str) -> tuple[datetime, ...]:
    """Every minute with records of ten weeks."""
    chance = random.Random(name)
    every = (BEGIN + n * MINUTE for n in range(WEEKS * 7 * 24 * 60))
    return tuple(at for at in every if HABITS[name](at, chance))


def as_minutes(arrived: Iterable[datetime], start: datetime, end: datetime) -> Minutes:
    by_hour: dict[int, list[datetime]] = {}
    for at in arrived:
        if start <= at < end:
            by_hour.setdefault(hour_of(at), []).append(at)
    found = Minutes()
    for hour in range(hour_of(start), hour_of(end)):
        found = found.with_hour(hour, by_hour.get(hour, ()))
    return found


def expectation(name: str, now: datetime) -> Expectation:
    found = learned(as_minutes(moments(name), now - 28 * DAY, now), OSLO)
    assert found is not None
    return found


def alarms(name: str, start: datetime, end: datetime) -> list[datetime]:
    """When the stream is said to be silent although it did what it always does; learned anew each week."""
    arrived, place, found, was = moments(name), 0, [], False
    known: Expectation | None = None
    at = start
    while at < end:
        if known is None or (at.weekday() == at.hour == 0 and at.minute < 5):
            known = expectation(name, at)
        while place < len(arrived) and arrived[place] < at:
            place += 1
        is_overdue = known.is_overdue(arrived[place - 1] + MINUTE, at)
        if is_overdue and not was:
            found.append(at)
        was, at = is_overdue, at + 5 * MINUTE
    return found


@pytest.mark.parametrize("name", HABITS)
def test_a_stream_that_does_what_it_always_does_gives_at_most_one_alarm_a_month(name: str) -> None:
    # Through the end of daylight saving time in the weeks it learns from, and Christmas within the weeks it is judged.
    start = BEGIN + (WEEKS - 4) * 7 * DAY
    found = alarms(name, start, BEGIN + WEEKS * 7 * DAY)
    assert len(found) <= 1, found


@pytest.mark.parametrize("name", ["office", "always", "every five minutes"])
@pytest.mark.parametrize("minute", [0, 13, 47])
def test_a_real_silence_in_expected_hours_is_found_within_a_quarter_of_an_hour(name: str, minute: int) -> None:
    stopped = datetime(2026, 11, 18, 9, minute, tzinfo=UTC)  # a Wednesday
    found = expectation(name, stopped.replace(minute=0))
    last = max(at for at in moments(name) if at < stopped) + MINUTE
    assert not found.is_overdue(last, stopped + 3 * MINUTE)
    assert found.is_overdue(last, stopped + 15 * MINUTE)


def test_a_silence_that_begins_outside_expected_hours_is_found_when_they_begin() -> None:
    found = expectation("office", datetime(2026, 11, 18, tzinfo=UTC))
    evening = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)  # six in Oslo
    morning = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)  # seven, when people come
    assert not found.is_overdue(evening, morning)
    assert found.is_overdue(evening, morning + 75 * MINUTE)


def test_a_holiday_is_like_a_sunday() -> None:
    found = expectation("office", datetime(2026, 12, 14, tzinfo=UTC))
    christmas_eve = datetime(2026, 12, 24, 17, 0, tzinfo=UTC)
    assert not found.is_overdue(christmas_eve, datetime(2026, 12, 25, 15, 0, tzinfo=UTC))
    without = Expectation(Calendar("Europe/Oslo"), found.regular, found.allowed_seconds)
    assert without.is_overdue(christmas_eve, datetime(2026, 12, 25, 15, 0, tzinfo=UTC))


def test_the_hours_follow_the_buildings_clock_through_its_change() -> None:
    learned_in_summer = expectation("office", BEGIN + 4 * 7 * DAY)
    before, after = datetime(2026, 10, 23, 6, 30, tzinfo=UTC), datetime(2026, 10, 26, 7, 30, tzinfo=UTC)
    assert OSLO.hour_of_week(before) - 4 * 24 == OSLO.hour_of_week(after) == 8
    assert OSLO.hour_of_week(after) in learned_in_summer.regular


def test_a_batch_that_did_not_come_is_found_within_hours() -> None:
    found = expectation("nightly", datetime(2026, 11, 18, tzinfo=UTC))
    assert found.regular == frozenset()
    last = datetime(2026, 11, 17, 2, 5, tzinfo=UTC)
    assert not found.is_overdue(last, last + 25 * HOUR)
    assert found.is_overdue(last, last + 33 * HOUR)


def test_one_outage_does_not_make_an_hour_irregular_and_two_do() -> None:
    now = BEGIN + 4 * 7 * DAY

    def without(*days: int) -> Expectation:
        gone = [(BEGIN + day * DAY + 9 * HOUR, BEGIN + day * DAY + 12 * HOUR) for day in days]
        arrived = [at for at in moments("always") if not any(start <= at < end for start, end in gone)]
        found = learned(as_minutes(arrived, BEGIN, now), Calendar())
        assert found is not None
        return found

    assert 10 in without(7).regular
    assert 10 not in without(7, 14).regular
    assert without(7).allowed_seconds == without().allowed_seconds == 600


def test_an_outage_that_was_noticed_is_not_learned() -> None:
    now = BEGIN + 4 * 7 * DAY
    arrived = [
        at for at in moments("always") if not BEGIN + 50 * MINUTE <= at - 9 * DAY - 9 * HOUR < BEGIN + 95 * MINUTE
    ]
    found = as_minutes(arrived, BEGIN, now)
    begun = hour_of(BEGIN + 9 * DAY + 9 * HOUR)
    unnoticed, noticed = learned(found, Calendar()), learned(found.without(begun).without(begun + 1), Calendar())
    assert unnoticed is not None
    assert noticed is not None
    assert (unnoticed.allowed_seconds > 3000, noticed.allowed_seconds) == (True, 600)


def test_less_than_two_weeks_teach_nothing() -> None:
    assert learned(Minutes(), OSLO) is None
    assert learned(as_minutes(moments("always"), BEGIN, BEGIN + 13 * DAY), OSLO) is None
    assert learned(as_minutes(moments("always"), BEGIN, BEGIN + 14 * DAY), OSLO) is not None


def test_hours_that_a_person_set_count_and_no_others() -> None:
    found = chosen(range(8, 16), Calendar("Asia/Kolkata"))  # half an hour beside UTC's hours
    monday = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)  # eight there
    assert not found.is_overdue(monday - 9 * HOUR, monday)
    assert found.is_overdue(monday - 9 * HOUR, monday + 10 * MINUTE)
    assert found.overdue_seconds(monday - 9 * HOUR, monday + DAY) == 8 * 3600


def test_an_unknown_zone_is_utc() -> None:
    assert Calendar("Mars/Olympus").hour_of_week(start_of(0)) == 3 * 24, "1970 began on a Thursday"
