"""The live table of records in a browser: soon, for many at the calls of one, through a reshard, and all is counted."""

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.local.ministack import root_session
from tests.journeys.browser import browser_errors, needs_chromium, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import LONG_NUMBER, NEVER_RETURNS
from tests.portal.event_crowd import Crowd, gathered
from tests.waiting import wait_for

pytestmark = [pytest.mark.audit, needs_chromium]

ROLE = "SluiceAccess"
EACH_PERSON = 67  # of the 100 event streams that one may have

STREAM = "sluice-contoso-sensors"
COUNTS = re.compile(r"Shows ([\d,]+) of ([\d,]+) records? that arrived since .*, ([\d,]+) not listed")


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


@pytest.mark.usefixtures("aws")
def test_a_waiting_viewer_sees_a_record_and_the_state_of_the_reader(page: Page) -> None:
    expect(page.locator("[data-live]")).to_contain_text("Live")
    client = root_session("444455556666").client("kinesis")
    client.put_record(StreamName=STREAM, Data=b'{"waited": "for this"}', PartitionKey="k")
    expect(page.locator("#records")).to_contain_text('"for this"')
    expect(page.locator(".records-card .card-head")).to_contain_text("No lag · Reads 1 of 5 calls/s per shard")


@pytest.mark.usefixtures("aws")
def test_two_hundred_viewers_cause_the_calls_of_one(browser: Browser, page: Page, demo: Demo) -> None:
    """The emulator counts: it answers five calls a second, so with three of ours there is room for two of Sluice's."""
    topic = f"/events/stream/{page.url.rstrip('/').rpartition('/')[2]}"
    crowds = []
    for person, audience in (
        ("admin@contoso.example", "clear"),
        ("operator@halcyon.example", "masked"),
        ("support@halcyon.example", "masked"),
    ):
        context = browser.new_context()
        visitor = context.new_page()
        sign_in(visitor, demo.url, person, PASSWORD)
        visitor.goto(page.url)
        if audience == "masked":  # staff, who say why they open a client's page
            visitor.locator("[name=reason]").fill("A test with many viewers")
            visitor.locator("main button[type=submit]").click()
            expect(visitor.locator("#records")).to_be_attached()
        session = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid")
        crowds.append(Crowd(demo.url, f"{topic}/{audience}/", session, EACH_PERSON))
        context.close()
    client = root_session("444455556666").client("kinesis", single_attempt=True)
    shards = [shard["ShardId"] for shard in client.list_shards(StreamName=STREAM)["Shards"]]
    kind = {"ShardIteratorType": "LATEST"}
    with gathered(*crowds, within=60):
        places = [client.get_shard_iterator(StreamName=STREAM, ShardId=shard, **kind) for shard in shards]
        iterators = [place["ShardIterator"] for place in places]
        until = time.monotonic() + 10
        while time.monotonic() < until:
            iterators = [client.get_records(ShardIterator=at)["NextShardIterator"] for at in iterators]
            time.sleep(0.34)
        expect(page.locator(".records-card .card-head")).to_contain_text("Reads 1 of 5 calls/s per shard")
        expect(page.locator(".records-card .card-head")).to_contain_text(re.compile("20[1-9] viewers"), timeout=40_000)


@pytest.mark.usefixtures("aws")
def test_a_role_that_lost_the_right_to_read_is_named_and_its_records_are_dimmed_until_it_is_back(page: Page) -> None:
    status, rows = page.locator(".records-card .card-head"), page.locator("#records")
    expect(status).to_contain_text("of 5 calls/s per shard")
    iam = root_session("444455556666").client("iam")
    statement = {"Effect": "Deny", "Action": "kinesis:GetRecords", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=ROLE, PolicyName="no-reads", PolicyDocument=document)
    try:
        expect(status).to_contain_text("Couldn’t read records: AWS denied kinesis:GetRecords")
        expect(rows).to_have_css("opacity", "0.6")
    finally:
        iam.delete_role_policy(RoleName=ROLE, PolicyName="no-reads")
    expect(status).to_contain_text("of 5 calls/s per shard", timeout=60_000)
    expect(rows).to_have_css("opacity", "1")


@pytest.mark.usefixtures("aws")
def test_a_reshard_is_followed_and_a_page_opened_after_it_shows_what_was_before(browser: Browser, page: Page) -> None:
    expect(page.locator("[data-live]")).to_contain_text("Live")
    client = root_session("444455556666").client("kinesis")
    before = client.put_record(StreamName=STREAM, Data=b'{"put": "before the reshard"}', PartitionKey="k")["ShardId"]
    expect(page.locator("#records")).to_contain_text('"before the reshard"')
    count = client.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["OpenShardCount"]
    client.update_shard_count(StreamName=STREAM, TargetShardCount=2 * count, ScalingType="UNIFORM_SCALING")
    after = client.put_record(StreamName=STREAM, Data=b'{"put": "after the reshard"}', PartitionKey="k")["ShardId"]
    assert before != after
    expect(page.locator("#records")).to_contain_text('"after the reshard"')
    context = browser.new_context(storage_state=page.context.storage_state())
    other = context.new_page()
    other.goto(page.url)
    for text in ('"before the reshard"', '"after the reshard"'):
        expect(other.locator("#records")).to_contain_text(text)
    context.close()
