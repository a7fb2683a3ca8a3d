"""What reading a stream's metrics costs the client, as its page shows it."""

from dataclasses import dataclass, replace
from datetime import date

from monitoring.collection.metric_cost import usd, usd_a_month
from monitoring.collection.schedule import interval_of
from monitoring.models import StreamHealth
from monitoring.watched_streams import WatchedStream


@dataclass(frozen=True, slots=True)
class ReadingCost:
    """The metrics counted this month and their price in USD, and the price of a month while no one watches."""

    month: date
    metrics: int
    usd: str
    usd_a_month: str
    every_minutes: str


def cost_of(stream: WatchedStream) -> ReadingCost | None:
    """Return what reading costs; None before the first collection."""
    health = StreamHealth.objects.filter(integration_id=stream.integration_id).first()
    if health is None or health.metrics_month is None:
        return None
    seconds = interval_of(replace(stream, has_viewers=False)).total_seconds()
    return ReadingCost(
        month=health.metrics_month,
        metrics=health.metrics_requested,
        usd=_price(usd(health.metrics_requested)),
        usd_a_month=_price(usd_a_month(health.metrics_last, seconds)),
        every_minutes=f"{seconds / 60:g}",
    )


def _price(amount: float) -> str:
    return "less than 0.01" if 0 < amount < 0.005 else f"{amount:.2f}"
