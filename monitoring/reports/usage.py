"""What arrived in streams in a month, from CloudWatch: it keeps hours for 455 days, whether someone watched or not.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitoring.collection.metric_cost import count_more
from monitoring.reports.month import Month
from monitoring.watched_streams import WatchedStream
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from portal.aws.cloudwatch import MetricQuery, Series, metric_series
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.messages.message import Message

METRICS = {
    "records": "IncomingRecords",
    "bytes": "IncomingBytes",
    "throttled": "WriteProvisionedThroughputExceeded",
}
HOUR, QUARTER = 3600, 900


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums of a month; None with a `problem` where CloudWatch did not return them."""

    records: int | None = None
    size: int | None = None
    throttled: int | None = None
    problem: Message | None = None


def usage_of(streams: Sequence[WatchedStream], month: Month, *, now: datetime) -> dict[int, Usage]:
    """Return what arrived in each stream by the integration's key: one request for each connection and Region."""
    found: dict[int, Usage] = {}
    ordered = sorted(streams, key=_place)
    for _, group in groupby(ordered, key=_place):
        found |= _of_place(list(group), month, now)
    return found


def _place(stream: WatchedStream) -> tuple[int, str, bool]:
    return stream.connection_id, stream.region, stream.uses_fips


def _of_place(streams: list[WatchedStream], month: Month, now: datetime) -> dict[int, Usage]:
    first = streams[0]
    connection = Connection.objects.get(pk=first.connection_id)
    queries = [query for stream in streams for query in _queries(stream, _period(month))]
    try:
        name = f"report-{connection.uid}"
        aws = session_for(connection, first.region, name, SessionScope.METRICS, fips=first.uses_fips)
        answer = metric_series(aws, queries, start=month.start, end=month.end)
    except AwsFault as fault:
        return {stream.integration_id: Usage(problem=fault.message) for stream in streams}
    for stream in streams:
        count_more(stream.integration_id, len(METRICS), now)
    return {stream.integration_id: _sums(stream, answer, month) for stream in streams}


def _period(month: Month) -> int:
    """Return an hour, or a quarter of one where the month does not begin at a whole hour of UTC."""
    return HOUR if month.start.minute == month.end.minute == 0 else QUARTER


def _queries(stream: WatchedStream, period: int) -> list[MetricQuery]:
    name = (("StreamName", stream.stream_name),)
    return [
        MetricQuery(f"{stream.uid}/{key}", "AWS/Kinesis", metric, name, "Sum", period)
        for key, metric in METRICS.items()
    ]


def _sums(stream: WatchedStream, answer: dict[str, Series], month: Month) -> Usage:
    series = {key: answer[f"{stream.uid}/{key}"] for key in METRICS}
    if any(each.gap is not None for each in series.values()):
        return Usage(problem=Message("report.metrics_incomplete"))
    sums = {
        key: round(sum(value for at, value in each.points if month.start <= at < month.end))
        for key, each in series.items()
    }
    return Usage(sums["records"], sums["bytes"], sums["throttled"])
