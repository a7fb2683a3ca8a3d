from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import ExpectedHours, StreamHealth
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration
from portal.tenancy.models import AuditEvent, TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(integration: Integration) -> str:
    return reverse("expected_hours", kwargs={"slug": "northwind", "uid": integration.uid})


def test_while_learning_the_page_says_how_far_it_is(client: Client, address: str, admin: User) -> None:
    client.force_login(admin)
    assert "0 of 14 days are known" in client.get(address).content.decode()


def test_set_hours_are_in_effect_at_the_next_check(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    sent = {"source": "set", "zone": "Europe/Oslo", "country": "NO", "from_0": "7", "to_0": "18", "from_6": "0"}
    page = client.post(address, {**sent, "to_6": "24"}, follow=True).content.decode()
    assert all(text in page for text in ("07:00–18:00", "00:00–24:00", "reported", "after 10 minutes"))
    stream = watched_stream(integration.uid)
    assert stream is not None
    expectation = stream.expected.expectation
    assert expectation is not None
    assert expectation.regular == {*range(7, 18), *range(144, 168)}
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.details["zone"]) == ("monitoring:expected-hours:changed", "Europe/Oslo")
    assert 'value="18" selected' in page, "the form shows what is stored"


def test_how_often_metrics_are_read_can_be_chosen(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    client.post(address, {"source": "learned", "zone": "UTC", "read_seconds": "900"})
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert stream.read_seconds == 900
    assert client.post(address, {"source": "learned", "zone": "UTC", "read_seconds": "1"}).status_code == 422
    StreamHealth.objects.create(
        integration=integration, metrics_month=date(2026, 11, 1), metrics_requested=42_000, metrics_last=9
    )
    page = on_one_line(client.get(address).content.decode())
    assert "42000 metrics of this stream from CloudWatch: about 0.42 USD" in page
    assert "every 15 minutes, which is about 0.26 USD a month" in page


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"source": "set"}, "Set the hours of at least one day."),
        ({"source": "set", "from_2": "9"}, "Choose both a start and an end, or neither."),
        ({"source": "set", "from_2": "9", "to_2": "9"}, "The end must be after the start."),
        ({"source": "set", "from_2": "9", "to_2": "99"}, "99 is not one of the available choices"),
        ({"source": "sometimes"}, "sometimes is not one of the available choices"),
        ({"source": "off", "zone": "Mars/Olympus"}, "Mars/Olympus is not one of the available choices"),
        ({"source": "off", "country": "<b>"}, "&lt;b&gt; is not one of the available choices"),
        ({}, "This field is required"),
    ],
)
def test_bad_input_is_said_at_its_place_and_changes_nothing(
    client: Client, address: str, admin: User, sent: dict[str, str], problem: str
) -> None:
    client.force_login(admin)
    answer = client.post(address, {"zone": "UTC", **sent})
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert not ExpectedHours.objects.exists()


def test_viewers_see_the_hours_and_no_form(client: Client, address: str, integration: Integration) -> None:
    client.force_login(person("viewer", integration.tenant, TenantRole.VIEWER))
    assert 'name="source"' not in client.get(address).content.decode()
    assert client.post(address, {"source": "off", "zone": "UTC"}).status_code == 403


def test_lease_tables_are_named_once_and_kept(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    sent = {"source": "learned", "zone": "UTC"}
    client.post(address, {**sent, "lease_tables": "dashboard\r\nalarms  dashboard"})
    assert ExpectedHours.objects.get(integration=integration).lease_tables == ["dashboard", "alarms"]
    assert "dashboard\nalarms</textarea>" in client.get(address).content.decode()
    assert AuditEvent.objects.latest("pk").details["lease_tables"] == ["dashboard", "alarms"]
    for typed, problem in (
        ("a" * 256, "is not the name of a DynamoDB table"),
        ("<b>", "“&lt;b&gt;” is not the name"),
        ("table-1 table-2 table-3 table-4 table-5 table-6", "Enter at most 5 tables."),
    ):
        answer = client.post(address, {**sent, "lease_tables": typed})
        assert (answer.status_code, problem in answer.content.decode()) == (422, True)


def test_a_schema_registry_is_an_address_on_the_internet(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    sent = {"source": "learned", "zone": "UTC"}
    client.post(address, {**sent, "schema_registry": "https://registry.example.com/"})
    assert ExpectedHours.objects.get(integration=integration).schema_registry == "https://registry.example.com"
    assert AuditEvent.objects.latest("pk").details["schema_registry"] == "https://registry.example.com"
    for typed in (
        "http://registry.example.com",
        "https://127.0.0.1",
        "https://a:b@example.com",
        "https://example.com/?a",
    ):
        answer = client.post(address, {**sent, "schema_registry": typed})
        assert (answer.status_code, "Enter an address on the Internet" in answer.content.decode()) == (422, True)
    client.post(address, {**sent, "schema_registry": ""})
    assert ExpectedHours.objects.get(integration=integration).schema_registry == ""
