"""The history of a stream in a browser: a device's record of yesterday, and a reshard followed into a child shard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from portal.local.ministack import root_session
from tests.journeys.browser import browser_errors, needs_chromium, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.test_live_records import STREAM, open_stream
from tests.portal.local.emulator.test_old_records import put_at

pytestmark = [pytest.mark.audit, needs_chromium]
WAIT = 60_000
FIRST = "shardId-000000000000"


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(timezone_id="Europe/Oslo", locale="en-GB")
    page = context.new_page()
    open_stream(page, demo)
    page.get_by_role("link", name="Records", exact=True).click()
    yield page
    context.close()


@pytest.mark.usefixtures("aws")
def test_a_devices_record_of_yesterday_is_found_by_its_time(browser: Browser, page: Page, demo: Demo) -> None:
    errors = browser_errors(page)
    yesterday = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=22)
    client = root_session("444455556666").client("kinesis")
    put = put_at(client, STREAM, yesterday, Data=b'{"device": "lost-17", "celsius": 21.5}', PartitionKey="lost-17")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Oslo")
    page.get_by_label("Start", exact=True).select_option("AT_TIMESTAMP")
    oslo = yesterday.astimezone(ZoneInfo("Europe/Oslo"))
    page.get_by_label("Time", exact=True).fill(f"{oslo:%Y-%m-%dT%H:%M:%S}")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#history")).to_contain_text("lost-17", timeout=WAIT)
    expect(page.get_by_role("link", name="Previous")).to_be_visible(timeout=WAIT)
    assert errors == []
    without_javascript(browser, page)
    as_staff(browser, demo, page.url)
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("#history")).to_contain_text("These are the oldest records.", timeout=WAIT)
    assert put["ShardId"]


def without_javascript(browser: Browser, page: Page) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(page.url)
    expect(plain.locator("#history")).to_contain_text("lost-17")
    context.close()


def as_staff(browser: Browser, demo: Demo, url: str) -> None:
    """The address of a page is no one else's; staff start their own and receive no unmasked byte."""
    context = browser.new_context()
    other = context.new_page()
    other.set_default_timeout(20_000)
    bodies: list[str] = []
    other.on("requestfinished", lambda request: bodies.append(_body(request)))
    sign_in(other, demo.url, "operator@halcyon.example", PASSWORD)
    other.goto(url)
    other.get_by_label("Reason").fill("Ticket 4711: a device is missing")
    other.locator("main form button[type=submit]").click()
    expect(other.locator("main")).to_contain_text("created for another person or stream, or was changed")
    other.goto(url.partition("&cursor=")[0])
    expect(other.locator("#history")).to_contain_text("Values and names of fields are masked.", timeout=WAIT)
    expect(other.locator("#history")).to_contain_text("record", timeout=WAIT)
    expect(other.locator("#history tbody tr").first).to_be_visible(timeout=WAIT)
    assert any("•••" in body for body in bodies)
    assert [body for body in bodies if "lost-17" in body] == []
    context.close()


def _body(request: Request) -> str:
    response = request.response()
    is_page = response is not None and "/records/" in request.url and response.status == 200
    return response.text() if response is not None and is_page else ""


@pytest.mark.usefixtures("aws")
def test_a_reshard_is_followed_from_a_closed_shard_into_its_child(page: Page) -> None:
    client = root_session("444455556666").client("kinesis")
    shard = next(shard for shard in client.list_shards(StreamName=STREAM)["Shards"] if shard["ShardId"] == FIRST)
    first, last = (int(shard["HashKeyRange"][name]) for name in ("StartingHashKey", "EndingHashKey"))
    record = {"PartitionKey": "k", "ExplicitHashKey": str(first)}
    client.put_record(StreamName=STREAM, Data=b'{"is": "before-reshard"}', **record)
    client.split_shard(StreamName=STREAM, ShardToSplit=FIRST, NewStartingHashKey=str((first + last) // 2))
    put = client.put_record(StreamName=STREAM, Data=b'{"is": "after-reshard"}', **record)
    page.get_by_label("Start", exact=True).select_option("AT_TIMESTAMP")
    page.get_by_label("Time zone").select_option("UTC")
    page.get_by_label("Time", exact=True).fill(f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}")
    page.get_by_label("Shard", exact=True).select_option("0")
    page.get_by_label("Records on a page").select_option("250")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#history")).to_contain_text("before-reshard", timeout=WAIT)
    expect(page.locator("#history")).not_to_contain_text("after-reshard")
    page.get_by_role("link", name=f"Continue in {put['ShardId']}").click()
    expect(page.locator("#history")).to_contain_text("after-reshard", timeout=WAIT)
