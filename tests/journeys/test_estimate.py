"""Shards and cost in a browser: as one types, without JavaScript, and as pictures (`PICTURES=folder` keeps them)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from monitoring.models import StreamHealth
from portal.tenancy.models import Tenant
from tests.journeys.browser import EMAIL, browser_errors, chromium, in_thread, needs_chromium, sign_in
from tests.journeys.pictures import SCHEMES, Pictures
from tests.monitoring.conftest import described, live_integration
from tests.onboarding.pages import DELIVERY, STREAM, draft, url
from tests.world import PASSWORD

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]
ESTIMATE = "/t/northwind/estimate/"
RATE = "Records per second at peak"
TRAFFIC = {"records_per_second": "2500", "record_bytes": "512", "burst_factor": "2"}
DAY = {"minutes": 1440, "records": 86_400.0, "peak_records": 1500.0, "peak_bytes": 300_000.0}


@pytest.fixture
def browser(live_server, settings, northwind: Tenant) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    with chromium() as started:
        yield started


def addresses(tenant: Tenant) -> dict[str, str]:
    measured = live_integration(tenant, "sluice-measured")
    described(measured, shards=8)
    days = {f"2026-11-{number:02}": DAY for number in range(10, 17)}
    StreamHealth.objects.create(integration=measured, traffic={"days": days})
    known = draft(tenant, stream={**STREAM, **TRAFFIC}, delivery=DELIVERY)
    ambiguous = draft(tenant, stream={**STREAM, "name": "sluice-two", "records_per_second": "1,500"})
    at = {"slug": tenant.slug, "uid": measured.uid}
    return {
        "empty": ESTIMATE,
        "full": f"{ESTIMATE}?records_per_second=2500&burst_factor=1,5&average_percent=30&shared_consumers=6"
        "&fanout_consumers=1&region=eu-north-1&retention_hours=200&deliveries=2&shard_level_metrics=on",
        "refused": f"{ESTIMATE}?records_per_second=1,500&record_bytes=0&region=eu-west-1&shared_consumers=-2",
        "wizard": url(known, "stream"),
        "connect": url(known, "connect"),
        "ambiguous": url(ambiguous, "stream"),
        "measured": reverse("stream_estimate", kwargs=at),
        "stream": reverse("stream", kwargs=at),
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures(browser: Browser, live_server, northwind: Tenant, scheme: str, tmp_path: Path) -> None:
    pictures, found = Pictures(tmp_path, scheme), in_thread(lambda: addresses(northwind))
    page = pictures.page(browser)
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    errors = browser_errors(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for name, address in found.items():
            page.goto(f"{live_server.url}{address}")
            pictures.take(page, name)
    assert pictures.problems == []
    assert errors == []


def test_as_one_types_and_into_the_field_of_the_shards(browser: Browser, live_server, northwind: Tenant) -> None:
    wizard = in_thread(lambda: url(draft(northwind, stream=STREAM), "stream"))
    page = browser.new_context().new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    errors = browser_errors(page)
    page.goto(f"{live_server.url}{ESTIMATE}")
    page.get_by_label(RATE).fill("1001")
    expect(page.locator("#estimate")).to_contain_text("2 shards.")
    page.get_by_label(RATE).fill("1,500")
    expect(page.locator("#estimate")).to_contain_text("“1,500” can mean 1500 or 1.5.")
    expect(page.locator("#id_records_per_second_live")).to_contain_text("“1,500” can mean 1500 or 1.5.")
    page.get_by_label(RATE).fill("1001")
    expect(page.locator("#id_records_per_second_live")).not_to_contain_text("can mean")
    expect(page).to_have_url(re.compile(r"records_per_second=1001"))
    page.goto(f"{live_server.url}{wizard}")
    page.get_by_text("Estimate shards and cost from your traffic").click()
    page.get_by_label(RATE).fill("4500")
    expect(page.locator("#estimate")).to_contain_text("5 shards.")
    expect(page.locator("#monthly")).to_contain_text("About")
    page.get_by_role("button", name="Use these shards").click()
    expect(page.locator("#id_shards")).to_have_value("5")
    assert errors == []


def test_without_javascript(browser: Browser, live_server, northwind: Tenant) -> None:
    wizard = in_thread(lambda: url(draft(northwind, stream=STREAM), "stream"))
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    page.goto(f"{live_server.url}{ESTIMATE}")
    page.get_by_label(RATE).fill("1001")
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator("#estimate")).to_contain_text("2 shards.")
    page.goto(f"{live_server.url}{wizard}")
    page.get_by_text("Estimate shards and cost from your traffic").click()
    page.get_by_label(RATE).fill("4500")
    page.get_by_role("button", name="Estimate", exact=True).click()
    expect(page.locator("#estimate")).to_contain_text("5 shards.")
    page.get_by_role("button", name="Use these shards").click()
    expect(page.locator("#id_shards")).to_have_value("5")
