from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring.collection.schedule import due, interval_of, valid_until
from monitoring.silence.calendar import Calendar
from monitoring.silence.expectation import Expectation
from monitoring.silence.stored import Expected
from tests.monitoring.conftest import NOW
from tests.monitoring.pages.streams import STREAM

MINUTE = timedelta(minutes=1)
CHECKED = replace(STREAM, checked_at=NOW, valid_until=NOW + 15 * MINUTE)
OFFICE = Expected("learned", Expectation(Calendar(), frozenset(range(168)), allowed_seconds=1800, weeks=4))


def is_due(minutes: float, **changed: object) -> bool:
    return bool(due([replace(CHECKED, **changed)], now=NOW + minutes * MINUTE))


@pytest.mark.parametrize(
    ("changed", "not_yet", "then"),
    [
        ({}, 4, 4.6),
        ({"has_viewers": True}, 0.4, 0.6),
        ({"read_seconds": 900, "valid_until": NOW + 45 * MINUTE}, 14, 14.6),
        ({"read_seconds": 60, "valid_until": NOW + 3 * MINUTE}, 0.4, 0.6),
        ({"valid_until": NOW + 3 * MINUTE}, 1.4, 1.6),
    ],
    ids=["unwatched", "watched", "chosen", "chosen each minute", "watched until now"],
)
def test_a_stream_is_read_again_after_its_interval(changed: dict[str, object], not_yet: float, then: float) -> None:
    assert (is_due(not_yet, **changed), is_due(then, **changed)) == (False, True)


def test_what_was_never_read_is_read_at_once() -> None:
    assert due([STREAM], now=NOW) == [STREAM]


@pytest.mark.parametrize(
    ("changed", "last_minutes_ago", "expected"),
    [
        ({}, 3, False),
        ({}, 4, True),
        ({"state_code": "stream.silent"}, 60, False),
        ({"expected": Expected("off")}, 60, False),
        ({"expected": OFFICE}, 23, False),
        ({"expected": OFFICE}, 24, True),
        ({"expected": OFFICE, "state_code": "stream.silent_at_usual_hour"}, 60, False),
    ],
)
def test_a_silence_that_may_have_to_be_reported_is_watched_each_minute(
    changed: dict[str, object], last_minutes_ago: int, expected: bool
) -> None:
    last = NOW - last_minutes_ago * MINUTE
    assert is_due(0, last_record_at=last, **changed) is expected


def test_an_assessment_is_valid_for_three_intervals() -> None:
    assert valid_until(STREAM, now=NOW) == NOW + 15 * MINUTE
    assert valid_until(replace(STREAM, has_viewers=True), now=NOW) == NOW + 3 * MINUTE
    assert valid_until(replace(STREAM, read_seconds=3600), now=NOW) == NOW + 180 * MINUTE


def test_no_stream_is_read_more_often_than_any_is(settings) -> None:
    settings.SLUICE_COLLECT_SECONDS = 600
    assert interval_of(replace(STREAM, read_seconds=60)) == 10 * MINUTE
