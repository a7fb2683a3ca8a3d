"""Metrics over time in Chromium: one cursor and one zoom for all charts; without a script the page's own drawings."""

import math
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from monitoring.shards.stored import keep_shards
from monitoring.time_ranges import store
from monitoring.time_ranges.range_metrics import RangeMetrics
from monitoring.time_ranges.time_range import TimeRange, chosen
from onboarding.models.integration import Integration
from portal.tenancy import services
from portal.tenancy.models import Tenant, TenantRole, User
from tests.journeys.browser import EMAIL, browser_errors, chromium, needs_chromium, sign_in
from tests.monitoring.conftest import live_integration
from tests.monitoring.shards.listed import RESHARDED, shard_id
from tests.world import PASSWORD

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def integration() -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    services.add_member(
        tenant=tenant, user=User.objects.create_user(EMAIL, PASSWORD), role=TenantRole.ADMIN, actor="test"
    )
    return live_integration(tenant)


@pytest.fixture
def browser(live_server, settings, integration: Integration) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    _give_a_day(integration)
    with chromium() as started:
        yield started


def _give_a_day(integration: Integration) -> None:
    """Metrics of the last day, and of the one that begins while the test runs."""
    keep_shards(integration.pk, RESHARDED, {}, now=timezone.now())  # a heatmap is no chart to be drawn again
    newest = timezone.now() - timedelta(seconds=django_settings.SLUICE_METRIC_DELAY_SECONDS)
    for seconds in (0, 300):
        day = chosen({"range": "24h"}, now=newest + timedelta(seconds=seconds)).range
        assert day is not None
        waves = {name: _wave(day) for name in ("records", "put_latency")}
        store.keep(integration.uid, day, RangeMetrics(waves), (shard_id(2), shard_id(5)))


def _wave(day: TimeRange) -> tuple:
    steps = int((day.end - day.start).total_seconds() // day.period)
    times = [day.start + timedelta(seconds=day.period * step) for step in range(steps)]
    return tuple((at, 3000 * (1.2 + math.sin(step / 20))) for step, at in enumerate(times) if not 100 < step < 120)


def opened(context: BrowserContext, url: str, integration: Integration) -> Page:
    page = context.new_page()
    sign_in(page, url, EMAIL, PASSWORD)
    page.goto(f"{url}/t/northwind/streams/{integration.uid}/metrics/?range=24h")
    return page


def test_one_cursor_reads_and_one_drag_zooms_every_chart(
    browser: Browser, live_server, integration: Integration, tmp_path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = opened(context, live_server.url, integration)
    errors = browser_errors(page)
    page.reload()
    expect(page.locator(".uplot canvas")).to_have_count(2)
    over = page.locator(".uplot .u-over")
    over.nth(0).scroll_into_view_if_needed()
    box = over.nth(0).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.25, middle)
    readings = page.locator(".u-legend .u-value")
    expect(readings.nth(3)).not_to_have_text("–")
    assert readings.nth(0).inner_text() == readings.nth(2).inner_text(), "both charts read the same time"
    link = page.locator("[data-zoom-link]")
    expect(link).to_be_hidden()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, middle, steps=5)
    page.mouse.up()
    expect(link).to_be_visible()
    page.screenshot(path=tmp_path / "zoomed.png", full_page=True)
    address = link.get_attribute("href") or ""
    over.nth(1).dblclick()
    expect(link).to_be_hidden()
    page.goto(f"{page.url.split('?')[0]}{address}")
    expect(page.locator("main")).to_contain_text("Reading metrics")
    assert errors == []


def test_without_a_script_the_drawings_of_the_page_stay(
    browser: Browser, live_server, integration: Integration
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = opened(context, live_server.url, integration)
    expect(page.locator("svg.chart").first).to_be_visible()
    expect(page.locator("[data-zoom-hint]")).to_be_hidden()
