"""Reads the metrics of a stream in a time range from CloudWatch, and counts what that costs the client."""

import logging
from datetime import datetime

from monitoring.collection.metric_cost import count_more
from monitoring.collection.range_queries import queries_of, range_metrics
from monitoring.time_ranges import store
from monitoring.time_ranges.time_range import TimeRange
from monitoring.watched_streams import WatchedStream
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from portal.aws.cloudwatch import metric_series
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope

log = logging.getLogger(__name__)


def read(stream: WatchedStream, time_range: TimeRange, shards: tuple[str, ...] = (), *, now: datetime) -> None:
    """Read the metrics, also of these shards, and keep them, or keep why AWS did not return them."""
    connection = Connection.objects.get(pk=stream.connection_id)
    queries = queries_of(stream, time_range, shards)
    try:
        aws = session_for(
            connection, stream.region, f"metrics-{connection.uid}", SessionScope.METRICS, fips=stream.uses_fips
        )
        answer = metric_series(aws, queries, start=time_range.start, end=time_range.end)
    except AwsFault as fault:
        log.warning("range.aws_error stream=%s fault=%s", stream.uid, fault.code)
        return store.keep_problem(stream.uid, time_range, fault.message, shards)
    count_more(stream.integration_id, len(queries), now)
    return store.keep(stream.uid, time_range, range_metrics(queries, answer, time_range), shards)
