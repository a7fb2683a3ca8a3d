"""The live table of records in a browser: it counts what it does not list, and shows poisoned records as refused."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.local.ministack import root_session
from tests.journeys.browser import browser_errors, needs_chromium, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import LONG_NUMBER, NEVER_RETURNS
from tests.waiting import wait_for

pytestmark = [pytest.mark.audit, needs_chromium]

STREAM = "sluice-contoso-sensors"
COUNTS = re.compile(r"Shows ([\d,]+) of ([\d,]+) records? read since .*, ([\d,]+) not listed")


def open_stream(page: Page, demo: Demo) -> None:
    page.set_default_timeout(20_000)
    sign_in(page, demo.url, "admin@contoso.example", PASSWORD)
    page.goto(f"{demo.url}/t/contoso/streams/")
    address = page.locator("main a[href*='/streams/']").first.get_attribute("href")
    page.goto(f"{demo.url}{address}")


def counts_on(page: Page) -> tuple[int, int, int]:
    """Read, listed, not listed."""
    found = COUNTS.search(" ".join(page.locator(".records-counts").inner_text().split()))
    listed, total, unlisted = (int(number.replace(",", "")) for number in found.groups()) if found else (0, 0, 0)
    return total, listed, unlisted


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    open_stream(page, demo)
    yield page
    context.close()


@pytest.mark.usefixtures("aws")
def test_records_put_are_records_listed_and_records_said(browser: Browser, page: Page, demo: Demo) -> None:
    errors = browser_errors(page)
    expect(page.locator("[data-live]")).to_contain_text("Live")
    wait_for(lambda: counts_on(page)[0] > 0, 60, "a record of the building")
    before = counts_on(page)[0]
    client = root_session("444455556666").client("kinesis")
    client.put_record(StreamName=STREAM, Data=kpl(*[("k", b'{"inside": 1}')] * 1_000), PartitionKey="k")
    for data in (LONG_NUMBER, NEVER_RETURNS, b'{"single": 1}'):
        client.put_record(StreamName=STREAM, Data=data, PartitionKey="k")
    expect(page.locator("#records")).to_contain_text("Refused: A number has more than 1,000 digits.")
    expect(page.locator("#records")).to_contain_text("so it was stopped")
    expect(page.locator("#records")).to_contain_text('"single"')
    wait_for(lambda: counts_on(page)[0] >= before + 1_003, 30, "the count of all records")
    page.wait_for_function(
        "() => document.querySelector('[data-records-listed]').textContent"
        " === `Shows ${document.querySelectorAll('#records > tr').length} of`"
    )
    total, listed, unlisted = counts_on(page)
    assert total == listed + unlisted
    assert unlisted >= 950
    assert errors == []
    without_javascript(browser, page)


def without_javascript(browser: Browser, page: Page) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(page.url)
    total, listed, unlisted = counts_on(plain)
    assert plain.locator("#records > tr").count() == listed == 100
    assert total == listed + unlisted
    context.close()
