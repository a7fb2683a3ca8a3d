"""Cached HTML changes with everything that it shows, and is never another stream's."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring import series_store
from monitoring.models import HealthState, StreamHealth
from monitoring.pages import html_cache
from monitoring.series import StreamSeries
from monitoring.series_store import StoredSeries
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration
from portal.messages.message import Message
from portal.tenancy.models import Tenant, User
from tests.markup import on_one_line
from tests.monitoring.conftest import NOW, live_integration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache(clean_redis: str) -> None:
    html_cache._row.cache_clear()
    html_cache._metrics.cache_clear()


@pytest.fixture
def contoso() -> Tenant:
    return Tenant.objects.create(slug="contoso", name="Contoso")


@pytest.fixture(autouse=True)
def health(integration: Integration) -> None:
    StreamHealth.objects.create(
        integration=integration,
        state=HealthState.HEALTHY,
        rank=3,
        message=Message("stream.receiving", records_per_second=812),
        measurements={"records_per_second": 812.0, "write_usage_share": 0.41},
        sparkline=[1, 2, None, 3],
        checked_at=NOW,
    )


def row(integration: Integration) -> str:
    return html_cache.board_row_html(Integration.objects.get(pk=integration.pk), with_tenant=True)


def metrics(integration: Integration, stored: StoredSeries | None = None) -> str:
    stream = watched_stream(integration.uid)
    assert stream is not None
    return html_cache.metrics_html(stream, StreamHealth.objects.filter(integration=integration).first(), stored)


CHANGES = {
    "state": {"state": HealthState.FAILING},
    "message": {"message": Message("stream.silent", silent_seconds=1200), "state": HealthState.FAILING},
    "a parameter": {"message": Message("stream.silent", silent_seconds=9000), "state": HealthState.FAILING},
    "measurements": {"measurements": {"records_per_second": 3.0}},
    "sparkline": {"sparkline": [9, 1, 9, 1]},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_row_changes_with_what_it_shows(integration: Integration, what: str) -> None:
    before = row(integration)
    assert row(integration) is before
    StreamHealth.objects.filter(integration=integration).update(**CHANGES[what])
    assert row(integration) != before


@pytest.mark.parametrize("what", ["state", "message", "a parameter", "measurements"])
def test_metrics_change_with_what_they_show(integration: Integration, what: str) -> None:
    StreamHealth.objects.filter(integration=integration).update(state=HealthState.ATTENTION)
    before = metrics(integration)
    assert metrics(integration) is before
    StreamHealth.objects.filter(integration=integration).update(**CHANGES[what])
    assert metrics(integration) != before


def test_metrics_change_with_their_series(integration: Integration) -> None:
    found = StreamSeries(
        NOW.replace(hour=13, second=0), NOW.replace(second=0), {"records": ((NOW.replace(hour=15), 60.0),)}
    )
    first = series_store.store(integration.uid, found)
    again = series_store.stored_series(integration.uid)
    assert first == again
    assert metrics(integration, first) is metrics(integration, again)
    other = series_store.store(integration.uid, replace(found, stream={"records": ((NOW.replace(hour=15), 6000.0),)}))
    assert metrics(integration, other) != metrics(integration, first)


def test_a_row_that_expires_has_the_cause_of_that_beside_the_one_before(integration: Integration) -> None:
    silent = Message("stream.silent", silent_seconds=1200)
    StreamHealth.objects.update(state=HealthState.FAILING, message=silent)
    shown = on_one_line(row(integration))
    assert 'class="board-message until-expired">No records have arrived for 20 minutes.' in shown
    assert 'class="board-message if-expired">Sluice did not check the stream in time.' in shown


def test_without_series_the_page_says_whether_records_ever_arrived(integration: Integration) -> None:
    assert "Reading metrics" in metrics(integration)
    StreamHealth.objects.update(measurements={"records_per_second": None, "silent_seconds": None})
    assert "No metrics to show yet" in metrics(integration)


def test_two_tenants_with_equal_measurements_share_nothing(integration: Integration, contoso: Tenant) -> None:
    other = live_integration(contoso, "lobby")
    health = StreamHealth.objects.get(integration=integration)
    health.pk, health.integration = None, other
    health.save()
    assert f"stream-{other.uid}" in row(other)
    assert f"stream-{integration.uid}" in row(integration)
    assert "Contoso" not in row(integration)
    assert "Northwind" not in row(other)


def test_a_renamed_tenant_is_shown_with_its_new_name(integration: Integration) -> None:
    assert "Northwind" in row(integration)
    Tenant.objects.filter(slug="northwind").update(name="Northwind Traders")
    assert "Northwind Traders" in row(integration)


def test_cached_html_still_needs_permission_and_as_many_queries(
    client: Client, integration: Integration, operator: User
) -> None:
    client.force_login(operator)
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            assert f"stream-{integration.uid}" in client.get(reverse("board")).content.decode()
        counts.append(len(asked))
    assert counts[1] == counts[2] <= counts[0]
    client.force_login(User.objects.create_user("nobody@else.example"))
    assert client.get(reverse("stream", kwargs={"slug": "northwind", "uid": integration.uid})).status_code == 404
