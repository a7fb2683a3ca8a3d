"""A screen on a wall: it follows what happens without anyone signed in, and shows that its link has ended."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from monitoring import wall_links
from monitoring.models import StreamHealth, WallLink
from portal import live
from portal.messages.message import Message
from tests.architecture.population import Population
from tests.journeys.browser import in_thread, needs_chromium
from tests.journeys.test_open_pages import address, as_if_checked_now, context, population, role, vendor_keypair

__all__ = ["address", "context", "population", "role", "vendor_keypair"]

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def made(population: Population) -> tuple[WallLink, str]:
    as_if_checked_now(population)
    return wall_links.create(person=population.people["admin"], tenant=population.ours.tenant, name="Lobby")


def fail(population: Population) -> None:
    rows = StreamHealth.objects.filter(integration=population.ours.live)
    rows.update(state="failing", rank=0, message=Message("stream.being_deleted"))
    live.publish(f"wall:{population.ours.tenant.slug}", "changed")


def test_a_screen_shows_a_change_and_its_end(
    population: Population, made: tuple[WallLink, str], context: BrowserContext, address: str
) -> None:
    ours, (link, token) = population.ours, made
    browser = context.browser
    assert browser is not None
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    logged = list[str]()
    page.on("console", lambda message: logged.append(message.text))
    page.goto(address + reverse("wall", kwargs={"token": token}))
    expect(page.locator("[data-live].is-open")).to_be_visible()
    expect(page.locator(".wall-tile.is-healthy")).to_have_count(1)
    in_thread(lambda: fail(population))
    expect(page.locator(".wall-tile").first).to_contain_text("AWS is deleting the data stream.")
    sizes = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert sizes == [720, 1280], "nothing scrolls"
    assert page.context.cookies() == []
    assert logged == []
    admin = population.people["admin"]
    assert in_thread(lambda: wall_links.revoke(tenant=ours.tenant, uid=link.uid, actor=admin))
    expect(page.locator("#wall")).to_have_count(0)
    expect(page.locator("h1")).to_contain_text("not found", ignore_case=True)
