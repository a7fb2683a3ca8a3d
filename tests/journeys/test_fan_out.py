"""A consumer is registered in the wizard with its price, provisioned, seen on the tab, and deregistered again.

`PICTURES=folder` keeps the pictures for a person to look at, as in `test_health_pictures`.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from onboarding.integrations import drift, runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from portal.aws.stream_consumers import find_consumer
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium, press
from tests.journeys.pictures import SCHEMES, Pictures, visit
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.world import PASSWORD, World, client_keypair, portal_user, vendor_keypair, world

__all__ = ["client_keypair", "portal_user", "vendor_keypair", "world"]

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]


@pytest.fixture
def integration(world: World) -> Integration:
    spec = world.spec(world.connected(), world.recipient(), delivery=False)
    spec = replace(spec, stream=replace(spec.stream, kms_key="none"))
    draft = Integration.objects.create(tenant=world.tenant, name="draft")
    run = carried_out(runs.start_run(integration=draft, actor=world.admin, spec=spec))
    assert run.state == RunState.DONE, failed_steps(run)
    return Integration.objects.get(pk=draft.pk)


@pytest.fixture
def browser(live_server, settings, integration: Integration) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SLUICE_PORTAL_URL = live_server.url
    with chromium() as started:
        yield started


def signed_in(world: World) -> str:
    client = Client()
    assert client.login(username=world.admin.email, password=PASSWORD)
    return str(client.cookies[django_settings.SESSION_COOKIE_NAME].value)


def last_run(integration: Integration) -> tuple[str, dict[str, object]]:
    run = carried_out(Run.objects.filter(integration=integration).order_by("-pk")[0])
    return run.state, failed_steps(run)


class Walk:
    """The owner's browser, at one integration."""

    def __init__(self, page: Page, base: str, integration: Integration) -> None:
        at = {"slug": "northwind", "uid": integration.uid}
        self.page, self.integration = page, integration
        self.tab = base + reverse("consumers", kwargs=at)
        self.wizard, self.review = (
            base + reverse("setup", kwargs={**at, "page": name}) for name in ("consumers", "review")
        )

    def applied(self) -> None:
        """Press the review's last button, and have a worker carry the run out."""
        press(self.page, "^(Apply changes|Update|Apply|Create)")
        self.page.wait_for_url("**/runs/**")
        assert in_thread(lambda: last_run(self.integration)) == (RunState.DONE, {})


def choose(page: Page, section: str, name: str) -> None:
    """Open the part about enhanced fan-out of a role or share, and enter the consumer's name."""
    part = page.locator(section)
    part.get_by_text("Enhanced fan-out", exact=True).click()
    part.get_by_label("Registered consumer").fill(name)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_consumer_is_registered_seen_and_deregistered(
    browser: Browser, live_server, world: World, integration: Integration, scheme: str, tmp_path: Path
) -> None:
    stream = f"arn:aws:kinesis:eu-west-1:{world.account_id}:stream/sluice-sensors"
    pictures = Pictures(tmp_path, scheme)
    page = pictures.page(browser)
    cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": in_thread(lambda: signed_in(world))}
    page.context.add_cookies([{**cookie, "url": live_server.url}])
    errors, walk = browser_errors(page), Walk(page, live_server.url, integration)

    def take(name: str, where: str) -> None:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            visit(page, where)
            pictures.take(page, name)

    page.goto(walk.tab)
    press(page, "^Change settings$")
    page.goto(walk.wizard)
    press(page, "^Register consumer$")
    page.get_by_label("Consumer name").fill("reporting")
    press(page, "^Add consumer role$")
    page.get_by_label("Name", exact=True).fill("analytics")
    page.get_by_label("Who can assume it").fill(world.account_id)
    choose(page, "#role-1", "reporting")
    press(page, "^Add share$")
    page.get_by_label("Label").fill("tools")
    page.get_by_label("Who reads").fill("777788889999")
    choose(page, "#share-1", "reporting")
    press(page, "^Continue")
    take("fan-out-wizard", walk.wizard)
    take("fan-out-review", walk.review)
    expect(page.get_by_text("by the hour").first).to_be_attached()
    walk.applied()
    found = find_consumer(world.root(), stream, "reporting")
    assert found is not None
    assert in_thread(lambda: drift.check(Integration.objects.get(pk=integration.pk))) == []
    take("fan-out-tab", walk.tab)
    expect(page.locator(".chip", has_text="Active").first).to_be_visible()
    expect(page.get_by_text(found.arn).first).to_be_visible()

    press(page, "^Change settings$")
    page.goto(walk.wizard)
    press(page, "^Remove consumer")
    press(page, "^Continue")
    expect(page.get_by_text("This integration registers no consumer named reporting.").first).to_be_visible()
    press(page, "^Remove share")
    press(page, "^Remove role")
    press(page, "^Continue")
    page.goto(walk.review)
    expect(page.get_by_text("Its subscriptions end").first).to_be_visible()
    walk.applied()
    assert find_consumer(world.root(), stream, "reporting") is None
    page.goto(walk.tab)
    expect(page.get_by_text("No registered consumer.").first).to_be_visible()
    assert errors == []
    assert pictures.problems == []
