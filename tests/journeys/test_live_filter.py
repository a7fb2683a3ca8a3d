"""A filter of the newest records in a browser: typed, applied to what arrives, refused with its mistake, cleared."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.local.ministack import root_session
from tests.journeys.browser import browser_errors, needs_chromium, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.test_accessibility import LOOKS, open_first_stream, page_of, violations_on, visit
from tests.journeys.test_live_records import STREAM, open_stream

pytestmark = [pytest.mark.audit, needs_chromium]
WAIT = 60_000


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    open_stream(page, demo)
    yield page
    context.close()


def put(*data: bytes) -> None:
    client = root_session("444455556666").client("kinesis")
    for each in data:
        client.put_record(StreamName=STREAM, Data=each, PartitionKey="k")


def pictures(page: Page, name: str) -> None:
    """Take pictures for a person who asked for them, by SLUICE_PICTURES."""
    folder = os.environ.get("SLUICE_PICTURES")
    if not folder:
        return
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            title = page.locator("#records-title, h1").last
            title.evaluate("element => element.scrollIntoView()")
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.usefixtures("aws")
def test_a_filter_that_is_typed_shows_only_what_it_finds(browser: Browser, page: Page, demo: Demo) -> None:
    errors = browser_errors(page)
    put(b'{"probe": "before", "reading": {"celsius": 40}}')
    expect(page.locator("#records")).to_contain_text('"before"', timeout=WAIT)
    page.get_by_label("Filter", exact=True).fill('probe in ("before", "after") and reading.celsius > 30')
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-live]")).to_contain_text("Live", timeout=WAIT)
    expect(page.locator("#records")).to_contain_text('"before"', timeout=WAIT)
    put(b'{"probe": "after", "reading": {"celsius": 29}}', b'{"probe": "after", "reading": {"celsius": 31.50}}')
    expect(page.locator("#records")).to_contain_text("31.50", timeout=WAIT)
    assert page.locator("#records > tr").count() == 2
    expect(page.locator(".records-counts")).to_contain_text("records matched, of those that arrived since")
    expect(page.locator(".records-card .card-head")).to_contain_text("viewer")
    pictures(page, "filter")
    assert errors == []
    without_javascript(browser, page)
    as_staff(browser, page, demo)
    page.get_by_role("link", name="Clear").click()
    expect(page.locator(".records-counts")).to_contain_text("records that arrived since", timeout=WAIT)
    page.get_by_label("Filter", exact=True).fill("zone = north")
    page.get_by_label("Filter", exact=True).press("Enter")
    expect(page.locator("#filter-error")).to_contain_text("The filter, at character 8: Put text in quotes")
    expect(page.get_by_label("Filter", exact=True)).to_have_value("zone = north")
    pictures(page, "mistake")


def without_javascript(browser: Browser, page: Page) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(page.url)
    expect(plain.locator("#records > tr")).to_have_count(2)
    expect(plain.locator(".records-counts")).to_contain_text("records matched, of those that arrived since")
    context.close()


def as_staff(browser: Browser, page: Page, demo: Demo) -> None:
    """Who sees records masked cannot use the same address, and is sent no row of it."""
    context = browser.new_context()
    other = context.new_page()
    other.set_default_timeout(20_000)
    sign_in(other, demo.url, "operator@halcyon.example", PASSWORD)
    other.goto(page.url)
    other.locator("[name=reason]").fill("Ticket 4711: a device is missing")
    other.locator("main button[type=submit]").click()
    expect(other.locator("#filter-error")).to_contain_text("You see records masked")
    assert other.locator("#records").count() == 0
    assert "31.50" not in other.content()
    context.close()


@pytest.mark.usefixtures("aws")
def test_columns_are_chosen_saved_as_the_default_and_cleared(page: Page) -> None:
    errors = browser_errors(page)
    put(b'{"probe": "columns", "reading": {"celsius": 21.50}}')
    expect(page.locator("#records")).to_contain_text('"columns"', timeout=WAIT)
    page.get_by_label("Filter", exact=True).fill("probe = 'columns'")
    page.get_by_label("Columns", exact=True).fill("reading.celsius")
    page.get_by_role("button", name="Apply").click()
    cell = page.locator("#records td[data-label='reading.celsius']").first
    expect(cell).to_have_text("21.50", timeout=WAIT)
    page.reload()
    page.get_by_text("Fields in these rows").click()
    page.get_by_role("link", name="Add column probe").click()
    put(b'{"probe": "columns", "reading": {"celsius": 1e2}}')
    expect(page.locator("#records")).to_contain_text("1e2", timeout=WAIT)
    expect(page.locator("#records td[data-label='probe']").first).to_have_text("columns")
    pictures(page, "columns")
    page.get_by_role("link", name="Save as a view").click()
    page.get_by_label("Name", exact=True).fill("Probes")
    page.get_by_label("Default", exact=True).select_option("1")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator("main")).to_contain_text("Default")
    pictures(page, "views")
    page.locator("main .eyebrow a").click()
    expect(page.locator(".saved-views")).to_contain_text("The default view is used.")
    expect(page.locator("#records td[data-label='probe']").first).to_have_text("columns", timeout=WAIT)
    pictures(page, "default")
    page.get_by_role("link", name="Show all records").click()
    expect(page.locator(".records-counts")).to_contain_text("records that arrived since", timeout=WAIT)
    page.get_by_role("link", name="Records", exact=True).click()
    expect(page.get_by_label("Columns", exact=True)).to_have_value("reading.celsius,probe")
    pictures(page, "history")
    page.get_by_role("link", name="Save or manage views").click()
    page.get_by_role("button", name="Remove Probes").click()
    expect(page.locator("main")).to_contain_text("None.")
    assert errors == []


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_pages_with_filters_columns_and_views(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "admin@contoso.example", look)
    page.goto(f"{demo.url}/t/contoso/streams/")
    open_first_stream(page, demo)
    stream = page.url.partition("?")[0]
    put(b'{"probe": "axe", "reading": {"celsius": 21.5}}')
    page.goto(f"{stream}?filter=probe+%3D+%27axe%27&columns=reading.celsius,probe")
    expect(page.locator("#records td[data-label='probe']").first).to_have_text("axe", timeout=WAIT)
    page.evaluate("document.querySelectorAll('.records-card details').forEach(details => { details.open = true })")
    found = violations_on(page)
    for address in ("?filter=zone+%3D+north", "?columns=a+b", "views/?filter=n+%3D+1&columns=n", "records/?columns=n"):
        found += visit(page, f"{stream}{address}")
    page.goto(f"{stream}views/?filter=zone+%3D+north")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator("#view-error")).to_be_visible()
    assert found + violations_on(page) == []
