"""When alerts open and close, on timelines of a condition: true, false, or not known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.alerts.damping import Outcome, Track, Wait, step

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WAIT = Wait(opens_after=5 * MINUTE, closes_after=10 * MINUTE, patience=15 * MINUTE)


def played(timeline: str, *, wait: Wait = WAIT, every: timedelta = MINUTE) -> list[str]:
    """What happens along a timeline with a reading at each sign: # holds, . does not, ? is not known.

    "minute outcome" of each change; a dropped track begins anew, as a row does that is deleted.
    """
    track: Track | None = None
    found = []
    for number, sign in enumerate(timeline):
        at = START + number * every
        if sign == "?" or (track is None and sign == "."):
            continue
        track = track or Track(False, at, at - timedelta(microseconds=1))
        track, outcome = step(track, sign == "#", at, wait)
        if outcome is not Outcome.NOTHING:
            found.append(f"{number} {outcome}")
        if outcome in {Outcome.DROPPED, Outcome.CLOSED}:
            track = None
    return found


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        ("#####", []),
        ("######", ["5 opened"]),
        ("###.", ["3 dropped"]),
        ("#.#.#.#.#.#.#.#.", [f"{minute} dropped" for minute in range(1, 16, 2)]),
        ("######" + 10 * ".", ["5 opened"]),
        ("######" + 11 * ".", ["5 opened", "16 closed"]),
        ("######" + 9 * "." + "#" + 20 * ".", ["5 opened"]),
        ("######" + 9 * "." + "#" + 21 * ".", ["5 opened", "36 closed"]),
        ("######" + 40 * "?", ["5 opened"]),
        ("######" + "." + 9 * "?" + ".", ["5 opened", "16 closed"]),
        ("######" + "." + 20 * "?" + ".", ["5 opened"]),
        ("##" + 20 * "?" + "###", []),
        ("##" + 20 * "?" + "######", ["27 opened"]),
    ],
)
def test_a_timeline_opens_and_closes_when_its_condition_has_lasted(timeline: str, expected: list[str]) -> None:
    assert played(timeline) == expected


def test_readings_every_quarter_of_an_hour_open_and_close_too() -> None:
    wait = replace(WAIT, patience=timedelta(minutes=45))
    assert played("##..", wait=wait, every=timedelta(minutes=15)) == ["1 opened", "3 closed"]


def test_without_a_waiting_time_the_first_reading_opens_and_closes() -> None:
    wait = Wait(timedelta(), timedelta(), 15 * MINUTE)
    assert played("#.", wait=wait) == ["0 opened", "1 closed"]


def test_a_flapping_alert_stays_one_and_counts() -> None:
    track = Track(True, START, START)
    for number in range(1, 60):
        track, outcome = step(track, number % 8 == 0, START + number * MINUTE, WAIT)
        assert outcome is Outcome.NOTHING
    assert track.flap_count == 7


def test_a_reading_that_is_not_newer_does_nothing() -> None:
    track = Track(True, START, START)
    for at in (START, START - MINUTE):
        assert step(track, False, at, WAIT) == (track, Outcome.NOTHING)


@given(st.text(alphabet="#.?", max_size=120))
def test_an_alert_opens_only_after_its_condition_held_without_a_false_reading_between(timeline: str) -> None:
    for change in played(timeline):
        minute, outcome = change.split()
        end = int(minute)
        if outcome == "opened":
            before = timeline[end - 5 : end + 1]
            assert "." not in before
            assert timeline[end] == "#"
        if outcome == "closed":
            assert "#" not in timeline[end - 10 : end + 1]


@given(st.text(alphabet="#.?", max_size=60))
def test_what_holds_for_long_is_open_and_what_does_not_is_closed(timeline: str) -> None:
    changes = [change.split()[1] for change in played(timeline + 30 * "#")]
    assert [each for each in changes if each != "dropped"][-1] == "opened"
    changes = [change.split()[1] for change in played(timeline + 120 * ".")]
    assert not changes or changes[-1] in {"closed", "dropped"}


@given(st.text(alphabet="#.?", max_size=80), st.data())
def test_readings_that_come_twice_or_late_change_nothing(timeline: str, data: st.DataObject) -> None:
    track, other = Track(True, START, START), Track(True, START, START)
    for number, sign in enumerate(timeline, 1):
        if sign == "?":
            continue
        track, _ = step(track, sign == "#", START + number * MINUTE, WAIT)
        for earlier in (number, data.draw(st.integers(0, number))):
            at = START + earlier * MINUTE
            other, _ = step(other, sign == "#" if earlier == number else data.draw(st.booleans()), at, WAIT)
    assert other == track
