"""The wizard's drafts offline, signed out and back: nothing typed is lost, and nothing is called saved that is not."""

import re
import time
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Page, Route, expect

from portal.tenancy import services
from portal.tenancy.models import Tenant, TenantRole, User
from tests.journeys.browser import EMAIL, browser_errors, chromium, in_thread, needs_chromium, press, sign_in
from tests.onboarding.pages import verified_connection
from tests.world import PASSWORD

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
SIGN_OUT = "document.querySelector('[data-sign-out]').dispatchEvent(new Event('submit', {bubbles: true}))"


@pytest.fixture
def context(live_server, settings) -> Iterator[BrowserContext]:
    settings.ALLOWED_HOSTS = ["*"]
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    user = User.objects.create_user(EMAIL, PASSWORD)
    services.add_member(tenant=tenant, user=user, role=TenantRole.ADMIN, actor="test")
    with chromium() as browser:
        made = browser.new_context()
        made.set_default_timeout(10_000)
        yield made
        made.close()


def draft(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    sign_in(page, url, EMAIL, PASSWORD)
    page.goto(f"{url}/t/northwind/")
    press(page, "Set up first stream")
    page.wait_for_url(re.compile("/setup/connect/"))
    page.goto(page.url.replace("/connect/", "/stream/"))
    return page


def end_sessions() -> None:
    """End every session, as its expiry does."""
    in_thread(Session.objects.all().delete)


def kept(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('sluice:draft:')).length"))


def wait_until_nothing_is_kept(page: Page) -> None:
    """Wait up to ten seconds; the policy of the page forbids Playwright's own wait, which evaluates text."""
    for _tenth in range(100):
        if kept(page) == 0:
            return
        page.wait_for_timeout(100)
    pytest.fail("A copy of the draft is still kept.")


def type_name(page: Page, name: str) -> None:
    page.get_by_label("Data stream name").fill(name)


def test_offline_signed_out_and_back(context: BrowserContext, live_server) -> None:
    page = draft(context, live_server.url)
    errors = browser_errors(page)
    unsaved = page.locator("[data-unsaved]")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        type_name(page, "saved-at-once")
    expect(page.locator(".rail-note").first).to_contain_text("Saved")
    wait_until_nothing_is_kept(page)
    context.set_offline(True)
    type_name(page, "typed-offline")
    expect(page.get_by_text("You are offline")).to_be_visible()
    expect(page.locator(".rail-note").first).to_have_text("Not saved.")
    assert kept(page) == 1
    context.set_offline(False)
    expect(unsaved).to_be_hidden(timeout=15_000)
    assert kept(page) == 0
    end_sessions()
    type_name(page, "typed-signed-out")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.get_by_label("Data stream name")).to_have_value("typed-signed-out")
    page.locator("[data-unsaved]").get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/setup/stream/"))
    expect(page.get_by_label("Data stream name")).to_have_value("typed-signed-out")
    wait_until_nothing_is_kept(page)
    page.reload()
    expect(page.get_by_label("Data stream name")).to_have_value("typed-signed-out")
    assert errors == []


def test_a_sign_out_deletes_what_is_kept_and_no_secret_is_kept(context: BrowserContext, live_server) -> None:
    page = draft(context, live_server.url)
    context.set_offline(True)
    type_name(page, "typed-offline")
    page.locator("[name=tags]").fill("-----BEGIN PRIVATE KEY-----")
    expect(page.get_by_text("You are offline")).to_be_visible()
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "typed-offline" in stored
    assert "PRIVATE KEY" not in stored
    assert "csrfmiddlewaretoken" not in stored
    page.evaluate(SIGN_OUT)
    assert kept(page) == 0
    context.set_offline(False)
    page.goto(f"{live_server.url}/t/northwind/")  # a page without the script that keeps drafts
    page.evaluate(
        "localStorage.setItem(`sluice:draft:${document.querySelector('[data-sign-out]').dataset.signOut}:/x`, 1)"
    )
    assert kept(page) == 1
    page.evaluate(SIGN_OUT)
    assert kept(page) == 0


def connect_page(context: BrowserContext, url: str) -> Page:
    page = draft(context, url)
    page.goto(page.url.replace("/stream/", "/connect/"))
    return page


