from datetime import timedelta

import pytest

from monitoring.pages.time_frame import frame_of, period_label
from tests.monitoring.pages.streams import END, minutes, series


@pytest.mark.parametrize(
    ("points", "period", "label"),
    [
        (0, timedelta(minutes=15), "15 minutes"),
        (10, timedelta(minutes=15), "15 minutes"),
        (25, timedelta(minutes=30), "30 minutes"),
        (60, timedelta(hours=1), "1 hour"),
        (61, timedelta(hours=3), "3 hours"),
    ],
)
def test_the_shortest_period_that_holds_all_points_is_shown(points: int, period: timedelta, label: str) -> None:
    found = series(records=minutes(*[1.0] * points))
    assert END - frame_of(found).start == period
    assert period_label(found) == label


def test_a_period_can_be_limited() -> None:
    found = series(records=minutes(*[1.0] * 170))
    assert END - frame_of(found, longest=timedelta(hours=1)).start == timedelta(hours=1)
