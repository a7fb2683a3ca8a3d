"""The admin says of every state since when it is known, or not known, in the words of the client's pages."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import StreamHealth
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.messages.message import Message
from portal.tenancy.admin_access import time_text
from portal.tenancy.models import StaffRole
from tests.onboarding.account_state.settings import SEEN_AT, live, saw
from tests.world import person

DENIED_AT = datetime(2026, 11, 29, 12, 40, tzinfo=UTC)
CHECKED_AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(person("support@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT))
    return client


@pytest.fixture
def integration() -> Integration:
    return saw(live())


def degraded(integration: Integration) -> Connection:
    connection = integration.connection
    connection.state, connection.state_since, connection.checked_at = "degraded", DENIED_AT, DENIED_AT
    connection.verdict = Message("trust.denied_since")
    connection.save()
    return connection


@pytest.fixture
def cells(staff: Client) -> Callable[[str], dict[str, object]]:
    """What the first row of a list shows, by column."""

    def row(list_name: str) -> dict[str, object]:
        changelist = staff.get(reverse(f"admin:{list_name}_changelist")).context["cl"]
        admin, found = changelist.model_admin, changelist.result_list[0]
        return {
            name: getattr(admin, name)(found) if hasattr(admin, name) else getattr(found, name)
            for name in changelist.list_display
            if name != "action_checkbox"
        }

    return row


def test_an_integration_was_last_seen_when_its_stream_was_described(cells, integration: Integration) -> None:
    shown = cells("onboarding_integration")
    assert (shown["status"], shown["unknown_since"], shown["seen_at"]) == ("Live", "-", time_text(SEEN_AT))


def test_an_integration_is_unknown_since_its_role_is_denied(cells, integration: Integration) -> None:
    degraded(integration)
    shown = cells("onboarding_integration")
    assert (shown["status"], shown["unknown_since"], shown["seen_at"]) == (
        "Connection degraded",
        time_text(DENIED_AT),
        time_text(SEEN_AT),
    )


def test_a_row_shows_times_as_a_list_does_and_what_its_resources_were_before(
    staff: Client, integration: Integration
) -> None:
    address = reverse("admin:onboarding_integration_change", args=[integration.pk])
    page = staff.get(address).content.decode()
    assert time_text(SEEN_AT) in page
    assert "+00:00" not in page
    assert ">None<" not in page
    assert ", before: " not in page
    degraded(integration)
    page = staff.get(address).content.decode()
    assert f'<div class="readonly">{time_text(DENIED_AT)}</div>' in page
    assert "Unknown since 2026-11-29 12:40 UTC, before: Created" in page


def test_a_connection_says_since_when(cells, integration: Integration) -> None:
    degraded(integration)
    shown = cells("onboarding_connection")
    assert (shown["status"], shown["since"], shown["checked_at"]) == (
        "Degraded",
        time_text(DENIED_AT),
        DENIED_AT,
    )
    assert shown["why"]


def test_a_connection_that_was_not_tested_for_too_long_is_unknown_since_its_last_test(
    cells, integration: Integration
) -> None:
    Connection.objects.update(checked_at=CHECKED_AT)
    assert cells("onboarding_connection")["status"] == "Unknown since 2026-11-20 08:15 UTC"


def test_the_health_of_a_stream_expires(cells, integration: Integration) -> None:
    health = StreamHealth.objects.create(integration=integration, state="healthy", checked_at=datetime.now(tz=UTC))
    fresh = cells("monitoring_streamhealth")["status"]
    assert "Unknown" not in str(fresh)
    StreamHealth.objects.filter(pk=health.pk).update(checked_at=CHECKED_AT)
    assert cells("monitoring_streamhealth")["status"] == "Unknown since 2026-11-20 08:15 UTC"
