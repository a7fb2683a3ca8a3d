"""Which metric of CloudWatch is the lag of each reader, and what its answer says. Pure.

https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-kcl.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from monitoring.readers.reader import Reader, ReaderKind
from portal.aws.cloudwatch import MetricQuery, Series

# A reader that gets no records publishes no lag; what is older says nothing of now.
WINDOW = timedelta(minutes=15)
MINUTE = 60
# Of an application, one metric for each shard that is open: each is billed.
MOST_SHARDS = 10


def lag_queries(stream_name: str, reader: Reader, shards: Sequence[str] = ()) -> list[MetricQuery]:
    """Return what is asked of CloudWatch for a reader; of an application, of its first ten shards."""
    key = f"{reader.kind}/{reader.name}"
    if reader.kind is ReaderKind.CONSUMER:
        place = (("StreamName", stream_name), ("ConsumerName", reader.name))
        name = "SubscribeToShardEvent.MillisBehindLatest"
        return [MetricQuery(key, "AWS/Kinesis", name, place, "Maximum", MINUTE)]
    if reader.kind is ReaderKind.FUNCTION:
        function = reader.name.partition(":")[0]
        return [MetricQuery(key, "AWS/Lambda", "IteratorAge", (("FunctionName", function),), "Maximum", MINUTE)]
    # An application publishes under its own name, which is that of its table unless it was set otherwise.
    return [
        MetricQuery(
            f"{key}/{shard}",
            reader.name,
            "MillisBehindLatest",
            (("Operation", "ProcessTask"), ("ShardId", shard)),
            "Maximum",
            MINUTE,
        )
        for shard in shards[:MOST_SHARDS]
    ]


def with_lag(reader: Reader, queries: Sequence[MetricQuery], answer: Mapping[str, Series]) -> Reader:
    """Return the reader with its lag: the newest value of each metric, and of several the largest."""
    newest = [answer[query.key].points[-1] for query in queries if query.key in answer and answer[query.key].points]
    if not newest:
        return reader
    at, value = max(newest, key=lambda point: point[1])
    return replace(reader, lag_ms=value, lag_at=at)
