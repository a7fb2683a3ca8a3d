"""The metrics that are requested from CloudWatch, and the series that its response becomes. Pure.

https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.series import Metrics, ShardSeries, StreamSeries
from monitoring.watched_streams import WatchedDelivery, WatchedStream
from portal.aws.cloudwatch import MetricQuery, Series, SeriesGap
from portal.aws.shards import Shard
from portal.messages.message import Message

MINUTE = 60
FIREHOSE_PERIOD = 300  # Firehose publishes every five minutes
HASH_KEYS = 2**128


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its short name here, its name in AWS, and the statistic."""

    key: str
    name: str
    stat: str


STREAM_METRICS = (
    Metric("records", "IncomingRecords", "Sum"),
    Metric("bytes", "IncomingBytes", "Sum"),
    Metric("throttled_writes", "WriteProvisionedThroughputExceeded", "Sum"),
    Metric("throttled_reads", "ReadProvisionedThroughputExceeded", "Sum"),
    Metric("iterator_age", "GetRecords.IteratorAgeMilliseconds", "Maximum"),
)
# Asked for only where no records arrive: it tells whether some were sent.
PUT_SUCCESS = Metric("put_success", "PutRecords.Success", "Average")
SHARD_METRICS = (
    Metric("records", "IncomingRecords", "Sum"),
    Metric("bytes", "IncomingBytes", "Sum"),
)


def queries_of(stream: WatchedStream, shards: Sequence[Shard]) -> list[MetricQuery]:
    """Return the queries of one stream: its own metrics, its Firehose streams', and those of the given shards."""
    name = ("StreamName", stream.stream_name)
    queries = [_query(stream.uid, metric, "AWS/Kinesis", (name,), MINUTE) for metric in STREAM_METRICS]
    queries += [
        _query(stream.uid, metric, "AWS/Firehose", (("DeliveryStreamName", delivery.name),), FIREHOSE_PERIOD)
        for delivery in stream.deliveries
        for metric in delivery_metrics(delivery)
    ]
    return queries + shard_queries(stream, shards)


def put_success_query(stream: WatchedStream) -> MetricQuery:
    """Return the query of the share of PutRecords calls in which Kinesis accepted a record."""
    return _query(stream.uid, PUT_SUCCESS, "AWS/Kinesis", (("StreamName", stream.stream_name),), MINUTE)


def shard_queries(stream: WatchedStream, shards: Sequence[Shard]) -> list[MetricQuery]:
    """Return the queries of some shards of a stream; none where AWS publishes no metrics of its shards."""
    if not stream.has_shard_metrics:
        return []
    name = ("StreamName", stream.stream_name)
    return [
        _query(f"{stream.uid}/{shard.shard_id}", metric, "AWS/Kinesis", (name, ("ShardId", shard.shard_id)), MINUTE)
        for shard in shards
        for metric in SHARD_METRICS
    ]


def delivery_metrics(delivery: WatchedDelivery) -> list[Metric]:
    """Return the metrics of one Firehose stream; their keys end in its name, as there may be many."""
    names = delivery.metrics
    metrics = (
        Metric(f"freshness:{delivery.name}", names.freshness, "Maximum"),
        Metric(f"success:{delivery.name}", names.success, "Average"),
        Metric(f"delivered:{delivery.name}", names.records, "Sum"),
        Metric(f"failed:{delivery.name}", names.failed, "Sum"),
    )
    return [metric for metric in metrics if metric.name]


def series_of(
    stream: WatchedStream, response: Mapping[str, Series], shards: Sequence[Shard], *, start: datetime, end: datetime
) -> StreamSeries:
    """Return the series of one stream from the response for many."""
    deliveries = [metric for delivery in stream.deliveries for metric in delivery_metrics(delivery)]
    return StreamSeries(
        start=start,
        end=end,
        stream=_metrics(response, stream.uid, [*STREAM_METRICS, PUT_SUCCESS, *deliveries]),
        gap=_gap(stream, response, shards),
        incomplete=_incomplete(stream, response, [*STREAM_METRICS, PUT_SUCCESS, *deliveries]),
        shards=tuple(
            ShardSeries(
                shard_id=shard.shard_id,
                first_share=shard.starting_hash_key / HASH_KEYS,
                last_share=(shard.ending_hash_key + 1) / HASH_KEYS,
                parents=tuple(filter(None, (shard.parent_shard_id, shard.adjacent_parent_shard_id))),
                metrics=_metrics(response, f"{stream.uid}/{shard.shard_id}", SHARD_METRICS),
            )
            for shard in shards
        ),
    )


def _gap(stream: WatchedStream, response: Mapping[str, Series], shards: Sequence[Shard]) -> Message | None:
    """Return the first metric of the stream, its Firehose streams or its shards that CloudWatch did not return."""
    for query in (*queries_of(stream, shards), put_success_query(stream)):
        series = response.get(query.key)
        if series is not None and series.gap is not None:
            return _missing(series.gap, query.name)
    return None


def _incomplete(stream: WatchedStream, response: Mapping[str, Series], metrics: Sequence[Metric]) -> frozenset[str]:
    found = {metric.key: response.get(f"{stream.uid}/{metric.key}") for metric in metrics}
    return frozenset(key for key, series in found.items() if series is not None and series.gap is not None)


def _missing(gap: SeriesGap, metric: str) -> Message:
    if gap is SeriesGap.FORBIDDEN:
        return Message("stream.metrics_forbidden", metric=metric)
    if gap is SeriesGap.INTERNAL_ERROR:
        return Message("stream.metrics_failed", metric=metric)
    return Message("stream.metrics_partial", metric=metric)


def _metrics(response: Mapping[str, Series], prefix: str, metrics: Sequence[Metric]) -> Metrics:
    keys = {metric.key: f"{prefix}/{metric.key}" for metric in metrics}
    return {key: response[query].points for key, query in keys.items() if query in response}


def _query(
    prefix: str, metric: Metric, namespace: str, dimensions: tuple[tuple[str, str], ...], period: int
) -> MetricQuery:
    return MetricQuery(
        key=f"{prefix}/{metric.key}",
        namespace=namespace,
        name=metric.name,
        dimensions=dimensions,
        stat=metric.stat,
        period=period,
    )
