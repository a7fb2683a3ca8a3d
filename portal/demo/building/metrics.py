"""The metrics that AWS publishes and its emulator does not, computed from what was sent and delivered.

This is the one place where the demo replaces AWS: it acts as the root user of the client's account.
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
"""

from datetime import datetime

from portal.aws.published_metrics import MetricDatum
from portal.demo.building.bucket import Arrived
from portal.demo.building.tally import Counts

Dimensions = tuple[tuple[str, str], ...]


def of_stream(stream_name: str, counts: Counts, *, at: datetime) -> list[MetricDatum]:
    """Return the stream-level metrics of AWS/Kinesis; none for a period without calls."""
    if not counts.calls:
        return []
    dimensions = (("StreamName", stream_name),)
    values = {
        "IncomingBytes": (counts.bytes, "Bytes"),
        "IncomingRecords": (counts.records, "Count"),
        "PutRecords.Bytes": (counts.bytes, "Bytes"),
        "PutRecords.TotalRecords": (counts.records + counts.failed, "Count"),
        "PutRecords.SuccessfulRecords": (counts.records, "Count"),
        "PutRecords.FailedRecords": (counts.failed - counts.throttled, "Count"),
        "PutRecords.ThrottledRecords": (counts.throttled, "Count"),
        "PutRecords.Success": (counts.calls_answered / counts.calls, "Count"),
        "WriteProvisionedThroughputExceeded": (counts.throttled, "Count"),
    }
    data = [_datum(name, dimensions, value, unit, at) for name, (value, unit) in values.items()]
    return data + [_datum("PutRecords.Latency", dimensions, ms, "Milliseconds", at) for ms in counts.latencies_ms]


def of_shards(stream_name: str, counts: Counts, wanted: frozenset[str], *, at: datetime) -> list[MetricDatum]:
    """Return the shard-level metrics of AWS/Kinesis that the stream has enabled, of shards that received records."""
    values = {
        "IncomingBytes": (counts.bytes_by_shard, "Bytes"),
        "IncomingRecords": (counts.records_by_shard, "Count"),
    }
    return [
        _datum(name, (("StreamName", stream_name), ("ShardId", shard_id)), value, unit, at)
        for name, (by_shard, unit) in values.items()
        if wanted & {name, "ALL"}
        for shard_id, value in by_shard.items()
    ]


def of_delivery(name: str, arrived: Arrived, *, oldest_seconds: float, at: datetime) -> list[MetricDatum]:
    """Return the metrics of AWS/Firehose of a delivery into S3; `oldest_seconds`: of the oldest undelivered record."""
    dimensions = (("DeliveryStreamName", name),)
    data = [_datum("DeliveryToS3.DataFreshness", dimensions, oldest_seconds, "Seconds", at)]
    if arrived.objects:
        values = {
            "DeliveryToS3.Bytes": (arrived.bytes, "Bytes"),
            "DeliveryToS3.Records": (arrived.objects, "Count"),
            "DeliveryToS3.ObjectCount": (arrived.objects, "Count"),
            "DeliveryToS3.Success": (1, "Count"),
            "DataReadFromKinesisStream.Records": (arrived.objects, "Count"),
            "DataReadFromKinesisStream.Bytes": (arrived.bytes, "Bytes"),
        }
        data += [_datum(metric, dimensions, value, unit, at) for metric, (value, unit) in values.items()]
    return data


def of_failed_delivery(name: str, *, oldest_seconds: float, at: datetime) -> list[MetricDatum]:
    """Return the metrics of AWS/Firehose of a delivery into S3 whose every attempt fails."""
    dimensions = (("DeliveryStreamName", name),)
    return [
        _datum("DeliveryToS3.DataFreshness", dimensions, oldest_seconds, "Seconds", at),
        _datum("DeliveryToS3.Success", dimensions, 0, "Count", at),
    ]


def of_reading(stream_name: str, *, oldest_seconds: float, at: datetime) -> list[MetricDatum]:
    """Return the iterator age: of Firehose, whose progress the building can see, or of a consumer that has stopped."""
    dimensions = (("StreamName", stream_name),)
    return [_datum("GetRecords.IteratorAgeMilliseconds", dimensions, oldest_seconds * 1000, "Milliseconds", at)]


def _datum(name: str, dimensions: Dimensions, value: float, unit: str, at: datetime) -> MetricDatum:
    return MetricDatum(name=name, dimensions=dimensions, value=float(value), unit=unit, at=at)
