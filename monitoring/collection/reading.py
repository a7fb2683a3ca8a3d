"""What is asked of CloudWatch for some streams of a connection and Region, and what was asked for each."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitoring.collection.metric_queries import put_success_query, queries_of, series_of, shard_queries
from monitoring.health.write_usage import RECENT, needs_shards
from monitoring.readers.own_reading import own_ages
from monitoring.series import StreamSeries
from monitoring.watched_streams import WatchedStream
from portal.aws.cloudwatch import MetricQuery, metric_series
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession
from portal.aws.shards import Shard, list_shards

log = logging.getLogger(__name__)

WINDOW = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Reading:
    """The series of a stream, and how many metrics were asked for: CloudWatch bills each.

    `listed` are its shards, the closed ones too; None where they were not listed.
    """

    stream: WatchedStream
    series: StreamSeries
    requested: int
    listed: tuple[Shard, ...] | None = None


def read(aws: AwsSession, streams: Sequence[WatchedStream], *, end: datetime) -> list[Reading]:
    """Read the metrics of all streams in one request, and in a second one the shards of those that have much to write.

    What is said of a stream must not depend on whether someone watches it.
    """
    start = end - WINDOW
    listed = {stream.uid: _shards(aws, stream) for stream in streams if stream.has_viewers}
    shards = {uid: _open(found) for uid, found in listed.items()}
    requested = {stream.uid: _queries(stream, shards.get(stream.uid, []), end) for stream in streams}
    response = metric_series(aws, _all(requested), start=start, end=end)
    own = own_ages(end)

    def series(stream: WatchedStream) -> StreamSeries:
        found = series_of(stream, response, shards.get(stream.uid, []), start=start, end=end)
        return replace(found, own_ages=own.get(stream.uid, ()))

    more: dict[str, list[MetricQuery]] = {}
    for stream in streams:
        if stream.uid not in shards and needs_shards(stream, series(stream)):
            listed[stream.uid] = _shards(aws, stream)
            shards[stream.uid] = _open(listed[stream.uid])
            more[stream.uid] = shard_queries(stream, shards[stream.uid])
    response |= metric_series(aws, _all(more), start=start, end=end)
    return [
        Reading(
            stream,
            series(stream),
            len(requested[stream.uid]) + len(more.get(stream.uid, [])),
            listed.get(stream.uid),
        )
        for stream in streams
    ]


def _queries(stream: WatchedStream, shards: Sequence[Shard], end: datetime) -> list[MetricQuery]:
    queries, last = queries_of(stream, shards), stream.last_record_at
    if last is None or end - last >= RECENT:
        queries.append(put_success_query(stream))
    return queries


def _all(queries: dict[str, list[MetricQuery]]) -> list[MetricQuery]:
    return [query for some in queries.values() for query in some]


def _shards(aws: AwsSession, stream: WatchedStream) -> tuple[Shard, ...] | None:
    try:
        return tuple(list_shards(aws, stream.stream_name))
    except AwsFault as fault:
        log.warning("collect.list_shards_error stream=%s fault=%s", stream.uid, fault.code)
        return None


def _open(listed: Sequence[Shard] | None) -> list[Shard]:
    return [shard for shard in listed or () if shard.is_open]
