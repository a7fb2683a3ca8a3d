from datetime import timedelta

from monitoring.health import aggregates
from monitoring.series import Points
from tests.monitoring.pages.streams import END, minutes

NONE: Points = ()


def test_no_points_give_no_number_and_not_zero() -> None:
    for number in (aggregates.total, aggregates.highest, aggregates.newest):
        assert number(NONE) is None
    assert aggregates.per_second(NONE) == ()


def test_a_zero_that_was_measured_is_a_number() -> None:
    points = minutes(0, 0)
    assert aggregates.mean_per_second(points, timedelta(minutes=2)) == 0
    assert aggregates.total(points) == 0
    assert aggregates.highest(points) == 0
    assert aggregates.newest(points) == 0


def test_sums_over_a_minute_become_rates() -> None:
    points = minutes(60, 120, 180)
    assert aggregates.mean_per_second(points, timedelta(minutes=3)) == 2
    assert [value for _, value in aggregates.per_second(points)] == [1, 2, 3]
    assert [at for at, _ in aggregates.per_second(points)] == [at for at, _ in points]


def test_a_minute_without_a_point_had_no_puts() -> None:
    with_gap = (minutes(60, 0, 60)[0], minutes(60, 0, 60)[2])
    assert aggregates.mean_per_second(with_gap, timedelta(minutes=4)) == 0.5


def test_the_newest_is_the_last_and_the_highest_is_not_always() -> None:
    points = minutes(5, 9, 7)
    assert (aggregates.newest(points), aggregates.highest(points), aggregates.total(points)) == (7, 9, 21)


def test_points_at_the_start_count_and_older_ones_do_not() -> None:
    points = minutes(1, 2, 3)
    assert aggregates.since(points, END - timedelta(minutes=2)) == points[1:]
    assert aggregates.since(points, END) == ()
    assert aggregates.since(points, END - timedelta(hours=1)) == points
