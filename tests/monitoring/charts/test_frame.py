from datetime import timedelta

from monitoring.charts.frame import LEFT, RIGHT, WIDTH, Frame
from tests.monitoring.charts.drawing import FRAME, START, at


def test_the_first_and_the_last_moment_are_at_the_edges() -> None:
    assert FRAME.x(START) == LEFT
    assert FRAME.x(START + timedelta(hours=1)) == WIDTH - RIGHT
    assert FRAME.x(START + timedelta(minutes=30)) == (LEFT + WIDTH - RIGHT) / 2


def test_points_a_minute_apart_are_one_segment() -> None:
    points = [at(minute, 1) for minute in range(5)]
    assert FRAME.segments(points) == [points]


def test_a_missing_minute_begins_a_new_segment() -> None:
    points = [at(0, 1), at(1, 1), at(3, 1), at(4, 1)]
    assert FRAME.segments(points) == [points[:2], points[2:]]


def test_points_five_minutes_apart_are_one_segment_where_that_is_the_step() -> None:
    frame = Frame(START, START + timedelta(hours=1), step=300)
    points = [at(0, 1), at(5, 1), at(10, 1)]
    assert frame.segments(points) == [points]
    assert len(frame.segments([at(0, 1), at(10, 1)])) == 2


def test_points_outside_are_left_out_and_the_others_are_put_in_order() -> None:
    assert FRAME.segments([at(61, 1), at(2, 1), at(1, 1), at(-1, 1)]) == [[at(1, 1), at(2, 1)]]
    assert FRAME.segments([at(0, 1), at(60, 1)]) == [[at(0, 1)], [at(60, 1)]]


def test_no_points_are_no_segments() -> None:
    assert FRAME.segments([]) == []
