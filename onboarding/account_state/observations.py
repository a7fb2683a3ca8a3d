"""What AWS described of a data stream or a Firehose stream: kept with the time, the newest only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from onboarding.models.observation import Observation
from portal.aws.firehose import DeliveryStream
from portal.aws.kinesis import Stream
from portal.aws.stream_settings import SHARD_LEVEL_METRICS

STREAM, FIREHOSE = "data stream", "Firehose stream"


@dataclass(frozen=True, slots=True)
class SeenStream:
    """A data stream as AWS described it at `seen_at`; `kms_key` is "none", or the key as AWS names it."""

    seen_at: datetime
    status: str
    mode: str
    open_shards: int
    retention_hours: int
    kms_key: str
    max_record_kib: int
    shard_level_metrics: int

    @property
    def is_on_demand(self) -> bool:
        """Return whether the stream is in on-demand mode."""
        return self.mode == "ON_DEMAND"

    @property
    def has_shard_metrics(self) -> bool:
        """Return whether every shard-level metric is on."""
        return self.shard_level_metrics >= len(SHARD_LEVEL_METRICS)

    @classmethod
    def of(cls, row: Observation | None) -> Self | None:
        """Return what a row holds, or None where AWS was never asked or the stream was not there."""
        return None if row is None or row.settings is None else cls(seen_at=row.seen_at, **row.settings)


@dataclass(frozen=True, slots=True)
class SeenDelivery:
    """The settings of a Firehose stream as AWS described them at `seen_at`; None where AWS describes no buffer."""

    seen_at: datetime
    status: str
    buffering_seconds: int | None
    buffering_mb: int | None

    @classmethod
    def of(cls, row: Observation | None) -> Self | None:
        """Return what a row holds, or None where AWS was never asked or the Firehose stream was not there."""
        return None if row is None or row.settings is None else cls(seen_at=row.seen_at, **row.settings)


def settings_of_stream(found: Stream, *, seen_at: datetime) -> SeenStream:
    """Return the settings of a data stream that AWS has just described."""
    return SeenStream(seen_at=seen_at, **_stream_settings(found))


def keep_stream(integration_id: int, name: str, found: Stream | None, *, seen_at: datetime) -> None:
    """Keep what AWS described of a data stream, or that it was not there."""
    _keep(integration_id, STREAM, name, None if found is None else _stream_settings(found), seen_at)


def keep_delivery(integration_id: int, name: str, found: DeliveryStream | None, *, seen_at: datetime) -> None:
    """Keep what AWS described of a Firehose stream, or that it was not there."""
    _keep(integration_id, FIREHOSE, name, None if found is None else _delivery_settings(found), seen_at)


def _keep(integration_id: int, kind: str, name: str, settings: dict[str, Any] | None, seen_at: datetime) -> None:
    # A worker that was paused may come with what it saw long ago: only what is newer replaces a row.
    rows = Observation.objects.filter(integration_id=integration_id, kind=kind, name=name)
    if rows.filter(seen_at__lt=seen_at).update(settings=settings, seen_at=seen_at):
        return
    Observation.objects.get_or_create(
        integration_id=integration_id, kind=kind, name=name, defaults={"settings": settings, "seen_at": seen_at}
    )


def _stream_settings(found: Stream) -> dict[str, Any]:
    return {
        "status": found.status,
        "mode": found.mode,
        "open_shards": found.open_shard_count,
        "retention_hours": found.retention_hours,
        "kms_key": (found.key_id or "") if found.encryption_type == "KMS" else "none",
        "max_record_kib": found.max_record_kib,
        "shard_level_metrics": len(found.shard_level_metrics & SHARD_LEVEL_METRICS),
    }


def _delivery_settings(found: DeliveryStream) -> dict[str, Any]:
    hints = _hints(found.settings)
    return {
        "status": found.status,
        "buffering_seconds": hints.get("IntervalInSeconds"),
        "buffering_mb": hints.get("SizeInMBs"),
    }


def _hints(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the buffer of a destination; Redshift's is that of its bucket."""
    intermediate = settings.get("S3DestinationDescription")
    found = settings.get("BufferingHints") or (intermediate or {}).get("BufferingHints")
    return found if isinstance(found, Mapping) else {}
