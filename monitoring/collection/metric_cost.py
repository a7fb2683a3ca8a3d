"""What reading the metrics of a stream costs the client: counted by the metrics that were asked for."""

from datetime import date, datetime
from typing import Any

from django.db.models import F

from monitoring.models import StreamHealth
from onboarding.estimates.prices import USD, Price

# GetMetricData, in USD; an estimate, with its source in docs/aws-facts.md.
USD_A_METRIC = float(USD[Price.METRICS_READ]) / 1000
SECONDS_A_MONTH = 365.25 / 12 * 86400


def metric_counts(row: StreamHealth | None, requested: int, now: datetime) -> dict[str, Any]:
    """Return the count of this month with so many metrics more, as fields of the row."""
    month = now.date().replace(day=1)
    before = row.metrics_requested if row is not None and row.metrics_month == month else 0
    fields = {"metrics_month": month, "metrics_requested": before + requested, "metrics_last": requested}
    if row is not None and row.metrics_month not in {None, month}:
        fields |= {"metrics_before_month": row.metrics_month, "metrics_before": row.metrics_requested}
    return fields


def requested_in(row: StreamHealth | None, month: date) -> int | None:
    """Return how many metrics were asked for in a calendar month of UTC; None where that is not known any more."""
    if row is None:
        return None
    known = {row.metrics_before_month: row.metrics_before, row.metrics_month: row.metrics_requested}
    return known.get(month)


def count_more(integration_id: int, requested: int, now: datetime) -> None:
    """Add metrics that were asked for beside the collections to the count of this month."""
    rows, month = StreamHealth.objects.filter(integration_id=integration_id), now.date().replace(day=1)
    if not rows.filter(metrics_month=month).update(metrics_requested=F("metrics_requested") + requested):
        rows.exclude(metrics_month=None).update(
            metrics_before_month=F("metrics_month"), metrics_before=F("metrics_requested")
        )
        rows.update(metrics_month=month, metrics_requested=requested)


def usd(metrics: float) -> float:
    """Return what so many metrics cost."""
    return metrics * USD_A_METRIC


def usd_a_month(metrics: int, interval_seconds: float) -> float:
    """Return what it costs in a month to ask for so many metrics once in each interval."""
    return usd(metrics * SECONDS_A_MONTH / interval_seconds)
