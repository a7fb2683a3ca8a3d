"""Alerts in Chromium: one opens, is acknowledged, muted, unmuted and closes; a threshold is typed wrong, then right."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from monitoring.alert_models import Alert
from monitoring.alerts.stream_alerts import note_streams
from monitoring.health.inputs import HealthInputs
from onboarding.models.integration import Integration
from portal.tenancy import services
from portal.tenancy.models import Tenant, TenantRole, User
from tests.journeys.browser import EMAIL, browser_errors, chromium, in_thread, needs_chromium, press, sign_in
from tests.monitoring.alerts.conftest import GOOD, SILENT, reading
from tests.monitoring.conftest import live_integration
from tests.world import PASSWORD

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]


@pytest.fixture
def integration() -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    person = User.objects.create_user(EMAIL, PASSWORD)
    services.add_member(tenant=tenant, user=person, role=TenantRole.ADMIN, actor="test")
    return live_integration(tenant)


@pytest.fixture
def browser(live_server, settings, integration: Integration) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    with chromium() as started:
        yield started


def collected(integration: Integration, inputs: HealthInputs, *, minutes: int) -> None:
    """A collection so many minutes from now, whose metrics are as old."""
    at = timezone.now() + timedelta(minutes=minutes)
    in_thread(lambda: note_streams([reading(integration, inputs, at)], now=at))


def mute(page: Page, reason: str) -> None:
    page.get_by_text("Mute this alert").click()
    page.get_by_label("Reason").fill(reason)
    press(page, "^Mute$")


def test_an_alert_from_its_opening_to_its_end(browser: Browser, live_server, integration: Integration) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    errors = browser_errors(page)
    page.goto(f"{live_server.url}/t/northwind/alerts/")
    expect(page.get_by_role("heading", name="No open alerts")).to_be_visible()
    collected(integration, SILENT, minutes=0)
    page.reload()
    expect(page.get_by_role("link", name=re.compile("Notifications.*1"))).to_be_visible()
    page.get_by_role("link", name="Silence: sluice-sensors").first.click()
    expect(page.get_by_text("at least 10 minutes")).to_be_visible()
    expect(page.get_by_role("button", name="Diagnose")).to_be_visible()
    page.get_by_label("Note").fill("Called the vendor")
    press(page, "^Acknowledge$")
    expect(page.get_by_text(f"Acknowledged by {EMAIL}. Called the vendor")).to_be_visible()
    mute(page, "Fire drill")
    expect(page.get_by_text("Reason: Fire drill").first).to_be_visible()
    press(page, "^Unmute$")
    expect(page.get_by_text(f"Unmuted by {EMAIL}.")).to_be_visible()
    collected(integration, GOOD, minutes=1)
    collected(integration, GOOD, minutes=7)
    page.reload()
    expect(page.get_by_text("The condition ended.").first).to_be_visible()
    assert in_thread(lambda: Alert.objects.get().state) == "closed"
    assert errors == []


def test_a_threshold_is_typed_wrong_and_then_right(browser: Browser, live_server, integration: Integration) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    errors = browser_errors(page)
    page.goto(f"{live_server.url}/t/northwind/streams/{integration.uid}/alerts/")
    field = page.get_by_label(re.compile("^Silence: at least"))
    for typed in ("0", "1000000000", "ten", "1,5"):
        field.fill(typed)
        press(page, "^Save$")
        expect(page.get_by_role("alert")).to_contain_text("Nothing was saved.")
        expect(field).to_have_value(typed)
    field.fill("20")
    press(page, "^Save$")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(field).to_have_value("20")
    assert errors == []
