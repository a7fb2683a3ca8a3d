"""Pages that stay open: what changes elsewhere appears by itself, and what is not checked any more becomes unknown."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import uvicorn
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from monitoring.models import StreamHealth
from onboarding.integrations.selectors import OVERDUE_AFTER
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal.asgi import django_application
from portal.events import with_events
from portal.local import ports
from portal.messages.message import Message
from tests.architecture.population import Population, populate
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium
from tests.waiting import wait_for
from tests.world import vendor_keypair

__all__ = ["vendor_keypair"]

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
SECONDS_LEFT = 10.0  # until what a page shows expires: long enough for it to load before


@pytest.fixture
def population(settings, tmp_path, vendor_keypair) -> Population:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "delivery.asc"
    settings.SLUICE_VENDOR_CERTIFICATE_FILE.write_text(vendor_keypair.certificate)
    return populate()


@pytest.fixture
def address(population: Population) -> Iterator[str]:
    """The web process: pages, static files and event streams."""
    port = ports.free_port()
    application = with_events(ASGIStaticFilesHandler(django_application))
    config = uvicorn.Config(application, port=port, lifespan="off", log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def role() -> str:
    """Whose browser it is: a viewer's page starts no verification."""
    return "viewer"


@pytest.fixture
def context(population: Population, address: str, role: str) -> Iterator[BrowserContext]:
    name = django_settings.SESSION_COOKIE_NAME
    key = population.client(role).cookies[name].value
    with chromium() as browser:
        made = browser.new_context()
        made.set_default_timeout(20_000)
        made.add_cookies([{"name": name, "value": key, "url": address}])
        yield made
        made.close()


def opened(context: BrowserContext, address: str, path: str) -> Page:
    page = context.new_page()
    page.goto(address + path)
    return page


def path_of(population: Population, name: str, **arguments: object) -> str:
    return reverse(name, kwargs={"slug": population.ours.tenant.slug, **arguments})


@pytest.mark.parametrize("role", ["admin"])
def test_a_download_shows_on_every_open_page(population: Population, context: BrowserContext, address: str) -> None:
    uid = population.ours.live.uid
    credentials = path_of(population, "credentials", uid=uid)
    here, there = opened(context, address, credentials), opened(context, address, credentials)
    home = opened(context, address, path_of(population, "tenant_home"))
    errors = [error for page in (here, there, home) for error in browser_errors(page)]
    expect(home.get_by_text("No one on your team has downloaded the key yet.")).to_be_visible()
    for page in (here, there):
        expect(page.get_by_text("Not downloaded yet.")).to_be_visible()
    with here.expect_download():
        here.get_by_role("button", name="Download access key").click()
    for page in (here, there):
        expect(page.get_by_text("Downloaded by")).to_be_visible()
        expect(page.get_by_text("Not downloaded yet.")).to_have_count(0)
        expect(page.locator("#rail .rail-step").last).to_contain_text("downloaded")
    expect(home.get_by_text("No one on your team has downloaded the key yet.")).to_have_count(0)
    expect(home.get_by_text("Downloaded", exact=False).first).to_be_visible()
    assert errors == []


def verified_long_ago(population: Population) -> None:
    at = timezone.now() - timedelta(seconds=3 * django_settings.SLUICE_RECHECK_SECONDS - SECONDS_LEFT)
    verdict = Message("trust.works")
    Connection.objects.filter(pk=population.ours.connection.pk).update(checked_at=at, verdict=verdict)


def tried_a_while_ago(population: Population) -> None:
    at = timezone.now() - timedelta(seconds=30 - SECONDS_LEFT)
    denied = {"right": "refused", "wrong": "refused", "missing": "refused"}
    rows = Connection.objects.filter(pk=population.ours.connection.pk)
    rows.update(state="refused", report=denied, verdict=Message("trust.denied_since"), checked_at=at, first_tried_at=at)


def measured_a_while_ago(population: Population) -> None:
    at = timezone.now() - timedelta(seconds=3 * django_settings.SLUICE_COLLECT_SECONDS - SECONDS_LEFT)
    message = Message("stream.receiving", records_per_second=6.9)
    StreamHealth.objects.create(
        integration=population.ours.live, state="healthy", rank=3, message=message, checked_at=at
    )


def due_a_moment_ago(population: Population) -> None:
    at = timezone.now() - OVERDUE_AFTER + timedelta(seconds=SECONDS_LEFT)
    Run.objects.filter(pk=population.ours.failed.pk).update(state="running", due_at=at, lease_until=at)


def read_by_no_tap(population: Population) -> None:
    """The tap's part of the page expires nine seconds after the page was rendered."""
    Integration.objects.filter(pk=population.ours.live.pk).update(drift_count=0)


PAGES = {
    "connection": (verified_long_ago, "connection", "#page-state", "Verified"),
    "connection's verification": (verified_long_ago, "connection", "#trust", "Verified"),
    "verification under way": (tried_a_while_ago, "connection", "#page-state", "Propagating"),
    "overview": (verified_long_ago, "tenant_home", "#streams", "Live"),
    "integration": (verified_long_ago, "integration", "#page-state", "Live"),
    "stream": (measured_a_while_ago, "stream", ".page-head", "Healthy"),
    "board": (measured_a_while_ago, "streams", "#board", "Healthy"),
    "tap": (read_by_no_tap, "stream", "[data-expiring]:has(.c-attention)", "No records read yet"),
    "run": (due_a_moment_ago, "run", ".run-overdue", ""),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_nothing_confirms_becomes_unknown_by_itself(
    population: Population, context: BrowserContext, address: str, name: str
) -> None:
    prepare, view, place, before = PAGES[name]
    ours = population.ours
    arguments: dict[str, dict[str, object]] = {
        "connection": {"uid": ours.connection.uid},
        "integration": {"uid": ours.live.uid},
        "stream": {"uid": ours.live.uid},
        "run": {"pk": ours.failed.pk},
    }
    in_thread(lambda: prepare(population))
    page = opened(context, address, path_of(population, view, **arguments.get(view, {})))
    shown = page.locator(place).first
    assert "Unknown since" not in shown.inner_text(), "before the time is over"
    assert before in shown.inner_text()
    expect(shown).to_contain_text("Unknown since", use_inner_text=True)
    assert not before or before not in shown.inner_text()
