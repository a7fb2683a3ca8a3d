"""Requests of a page that are refused or lost: one notice beside what was clicked, and what was typed stays."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from onboarding.models.connection import Connection
from portal.rate_limits import Limit
from portal.tenancy import services
from portal.tenancy.models import Tenant, TenantRole, User
from tests.journeys.browser import EMAIL, browser_errors, chromium, needs_chromium, press, sign_in
from tests.journeys.test_autosave import end_sessions
from tests.world import PASSWORD

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
SPENT = Limit("spent", seconds=60, each_person=0, each_tenant=0)
ROLE = "arn:aws:iam::111122223333:role/another"


@pytest.fixture
def context(live_server, settings) -> Iterator[BrowserContext]:
    settings.ALLOWED_HOSTS = ["*"]
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    services.add_member(
        tenant=tenant, user=User.objects.create_user(EMAIL, PASSWORD), role=TenantRole.ADMIN, actor="test"
    )
    Connection.objects.create(tenant=tenant, name="production", account_id="111122223333")
    with chromium() as browser:
        made = browser.new_context()
        made.set_default_timeout(10_000)
        yield made
        made.close()


@pytest.fixture
def page(context: BrowserContext, live_server) -> Page:
    """The wizard's page of the AWS account, with the account chosen and the ARN of its role typed."""
    page = context.new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    page.goto(f"{live_server.url}/t/northwind/")
    press(page, "Set up first stream")
    page.wait_for_url(re.compile("/setup/connect/"))
    page.get_by_role("radio", name=re.compile("production")).check(force=True)
    role_arn(page).fill(ROLE)
    return page


def role_arn(page: Page) -> Locator:
    return page.locator("[name=role_arn]")


def notice(page: Page) -> Locator:
    return page.locator(".notice[role=alert]")


def verify(page: Page) -> None:
    page.get_by_role("button", name="Verify role").click()


def test_each_refusal_is_said_once_beside_the_button_and_what_was_typed_stays(page: Page, monkeypatch) -> None:
    errors = browser_errors(page)
    monkeypatch.setattr("portal.rate_limits.VERIFICATIONS", SPENT)
    verify(page)
    expect(notice(page)).to_contain_text("Too many requests")
    expect(notice(page)).to_contain_text(re.compile(r"Try again in \d+ seconds"))
    assert notice(page).bounding_box()["y"] < page.get_by_role("button", name="Verify role").bounding_box()["y"]
    page.route("**/setup/connect/", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    verify(page)
    expect(notice(page)).to_contain_text("did not answer as expected")
    page.unroute("**/setup/connect/")
    page.context.set_offline(True)
    verify(page)
    expect(notice(page)).to_contain_text("could not be reached")
    page.context.set_offline(False)
    role_arn(page).evaluate("field => field.removeAttribute('maxlength')")
    role_arn(page).fill(ROLE * 600)
    verify(page)
    expect(notice(page)).to_contain_text("A field is too long.")
    role_arn(page).fill(ROLE)
    end_sessions()
    verify(page)
    expect(notice(page)).to_contain_text("Your session expired.")
    expect(notice(page).get_by_role("link", name="Sign in")).to_have_attribute("href", re.compile("next=/t/northwind/"))
    expect(notice(page)).to_have_count(1)
    expect(role_arn(page)).to_have_value(ROLE)
    assert errors == []


def test_the_notice_goes_with_the_next_success(page: Page) -> None:
    lost = True

    def answer(route: Route) -> None:
        if lost:
            route.abort()
        else:
            route.continue_()

    page.route("**/setup/connect/", answer)
    verify(page)
    expect(notice(page)).to_contain_text("could not be reached")
    lost = False
    verify(page)
    expect(notice(page).filter(has_text="could not be reached")).to_have_count(0)


def test_a_page_says_why_it_is_not_live_and_polls(context: BrowserContext, live_server) -> None:
    page = context.new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    headers = {"Retry-After": "41"}
    page.route("**/events/**", lambda route: route.fulfill(status=429, body="too many", headers=headers))
    page.clock.install()
    page.goto(f"{live_server.url}/t/northwind/streams/")
    state = page.locator("[data-live-state]").first
    expect(state).to_have_text(
        "Not live: you have too many live pages open. Close some of them. Updating every few seconds. Retrying in 41 s"
    )
    with page.expect_request(lambda sent: sent.headers.get("hx-request") == "true"):
        page.clock.run_for(11_000)
