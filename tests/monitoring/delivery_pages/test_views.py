"""The page of a stream's deliveries."""

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.field_catalogue import stored
from monitoring.record_access_model import RecordAccess
from onboarding.models.integration import Integration
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.monitoring.field_catalogue.test_stored import sampled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> None:
    """Pages hold their topics in it."""


def page(client: Client, user: User, integration: Integration) -> str:
    client.force_login(user)
    answer = client.get(reverse("stream_deliveries", kwargs={"slug": integration.tenant.slug, "uid": integration.uid}))
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def test_each_delivery_has_its_first_query_to_copy(client: Client, admin: User, integration: Integration) -> None:
    html = page(client, admin, integration)
    assert "CREATE EXTERNAL TABLE IF NOT EXISTS" in html
    assert "storage.location.template" in html
    assert 'data-copy="#create-1"' in html
    assert 'aria-current="page">Deliveries' in html


def test_the_first_query_has_the_fields_that_were_seen(
    client: Client, admin: User, operator: User, integration: Integration
) -> None:
    assert "No fields of the records were seen yet" in page(client, admin, integration)
    stored.add(integration.pk, sampled([{"reading": {"celsius": 1.5}, "person": "x"}]).kinds, ())
    html = page(client, admin, integration)
    assert "`reading` struct&lt;celsius:double&gt;" in html
    assert "in a sample of the records (sampled: 1)" in html
    html = page(client, operator, integration)
    assert "`record` string" in html
    assert "celsius" not in html
    assert "`person`" not in html
    RecordAccess.objects.create(tenant=integration.tenant, fields=["reading.celsius"])
    html = page(client, operator, integration)
    assert "`reading` struct&lt;celsius:double&gt;" in html
    assert "`person`" not in html


def test_a_stream_without_deliveries_has_an_empty_page(client: Client, admin: User, integration: Integration) -> None:
    integration.spec["deliveries"] = []
    integration.save()
    assert "No deliveries" in page(client, admin, integration)
