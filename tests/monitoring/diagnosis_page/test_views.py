"""The page of a diagnosis: first cause, evidence with AWS's text, text to copy, and what waits for a worker."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.diagnosis import requests
from monitoring.diagnosis.report import Report
from onboarding.models.connection import Connection
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from portal.tenancy.models import TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.conftest import live_integration, person
from tests.monitoring.diagnosis.reports import denied_report, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(integration: Integration) -> str:
    return reverse("diagnosis", kwargs={"slug": "northwind", "uid": integration.uid})


def page(client: Client, address: str) -> str:
    return on_one_line(client.get(address).content.decode())


def test_a_stream_is_diagnosed_with_one_button_on_its_page(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    streams_page = client.get(reverse("stream", kwargs={"slug": "northwind", "uid": integration.uid}))
    assert f'method="post" action="{address}"' in on_one_line(streams_page.content.decode())
    shown = on_one_line(client.post(address, follow=True).content.decode())
    assert "Waiting for a worker." in shown
    assert 'hx-target="#check"' in shown
    assert '<meta http-equiv="refresh"' in shown, "without JavaScript the page reloads"
    assert Diagnosis.objects.get().requested_by == admin.email


def test_the_first_cause_is_named_with_its_fix_and_whose_turn_it_is(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    stored(integration)
    client.force_login(admin)
    shown = page(client, address)
    connection = Connection.objects.get()
    assert "First cause: AWS denied access to the role" in shown
    assert "Whose turn: The client" in shown
    assert reverse("connection", kwargs={"slug": "northwind", "uid": connection.uid}) in shown
    assert "AccessDenied: &lt;b&gt;not authorized&lt;/b&gt;" in shown, "AWS's text is text"
    assert "requested by ada@northwind.example" in shown
    assert "40% of the write limit used" in shown or "40 % of the write limit used" in shown
    assert shown.count("Diagnosis of data stream sluice-sensors in eu-west-1, AWS account 111122223333") == 1


def test_a_viewer_sees_results_and_requests_none(
    client: Client, address: str, northwind, integration: Integration
) -> None:
    stored(integration)
    client.force_login(person("viewer", northwind, TenantRole.VIEWER))
    assert "First cause" in page(client, address)
    assert "Diagnose again" not in page(client, address)
    assert client.post(address).status_code == 403


def test_staff_request_a_diagnosis_and_another_tenant_finds_nothing(
    client: Client, address: str, operator: User, outsider: User, integration: Integration
) -> None:
    client.force_login(operator)
    assert client.post(address).status_code == 302
    assert Diagnosis.objects.get().requested_by == operator.email
    client.force_login(outsider)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert "contoso" not in address


def test_an_address_of_another_tenants_stream_answers_404_in_ones_own(
    client: Client, outsider: User, integration: Integration
) -> None:
    live_integration(outsider.memberships.get().tenant, "sluice-own", account="444455556666")
    client.force_login(outsider)
    assert client.get(reverse("diagnosis", kwargs={"slug": "contoso", "uid": integration.uid})).status_code == 404


def test_a_diagnosis_that_no_worker_starts_is_the_operators_turn(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    client.post(address)
    assert "have not started this diagnosis" not in page(client, address)
    Diagnosis.objects.update(requested_at=timezone.now() - requests.STARTS_WITHIN - timedelta(seconds=5))
    shown = page(client, address)
    assert "Sluice’s workers have not started this diagnosis." in shown
    assert "Whose turn: Sluice’s operator" in shown


def test_the_part_that_is_polled_loads_the_page_again_when_the_diagnosis_is_over(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    client.post(address)
    polling = {"HX-Request": "true", "HX-Target": "check"}
    assert "HX-Refresh" not in client.get(address, headers=polling)
    Diagnosis.objects.update(finished_at=timezone.now(), results=denied_report().as_json())
    assert client.get(address, headers=polling)["HX-Refresh"] == "true"


def test_a_second_request_says_that_nothing_is_requested(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    client.post(address)
    shown = on_one_line(client.post(address, follow=True).content.decode())
    assert "A diagnosis of this stream is under way, or was finished just now." in shown


def test_where_every_check_passed_the_page_says_so(
    client: Client, address: str, admin: User, integration: Integration
) -> None:
    at = timezone.now()
    stored(integration, Report(at, at, "ada", denied_report().findings[1:]))
    client.force_login(admin)
    assert "No problem found: every check passed." in page(client, address)
