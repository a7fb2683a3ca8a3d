"""How old the records were that Sluice itself read, minute by minute: CloudWatch's iterator age is of all readers.

`GetRecords.IteratorAgeMilliseconds` does not name the reader. A value that is no higher than that of Sluice's own calls
says nothing of others, except that they are no further behind. Redis keeps the minutes for half an hour, which is
longer than any rule looks back; without it, a value counts as another reader's.
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
"""

from datetime import UTC, datetime, timedelta

from redis import RedisError

from monitoring.series import Points
from portal import live

MINUTES = 15
_KEPT_SECONDS = 1800
_MINUTE = timedelta(minutes=1)


def note_age(uid: str, age_seconds: float, now: datetime) -> None:
    """Note how old the last record of a read was that Sluice made at a moment; does not raise."""
    key = _key(now)
    try:
        with live.connect().pipeline(transaction=False) as pipe:
            pipe.zadd(key, {uid: round(1000 * max(0.0, age_seconds))}, gt=True)
            pipe.expire(key, _KEPT_SECONDS)
            pipe.execute()
    except RedisError:
        return  # the value then counts as another reader's


def own_ages(end: datetime) -> dict[str, Points]:
    """Return for each stream that Sluice read in the 15 minutes before a moment its highest age in ms, by minute."""
    minutes = [end - number * _MINUTE for number in range(MINUTES, -2, -1)]
    try:
        with live.connect().pipeline(transaction=False) as pipe:
            for minute in minutes:
                pipe.zrange(_key(minute), 0, -1, withscores=True)
            answers = pipe.execute()
    except RedisError:
        return {}
    found: dict[str, list[tuple[datetime, float]]] = {}
    for minute, members in zip(minutes, answers, strict=True):
        for uid, age in members:
            found.setdefault(live.text(uid), []).append((_of(minute), float(age)))
    return {uid: tuple(points) for uid, points in found.items()}


def _key(moment: datetime) -> str:
    return f"own_ages:{int(_of(moment).timestamp())}"


def _of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