def test_the_first_page_says_saved_only_after_a_save(context: BrowserContext, live_server) -> None:
    page = connect_page(context, live_server.url)
    errors = browser_errors(page)
    note, account = page.locator(".rail-note").first, page.get_by_label("Account name")
    account.fill("saved-at-once")
    expect(note).to_contain_text("Saved just now")
    wait_until_nothing_is_kept(page)
    context.set_offline(True)
    account.fill("typed-offline")
    expect(page.get_by_text("You are offline")).to_be_visible()
    expect(note).to_have_text("Not saved.")
    context.set_offline(False)
    expect(note).to_contain_text("Saved just now")
    expect(page.locator("[data-unsaved]")).to_be_hidden()
    end_sessions()
    account.fill("typed-signed-out")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(account).to_have_value("typed-signed-out")
    page.locator("[data-unsaved]").get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/setup/connect/"))
    expect(account).to_have_value("typed-signed-out")
    wait_until_nothing_is_kept(page)
    page.reload()
    expect(account).to_have_value("typed-signed-out")
    assert errors == []


def test_an_account_chosen_while_signed_out_is_chosen_after_signing_in(context: BrowserContext, live_server) -> None:
    in_thread(lambda: verified_connection(Tenant.objects.get()))
    page = connect_page(context, live_server.url)
    page.get_by_label("Another AWS account").check()
    page.get_by_label("Account name").fill("typed-first")
    expect(page.locator(".rail-note").first).to_contain_text("Saved just now")
    page.get_by_label("production").check()
    expect(page.get_by_text("Role template, permissions and verification")).to_be_visible()
    wait_until_nothing_is_kept(page)
    end_sessions()
    page.get_by_label("Another AWS account").check()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.locator(".rail-note").first).to_have_text("Not saved.")
    page.locator("[data-unsaved]").get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/setup/connect/"))
    expect(page.get_by_label("Account name")).to_have_value("typed-first")
    wait_until_nothing_is_kept(page)


def test_a_save_that_a_submission_overtakes_changes_nothing_afterwards(context: BrowserContext, live_server) -> None:
    page = connect_page(context, live_server.url)
    saves: list[Route] = []

    def overtake(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            saves.append(route)
            return
        created = route.fetch(max_redirects=0)
        saves[-1].fulfill(status=204)  # what the portal answers to a save of a page that was submitted meanwhile
        time.sleep(0.5)  # the browser hears of it before the next page is there
        route.fulfill(response=created)

    page.route("**/setup/connect/", overtake)
    page.get_by_label("Account name").fill("production")
    page.get_by_label("AWS account ID").fill("1111 2222 3333")
    page.wait_for_timeout(1000)
    assert saves
    page.get_by_role("button", name="Create external ID").locator("visible=true").first.click()
    expect(page.locator("#external-id")).to_be_visible()
    page.unroute("**/setup/connect/")
    page.wait_for_load_state("networkidle")
    wait_until_nothing_is_kept(page)
    page.reload()
    expect(page.locator("#external-id")).to_be_visible()


def test_a_save_that_a_later_one_replaces_is_no_failure(context: BrowserContext, live_server) -> None:
    page = draft(context, live_server.url)
    saves: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            saves.append(route)
        if len(saves) != 1 or route is not saves[0]:
            route.continue_()

    page.evaluate(
        "const box = document.querySelector('[data-unsaved]');"
        "new MutationObserver(() => { if (!box.hidden) window.wasUnsaved = true; }).observe(box, {attributes: true})"
    )
    page.route("**/setup/stream/", hold_the_first)
    type_name(page, "first")
    page.wait_for_timeout(1000)
    assert len(saves) == 1
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        type_name(page, "second")
    wait_until_nothing_is_kept(page)
    assert page.evaluate("[document.querySelector('[data-unsaved]').hidden, window.wasUnsaved || false]") == [
        True,
        False,
    ]


def test_an_account_that_is_chosen_before_the_scripts_are_there_is_shown(context: BrowserContext, live_server) -> None:
    page = draft(context, live_server.url)
    in_thread(lambda: verified_connection(Tenant.objects.get()))
    late: list[Route] = []
    page.route("**/htmx*", lambda route: late.append(route))  # noqa: PLW0108  (Playwright takes no built-in)
    page.goto(page.url.replace("/stream/", "/connect/"), wait_until="commit")
    page.get_by_label("Another AWS account").check()
    assert late
    for route in late:
        route.continue_()
    expect(page.get_by_label("Account name")).to_be_visible()
