"""A limit that is counted in one process."""

import pytest

from portal import process_counts
from portal.process_counts import ProcessCounts


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_uses_are_counted_until_their_time_is_over() -> None:
    clock = Clock()
    counts = ProcessCounts(clock)
    assert [counts.use("a", 60) for _ in range(2)] == [(1, 60), (2, 60)]
    clock.now += 45
    assert (counts.use("a", 60), counts.use("b", 60)) == ((3, 15), (1, 60))
    clock.now += 15
    assert counts.use("a", 60) == (1, 60)


def test_a_use_can_be_taken_back_and_no_count_is_negative() -> None:
    counts = ProcessCounts(Clock())
    counts.use("a", 60)
    for _ in range(3):
        counts.take_back("a")
    assert counts.use("a", 60) == (1, 60)


def test_old_keys_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_counts, "MOST_KEYS", 2)
    counts = ProcessCounts(Clock())
    for key in "abca":
        counts.use(key, 60)
    assert counts.use("a", 60) == (2, 60)
