"""What is rendered once for all changes with everything it shows, and is never another stream's."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring import rendered, selectors, series
from monitoring.models import HealthState, StreamHealth
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant, User
from tests.monitoring.conftest import NOW, live_integration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(clean_redis: str) -> None:
    rendered._row.cache_clear()
    rendered._metrics.cache_clear()


@pytest.fixture
def contoso() -> Tenant:
    return Tenant.objects.create(slug="contoso", name="Contoso")


@pytest.fixture(autouse=True)
def health(integration: Integration) -> None:
    StreamHealth.objects.create(
        integration=integration,
        state=HealthState.HEALTHY,
        rank=3,
        sentence="812 records/s arrive.",
        numbers={"records_per_second": 812.0, "use": 0.41, "binding_limit": "2,000 records/s"},
        sparkline=[1, 2, None, 3],
        checked_at=NOW,
    )


def row(integration: Integration) -> str:
    return rendered.row(Integration.objects.get(pk=integration.pk), with_tenant=True)


def panel(integration: Integration, kept: series.Written | None = None) -> str:
    stream = selectors.stream(integration.uid)
    assert stream is not None
    return rendered.metrics(stream, StreamHealth.objects.filter(integration=integration).first(), kept)


CHANGES = {
    "state": {"state": HealthState.FAILING},
    "sentence": {"sentence": "Nothing arrives.", "state": HealthState.FAILING},
    "a figure": {"numbers": {"records_per_second": 3.0}},
    "the line": {"sparkline": [9, 1, 9, 1]},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_row_changes_with_what_it_shows(integration: Integration, what: str) -> None:
    before = row(integration)
    assert row(integration) is before
    StreamHealth.objects.filter(integration=integration).update(**CHANGES[what])
    assert row(integration) != before


@pytest.mark.parametrize("what", ["state", "sentence", "a figure"])
def test_a_panel_changes_with_what_it_shows(integration: Integration, what: str) -> None:
    StreamHealth.objects.filter(integration=integration).update(state=HealthState.ATTENTION)
    before = panel(integration)
    assert panel(integration) is before
    StreamHealth.objects.filter(integration=integration).update(**CHANGES[what])
    assert panel(integration) != before


def test_a_panel_changes_with_its_series(integration: Integration) -> None:
    found = series.StreamSeries(
        NOW.replace(hour=13, second=0), NOW.replace(second=0), {"records": ((NOW.replace(hour=15), 60.0),)}
    )
    first = series.keep(integration.uid, found)
    again = series.kept(integration.uid)
    assert first == again
    assert panel(integration, first) is panel(integration, again)
    other = series.keep(integration.uid, replace(found, stream={"records": ((NOW.replace(hour=15), 6000.0),)}))
    assert panel(integration, other) != panel(integration, first)


def test_two_tenants_with_equal_figures_share_nothing(integration: Integration, contoso: Tenant) -> None:
    other = live_integration(contoso, "lobby")
    health = StreamHealth.objects.get(integration=integration)
    health.pk, health.integration = None, other
    health.save()
    assert f"stream-{other.uid}" in row(other)
    assert f"stream-{integration.uid}" in row(integration)
    assert "Contoso" not in row(integration)
    assert "Northwind" not in row(other)


def test_a_tenant_that_is_renamed_is_called_by_its_new_name(integration: Integration) -> None:
    assert "Northwind" in row(integration)
    Tenant.objects.filter(slug="northwind").update(name="Northwind Traders")
    assert "Northwind Traders" in row(integration)


def test_what_is_kept_is_still_asked_for_by_right_and_with_as_many_queries(
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
