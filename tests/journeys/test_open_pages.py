"""Pages that stay open: what changes elsewhere appears by itself, and what is not checked any more becomes unknown."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from monitoring.models import StreamHealth
from monitoring.pages.html_cache import board_row_html
from monitoring.pages.measured import measured_html
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal import live
from portal.asgi import django_application
from portal.events import with_events
from portal.messages.message import Message
from tests.architecture.population import Population, populate
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium
from tests.web_process import served
from tests.world import vendor_keypair

__all__ = ["vendor_keypair"]

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
ACCOUNT = "777788889999"


@pytest.fixture
def population(settings, tmp_path, vendor_keypair) -> Population:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "delivery.asc"
    settings.SLUICE_VENDOR_CERTIFICATE_FILE.write_text(vendor_keypair.certificate)
    found = populate()
    found.ours.address.delete()  # an unexpected address would be what the home page says of the key
    return found


@pytest.fixture
def address(population: Population) -> Iterator[str]:
    """The web process: pages, static files and event streams."""
    with served(with_events(ASGIStaticFilesHandler(django_application))) as url:
        yield url


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
    copies = [page.get_by_role("article", name="Encrypted copy for Ada") for page in (here, there)]
    for copy in copies:
        expect(copy.get_by_text("Not downloaded yet.")).to_be_visible()
    with here.expect_download():
        here.get_by_role("button", name="Download access key").click()
    for page, copy in zip((here, there), copies, strict=True):
        expect(copy.get_by_text("Downloaded by")).to_be_visible()
        expect(copy.get_by_text("Not downloaded yet.")).to_have_count(0)
        expect(page.locator("#key-history")).to_contain_text("downloaded an encrypted copy of the access key")
    expect(home.get_by_text("No one on your team has downloaded the key yet.")).to_have_count(0)
    expect(home.get_by_text("Downloaded", exact=False).first).to_be_visible()
    assert errors == []


@pytest.fixture
def events(population: Population) -> dict[str, str]:
    """What a collection publishes of the live stream and of one that no page lists."""
    as_if_checked_now(population)
    live_stream = Integration.objects.select_related("health", "tenant", "connection").get(pk=population.ours.live.pk)
    health = live_stream.health
    health.message = Message("stream.receiving", records_per_second=7.5)
    health.measurements = {"records_per_second": 7.5}
    row = board_row_html(live_stream, with_tenant=False, is_update=True)
    times = measured_html(live_stream.uid, health)
    return {"row": row, "checked": times + times.replace(live_stream.uid, "000000000000")}


@pytest.mark.parametrize("query", ["", "?q=nowhere", "?group=cause"])
def test_what_is_published_of_streams_that_a_board_does_not_list_causes_no_error(
    population: Population, events: dict[str, str], context: BrowserContext, address: str, query: str
) -> None:
    path = path_of(population, "streams")
    listing, page = opened(context, address, path), opened(context, address, path + query)
    logged = list[str]()
    page.on("console", lambda message: logged.append(message.text))
    for shown in (listing, page):
        expect(shown.locator("[data-live].is-open")).to_be_visible()
    topic = f"board:{population.ours.tenant.slug}"
    for event, html in events.items():
        live.publish(topic, event, html)
    expect(listing.locator("#board")).to_contain_text("7.5")
    with page.expect_response(lambda answer: path in answer.url):  # it has received what came before
        live.publish(topic, "moved")
    assert logged == []


def as_if_checked_now(population: Population) -> None:
    """Everything was confirmed just now; the role of a second connection is being tested; a worker has a run."""
    ours, now = population.ours, timezone.now()
    rows = Connection.objects.filter(pk=ours.connection.pk)
    rows.update(checked_at=now, verdict=Message("trust.works"))
    denied = {"right": "refused", "wrong": "refused", "missing": "refused"}
    second = {"name": "second", "account_id": ACCOUNT, "role_arn": f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess"}
    tested = {
        "checked_at": now,
        "first_tried_at": now,
        "trust_report": denied,
        "verdict": Message("trust.denied_since"),
    }
    fields = {"tenant": ours.tenant, "state": "refused", **second, **tested}
    Connection.objects.update_or_create(uid="second", defaults=fields)
    message = Message("stream.receiving", records_per_second=6.9)
    fields = {"state": "healthy", "rank": 3, "message": message, "checked_at": now}
    StreamHealth.objects.update_or_create(integration=ours.live, defaults=fields)
    claimed_until = now + timedelta(seconds=60)
    Run.objects.filter(pk=ours.failed.pk).update(state="running", due_at=now, lease_until=claimed_until)


# The address of the page, the part of it that says so, and what that part says before. What expires first comes first:
# a page takes the time since the clock was replaced for a clock that is wrong.
PAGES = {
    "tap": ("stream", "[data-expiring]:has(.c-attention)", "No records read yet"),
    "run": ("run", ".run-overdue", ""),
    "connection": ("connection", "#page-state", "Verified"),
    "verification of a connection": ("connection", "#trust", "Verified"),
    "verification under way": ("second", "#page-state", "Propagating"),
    "overview": ("tenant_home", "#streams", "Live"),
    "integration": ("integration", "#page-state", "Live"),
    "stream": ("stream", ".page-head", "Healthy"),
    "board": ("streams", "#board", "Healthy"),
}


def test_what_nothing_confirms_becomes_unknown_by_itself(
    population: Population, context: BrowserContext, address: str
) -> None:
    """Four hours pass on all pages, and no event arrives."""
    ours = population.ours
    paths = {
        "connection": path_of(population, "connection", uid=ours.connection.uid),
        "second": path_of(population, "connection", uid="second"),
        "run": path_of(population, "run", pk=ours.failed.pk),
        **{name: path_of(population, name, uid=ours.live.uid) for name in ("integration", "stream")},
        **{name: path_of(population, name) for name in ("tenant_home", "streams")},
    }
    context.route("**/events/**", lambda route: route.abort())  # Chromium opens six connections to a host at most
    context.clock.install()
    shown = {}
    for name, (view, place, before) in PAGES.items():
        in_thread(lambda: as_if_checked_now(population))  # or the first is old before the last is open
        shown[name] = opened(context, address, paths[view]).locator(place).first
        expect(shown[name], name).to_contain_text(before, use_inner_text=True)
        assert "Unknown since" not in shown[name].inner_text(), name
    context.clock.fast_forward("04:00:00")
    for name, (_view, _place, before) in PAGES.items():
        expect(shown[name], name).to_contain_text(re.compile(r"Unknown\s+since"), use_inner_text=True)
        if before:  # waited for: a part that is fetched anew is shown before its time is compared
            expect(shown[name], name).not_to_contain_text(before, use_inner_text=True)
