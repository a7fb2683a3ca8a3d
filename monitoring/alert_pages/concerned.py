"""The streams that an alert concerns, as its page lists them: those that it still concerns first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from monitoring.alert_models import Alert
from monitoring.alert_pages.rows import with_unit
from monitoring.alerts.alert_rows import MOST_STREAMS
from monitoring.alerts.rules import BY_KIND
from onboarding.models.integration import Integration


@dataclass(frozen=True, slots=True)
class Concerned:
    """A stream of an alert. Of a shared alert also its own measurement, since when it holds, and when it recovered."""

    stream: Integration
    value: str = ""
    since: datetime | None = None
    left_at: datetime | None = None


def concerned_by(alert: Alert) -> list[Concerned]:
    """Return the first hundred streams of an alert."""
    rows = alert.affected.select_related("integration__connection", "integration__tenant")
    ordered = rows.order_by(F("left_at").asc(nulls_first=True), "pk")[:MOST_STREAMS]
    if not alert.is_shared:
        return [Concerned(row.integration) for row in ordered]
    rule = BY_KIND[alert.kind]
    return [Concerned(row.integration, with_unit(rule, row.value), row.since, row.left_at) for row in ordered]


def more_than(alert: Alert, shown: int) -> int:
    """Return how many streams an alert has beyond those that are shown."""
    return (alert.affected.count() if alert.is_shared else alert.stream_count) - shown
