"""What a report holds: sums of the month, times by state, keys, alerts, costs; and what is not known."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from monitoring.alert_models import Alert, AlertState
from monitoring.collection.metric_cost import count_more, metric_counts, requested_in
from monitoring.models import StateChange, StreamHealth
from monitoring.reports.contents import contents_of
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from portal.aws.cloudwatch import SeriesGap
from tests.monitoring.conftest import live_integration
from tests.monitoring.reports.conftest import NOW, OCTOBER

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def only(integration: Integration) -> dict[str, Any]:
    [stream] = contents_of(integration.tenant, OCTOBER, now=NOW)["streams"]
    return stream


def change(integration: Integration, day: float, state: str) -> None:
    StateChange.objects.create(integration=integration, state=state, at=OCTOBER.start + day * DAY)


def test_records_are_those_of_the_month_by_one_request_for_an_account_and_region(
    integration: Integration, cloudwatch: Callable[..., Any]
) -> None:
    live_integration(integration.tenant, "sluice-second")
    live_integration(integration.tenant, "sluice-elsewhere", region="eu-central-1")
    asked = cloudwatch()
    found = contents_of(integration.tenant, OCTOBER, now=NOW)
    assert sorted(len(queries) for queries, _, _ in asked) == [3, 6]
    assert [stream["records"] for stream in found["streams"]] == [744, 744, 744]
    assert found["totals"] == {"streams": 3, "known": 3, "records": 3 * 744, "bytes": 3 * 744 * 2048}


@pytest.mark.parametrize("gap", SeriesGap)
def test_metrics_that_cloudwatch_withheld_are_not_known(
    integration: Integration, cloudwatch: Callable[..., Any], gap: SeriesGap
) -> None:
    cloudwatch(gap=gap)
    stream = only(integration)
    assert (stream["records"], stream["bytes"], stream["throttled"]) == (None, None, None)
    assert stream["problem"]["code"] == "report.metrics_incomplete"


def test_the_history_says_how_long_which_state_held(integration: Integration, cloudwatch: Callable[..., Any]) -> None:
    cloudwatch()
    change(integration, -3, "healthy")
    for day, state in ((10, "failing"), (12, "attention"), (13, "healthy"), (20, "unknown"), (21, "healthy")):
        change(integration, day, state)
    change(integration, 40, "failing")
    stream = only(integration)
    days = [stream[f"{name}_seconds"] / 86_400 for name in ("healthy", "unhealthy", "unknown")]
    assert days == [27, 3, 1]
    assert stream["known_since"] is None


def test_what_was_before_the_history_is_not_known(integration: Integration, cloudwatch: Callable[..., Any]) -> None:
    cloudwatch()
    assert only(integration)["unknown_seconds"] == OCTOBER.seconds
    change(integration, 11, "healthy")
    stream = only(integration)
    assert stream["unknown_seconds"] / 86_400 == 11
    assert stream["known_since"] == (OCTOBER.start + 11 * DAY).isoformat()


def test_a_state_that_expired_lasts_no_longer(integration: Integration, cloudwatch: Callable[..., Any]) -> None:
    cloudwatch()
    change(integration, -1, "healthy")
    end = OCTOBER.start + 21 * DAY
    StreamHealth.objects.create(integration=integration, state="healthy", checked_at=end, valid_until=end)
    assert only(integration)["unknown_seconds"] / 86_400 == 10


def test_keys_and_alerts_of_the_month_are_counted(integration: Integration, cloudwatch: Callable[..., Any]) -> None:
    cloudwatch()
    key = Credential.objects.create(integration=integration, attempt=1, user_name="u", state="in_use")
    Credential.objects.filter(pk=key.pk).update(created_at=OCTOBER.end - 100 * DAY)
    for number, (day, wait) in enumerate(((1, 10), (2, 30), (3, None), (-1, 5), (31, 5))):
        at = OCTOBER.start + day * DAY
        Alert.objects.create(
            tenant=integration.tenant,
            kind="silence",
            cause=f"stream-{number}",
            state=AlertState.CLOSED,
            since=at,
            seen_at=at,
            opened_at=at,
            acknowledged_at=at + timedelta(minutes=wait) if wait else None,
            closed_at=at + DAY,
        )
    found = contents_of(integration.tenant, OCTOBER, now=NOW)
    assert found["streams"][0]["key_days"] == pytest.approx(100)
    assert found["alerts"] == {
        "opened": 3,
        "closed": 4,
        "acknowledged": 2,
        "mean_seconds": 1200,
        "longest_seconds": 1800,
        "by_kind": {"silence": 3},
    }


def test_the_age_of_an_uploaded_key_is_not_known(integration: Integration, cloudwatch: Callable[..., Any]) -> None:
    cloudwatch()
    key = Credential.objects.create(integration=integration, attempt=1, user_name="u", state="in_use")
    Credential.objects.filter(pk=key.pk).update(created_at=OCTOBER.end - 100 * DAY, uploaded_by="ada@example.test")
    assert contents_of(integration.tenant, OCTOBER, now=NOW)["streams"][0]["key_days"] is None


def test_the_cost_of_a_month_is_kept_for_one_month_more(integration: Integration) -> None:
    october, november = OCTOBER.start + DAY, OCTOBER.end + DAY
    row = StreamHealth.objects.create(integration=integration, **metric_counts(None, 100, october))
    assert requested_in(row, date(2026, 10, 1)) == 100
    count_more(integration.pk, 5, november)
    row.refresh_from_db()
    assert [requested_in(row, date(2026, month, 1)) for month in (9, 10, 11)] == [None, 100, 5]
    fresh = metric_counts(row, 7, november + 31 * DAY)
    assert (fresh["metrics_before"], fresh["metrics_before_month"]) == (5, date(2026, 11, 1))
    assert requested_in(None, date(2026, 10, 1)) is None
