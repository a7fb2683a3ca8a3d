"""Collection: how often CloudWatch is called for a thousand shards, while somebody looks and while nobody does."""

import time

from django.conf import settings
from django.utils import timezone

from monitoring.collection.collector import collect
from monitoring.collection.metric_queries import SHARD_METRICS
from portal import live
from tests.bench import estate
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement, NotMeasured

SHARDS = 1000
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


def _collected(machine: Machine, connection_id: int) -> tuple[float, float]:
    machine.aws.reset()
    began = time.monotonic()
    if not collect(connection_id=connection_id, region=estate.REGION, now=timezone.now()):
        raise NotMeasured("the collection was refused")
    calls = machine.aws.calls().get("monitoring:GetMetricData", 0)
    if not calls or settings.SLUICE_COLLECT_SECONDS < CLOCK_SECONDS:
        raise NotMeasured("CloudWatch was not called")
    return calls * 60 / CLOCK_SECONDS, time.monotonic() - began
