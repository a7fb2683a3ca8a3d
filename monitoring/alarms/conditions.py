"""From a stream and its thresholds to the conditions that CloudWatch can watch. Pure.

An alert of Sluice opens when its condition held at two readings `opens_minutes` apart: so many periods of five minutes,
and one more, must breach. What a metric without data means is what it means to Sluice.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
"""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from monitoring.alarms.alarm import Condition, Metric, Missing
from monitoring.alert_models import AlertKind
from monitoring.alerts.rules import BY_KIND
from monitoring.alerts.thresholds import Thresholds
from monitoring.watched_streams import (
    SHARD_BYTES_PER_SECOND,
    SHARD_RECORDS_PER_SECOND,
    WatchedDelivery,
    WatchedStream,
)

KINESIS, FIREHOSE = "AWS/Kinesis", "AWS/Firehose"
MINUTE, FIVE_MINUTES, HOUR, DAY = 60, 300, 3600, 86_400
MOST_SHARDS = 10  # an alarm on a shard has two metrics, each billed
# Kinds that no metric of CloudWatch shows.
WITHOUT_METRIC = tuple(
    kind
    for kind in AlertKind
    if kind
    in {
        AlertKind.CONNECTION_BROKEN,
        AlertKind.METRICS_MISSING,
        AlertKind.KEY_UNUSED,
        AlertKind.KEY_OLD,
        AlertKind.CERTIFICATE_EXPIRING,
    }
)


def conditions_of(stream: WatchedStream, shards: Sequence[str], thresholds: Thresholds) -> list[Condition]:
    """Return the conditions of a stream, those with alarms that are off too; `shards` are its open shards."""
    chosen = {kind: thresholds.of(kind, stream.integration_id).value for kind in BY_KIND}
    if stream.expected.source == "off":
        chosen[AlertKind.SILENCE] = None  # monitoring never reports silence of this stream
    found = [_throttled(stream, chosen), _silence(stream, chosen), _iterator_age(stream, chosen)]
    found += _usage(stream, shards, chosen)
    for delivery in stream.deliveries:
        found += [*_freshness(stream, delivery, chosen), *_failing(stream, delivery, chosen)]
    order = list(AlertKind)
    return sorted(found, key=lambda condition: order.index(condition.kind))


def _throttled(stream: WatchedStream, chosen: dict[str, float | None]) -> Condition:
    kind = AlertKind.WRITES_THROTTLED
    metric = _metric(stream, "WriteProvisionedThroughputExceeded", "Sum", FIVE_MINUTES)
    return _condition(kind, stream, "", (metric,), chosen[kind], missing="notBreaching")


def _silence(stream: WatchedStream, chosen: dict[str, float | None]) -> Condition:
    minutes = chosen[AlertKind.SILENCE]
    period, periods = _window(minutes or BY_KIND[AlertKind.SILENCE].default)
    return Condition(
        kind=AlertKind.SILENCE,
        stream=stream.stream_name,
        part="",
        metrics=(_metric(stream, "IncomingRecords", "Sum", period),),
        periods=periods,
        datapoints=periods,
        missing="breaching",  # Kinesis publishes nothing for a minute without records
        threshold=None if minutes is None else 1,
        chosen=minutes,
        operator="LessThanThreshold",
    )


def _window(minutes: float) -> tuple[int, int]:
    """Return a period in seconds and how many of them are at least so many minutes.

    AWS allows 604,800 seconds in all, and 86,400 with a period of less than an hour.
    """
    seconds = minutes * MINUTE
    period = MINUTE if seconds <= HOUR else FIVE_MINUTES if seconds <= DAY else HOUR
    return period, ceil(seconds / period)


def _iterator_age(stream: WatchedStream, chosen: dict[str, float | None]) -> Condition:
    kind = AlertKind.ITERATOR_AGE
    metric = _metric(stream, "GetRecords.IteratorAgeMilliseconds", "Maximum", FIVE_MINUTES)
    return _condition(kind, stream, "", (metric,), chosen[kind], factor=MINUTE * 1000, missing="ignore")


