"""Collection: how often CloudWatch is called for a thousand shards, what a thousand streams compute, and the bill."""

import time

from django.conf import settings
from django.utils import timezone

from monitoring.collection.collector import collect
from monitoring.collection.described_streams import MAX_DESCRIBED
from monitoring.collection.metric_cost import usd, usd_a_month
from monitoring.collection.metric_queries import SHARD_METRICS
from monitoring.models import StreamHealth
from portal import live
from tests.bench import estate
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement, NotMeasured

SHARDS, STREAMS = 1000, 1000
CLOCK_SECONDS = 60  # SLUICE_COLLECT_SECONDS as it is without being set


def cloudwatch(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure one collection of a stream of a thousand shards, watched and not, as calls a minute."""
    tenant = estate.new_tenant()
    (connection,) = estate.connected(tenant, 1)
    (uid,) = estate.live_streams(tenant, 1, shards=SHARDS, connection=connection)
    name = tenant.integrations.get(uid=uid).stream_name
    kinesis = estate.root(connection).client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=SHARDS)
    kinesis.enable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["ALL"])  # what is off is not read
    live.hold({f"stream:{uid}:clear": 1})
    looking, took = _collected(machine, connection.pk)
    live.release(f"stream:{uid}:clear")
    alone, _ = _collected(machine, connection.pk)
    estate.forget([uid])
    asked = f"{len(SHARD_METRICS)} of the 7 metrics of a shard are read; {took:.1f} s"
    # Without shards, all series of a connection and Region go into one call: that is the stream level.
    return [
        Measurement(f"CloudWatch calls a minute, {SHARDS:,} shards watched", looking, 14, note=asked),
        Measurement("CloudWatch calls a minute, nobody watching", alone, 1, note="stream level only"),
    ]


def thousand(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the processor time of one collection of a thousand streams, in an AWS without latency."""
    tenant = estate.new_tenant()
    (connection,) = estate.connected(tenant, 1)
    uids = estate.live_streams(tenant, STREAMS, connection=connection)
    kinesis = estate.root(connection).client("kinesis")
    for name in [row.stream_name for row in tenant.integrations.all()[:MAX_DESCRIBED]]:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    began, computed = time.monotonic(), time.process_time()
    count = collect(connection_id=connection.pk, region=estate.REGION, now=timezone.now())
    took, cost = time.monotonic() - began, time.process_time() - computed
    estate.forget(uids)
    if count != STREAMS:
        raise NotMeasured(f"{count} of {STREAMS} streams were collected")
    note = f"{took:.1f} s in all, with what the emulated AWS and PostgreSQL took"
    return [Measurement(f"one collection of {STREAMS:,} streams, processor time", cost, 10, "s", note)]


def bill(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure what being watched costs a month: the metrics that a collection asks for, of two shards."""
    tenant = estate.new_tenant()
    (connection,) = estate.connected(tenant, 1)
    (uid,) = estate.live_streams(tenant, 1, shards=2, connection=connection)
    kinesis = estate.root(connection).client("kinesis")
    kinesis.create_stream(StreamName=tenant.integrations.get(uid=uid).stream_name, ShardCount=2)
    collect(connection_id=connection.pk, region=estate.REGION, now=timezone.now())
    metrics = StreamHealth.objects.get(integration__uid=uid).metrics_last
    estate.forget([uid])
    if not metrics:
        raise NotMeasured("no metric was asked for")
    month = usd_a_month(metrics, settings.SLUICE_UNWATCHED_SECONDS)
    hour = usd(60 * (metrics + 2 * len(SHARD_METRICS)))
    minutes = settings.SLUICE_UNWATCHED_SECONDS // 60
    note = f"{metrics} metrics each {minutes} minutes; an open page: {hour:.3f} USD an hour"
    return [Measurement("bill of being watched, 2 shards, default, a month", month, 1, "USD", note)]


def _collected(machine: Machine, connection_id: int) -> tuple[float, float]:
    machine.aws.reset()
    began = time.monotonic()
    if not collect(connection_id=connection_id, region=estate.REGION, now=timezone.now()):
        raise NotMeasured("the collection was refused")
    calls = machine.aws.calls().get("monitoring:GetMetricData", 0)
    if not calls or settings.SLUICE_COLLECT_SECONDS < CLOCK_SECONDS:
        raise NotMeasured("CloudWatch was not called")
    return calls * 60 / CLOCK_SECONDS, time.monotonic() - began
