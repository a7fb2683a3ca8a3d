"""A consumer role, from the wizard to a principal of another account that reads a record, and is denied otherwise."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.aws.errors import AwsFault
from portal.aws.records import put_record
from portal.local.ministack import root_session
from tests.consumer_identity import assumed, consumer_of, read_all
from tests.journeys.browser import browser_errors, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.pictures import SCHEMES, Pictures

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.usefixtures("aws")]
ACCOUNT, OTHER, STREAM = "444455556666", "777788889999", "sluice-consumed"
A_MINUTE = 60_000
WIDTHS = (390, 1280)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def to_consumers(page: Page, demo: Demo) -> None:
    """The wizard, from the account to the page about consumers."""
    page.goto(f"{demo.url}/t/contoso/")
    press(page, "Set up stream")
    page.get_by_label(re.compile("production")).check()
    press(page, "^Continue to")
    heading(page, "Design the stream")
    page.get_by_label("Data stream name").fill(STREAM)
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    press(page, "^Continue to")
    heading(page, "Deliver the records")
    press(page, "No delivery")
    expect(page.get_by_text("You can add a delivery at any time.")).to_be_visible()
    press(page, "^Continue to")
    heading(page, "Who receives the data?")


def taken(pictures: Pictures, page: Page, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        pictures.take(page, name)


def fact(page: Page, name: str) -> str:
    """What the card of the role says of one thing."""
    return (
        page.locator("dl > div", has=page.locator("dt", has_text=re.compile(f"^{name}$")))
        .first.locator("dd")
        .inner_text()
    )


def test_from_the_wizard_to_a_reader_of_another_account(demo: Demo, browser: Browser, tmp_path) -> None:
    principal, consumer = consumer_of(root_session(OTHER), OTHER)
    pictures = Pictures(tmp_path, SCHEMES[0])
    page = pictures.page(browser)
    page.set_default_timeout(20_000)
    errors = browser_errors(page)
    sign_in(page, demo.url, "admin@contoso.example", PASSWORD)
    to_consumers(page, demo)
    taken(pictures, page, "wizard-consumers-empty")
    press(page, "Add consumer role")
    page.get_by_label("Name", exact=True).fill("Analytics")
    page.get_by_label("Who can assume it").fill("*\nlambda.amazonaws.com")
    press(page, "^Continue to")
    expect(page.get_by_text("contains a wildcard").first).to_be_visible()
    taken(pictures, page, "wizard-consumers-wrong")
    page.get_by_label("Name", exact=True).fill("analytics")
    page.get_by_label("Who can assume it").fill(principal)
    press(page, "^Continue to")
    heading(page, "Choose recipients")
    press(page, "^Continue to")
    heading(page, "Review")
    expect(page.get_by_text("Who can assume the consumer role analytics")).to_be_visible()
    taken(pictures, page, "wizard-review-consumers")
    press(page, "Create resources in account")
    expect(page.get_by_text("is ready, and its access key works")).to_be_visible(timeout=3 * A_MINUTE)
    page.get_by_role("link", name="Open stream", exact=True).click()
    page.get_by_role("link", name="Consumers", exact=True).click()
    press(page, "Check roles")
    expect(page.get_by_text("As specified: its trust policy allows only")).to_be_visible(timeout=A_MINUTE)
    taken(pictures, page, "consumers")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    taken(pictures, page, "consumers-open")
    role_arn, external_id = fact(page, "Role ARN"), fact(page, "External ID")
    dark = Pictures(tmp_path, SCHEMES[1])
    page.emulate_media(color_scheme="dark")
    taken(dark, page, "consumers-open")
    assert errors == []

    stream_arn = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/{STREAM}"
    put_record(root_session(ACCOUNT), STREAM, data=b'{"celsius": 21}', partition_key="a")
    assert b'{"celsius": 21}' in read_all(assumed(consumer, role_arn, ExternalId=external_id), stream_arn)
    for given in ({"ExternalId": "wrong"}, {}):
        with pytest.raises(AwsFault) as denied:
            assumed(consumer, role_arn, **given)
        assert denied.value.is_denied_role
    assert pictures.problems + dark.problems == []