def _usage(stream: WatchedStream, shards: Sequence[str], chosen: dict[str, float | None]) -> Iterator[Condition]:
    """Yield the use of the write limit of the stream, and of each shard where AWS publishes that and one can differ."""
    if stream.shards:
        yield _usage_of(stream, "", stream.shards, chosen)
    if stream.has_shard_metrics and 1 < len(shards) <= MOST_SHARDS:
        for shard in shards:
            yield _usage_of(stream, shard, 1, chosen)


def _usage_of(stream: WatchedStream, shard: str, shards: int, chosen: dict[str, float | None]) -> Condition:
    kind = AlertKind.WRITE_USAGE
    records = _metric(stream, "IncomingRecords", "Sum", MINUTE, shard=shard, identifier="records")
    sizes = _metric(stream, "IncomingBytes", "Sum", MINUTE, shard=shard, identifier="bytes")
    most_records, most_bytes = (shards * MINUTE * limit for limit in (SHARD_RECORDS_PER_SECOND, SHARD_BYTES_PER_SECOND))
    return Condition(
        kind=kind,
        stream=stream.stream_name,
        part=shard,
        metrics=(records, sizes),
        # The busiest minute of five must be over the limit at two readings five minutes apart.
        periods=10,
        datapoints=2,
        missing="notBreaching",
        threshold=chosen[kind],
        chosen=chosen[kind],
        expression=f"MAX([100*records/{most_records}, 100*bytes/{most_bytes}])",
    )


def _freshness(
    stream: WatchedStream, delivery: WatchedDelivery, chosen: dict[str, float | None]
) -> Iterator[Condition]:
    kind = AlertKind.FRESHNESS
    if delivery.metrics.freshness:
        metric = _firehose(delivery, delivery.metrics.freshness, "Maximum")
        least = 2 * delivery.buffering_seconds  # a delivery is not late before its buffering explains it no longer
        yield _condition(kind, stream, delivery.name, (metric,), chosen[kind], factor=MINUTE, least=least)


def _failing(stream: WatchedStream, delivery: WatchedDelivery, chosen: dict[str, float | None]) -> Iterator[Condition]:
    kind, names = AlertKind.DELIVERY_FAILING, delivery.metrics
    if names.success:
        metric = _firehose(delivery, names.success, "Average")
        yield _condition(kind, stream, delivery.name, (metric,), chosen[kind], factor=0.01)
    elif names.failed:
        good = _firehose(delivery, names.records, "Sum", "delivered")
        bad = _firehose(delivery, names.failed, "Sum", "failed")
        expression = "100*FILL(delivered, 0)/(FILL(delivered, 0)+FILL(failed, 0))"
        yield _condition(kind, stream, delivery.name, (good, bad), chosen[kind], expression=expression)


def _condition(
    kind: AlertKind,
    stream: WatchedStream,
    part: str,
    metrics: tuple[Metric, ...],
    chosen: float | None,
    *,
    factor: float = 1,
    least: float = 0,
    missing: Missing = "ignore",
    expression: str = "",
) -> Condition:
    periods = BY_KIND[kind].opens_minutes * MINUTE // FIVE_MINUTES + 1
    threshold = None if chosen is None else max(round(chosen * factor, 6), least)
    return Condition(kind, stream.stream_name, part, metrics, periods, periods, missing, threshold, chosen, expression)


def _metric(
    stream: WatchedStream, name: str, stat: str, period: int, *, shard: str = "", identifier: str = "measured"
) -> Metric:
    dimensions: Iterable[tuple[str, str]] = [("StreamName", stream.stream_name)]
    if shard:
        dimensions = [*dimensions, ("ShardId", shard)]
    return Metric(identifier, KINESIS, name, tuple(dimensions), stat, period)


def _firehose(delivery: WatchedDelivery, name: str, stat: str, identifier: str = "measured") -> Metric:
    return Metric(identifier, FIREHOSE, name, (("DeliveryStreamName", delivery.name),), stat, FIVE_MINUTES)
