"""One collection: CloudWatch is read for all streams of a connection and Region, then each stream is assessed.

The window ends SLUICE_METRIC_DELAY_SECONDS ago, because CloudWatch publishes late. A minute without a point is a gap.
"""

import logging
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from monitoring import series_store, state_history
from monitoring.alerts.stream_alerts import StreamReading, note_streams
from monitoring.collection import schedule
from monitoring.collection.arrivals import note_hours
from monitoring.collection.described_streams import as_described
from monitoring.collection.first_record import note_first_record
from monitoring.collection.metric_cost import metric_counts
from monitoring.collection.publication import publish, publish_checked, publish_states
from monitoring.collection.reading import Reading, read
from monitoring.health.assessment import Assessment
from monitoring.health.inputs import HealthInputs
from monitoring.health.measurement import health_inputs, last_record_at, sparkline_values
from monitoring.health.rule_order import assess
from monitoring.health.write_usage import busiest_shards, usage_by_shard
from monitoring.models import INTERVALS, HealthState, StreamHealth
from monitoring.pages.stream_metrics import MAX_SHARDS
from monitoring.series import StreamSeries
from monitoring.shards.stored import keep_shards
from monitoring.traffic_peaks import note_traffic
from monitoring.watched_streams import WatchedStream, watched_streams
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from portal import deadlocks, live
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.session_policies import SessionScope
from portal.messages.message import Message

log = logging.getLogger(__name__)

_TEMPORARY = {FaultKind.THROTTLED, FaultKind.UNREACHABLE, FaultKind.INTERNAL, FaultKind.PROPAGATING}


def collect(*, connection_id: int, region: str, now: datetime, only_due: bool = False) -> int:
    """Collect for the streams of one connection in one Region, or those that are due; return how many were assessed.

    If AWS denies access, that becomes the streams' state. A temporary error (throttling, no network) changes nothing.
    """
    streams = _with_viewers(watched_streams(connection_id=connection_id, region=region))
    if only_due:
        streams = schedule.due(streams, now=now)
    if not streams:
        return 0
    try:
        found = _read(streams, region, now)
    except AwsFault as fault:
        log.warning("collect.aws_error connection=%s region=%s fault=%s", connection_id, region, fault.code)
        if fault.is_denied_role:  # the connection says so by now, and so do its streams in other Regions
            show_connection(connection_id=connection_id, now=now)
        elif fault.kind not in _TEMPORARY:
            for stream in streams:
                _store_error(stream, fault.message, now)
        return 0
    watched = live.watched("")
    checked = [
        (
            reading.stream,
            store_assessment(reading.stream, reading.series, now, requested=reading.requested, watched=watched),
        )
        for reading in found
    ]
    for reading in found:
        if reading.listed is not None:
            usage = usage_by_shard(reading.series)
            keep_shards(reading.stream.integration_id, reading.listed, usage, now=now)
    publish_checked(checked)
    note_streams((_as_alerts_read(reading, now) for reading in found), now=now)
    return len(found)


def read_now(stream: WatchedStream, *, now: datetime) -> Reading:
    """Read the metrics of one stream, due or not, and store and publish its assessment. Raises AwsFault."""
    [reading] = _read(_with_viewers([stream]), stream.region, now)
    health = store_assessment(reading.stream, reading.series, now, requested=reading.requested)
    publish_checked([(reading.stream, health)])
    note_streams([_as_alerts_read(reading, now)], now=now)
    return reading


def _as_alerts_read(reading: Reading, now: datetime) -> StreamReading:
    inputs = health_inputs(reading.stream, reading.series, now=now)
    patience = INTERVALS * schedule.interval_of(reading.stream)
    return StreamReading(reading.stream, inputs, reading.series.end, patience)


def _with_viewers(streams: Iterable[WatchedStream]) -> list[WatchedStream]:
    watched = {topic.split(":")[1] for topic in live.watched("stream:")}
    return [replace(stream, has_viewers=stream.uid in watched) for stream in streams]


def store_assessment(
    stream: WatchedStream,
    series: StreamSeries,
    now: datetime,
    *,
    requested: int = 0,
    watched: Set[str] | None = None,
) -> StreamHealth:
    """Assess a stream by its series, store both, and publish what changed to the topics that are `watched`.

    `requested` metrics were asked for.
    """
    inputs = health_inputs(stream, series, now=now)
    stored = series_store.store(stream.uid, busiest_shards(series, MAX_SHARDS))
    last = last_record_at(stream, series)
    health, has_moved, has_changed = _store(stream, inputs, sparkline_values(series), last, now, requested)
    publish(stream, stored, health, has_moved=has_moved, watched=watched)
    if has_changed:
        publish_states(stream)
    note_hours(stream, series)
    note_traffic(health, series)
    if health.first_record_at is None:
        note_first_record(stream, series)
    return health


def show_connection(*, connection_id: int, now: datetime) -> int:
    """Store and publish that a connection is degraded as the state of its streams; return how many there are.

    The streams of a connection that works are left to the next collection.
    """
    streams = [stream for stream in watched_streams(connection_id=connection_id) if stream.connection_problem]
    for stream in _with_viewers(streams):
        _store_error(stream, None, now)
    return len(streams)


def _store_error(stream: WatchedStream, error: Message | None, now: datetime) -> None:
    inputs = HealthInputs(metrics_error=error, connection_problem=stream.connection_problem)
    stored = series_store.stored_series(stream.uid)
    sparkline = sparkline_values(series_store.parse(stored)) if stored else []
    health, has_moved, has_changed = _store(stream, inputs, sparkline, stream.last_record_at, now)
    publish(stream, stored, health, has_moved=has_moved)
    if has_changed:
        publish_states(stream)


def _read(streams: Sequence[WatchedStream], region: str, now: datetime) -> list[Reading]:
    # One request covers all streams of a Region: if one of them requires FIPS endpoints, all are read through them.
    fips = any(stream.uses_fips for stream in streams)
    connection = Connection.objects.get(pk=streams[0].connection_id)
    aws = session_for(connection, region, f"metrics-{connection.uid}", SessionScope.METRICS, fips=fips)
    end = (now - timedelta(seconds=settings.SLUICE_METRIC_DELAY_SECONDS)).replace(second=0, microsecond=0)
    return read(aws, as_described(aws, streams, now=now), end=end)


@deadlocks.atomic
def _store(
    stream: WatchedStream,
    inputs: HealthInputs,
    sparkline: list[float | None],
    last_record: datetime | None,
    now: datetime,
    requested: int = 0,
) -> tuple[StreamHealth, bool, bool]:
    """Return the stored row, whether it moved to another rank, and whether its history has a new row."""
    assessment: Assessment = assess(inputs)
    state = HealthState(assessment.state)
    rows = StreamHealth.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(integration_id=stream.integration_id).first()
    before = state_history.known_of(row)
    fields = {
        "state": state,
        "rank": state.rank,
        "message": assessment.message,
        "measurements": {
            **inputs.as_json(),
            "last_record_at": last_record.isoformat() if last_record else None,
        },
        "sparkline": sparkline,
        "checked_at": now,
        "valid_until": schedule.valid_until(stream, now=now),
        **metric_counts(row, requested, now),
    }
    health = _written(row, stream.integration_id, fields)
    has_changed = state_history.note(before, health, now=now)
    return health, before is None or HealthState(before.state) is not state, has_changed


def _written(row: StreamHealth | None, integration_id: int, fields: dict[str, Any]) -> StreamHealth:
    if row is None:  # another process may write the first row at the same moment
        return StreamHealth.objects.update_or_create(integration_id=integration_id, defaults=fields)[0]
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=fields)
    return row
