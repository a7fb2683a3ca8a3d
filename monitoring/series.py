"""A stream's metrics over time, as CloudWatch returned them. Times are whole minutes in UTC.

A minute without a point had no data, which is not zero.
"""

from dataclasses import dataclass, field
from datetime import datetime

from portal.messages.message import Message

Points = tuple[tuple[datetime, float], ...]
Metrics = dict[str, Points]


@dataclass(frozen=True, slots=True)
class ShardSeries:
    """One open shard: its range of all hash keys (from, to; 0 to 1) and its metrics."""

    shard_id: str
    first_share: float
    last_share: float
    parents: tuple[str, ...] = ()
    metrics: Metrics = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StreamSeries:
    """The metrics of one stream between `start` and `end`; `shards` is empty while no one watches the stream.

    `omitted_shards` counts the shards that were read and are not among `shards`; `gap` says which
    metric CloudWatch did not return, or only in part; `incomplete` are the keys of all such metrics of the stream.
    `own_ages` is the iterator age in milliseconds that Sluice's own reads can have caused; it is not stored.
    """

    start: datetime
    end: datetime
    stream: Metrics
    shards: tuple[ShardSeries, ...] = ()
    omitted_shards: int = 0
    gap: Message | None = None
    incomplete: frozenset[str] = frozenset()
    own_ages: Points = ()


def shard_number(shard_id: str) -> str:
    """Return the end of a shard ID, by which the shards of a stream differ: "0006"."""
    return shard_id[-4:]
