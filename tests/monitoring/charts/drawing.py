"""Shared by the tests of charts: an hour to draw in, and points in it."""

from datetime import UTC, datetime, timedelta

from monitoring.charts.axes import Limit
from monitoring.charts.frame import Frame
from monitoring.charts.line_chart import line_chart

START = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
FRAME = Frame(START, START + timedelta(hours=1))
LIMIT = Limit(1000, "limit of one shard: 1,000 records/s")


def at(minute: int, value: float) -> tuple[datetime, float]:
    """A point so many minutes after the start."""
    return START + timedelta(minutes=minute), value


def drawn(points: list, **more):
    """A chart of the points."""
    return line_chart(points, frame=FRAME, title="Incoming", unit="records/s", **more)
