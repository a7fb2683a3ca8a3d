"""Shared by the tests of pages: a watched stream without a database, and series for it."""

from dataclasses import replace
from datetime import timedelta

from monitoring.series import Points, ShardSeries, StreamSeries
from monitoring.watched_streams import WatchedDelivery, WatchedStream
from onboarding.deliveries.destination import Metrics
from tests.monitoring.conftest import NOW, REGION

END = NOW.replace(second=0)
DELIVERY = WatchedDelivery("sensors-to-s3", "S3", 300, Metrics("DeliveryToS3.DataFreshness", "", ""))
STREAM = WatchedStream(
    integration_id=1,
    uid="abc",
    name="sensors",
    tenant_slug="northwind",
    tenant_name="Northwind Estates",
    connection_id=1,
    account_id="111122223333",
    stream_name="sluice-sensors",
    region=REGION,
    is_on_demand=False,
    shards=2,
    retention_hours=24,
    has_shard_metrics=True,
    deliveries=(DELIVERY,),
    live_since=NOW - timedelta(days=3),
    unused_key_since=None,
    last_record_at=None,
)
ON_DEMAND = replace(STREAM, is_on_demand=True, shards=4)


def minutes(*values: float) -> Points:
    """Points of the last minutes, the newest last."""
    return tuple((END - timedelta(minutes=len(values) - place), value) for place, value in enumerate(values))


def series(shards: tuple[ShardSeries, ...] = (), **metrics: Points) -> StreamSeries:
    """A series of three hours."""
    return StreamSeries(END - timedelta(hours=3), END, dict(metrics), shards)


def shard(number: int, *records: float) -> ShardSeries:
    """One of two shards."""
    share = number / 2
    return ShardSeries(f"shardId-{number:012d}", share, share + 0.5, (), {"records": minutes(*records)})
