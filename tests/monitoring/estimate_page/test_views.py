"""Shards and cost of a stream, from what was measured; and the advice on its page."""

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import StreamHealth
from onboarding.models.integration import Integration
from onboarding.models.thing import Thing
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.monitoring.conftest import described

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
DAY = {"minutes": 1440, "records": 86_400.0, "peak_records": 1500.0, "peak_bytes": 300_000.0}


def page(client: Client, user: User, integration: Integration, name: str = "stream_estimate", query: str = "") -> str:
    client.force_login(user)
    answer = client.get(reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid}) + query)
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def measured(integration: Integration, days: int, *, shards: int = 8) -> None:
    described(integration, shards=shards)
    found = {f"2026-11-{number:02}": DAY for number in range(10, 10 + days)}
    StreamHealth.objects.update_or_create(integration=integration, defaults={"traffic": {"days": found}})


def test_nothing_measured_is_said(client: Client, admin: User, integration: Integration) -> None:
    html = page(client, admin, integration)
    assert "No traffic of this stream was measured yet." in html
    assert "Enter the records per second" in html
    assert "Use measured traffic" not in html
    assert "shard-advice" not in page(client, admin, integration, "stream")


def test_measured_traffic_is_filled_in(client: Client, admin: User, integration: Integration) -> None:
    measured(integration, 7)
    html = page(client, admin, integration)
    for expected in (
        "Measured since 10 Nov 2026 (UTC): 7 days of minutes, from CloudWatch.",
        'value="1500.0000"',
        'value="200"',
        'value="1.25"',
        "2 shards would be enough. The stream has 8.",
        "<b>2 shards.</b>",
        "Use measured traffic",
    ):
        assert expected in html, expected
    assert "2 shards would be enough. The stream has 8." in page(client, admin, integration, "stream")


def test_its_devices_are_counted(client: Client, admin: User, integration: Integration) -> None:
    measured(integration, 7)
    assert "Connections of devices" not in page(client, admin, integration)
    for number in range(3):
        Thing.objects.create(integration=integration, name=f"sluice-lamp-{number}")
    Thing.objects.create(integration=integration, name="sluice-old", state="removed")
    assert "3 devices, always connected" in page(client, admin, integration)


def test_too_little_is_no_advice_for_fewer(client: Client, admin: User, integration: Integration) -> None:
    measured(integration, 3)
    html = page(client, admin, integration)
    assert "Less than 7 days are measured, so Sluice does not advise fewer shards yet." in html
    assert "would be enough" not in html
    assert "shard-advice" not in page(client, admin, integration, "stream")


def test_too_few_shards_are_reported_at_once(client: Client, admin: User, integration: Integration) -> None:
    measured(integration, 1, shards=1)
    assert "2 shards are advised. The stream has 1." in page(client, admin, integration, "stream")


def test_typed_numbers_replace_what_was_measured(client: Client, admin: User, integration: Integration) -> None:
    measured(integration, 7)
    html = page(client, admin, integration, query="?records_per_second=4001&region=eu-west-1")
    assert "<b>5 shards.</b>" in html
    assert 'value="4001"' in html


def test_another_tenant_finds_nothing(client: Client, outsider: User, integration: Integration) -> None:
    client.force_login(outsider)
    address = reverse("stream_estimate", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    assert client.get(address).status_code == 404
