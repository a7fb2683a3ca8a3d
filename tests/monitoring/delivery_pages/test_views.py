"""The page of a stream's deliveries."""

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.models.integration import Integration
from portal.tenancy.models import User
from tests.markup import on_one_line

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


def test_a_stream_without_deliveries_has_an_empty_page(client: Client, admin: User, integration: Integration) -> None:
    integration.spec["deliveries"] = []
    integration.save()
    assert "No deliveries" in page(client, admin, integration)
