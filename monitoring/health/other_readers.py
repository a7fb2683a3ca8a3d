"""The iterator age of a stream without what Sluice's own reads can explain. Pure.

`GetRecords.IteratorAgeMilliseconds` is of all calls together and does not name the reader.
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitoring.series import Points

_MINUTE = timedelta(minutes=1)
_TOLERANCE_MS, _TOLERANCE_SHARE = 2_000, 0.1


def of_others(points: Points, own: Points) -> tuple[Points, Points]:
    """Divide points of the iterator age (ms): those that another reader must have caused, and those that Sluice can.

    The clocks of AWS and of Sluice differ, so the minutes beside one count too.
    """
    by_minute = dict(own)
    others = tuple((at, value) for at, value in points if value > _explained(by_minute, at))
    return others, tuple(point for point in points if point not in others)


def _explained(own: Mapping[datetime, float], at: datetime) -> float:
    near = [own[minute] for minute in (at - _MINUTE, at, at + _MINUTE) if minute in own]
    return max(near) * (1 + _TOLERANCE_SHARE) + _TOLERANCE_MS if near else -1.0
