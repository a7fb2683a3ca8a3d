"""Lists who reads a stream, with their lag, where the client allows it; at most once in five minutes."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from monitoring.collection.metric_cost import count_more
from monitoring.models import ExpectedHours
from monitoring.readers.lag import WINDOW, lag_queries, with_lag
from monitoring.readers.reader import Reader, ReaderKind
from monitoring.readers.sources import Source, sources_of
from monitoring.readers.stored import MOST_READERS, claim, is_due, keep
from monitoring.watched_streams import WatchedStream, watched_streams
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from portal import live
from portal.aws.cloudwatch import metric_series
from portal.aws.consumers import event_source_mappings, stream_consumers
from portal.aws.errors import AwsFault
from portal.aws.leases import Lease, leases_of
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.messages.message import Message

log = logging.getLogger(__name__)

MOST_LEASES = 1000
# One more than is kept, so that it is known that there are more.
_MOST = MOST_READERS + 1
Listed = tuple[Reader, list[str]]


def stream_arn_of(stream: WatchedStream, partition: str) -> str:
    """Return the ARN of a stream."""
    return f"arn:{partition}:kinesis:{stream.region}:{stream.account_id}:stream/{stream.stream_name}"


def to_read(*, connection_id: int, region: str, now: datetime) -> list[int]:
    """Return the integrations whose readers are to be listed now: those that someone watches, each five minutes."""
    if not Connection.objects.filter(pk=connection_id, allow_readers=True).exists():
        return []
    watched = {topic.split(":")[1] for topic in live.watched("stream:")}
    streams = watched_streams(connection_id=connection_id, region=region) if watched else []
    return [stream.integration_id for stream in streams if stream.uid in watched and is_due(stream.integration_id, now)]


def read(stream: WatchedStream, *, now: datetime) -> bool:
    """List the readers and keep them, unless that was done within five minutes; return whether it was done."""
    connection = Connection.objects.get(pk=stream.connection_id)
    arn = stream_arn_of(stream, connection.partition)
    sources = sources_of(connection, arn, _tables_of(stream))
    if not sources or not claim(stream.integration_id, now=now):
        return False
    problems = {source.name: source.problem for source in sources if source.problem is not None}
    allowed = [source for source in sources if source.problem is None]
    listed: list[Listed] = []
    if allowed:
        try:
            purpose = f"readers-{connection.uid}"
            aws = session_for(connection, stream.region, purpose, SessionScope.READERS, fips=stream.uses_fips)
        except AwsFault as fault:
            problems |= dict.fromkeys(_names(allowed), fault.message)
            keep(stream.integration_id, (), problems, now=now, is_answered=False)
            return True
        listed, failed = _listed(aws, allowed, arn, stream)
        problems |= failed
        listed = _with_lag(aws, stream, listed, now)
    is_answered = len(problems) < len(sources)
    keep(stream.integration_id, [reader for reader, _ in listed], problems, now=now, is_answered=is_answered)
    return True


def _tables_of(stream: WatchedStream) -> list[str]:
    hours = ExpectedHours.objects.filter(integration_id=stream.integration_id).only("lease_tables").first()
    return list(hours.lease_tables) if hours else []


def _names(sources: list[Source]) -> list[str]:
    return [source.name for source in sources]


def _listed(
    aws: AwsSession, sources: list[Source], arn: str, stream: WatchedStream
) -> tuple[list[Listed], dict[str, Message]]:
    found, failed = list[Listed](), dict[str, Message]()
    for source in sources:
        try:
            found += _readers(aws, source, arn, stream)
        except AwsFault as fault:
            log.warning("readers.aws_error stream=%s source=%s fault=%s", stream.uid, source.name, fault.code)
            failed[source.name] = fault.message
    return found, failed


def _readers(aws: AwsSession, source: Source, arn: str, stream: WatchedStream) -> Iterator[Listed]:
    """Yield the readers of a source, with the shards of which an application publishes its lag."""
    if source.kind is ReaderKind.CONSUMER:
        for consumer in stream_consumers(aws, arn, most=_MOST):
            yield Reader(source.kind, consumer.name, consumer.status), []
    elif source.kind is ReaderKind.FUNCTION:
        for mapping in event_source_mappings(aws, arn, most=_MOST):
            yield Reader(source.kind, mapping.function, mapping.state, mapping.last_result), []
    else:
        found, is_partial = leases_of(aws, source.table, most=MOST_LEASES)
        leases = [lease for lease in found if _is_of(lease, stream)]
        yield (
            _application(source.table, leases, is_partial=is_partial),
            sorted(lease.shard_id for lease in leases if not lease.has_ended),
        )


def _is_of(lease: Lease, stream: WatchedStream) -> bool:
    return lease.stream in {"", stream.stream_name}


def _application(table: str, leases: list[Lease], *, is_partial: bool) -> Reader:
    current = [lease for lease in leases if not lease.has_ended]
    return Reader(
        ReaderKind.APPLICATION,
        table,
        leases=len(current),
        leases_without_owner=sum(not lease.owner for lease in current),
        workers=len({lease.owner for lease in current if lease.owner}),
        is_partial=is_partial,
    )


def _with_lag(aws: AwsSession, stream: WatchedStream, listed: list[Listed], now: datetime) -> list[Listed]:
    """Return the readers with their lag; without it where CloudWatch does not answer."""
    end = (now - timedelta(seconds=settings.SLUICE_METRIC_DELAY_SECONDS)).replace(second=0, microsecond=0)
    wanted = [(reader, lag_queries(stream.stream_name, reader, shards)) for reader, shards in listed[:MOST_READERS]]
    queries = {query.key: query for _, some in wanted for query in some}
    if not queries:
        return listed
    try:
        answer = metric_series(aws, list(queries.values()), start=end - WINDOW, end=end)
    except AwsFault as fault:
        log.warning("readers.lag_error stream=%s fault=%s", stream.uid, fault.code)
        return listed
    count_more(stream.integration_id, len(queries), now)
    return [(with_lag(reader, some, answer), []) for reader, some in wanted] + listed[MOST_READERS:]
