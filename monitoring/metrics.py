"""Which metrics are asked of CloudWatch, and how the answers are put together again. Pure.

https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.selectors import WatchedDelivery, WatchedStream
from monitoring.series import Metrics, ShardSeries, StreamSeries
from portal.aws.cloudwatch import MetricQuery, Series
from portal.aws.kinesis import Shard

MINUTE = 60
FIREHOSE_PERIOD = 300  # Firehose publishes every five minutes
HASH_KEYS = 2**128


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by our short name, and what AWS calls it."""

    key: str
    name: str
    stat: str


STREAM_METRICS = (
    Metric("records", "IncomingRecords", "Sum"),
    Metric("bytes", "IncomingBytes", "Sum"),
    Metric("throttled_writes", "WriteProvisionedThroughputExceeded", "Sum"),
    Metric("throttled_reads", "ReadProvisionedThroughputExceeded", "Sum"),
    Metric("iterator_age", "GetRecords.IteratorAgeMilliseconds", "Maximum"),
    Metric("put_success", "PutRecords.Success", "Average"),
)
SHARD_METRICS = (
    Metric("records", "IncomingRecords", "Sum"),
    Metric("bytes", "IncomingBytes", "Sum"),
)


def queries_of(stream: WatchedStream, shards: Sequence[Shard]) -> list[MetricQuery]:
    """Return the queries of one stream: its own metrics, its Firehose streams', and those of the shards named."""
    name = ("StreamName", stream.stream_name)
    queries = [_query(stream.uid, one, "AWS/Kinesis", (name,), MINUTE) for one in STREAM_METRICS]
    queries += [
        _query(stream.uid, one, "AWS/Firehose", (("DeliveryStreamName", delivery.name),), FIREHOSE_PERIOD)
        for delivery in stream.deliveries
        for one in delivery_metrics(delivery)
    ]
    if stream.has_shard_metrics:
        queries += [
            _query(f"{stream.uid}/{shard.shard_id}", one, "AWS/Kinesis", (name, ("ShardId", shard.shard_id)), MINUTE)
            for shard in shards
            for one in SHARD_METRICS
        ]
    return queries


def delivery_metrics(delivery: WatchedDelivery) -> list[Metric]:
    """Return the metrics of one Firehose stream; their keys end in its name, as there may be many."""
    named = delivery.metrics
    wanted = (
        Metric(f"freshness:{delivery.name}", named.freshness, "Maximum"),
        Metric(f"success:{delivery.name}", named.success, "Average"),
        Metric(f"delivered:{delivery.name}", named.records, "Sum"),
    )
    return [one for one in wanted if one.name]


def series_of(
    stream: WatchedStream, answer: Mapping[str, Series], shards: Sequence[Shard], *, start: datetime, end: datetime
) -> StreamSeries:
    """Return the series of one stream out of the answer for many."""
    return StreamSeries(
        start=start,
        end=end,
        stream=_metrics(
            answer,
            stream.uid,
            [*STREAM_METRICS, *(one for each in stream.deliveries for one in delivery_metrics(each))],
        ),
        shards=tuple(
            ShardSeries(
                shard_id=shard.shard_id,
                first_share=shard.starting_hash_key / HASH_KEYS,
                last_share=(shard.ending_hash_key + 1) / HASH_KEYS,
                parents=tuple(one for one in (shard.parent_shard_id, shard.adjacent_parent_shard_id) if one),
                metrics=_metrics(answer, f"{stream.uid}/{shard.shard_id}", SHARD_METRICS),
            )
            for shard in shards
        ),
    )


def _metrics(answer: Mapping[str, Series], of: str, metrics: Sequence[Metric]) -> Metrics:
    return {one.key: answer[f"{of}/{one.key}"].points for one in metrics if f"{of}/{one.key}" in answer}


def _query(
    of: str, metric: Metric, namespace: str, dimensions: tuple[tuple[str, str], ...], period: int
) -> MetricQuery:
    return MetricQuery(
        key=f"{of}/{metric.key}",
        namespace=namespace,
        name=metric.name,
        dimensions=dimensions,
        stat=metric.stat,
        period=period,
    )
