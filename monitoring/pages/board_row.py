"""The row of the board: one stream, with what is shown of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from monitoring.charts.sparkline import sparkline as sparkline_of
from monitoring.health.inputs import deliveries_in
from monitoring.health.write_usage import HIGH_USAGE_SHARE
from monitoring.models import HealthState, StreamHealth, state_label
from monitoring.pages.labels import or_dash, whole_number
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import ROLE
from portal.messages.formats import duration, percent, rate
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class BoardRow:
    """All values that a row depends on, so that equal rows look the same. Measurements and sparkline are JSON.

    `top` is the upper end of the sparkline's scale; 0 for a scale of its own.
    """

    uid: str
    tenant_slug: str
    tenant_name: str
    stream_name: str
    region: str
    account_id: str
    has_drift: bool
    state: HealthState
    message: Message
    measurements: str
    sparkline: str
    with_tenant: bool
    checked_at: datetime | None = None
    expires_at: datetime | None = None
    is_expired: bool = False
    alerts: int = 0
    key_at: datetime | None = None
    is_by_role: bool = False
    top: float = 0

    @property
    def label(self) -> str:
        """Return the label of its state."""
        return state_label(self.state, self.message)


@dataclass(frozen=True, slots=True)
class RowCells:
    """The measurements of a row as the template shows them."""

    records: str
    sparkline: SafeString
    usage: str
    is_usage_high: bool
    throttled: str
    is_throttled: bool
    iterator_age: str
    freshness: str
    last_record_at: datetime | None


def board_row(
    integration: Integration, *, with_tenant: bool, alerts: int = 0, key_at: datetime | None = None
) -> BoardRow:
    """Return the row of an integration's stream, with its tenant on the board of all tenants."""
    health: StreamHealth | None = getattr(integration, "health", None)
    return _row(
        integration,
        with_tenant=with_tenant,
        stream_name=integration.stream_name,
        region=integration.region,
        measurements=json.dumps(health.measurements if health else {}, sort_keys=True),
        sparkline=json.dumps(health.sparkline if health else []),
        alerts=alerts,
        key_at=key_at,
        producer=str((integration.spec or {}).get("producer", "")),
    )


def listed_row(integration: Any, *, with_tenant: bool, alerts: int = 0, top: float = 0) -> BoardRow:
    """Return the row of a stream that `selectors.board` listed."""
    return _row(
        integration,
        with_tenant=with_tenant,
        stream_name=integration.shown_stream or "",
        region=integration.shown_region or "",
        measurements=integration.shown_measurements or "{}",
        sparkline=sparkline_in(integration),
        alerts=alerts,
        key_at=integration.shown_key_at,
        producer=integration.shown_producer or "",
        top=top,
    )


def sparkline_in(listed: Any) -> str:
    """Return the sparkline of a stream that `selectors.board` listed, as JSON."""
    return str(listed.shown_sparkline or "[]")


def _row(
    integration: Integration,
    *,
    with_tenant: bool,
    stream_name: str,
    region: str,
    measurements: str,
    sparkline: str,
    alerts: int,
    key_at: datetime | None,
    producer: str,
    top: float = 0,
) -> BoardRow:
    health: StreamHealth | None = getattr(integration, "health", None)
    connection = integration.connection
    message = health.message if health else None
    return BoardRow(
        uid=integration.uid,
        tenant_slug=integration.tenant.slug,
        tenant_name=integration.tenant.name,
        stream_name=stream_name,
        region=region,
        account_id=connection.account_id if connection else "",
        has_drift=bool(integration.drift_count),
        state=health.status if health else HealthState.UNKNOWN,
        message=message or Message("stream.not_collected"),
        measurements=measurements,
        sparkline=sparkline,
        with_tenant=with_tenant,
        checked_at=health.checked_at if health else None,
        expires_at=(expires_at := health.expires_at if health else None),
        is_expired=expires_at is not None and expires_at <= timezone.now(),
        alerts=alerts,
        key_at=key_at,
        is_by_role=producer == ROLE,
        top=top,
    )


def cells_of(row: BoardRow) -> RowCells:
    """Return the measurements of a row as the template shows them."""
    measurements = json.loads(row.measurements)
    usage, throttled = measurements.get("write_usage_share"), measurements.get("throttled_writes")
    last = measurements.get("last_record_at")
    return RowCells(
        records=or_dash(measurements.get("records_per_second"), rate),
        sparkline=sparkline_of(json.loads(row.sparkline), top=row.top),
        usage=or_dash(usage, percent),
        is_usage_high=(usage or 0) > HIGH_USAGE_SHARE,
        throttled=or_dash(throttled, whole_number),
        is_throttled=bool(throttled),
        iterator_age=or_dash(measurements.get("iterator_age_seconds"), duration),
        freshness=or_dash(_oldest_undelivered(measurements), duration),
        last_record_at=datetime.fromisoformat(last) if last else None,
    )


def _oldest_undelivered(measurements: Mapping[str, Any]) -> float | None:
    ages = (delivery.freshness_seconds for delivery in deliveries_in(measurements))
    return max((age for age in ages if age is not None), default=None)
