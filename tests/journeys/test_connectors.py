"""Connector settings in a browser: by keyboard, copied and downloaded, without JavaScript, and with bad entries.

`PICTURES=folder` keeps the pictures for a person to look at, as in `test_health_pictures`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from onboarding.connectors.catalogue import TOOLS
from tests.architecture.population import Population, populate
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium, press
from tests.journeys.pictures import SCHEMES, Pictures, visit

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]


@pytest.fixture
def people(db) -> Population:
    return populate()


@pytest.fixture
def browser(live_server, settings, people: Population) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    with chromium() as started:
        yield started


def session(people: Population) -> str:
    client = Client()
    client.force_login(people.person("viewer"))
    return str(client.cookies[django_settings.SESSION_COOKIE_NAME].value)


def enter(page: Page, address: str, people: Population) -> None:
    cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": in_thread(lambda: session(people))}
    page.context.add_cookies([{**cookie, "url": address}])


def address_of(base: str, people: Population) -> str:
    return f"{base}/t/{people.ours.tenant.slug}/integrations/{people.ours.live.uid}/connectors/"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_tabs_are_walked_by_keyboard_and_a_file_is_copied_and_downloaded(
    browser: Browser, live_server, people: Population, scheme: str, tmp_path: Path
) -> None:
    pictures, base = Pictures(tmp_path, scheme), address_of(live_server.url, people)
    page = pictures.page(browser)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, live_server.url, people)
    errors = browser_errors(page)
    visit(page, base)
    tabs = page.get_by_role("navigation", name="Tool").get_by_role("link")
    expect(tabs).to_have_count(len(TOOLS))
    tabs.first.focus()
    for _ in range(len(TOOLS) - 1):
        page.keyboard.press("Tab")
    expect(tabs.last).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{list(TOOLS)[-1]}/**")
    visit(page, f"{base}telegraf/")
    shown = page.locator("figure.code", has_text="telegraf-kinesis.conf").first
    press(page, "^Copy telegraf-kinesis.conf")
    expect(shown.get_by_text("Copied")).to_be_visible()
    text = shown.locator("pre").inner_text().rstrip("\n")
    assert page.evaluate("navigator.clipboard.readText()").rstrip("\n") == text
    with page.expect_download() as download:
        shown.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_text().rstrip("\n") == text
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for tool in ("sas-esp", "telegraf"):
            visit(page, f"{base}{tool}/")
            pictures.take(page, f"connector-{tool}")
        page.goto(f"{base}telegraf/?sign_in=role&role_arn=x&external_id=a+b&fanout_arn=y")
        expect(page.locator("[aria-invalid=true]")).to_have_count(3)
        pictures.take(page, "connector-refused")
    assert pictures.problems == []
    # The browser itself reports the page that was answered with 422.
    assert [error for error in errors if "422" not in error] == []


def test_without_javascript_the_tabs_the_form_and_the_downloads_work(
    browser: Browser, live_server, people: Population
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    enter(page, live_server.url, people)
    visit(page, address_of(live_server.url, people))
    page.get_by_role("navigation", name="Tool").get_by_role("link", name="Telegraf").click()
    page.get_by_label("Sign in").select_option("role")
    press(page, "^Show settings$")
    expect(page.get_by_text("YOUR-CONSUMER-ROLE").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download telegraf-kinesis.conf").click()
    assert 'profile = "stream-reader"' in Path(download.value.path()).read_text()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
