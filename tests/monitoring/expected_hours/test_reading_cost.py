from datetime import date

import pytest

from monitoring.expected_hours.reading_cost import cost_of
from monitoring.models import StreamHealth
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration

pytestmark = pytest.mark.django_db


def test_the_price_of_this_month_and_of_a_month(integration: Integration) -> None:
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert cost_of(stream) is None
    health = StreamHealth.objects.create(
        integration=integration, metrics_month=date(2026, 11, 1), metrics_requested=42_000, metrics_last=9
    )
    cost = cost_of(stream)
    assert cost is not None
    assert (cost.metrics, cost.usd, cost.usd_a_month, cost.every_minutes) == (42_000, "0.42", "0.79", "5")
    StreamHealth.objects.filter(pk=health.pk).update(metrics_requested=9)
    cost = cost_of(stream)
    assert cost is not None
    assert cost.usd == "less than 0.01"
