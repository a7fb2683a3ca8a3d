from datetime import date

import pytest

from monitoring.collection.metric_cost import metric_counts, usd, usd_a_month
from monitoring.models import StreamHealth
from tests.monitoring.conftest import NOW


def test_metrics_are_counted_by_month() -> None:
    assert metric_counts(None, 9, NOW) == {
        "metrics_month": date(2026, 11, 1),
        "metrics_requested": 9,
        "metrics_last": 9,
    }
    row = StreamHealth(metrics_month=date(2026, 11, 1), metrics_requested=100)
    assert metric_counts(row, 9, NOW)["metrics_requested"] == 109
    row.metrics_month = date(2026, 10, 1)
    assert metric_counts(row, 9, NOW)["metrics_requested"] == 9


def test_a_stream_that_no_one_watches_costs_less_than_a_dollar_a_month() -> None:
    assert usd(1_000) == 0.01
    assert usd_a_month(9, 300) == pytest.approx(0.79, abs=0.005)
    assert usd_a_month(9, 60) == pytest.approx(3.94, abs=0.005)
