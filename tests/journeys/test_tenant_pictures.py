"""Pictures of an access key (healthy, rotating, compromised), of webhooks, a monthly report, and refused settings.

As in `test_health_pictures`: `PICTURES=folder` keeps them for a person to look at, and a test sees what it can.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from monitoring.report_model import MonthlyReport
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.key_events_check import KeyEventsCheck
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from portal.messages.message import Message
from portal.outbox.endpoint_model import WebhookEndpoint
from tests.architecture.population import Population, populate
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium
from tests.journeys.pictures import SCHEMES, Pictures, visit

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]
WIDTHS = (390, 1280)
THROTTLED = Message("aws.throttled", operation="cloudtrail:LookupEvents")


@pytest.fixture
def population() -> Population:
    return populate()


@pytest.fixture
def browser(live_server, settings, population: Population) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    with chromium() as started:
        yield started


def key_page(population: Population) -> str:
    ours = population.ours
    return reverse("credentials", kwargs={"slug": ours.tenant.slug, "uid": ours.live.uid})


def healthy(population: Population) -> dict[str, str]:
    key, now = population.ours.copy.credential, timezone.now()
    Connection.objects.update(allow_trail=True)
    Credential.objects.filter(pk=key.pk).update(
        state="in_use",
        ready_at=now - timedelta(days=40),
        last_used_at=now - timedelta(minutes=50),
        last_used_service="kinesis",
        last_used_region="eu-west-1",
        use_checked_at=now - timedelta(minutes=20),
        trail_requested_at=now - timedelta(minutes=15),
        trail_checked_at=now - timedelta(minutes=75),
        trail_since=now - timedelta(days=40),
        trail_failed_at=now - timedelta(minutes=15),
        trail_problem=THROTTLED,
    )
    return {"key": key_page(population)}


def rotating(population: Population) -> dict[str, str]:
    healthy(population)
    old, now = population.ours.copy.credential, timezone.now()
    new = Credential.objects.create(
        integration=population.ours.live,
        attempt=2,
        user_name="sluice-sensors-2",
        access_key_id="AKIAEXAMPLE2",
        state="ready",
        ready_at=now,
    )
    Rotation.objects.create(
        integration=population.ours.live,
        old=old,
        new=new,
        state="delivered",
        requested_by="ada@northwind.example",
        delivered_at=now,
    )
    return {"key": key_page(population)}


def compromised(population: Population) -> dict[str, str]:
    rotating(population)
    old, now = population.ours.copy.credential, timezone.now()
    Rotation.objects.update(cause="compromised")
    Credential.objects.filter(pk=old.pk).update(state="revoked")
    moments = [now - timedelta(minutes=minute) for minute in (9, 31, 50)]
    events = [
        {
            "at": at.isoformat(),
            "service": "kinesis.amazonaws.com",
            "operation": operation,
            "region": "eu-west-1",
            "source_address": "2600:1f00:4ab:9c00:77e1:33d0:a5ff:fe00",
            "error_code": error,
        }
        for at, operation, error in zip(
            moments,
            ("ListStreams", "DescribeStreamSummary", "PutRecord"),
            ("AccessDenied", "AccessDenied", ""),
            strict=True,
        )
    ]
    revocation = Revocation.objects.create(
        integration=population.ours.live,
        credential=old,
        is_compromised=True,
        reason="Found in a public repository",
        state="proved",
        requested_by="ada@northwind.example",
        inactive_at=now - timedelta(minutes=8),
        deleted_at=now - timedelta(minutes=7),
        refused_at=now - timedelta(minutes=7),
        refusal=Message(
            "revocation.refused", code="UnrecognizedClientException", text="The security token is invalid."
        ),
        events=events,
        events_read_at=now - timedelta(minutes=7),
    )
    KeyEventsCheck.objects.create(
        revocation=revocation,
        requested_by="ada@northwind.example",
        requested_at=now - timedelta(minutes=3),
        finished_at=now - timedelta(minutes=2),
        problem=Message("key_trail.not_now", reason=THROTTLED),
    )
    return {"key": key_page(population)}


def others(population: Population) -> dict[str, str]:
    tenant = population.ours.tenant
    at = {"slug": tenant.slug}
    long = "https://hooks.northwind-estates.example/incoming/sluice/production/building-automation/0123456789abcdef"
    WebhookEndpoint.objects.create(
        tenant=tenant, url=long, kinds=["first_record", "alert_opened"], disabled_at=timezone.now(), failed_count=12
    )
    WebhookEndpoint.objects.create(tenant=tenant, url="hooks.slack.com", kinds=["alert_opened"], service="slack")
    MonthlyReport.objects.filter(tenant=tenant).update(contents=report(), month=date(2026, 10, 1))
    return {
        "webhooks": reverse("webhooks", kwargs=at),
        "webhook": reverse("webhook", kwargs={**at, "uid": population.ours.endpoint.uid}),
        "reports": reverse("monthly_reports", kwargs=at),
        "report": reverse("monthly_report", kwargs={**at, "month": "2026-10"}),
    }


def report() -> dict[str, Any]:
    stream = {
        "uid": "abc",
        "account_id": "111122223333",
        "region": "eu-west-1",
        "records": 128_400_000,
        "bytes": 61_000_000_000,
        "throttled": 1250,
        "problem": None,
        "healthy_seconds": 2_600_000,
        "unhealthy_seconds": 60_000,
        "unknown_seconds": 18_400,
        "known_since": None,
        "metrics_requested": 71_000,
        "key_days": 51.0,
        "rotations": 1,
    }
    gap = Message("stream.metrics_forbidden", metric="IncomingRecords").as_json()
    unknown = {"records": None, "bytes": None, "throttled": None, "problem": gap, "known_since": "2026-10-17T09:00:00Z"}
    names = ("sluice-harbour-tower-north-sensors", "sluice-lobby", "sluice-parking")
    streams = [{**stream, "name": name, **(unknown if name == "sluice-parking" else {})} for name in names]
    alerts = {"opened": 9, "closed": 8, "acknowledged": 6, "mean_seconds": 840, "longest_seconds": 4200}
    return {
        "streams": streams,
        "totals": {"streams": 3, "known": 2, "records": 256_800_000, "bytes": 122_000_000_000},
        "alerts": {**alerts, "by_kind": {"silence": 5, "writes_throttled": 3, "delivery_failing": 1}},
    }


def refused_settings(page: Page, url: str, slug: str) -> None:
    """Save thresholds that are none, and follow the banner to the first field."""
    page.goto(f"{url}/t/{slug}/alerts/thresholds/")
    page.get_by_label("Silence").first.fill("soon")
    page.get_by_label("Throttled writes").first.fill("10000000000")
    page.get_by_label("Escalate after").fill("3")
    page.get_by_role("button", name="Save").click()
    banner = page.get_by_role("alert")
    banner.get_by_role("link", name="Silence").click()
    assert page.evaluate("document.activeElement.value") == "soon"
    page.evaluate("window.scrollTo(0, 0)")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("prepare", [healthy, rotating, compromised, others])
def test_pictures(
    browser: Browser,
    live_server,
    population: Population,
    prepare: Callable[[Population], dict[str, str]],
    scheme: str,
    tmp_path: Path,
) -> None:
    pictures, addresses = Pictures(tmp_path, scheme), in_thread(lambda: prepare(population))
    cookie = in_thread(lambda: population.client("admin").cookies[django_settings.SESSION_COOKIE_NAME].value)
    page = pictures.page(browser)
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    errors = browser_errors(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for name, address in addresses.items():
            visit(page, f"{live_server.url}{address}")
            pictures.take(page, f"{prepare.__name__}-{name}")
        if prepare is others:
            refused_settings(page, live_server.url, population.ours.tenant.slug)
            pictures.take(page, "refused-settings")
    if prepare is others:
        page.goto(f"{live_server.url}{addresses['report']}")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1020, "height": 900})
        page.screenshot(path=pictures.folder / f"report-print-{scheme}.png", full_page=True)
    assert pictures.problems == []
    assert errors == []
