"""The page of a stream's metrics over a time range."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.models import HealthState, StateChange
from monitoring.time_ranges import store
from monitoring.time_ranges.range_metrics import RangeMetrics
from monitoring.time_ranges.time_range import TimeRange, chosen
from onboarding.models.integration import Integration
from onboarding.models.states import RunKind, RunState
from portal import live
from portal.messages.message import Message
from portal.tenancy.models import User
from tests.markup import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def get(client: Client, user: User, integration: Integration, query: str = "", status: int = 200) -> str:
    client.force_login(user)
    url = reverse("time_range", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    answer = client.get(url + query)
    assert answer.status_code == status
    return on_one_line(answer.content.decode())


def a_week() -> TimeRange:
    newest = timezone.now() - timedelta(seconds=settings.SLUICE_METRIC_DELAY_SECONDS)
    found = chosen({"range": "7d"}, now=newest).range
    assert found is not None
    return found


def test_a_range_that_was_not_read_yet_is_requested_and_appears_by_itself(
    client: Client, admin: User, integration: Integration
) -> None:
    html = get(client, admin, integration, "?range=7d")
    assert "Reading metrics" in html
    assert 'hx-get="?range=7d&amp;part=charts" hx-trigger="every 2s"' in html
    assert live.connect().exists(f"range_requested:{integration.uid}:{a_week().name}")


def test_everything_that_was_read_is_drawn_with_days_and_what_happened(
    client: Client, admin: User, integration: Integration
) -> None:
    week = a_week()
    at = week.start + timedelta(days=2)
    read = RangeMetrics(
        {
            "records": ((at, 7200.0), (at + timedelta(hours=1), 3600.0)),
            "bytes": ((at, 3600.0 * 1024 * 1024),),
            "put_success": ((at, 0.98),),
            "iterator_age": ((at, 90_000.0),),
            "freshness:sluice-sensors-to-s3": ((at, 61.0),),
            "success:sluice-sensors-to-s3": ((at, 1.0),),
        },
        withheld=("GetRecords.Success",),
    )
    store.keep(integration.uid, week, read)
    integration.runs.create(
        kind=RunKind.APPLY, state=RunState.DONE, spec=integration.spec, finished_at=at + timedelta(minutes=5)
    )
    StateChange.objects.create(
        integration=integration, state=HealthState.FAILING, message=Message("stream.not_checked"), at=at
    )
    html = get(client, admin, integration, "?range=7d")
    assert "Reading metrics" not in html
    assert f"{at:%-d %b, %H:%M} UTC: 2 records/s" in html, "a rate for each second of the hour"
    assert f"{at:%-d %b, %H:%M} UTC: 1 MiB/s" in html
    assert f"{at:%-d %b, %H:%M} UTC: 98 %" in html
    assert f"{at:%-d %b, %H:%M} UTC: 90 s" in html
    assert f"{at:%-d %b, %H:%M} UTC: 61 s" in html
    assert 'class="mark"' in html
    assert "Setup: done" in html
    assert "Failing: Sluice did not check the stream." in html
    assert "a value for each hour" in html
    assert "GetRecords.Success" in html
    part = get(client, admin, integration, "?range=7d&part=charts")
    assert "<html" not in part
    assert "every 2s" not in part


def test_bad_input_is_explained_at_its_field_keeps_what_was_typed_and_reads_nothing(
    client: Client, admin: User, integration: Integration
) -> None:
    html = get(client, admin, integration, "?from=%3Cscript%3E&to=2026-11-30T09:00", status=422)
    assert "Enter a date and time, such as 2026-11-28T06:00." in html
    assert 'value="&lt;script&gt;"' in html
    assert 'aria-describedby="from-error"' in html
    assert live.connect().keys("range_requested:*") == []


def test_a_problem_is_shown_with_what_to_do(client: Client, admin: User, integration: Integration) -> None:
    store.keep_problem(integration.uid, a_week(), Message("range.too_many", most=60))
    html = get(client, admin, integration, "?range=7d")
    assert "More than 60 time ranges of this stream were read within an hour." in html


def test_outsiders_find_nothing(client: Client, integration: Integration, outsider: User) -> None:
    client.force_login(outsider)
    for slug in ("northwind", "contoso"):
        assert client.get(reverse("time_range", kwargs={"slug": slug, "uid": integration.uid})).status_code == 404
