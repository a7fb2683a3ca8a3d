"""The data streams that can be watched, as collection, the tap and the pages need them. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from monitoring.silence.calendar import Calendar
from monitoring.silence.stored import Expected, expected_of
from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.observations import SeenDelivery, SeenStream
from onboarding.account_state.spec_in_aws import is_stream_missing, seen_deliveries, seen_stream
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Metrics
from onboarding.integrations.selectors import live_integrations
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState
from onboarding.spec.endpoint import wants_fips
from onboarding.spec.integration_spec import USER, from_row
from portal.messages.message import Message

SHARD_RECORDS_PER_SECOND = 1000
SHARD_BYTES_PER_SECOND = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WatchedDelivery:
    """A Firehose stream: its name, its destination's title, its buffering interval, and the names of its metrics."""

    name: str
    title: str
    buffering_seconds: int
    metrics: Metrics

    @classmethod
    def of(cls, delivery: Delivery, seen: SeenDelivery | None) -> WatchedDelivery:
        """Return it for a delivery of the spec, with the buffer that AWS described, if it did."""
        kind, buffering_seconds = delivery.destination, delivery.buffering_seconds
        if seen is not None and seen.buffering_seconds is not None:
            buffering_seconds = seen.buffering_seconds
        return cls(delivery.name, kind.TITLE.removeprefix("Amazon "), buffering_seconds, kind.METRICS)


@dataclass(frozen=True, slots=True)
class WatchedStream:
    """A data stream with what is known of it from the database.

    Its status, mode, open shards, retention period and metrics are those that AWS described at `seen_at`. Before that
    status and shards are unknown, and the rest is what was requested. `is_missing`: AWS's last answer was that there is
    none. `state_code` is the code of the message of the last assessment, unless that has expired.
    """

    integration_id: int
    uid: str
    name: str
    tenant_slug: str
    tenant_name: str
    connection_id: int
    account_id: str
    stream_name: str
    region: str
    is_on_demand: bool
    shards: int | None
    retention_hours: int
    has_shard_metrics: bool
    deliveries: tuple[WatchedDelivery, ...]
    live_since: datetime
    unused_key_since: datetime | None
    last_record_at: datetime | None
    connection_uid: str = ""
    connection_name: str = ""
    producer: str = USER
    allow_sampling: bool = True
    allow_readers: bool = False
    allow_failures: bool = False
    connection_problem: Message | None = None
    drift_count: int = 0
    uses_fips: bool = False
    seen_at: datetime | None = None
    status: str = ""
    is_missing: bool = False
    state_code: str = ""
    expected: Expected = field(default_factory=Expected)
    # When it is read again; no page depends on these.
    checked_at: datetime | None = field(default=None, compare=False)
    valid_until: datetime | None = field(default=None, compare=False)
    read_seconds: int | None = field(default=None, compare=False)
    has_viewers: bool = field(default=False, compare=False)

    def as_seen(self, seen: SeenStream | None) -> WatchedStream:
        """Return the stream as AWS described it."""
        if seen is None:
            return self
        return replace(
            self,
            is_on_demand=seen.is_on_demand,
            shards=seen.open_shards,
            retention_hours=seen.retention_hours,
            has_shard_metrics=seen.has_shard_metrics,
            seen_at=seen.seen_at,
            status=seen.status,
            is_missing=False,
        )


def watched_streams(*, connection_id: int | None = None, region: str | None = None) -> list[WatchedStream]:
    """Return the streams that can be watched: all, or those of one connection and Region."""
    rows = _with_details(live_integrations())
    if connection_id is not None:
        rows = rows.filter(connection_id=connection_id)
    found = [watched_stream_of(row) for row in rows]
    return [stream for stream in found if region in {None, stream.region}]


def watched_streams_of(rows: QuerySet[Integration]) -> list[WatchedStream]:
    """Return the streams of integrations that can be watched."""
    return [watched_stream_of(row) for row in _with_details(rows)]


def watched_stream(uid: str) -> WatchedStream | None:
    """Return one stream by its integration's uid, or None when there is none to watch."""
    row = _with_details(live_integrations()).filter(uid=uid).first()
    return watched_stream_of(row) if row else None


def watched_stream_of(row: Integration) -> WatchedStream:
    """Return the stream of an integration that can be watched; raises ValueError when it has no connection."""
    spec, connection = from_row(row.spec), row.connection
    if connection is None:
        raise ValueError(f"{row} has no connection, so there is nothing to watch")
    health = getattr(row, "health", None)
    last = health.measurements.get("last_record_at") if health else None
    buffers = seen_deliveries(row)
    stream = WatchedStream(
        integration_id=row.pk,
        uid=row.uid,
        name=row.name,
        tenant_slug=row.tenant.slug,
        tenant_name=row.tenant.name,
        connection_id=connection.pk,
        account_id=connection.account_id,
        stream_name=spec.stream.name,
        region=spec.stream.region,
        is_on_demand=spec.stream.mode == "ON_DEMAND",
        shards=None,
        retention_hours=spec.stream.retention_hours,
        has_shard_metrics=spec.stream.shard_level_metrics,
        deliveries=tuple(WatchedDelivery.of(delivery, buffers.get(delivery.name)) for delivery in spec.deliveries),
        live_since=row.changed_at,
        unused_key_since=_unused_key_since(row),
        last_record_at=datetime.fromisoformat(last) if last else None,
        connection_uid=connection.uid,
        connection_name=connection.name,
        producer=spec.producer,
        allow_sampling=connection.allow_sampling,
        allow_readers=connection.allow_readers,
        allow_failures=connection.allow_failures,
        connection_problem=_problem_of(connection),
        drift_count=row.drift_count,
        uses_fips=wants_fips(row.spec),
        is_missing=is_stream_missing(row),
        expected=_expected_of(row),
        checked_at=health.checked_at if health else None,
        valid_until=health.expires_at if health else None,
        read_seconds=hours.read_seconds if (hours := getattr(row, "expected_hours", None)) else None,
        state_code=health.message.code if health and health.message and not health.is_expired else "",
    )
    return stream.as_seen(seen_stream(row))


def _with_details(rows: QuerySet[Integration]) -> QuerySet[Integration]:
    usable = Credential.objects.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    # The minutes that the expected hours were learned from are five kilobytes for each stream.
    return (
        rows.select_related("health", "expected_hours")
        .defer("expected_hours__minutes")
        .prefetch_related(
            "observations", Prefetch("credentials", usable.order_by("ready_at"), to_attr="usable_credentials")
        )
    )


def _problem_of(connection: Connection) -> Message | None:
    status = connection_status(connection)
    return (status.reason or Message("trust.denied_since")) if status.is_degraded else None


def _expected_of(row: Integration) -> Expected:
    hours = getattr(row, "expected_hours", None)
    if hours is None:
        return Expected()
    calendar = Calendar(hours.zone, hours.country)
    return Expected(hours.source, expected_of(hours.source, calendar, hours.hours, hours.learned), hours.end_hour)


def _unused_key_since(row: Integration) -> datetime | None:
    usable: list[Credential] = getattr(row, "usable_credentials", [])
    if any(credential.state == CredentialState.IN_USE for credential in usable):
        return None
    return usable[0].ready_at if usable else None
