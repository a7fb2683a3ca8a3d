"""From a stream's series to what the health rules are given. Pure: the moment is an argument."""

from datetime import datetime, timedelta

from monitoring.health.aggregates import MINUTE_SECONDS, highest, mean_per_second, newest, since, total
from monitoring.health.inputs import DeliveryInputs, HealthInputs
from monitoring.health.other_readers import of_others
from monitoring.health.write_usage import RECENT, highest_usage
from monitoring.series import Points, StreamSeries
from monitoring.watched_streams import WatchedDelivery, WatchedStream

DELIVERY_RECENT = timedelta(minutes=15)  # Firehose publishes every five minutes
STATUS_VALID = timedelta(minutes=5)
SPARKLINE_POINTS = 36


def health_inputs(stream: WatchedStream, series: StreamSeries, *, now: datetime) -> HealthInputs:
    """Return the measurements of one stream at the end of its series."""
    recent = {name: since(points, series.end - RECENT) for name, points in series.stream.items()}
    usage = highest_usage(series, shards=stream.shards)
    others, explained = of_others(recent.get("iterator_age", ()), series.own_ages)
    age_milliseconds, most_milliseconds = highest(others), highest(explained)
    last = last_record_at(stream, series)
    return HealthInputs(
        records_per_second=_rate("records", stream, series),
        bytes_per_second=_rate("bytes", stream, series),
        write_usage_share=usage.share if usage else None,
        write_limit=usage.limit if usage else None,
        busiest_shard=usage.shard_id if usage else "",
        throttled_writes=total(recent.get("throttled_writes", ())),
        throttled_reads=total(recent.get("throttled_reads", ())),
        iterator_age_seconds=None if age_milliseconds is None else age_milliseconds / 1000,
        iterator_age_at_most_seconds=None if most_milliseconds is None else most_milliseconds / 1000,
        deliveries=tuple(delivery_inputs(delivery, series) for delivery in stream.deliveries),
        silent_seconds=(series.end - last).total_seconds() if last else None,
        retention_hours=stream.retention_hours,
        live_seconds=(now - stream.live_since).total_seconds(),
        unused_key_seconds=(now - stream.unused_key_since).total_seconds() if stream.unused_key_since else None,
        put_success_share=highest(recent.get("put_success", ())),
        is_on_demand=stream.is_on_demand,
        metrics_gap=series.gap,
        missing_stream=stream.stream_name if stream.is_missing else "",
        stream_status=_status(stream, now),
        connection_problem=stream.connection_problem,
        previous=stream.state_code,
        is_overdue=_is_overdue(stream, last, series.end),
        expectation=stream.expected.expectation,
    )


def _is_overdue(stream: WatchedStream, last: datetime | None, end: datetime) -> bool | None:
    if stream.expected.source == "off":
        return False
    expectation = stream.expected.expectation
    return None if expectation is None or last is None else expectation.is_overdue(last, end)


def _status(stream: WatchedStream, now: datetime) -> str:
    is_recent = stream.seen_at is not None and now - stream.seen_at <= STATUS_VALID
    return stream.status if is_recent and not stream.is_missing else ""


def _rate(name: str, stream: WatchedStream, series: StreamSeries) -> float | None:
    """Return the mean of the last five minutes; None before the first record, and where CloudWatch withheld points."""
    if name in series.incomplete or last_record_at(stream, series) is None:
        return None
    return mean_per_second(since(series.stream.get(name, ()), series.end - RECENT), RECENT)


def delivery_inputs(delivery: WatchedDelivery, series: StreamSeries) -> DeliveryInputs:
    """Return the measurements of one Firehose stream at the end of a series."""

    # Firehose publishes a point only when it delivers: what failed is remembered until the next delivery is due.
    reach = DELIVERY_RECENT + timedelta(seconds=delivery.buffering_seconds)

    def recent(key: str, since_end: timedelta = reach) -> Points:
        return since(series.stream.get(f"{key}:{delivery.name}", ()), series.end - since_end)

    return DeliveryInputs(
        name=delivery.name,
        title=delivery.title,
        buffering_seconds=delivery.buffering_seconds,
        freshness_seconds=newest(recent("freshness")),
        success_share=_success_share(recent("success"), recent("delivered"), recent("failed")),
        delivered_records=total(recent("delivered", DELIVERY_RECENT)),
    )


def _success_share(shares: Points, delivered: Points, failed: Points) -> float | None:
    """Return the newest share, or that of the newest counts where AWS publishes counts of what failed."""
    if not failed:
        return newest(shares)
    at = max(moment for moment, _ in (*delivered, *failed))
    good, bad = dict(delivered).get(at, 0.0), dict(failed).get(at, 0.0)
    return good / (good + bad) if good + bad else None


def last_record_at(stream: WatchedStream, series: StreamSeries) -> datetime | None:
    """Return the end of the last minute in which records arrived, remembered for longer than the series reaches."""
    seen = [at + timedelta(seconds=MINUTE_SECONDS) for at, value in series.stream.get("records", ()) if value > 0]
    known = [moment for moment in (*seen, stream.last_record_at) if moment is not None]
    return min(max(known), series.end) if known else None


def sparkline_values(series: StreamSeries) -> list[float | None]:
    """Return 36 mean rates in records per second over the whole series; None where there was no data."""
    width = (series.end - series.start) / SPARKLINE_POINTS
    intervals: list[list[float]] = [[] for _ in range(SPARKLINE_POINTS)]
    for at, value in series.stream.get("records", ()):
        place = int((at - series.start) / width)
        if 0 <= place < SPARKLINE_POINTS:
            intervals[place].append(value)
    return [round(sum(values) / width.total_seconds(), 3) if values else None for values in intervals]
