"""An account whose organization forbids IAM users: the vendor sends by a role, from the wizard to the first record."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.local.ministack import root_session
from tests.journeys.browser import browser_errors, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.organizations import forbid

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.usefixtures("aws")]
ACCOUNT, STREAM = "444455556666", "sluice-by-role"
A_MINUTE = 60_000


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def designed(page: Page, demo: Demo) -> None:
    """The wizard, from the account to the page with the recipients."""
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
    press(page, "^Continue to")
    heading(page, "Choose recipients")


def fact(page: Page, name: str) -> str:
    """What the card of the vendor's role says of one thing."""
    row = page.locator("section", has_text="Role of the vendor").locator("dl > div", has_text=name).last
    return row.locator("dd").inner_text()


def test_without_an_iam_user_from_the_wizard_to_the_first_record(demo: Demo, browser: Browser) -> None:
    root = root_session(ACCOUNT)
    forbid(root, "iam:CreateUser")
    users = [user["UserName"] for user in root.client("iam").list_users()["Users"]]
    page = browser.new_context().new_page()
    page.set_default_timeout(20_000)
    errors = browser_errors(page)
    sign_in(page, demo.url, "admin@contoso.example", PASSWORD)
    designed(page, demo)
    page.get_by_label(re.compile(r"^Role \(no key at all\)")).check()
    press(page, "^Continue to")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review")
    expect(page.get_by_text("There is no IAM user and no access key")).to_be_visible()
    press(page, "Create resources in account")
    expect(page.get_by_text("There is no access key. Only the vendor can assume the role")).to_be_visible(
        timeout=A_MINUTE
    )
    page.get_by_role("link", name="Open stream", exact=True).click()
    # The building tests the role, and sends with it; nothing is pressed.
    sent = page.locator("#records > tr").filter(has_text=re.compile("temperature|occupancy|humidity|leak|desk"))
    expect(sent.first).to_be_visible(timeout=A_MINUTE)
    page.get_by_role("link", name="Access key", exact=True).first.click()
    expect(page.locator("section", has_text="Role of the vendor").get_by_text("In use since")).to_be_visible()
    [role] = [row["Arn"] for row in root.client("iam").list_roles(PathPrefix="/sluice/producers/")["Roles"]]
    assert fact(page, "Role") == role
    assert fact(page, "With the external ID") == "allowed"
    assert fact(page, "With another, and without") == "refused, refused"
    assert fact(page, "Test record").startswith("shardId-")
    assert [user["UserName"] for user in root.client("iam").list_users()["Users"]] == users
    assert errors == []
