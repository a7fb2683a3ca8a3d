"""Collecting: one reading of CloudWatch for all streams of a connection and Region, judged, kept and shown.

What is read ends SLUICE_METRIC_DELAY_SECONDS ago, because CloudWatch publishes late; a minute
without a point stays a gap.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.conf import settings
from redis import RedisError

from monitoring import figures, panel, rendered, selectors, series
from monitoring.health import Figures, Verdict, judge
from monitoring.metrics import queries_of, series_of
from monitoring.models import HealthState, StreamHealth
from monitoring.records import Audience
from monitoring.selectors import WatchedStream
from monitoring.series import StreamSeries
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal import live
from portal.aws.cloudwatch import metric_series
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kinesis import Shard, list_shards
from portal.aws.session import AwsSession
from portal.messages.catalogue import advice_of, text_of

log = logging.getLogger(__name__)

WINDOW = timedelta(hours=3)
_PASSING = {FaultKind.THROTTLED, FaultKind.UNREACHABLE, FaultKind.INTERNAL, FaultKind.PROPAGATING}


def collect(*, connection_id: int, region: str, now: datetime) -> int:
    """Collect for the streams of one connection in one Region; return how many were judged.

    A refusal by AWS becomes the streams' state in words; what passes by itself (throttling, no network) does not.
    """
    streams = selectors.streams(connection_id=connection_id, region=region)
    if not streams:
        return 0
    try:
        found = _read(streams, region, now)
    except AwsFault as fault:
        log.warning("collect.fault connection=%s region=%s fault=%s", connection_id, region, fault.code)
        if fault.kind not in _PASSING:
            for stream in streams:
                _refused(stream, fault, now)
        return 0
    for stream in streams:
        _judge(stream, found[stream.uid], now)
    return len(streams)


def _read(streams: Sequence[WatchedStream], region: str, now: datetime) -> dict[str, StreamSeries]:
    # One call asks about all streams of a Region: where one of them wants FIPS endpoints, all are asked about there.
    fips = any(stream.uses_fips for stream in streams)
    aws = session_for(Connection.objects.get(pk=streams[0].connection_id), region, "metrics", fips=fips)
    end = (now - timedelta(seconds=settings.SLUICE_METRIC_DELAY_SECONDS)).replace(second=0, microsecond=0)
    looked_at = {topic.split(":")[1] for topic in live.watched("stream:")}
    shards = {stream.uid: _shards(aws, stream) for stream in streams if stream.uid in looked_at}
    queries = [query for stream in streams for query in queries_of(stream, shards.get(stream.uid, []))]
    answer = metric_series(aws, queries, start=end - WINDOW, end=end)
    return {
        stream.uid: series_of(stream, answer, shards.get(stream.uid, []), start=end - WINDOW, end=end)
        for stream in streams
    }


def _shards(aws: AwsSession, stream: WatchedStream) -> list[Shard]:
    try:
        return [shard for shard in list_shards(aws, stream.stream_name) if shard.is_open]
    except AwsFault as fault:
        log.warning("collect.shards_fault stream=%s fault=%s", stream.uid, fault.code)
        return []


def _judge(stream: WatchedStream, found: StreamSeries, now: datetime) -> None:
    last = figures.last_record_at(stream, found)
    numbers = figures.figures_of(stream, found, now=now)
    drawn = figures.busiest_shards(found, panel.MOST_SHARDS_DRAWN)
    written = series.keep(stream.uid, drawn)
    spark = figures.sparkline_of(found)
    _show(stream, written, *_store(stream, numbers, judge(numbers), spark, last, now))


def _refused(stream: WatchedStream, fault: AwsFault, now: datetime) -> None:
    numbers = Figures(
        refusal=text_of(fault.message),
        refusal_todo=advice_of(fault.message),
        degraded=stream.degraded,
        degraded_todo=stream.degraded_todo,
    )
    kept = series.kept(stream.uid)
    spark = figures.sparkline_of(series.read(kept)) if kept else []
    _show(stream, kept, *_store(stream, numbers, judge(numbers), spark, stream.last_record_at, now))


def _store(
    stream: WatchedStream,
    numbers: Figures,
    verdict: Verdict,
    spark: list[float | None],
    last: datetime | None,
    now: datetime,
) -> tuple[StreamHealth, bool]:
    state = HealthState(verdict.state)
    before = StreamHealth.objects.filter(integration_id=stream.integration_id).values_list("rank", flat=True).first()
    known = asdict(replace(numbers, refusal="", refusal_todo="", degraded="", degraded_todo=""))
    health, _ = StreamHealth.objects.update_or_create(
        integration_id=stream.integration_id,
        defaults={
            "state": state,
            "rank": state.rank,
            "sentence": verdict.sentence,
            "advice": verdict.advice,
            "numbers": {**known, "last_record_at": last.isoformat() if last else None},
            "sparkline": spark,
            "checked_at": now,
        },
    )
    return health, before != state.rank


def _show(stream: WatchedStream, found: series.Written | None, health: StreamHealth, moved: bool) -> None:
    html = rendered.metrics_with_state(stream, health, found)
    if _is_new(stream.uid, html):
        for audience in Audience:
            live.publish(f"stream:{stream.uid}:{audience}", "metrics", html)
        integration = Integration.objects.select_related("tenant", "connection", "health").get(pk=stream.integration_id)
        for board in (stream.tenant_slug, "all"):
            html = rendered.row(integration, with_tenant=board == "all", swap=True)
            live.publish(f"board:{board}", "row", html)
            if moved:
                live.publish(f"board:{board}", "moved")


def _is_new(uid: str, html: str) -> bool:
    digest = hashlib.sha256(html.encode()).hexdigest()
    try:
        before = live.connect().set(f"panel:{uid}", digest, ex=600, get=True)
    except RedisError:
        return False  # nobody could be told anyway
    return live.text(before) != digest
