"""The metrics of a stream that are read for a time range, and the series that CloudWatch's answer becomes. Pure."""

from collections.abc import Mapping, Sequence

from monitoring.collection.metric_queries import FIREHOSE_PERIOD, STREAM_METRICS, Metric, delivery_metrics
from monitoring.time_ranges.range_metrics import RangeMetrics
from monitoring.time_ranges.time_range import TimeRange
from monitoring.watched_streams import WatchedStream
from portal.aws.cloudwatch import MetricQuery, Series

METRICS = (
    *STREAM_METRICS,
    Metric("records_read", "GetRecords.Records", "Sum"),
    Metric("bytes_read", "GetRecords.Bytes", "Sum"),
    Metric("put_latency", "PutRecords.Latency", "Average"),
    Metric("put_success", "PutRecords.Success", "Average"),
    Metric("get_success", "GetRecords.Success", "Average"),
)
# https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html#kinesis-metrics-shard
SHARD_METRICS = (
    Metric("records", "IncomingRecords", "Sum"),
    Metric("bytes", "IncomingBytes", "Sum"),
    Metric("throttled_writes", "WriteProvisionedThroughputExceeded", "Sum"),
    Metric("iterator_age", "IteratorAgeMilliseconds", "Maximum"),
)


def queries_of(stream: WatchedStream, time_range: TimeRange, shards: Sequence[str] = ()) -> list[MetricQuery]:
    """Return what is asked of CloudWatch: of the stream, of its Firehose streams, and of these shards."""
    name = (("StreamName", stream.stream_name),)
    queries = [
        MetricQuery(metric.key, "AWS/Kinesis", metric.name, name, metric.stat, time_range.period) for metric in METRICS
    ]
    queries += [
        MetricQuery(
            f"shard:{shard}:{metric.key}",
            "AWS/Kinesis",
            metric.name,
            (*name, ("ShardId", shard)),
            metric.stat,
            time_range.period,
        )
        for shard in shards
        for metric in SHARD_METRICS
    ]
    return queries + [
        MetricQuery(
            metric.key,
            "AWS/Firehose",
            metric.name,
            (("DeliveryStreamName", delivery.name),),
            metric.stat,
            max(FIREHOSE_PERIOD, time_range.period),
        )
        for delivery in stream.deliveries
        for metric in delivery_metrics(delivery)
    ]


def range_metrics(queries: list[MetricQuery], answer: Mapping[str, Series], time_range: TimeRange) -> RangeMetrics:
    """Return the answer; points outside the range are left out, and of two at one time the later counts."""
    names = {query.key: query.name for query in queries}
    metrics = {
        key: tuple(
            sorted({at: value for at, value in series.points if time_range.start <= at < time_range.end}.items())
        )
        for key, series in answer.items()
    }
    withheld = dict.fromkeys(names[key] for key, series in answer.items() if series.gap is not None)
    return RangeMetrics(metrics, tuple(withheld))
