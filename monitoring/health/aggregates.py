"""One number from the points of a metric. None where there are no points: no data is not zero."""

from datetime import datetime, timedelta

from monitoring.series import Points

MINUTE_SECONDS = 60


def since(points: Points, start: datetime) -> Points:
    """Return the points that are not older than `start`."""
    return tuple((at, value) for at, value in points if at >= start)


def mean_per_second(points: Points, over: timedelta) -> float:
    """Return sums over a minute as the mean rate per second of a period: a minute without a point had no puts."""
    return sum(value for _, value in points) / over.total_seconds()


def total(points: Points) -> float | None:
    """Return the sum of the values."""
    return sum(value for _, value in points) if points else None


def highest(points: Points) -> float | None:
    """Return the highest value."""
    return max((value for _, value in points), default=None)


def newest(points: Points) -> float | None:
    """Return the last value."""
    return points[-1][1] if points else None


def per_second(points: Points) -> Points:
    """Return sums over a minute as rates per second."""
    return tuple((at, value / MINUTE_SECONDS) for at, value in points)
