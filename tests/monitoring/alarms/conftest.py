"""A stream with two shards, a delivery to S3 and one to Iceberg, and its alarms."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from monitoring.alarms.conditions import conditions_of
from monitoring.alarms.contents import Contents, ExportedStream
from monitoring.alert_models import AlertThreshold
from monitoring.alerts.thresholds import Thresholds
from monitoring.watched_streams import WatchedDelivery, WatchedStream
from onboarding.deliveries.iceberg import Iceberg
from onboarding.deliveries.s3 import S3

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SHARDS = ("shardId-000000000000", "shardId-000000000001")
S3_DELIVERY = WatchedDelivery("sluice-sensors-to-s3", "S3", 300, S3.METRICS)
ICEBERG_DELIVERY = WatchedDelivery("sluice-sensors-to-iceberg", "Apache Iceberg tables", 900, Iceberg.METRICS)


def stream(name: str = "sluice-sensors", **more: object) -> WatchedStream:
    found = WatchedStream(
        integration_id=1,
        uid="5f0c2d9a1b3c",
        name=name,
        tenant_slug="northwind",
        tenant_name="Northwind Estates",
        connection_id=1,
        account_id="111122223333",
        stream_name=name,
        region="eu-west-1",
        is_on_demand=False,
        shards=2,
        retention_hours=24,
        has_shard_metrics=True,
        deliveries=(S3_DELIVERY, ICEBERG_DELIVERY),
        live_since=NOW,
        unused_key_since=None,
        last_record_at=NOW,
    )
    return replace(found, **more)


def thresholds(**chosen: float | None) -> Thresholds:
    """Thresholds of the tenant; None for alerts that are off."""
    rows = {
        (None, kind): AlertThreshold(kind=kind, value=value, is_off=value is None) for kind, value in chosen.items()
    }
    return Thresholds(rows)


def contents(
    watched: WatchedStream | None = None, chosen: Thresholds | None = None, shards: Iterable[str] = SHARDS
) -> Contents:
    found, listed = watched or stream(), list(shards)
    conditions = tuple(conditions_of(found, listed, chosen or Thresholds()))
    exported = ExportedStream(found.stream_name, found.uid, found.shards, len(listed), conditions)
    return Contents("sluice-sensors-5f0c2d9a1b3c", found.account_id, found.region, (exported,), NOW)
