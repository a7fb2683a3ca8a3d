"""Signing in, in a browser with a virtual authenticator: from an invitation to a passkey, an app, a recovery code.

https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/
"""

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.accounts import second_factors
from portal.accounts.models import IdentityProvider
from portal.accounts.oidc import identities
from portal.outbox import tasks
from portal.tenancy import proof
from portal.tenancy.models import Membership, Tenant, User
from tests.architecture.population import populate
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium, press, sign_in
from tests.portal.accounts.oidc_issuer import CLIENT_ID, CLIENT_SECRET, Issuer, serving
from tests.world import PASSWORD

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
EMAIL, INVITED = "ada@northwind.example", "ben@northwind.example"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def ada(browser: Browser, live_server, settings) -> User:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SLUICE_PORTAL_URL = live_server.url
    return in_thread(_ada)


def _ada() -> User:
    user = User.objects.create_user(EMAIL, PASSWORD, full_name="Ada North")
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    Membership.objects.create(tenant=tenant, user=user, role="admin")
    return user


@pytest.fixture
def browser(transactional_db: None, live_server) -> Iterator[Browser]:
    """A browser for each test: Playwright's event loop must end before the database is emptied."""
    with chromium() as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(ada: User, context: BrowserContext) -> Page:
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def sign_out(page: Page) -> None:
    page.locator("summary.avatar, summary:has(.avatar)").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_from_an_invitation_by_mail_to_signed_in_with_a_passkey(
    ada: User, page: Page, live_server, settings, mailoutbox
) -> None:
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"
    errors = browser_errors(page)
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    page.goto(f"{live_server.url}/t/northwind/people/")
    page.get_by_label("Email").fill(INVITED)
    press(page, "Send invitation")
    expect(page.get_by_role("cell", name="Queued")).to_be_visible()
    in_thread(tasks.deliver)
    page.reload()
    expect(page.get_by_role("cell", name="Sent")).to_be_visible()
    sign_out(page)
    mail = page.context.new_page()  # a mail program has no policy of the portal
    mail.set_content(mailoutbox[0].alternatives[0].content)
    link = mail.get_by_role("link", name="Open invitation").get_attribute("href")
    mail.close()
    page.goto(str(link))
    page.get_by_label("Name").fill("Ben North")
    page.get_by_label("Password", exact=True).fill("seven lifts and a boiler")
    page.get_by_label("Repeat the password").fill("seven lifts and a boiler")
    press(page, "Create account and join")
    expect(page.get_by_text("Your account is ready.")).to_be_visible()
    sign_in(page, live_server.url, INVITED, "seven lifts and a boiler")
    page.goto(f"{live_server.url}/accounts/security/")
    page.get_by_label("Name of the passkey").fill("Work laptop")
    press(page, "Add a passkey")
    expect(page.get_by_text("These codes are shown only now.")).to_be_visible()
    page.get_by_role("link", name="Account security").click()
    expect(page.get_by_text("Work laptop").first).to_be_visible()
    sign_out(page)
    press(page, "Use a passkey")
    page.wait_for_url(re.compile("/t/northwind/"))
    assert errors == []


def test_a_download_asks_who_is_there_and_leads_back(browser: Browser, live_server, settings) -> None:
    settings.ALLOWED_HOSTS, settings.SLUICE_PORTAL_URL = ["*"], live_server.url
    population = in_thread(populate)
    admin, ours = population.people["admin"], population.ours
    in_thread(lambda: (admin.set_password(PASSWORD), admin.save()))
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, live_server.url, admin.email, PASSWORD)
    in_thread(lambda: grow_old(admin))
    page.goto(f"{live_server.url}/t/{ours.tenant.slug}/integrations/{ours.live.uid}/credentials/")
    credentials = page.url
    press(page, "^Download")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    expect(page.get_by_text("You are about to download an access key.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "^Confirm$")
    page.wait_for_url(credentials)
    expect(page.get_by_text("Confirmed. Choose the action again")).to_be_visible()
    with page.expect_download() as download:
        press(page, "^Download")
    assert download.value.suggested_filename.endswith(".asc")
    context.close()


def grow_old(user: User) -> None:
    """Let the person's sessions be older than ten minutes."""
    for row in user.signed_in.select_related("session"):
        store = row.session.get_session_store_class()(row.session_id)
        store[proof.CONFIRMED_AT] = 0
        store.save()


@pytest.mark.audit
def test_an_app_then_its_code_then_a_recovery_code(ada: User, page: Page, live_server) -> None:
    errors = browser_errors(page)
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    page.goto(f"{live_server.url}/accounts/security/")
    press(page, "Set up an authenticator app")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    page.get_by_label("Code").fill(code(secret))
    press(page, "Add authenticator app")
    codes = page.locator("#recovery-codes").inner_text().split()
    assert len(codes) == second_factors.CODE_COUNT
    sign_out(page)
    in_thread(lambda: forget_last_step(ada))
    for answer in (code(secret), codes[0]):
        sign_in(page, live_server.url, EMAIL, PASSWORD)
        page.get_by_label("Code from your app, or a recovery code").fill(answer)
        press(page, "Continue")
        page.wait_for_url(re.compile("/t/northwind/"))
        sign_out(page)
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    page.get_by_label("Code from your app, or a recovery code").fill(codes[0])
    press(page, "Continue")
    expect(page.get_by_text("it was used before")).to_be_visible()
    assert errors == []


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // second_factors.STEP_SECONDS))


def forget_last_step(user: User) -> None:
    row = second_factors.summary_of(user).totp
    row.data["last_step"] = 0
    row.save()


@pytest.mark.audit
def test_a_session_is_ended_elsewhere_and_its_open_page_says_so(ada: User, browser: Browser, live_server) -> None:
    laptop, phone = browser.new_context(), browser.new_context(user_agent="Phone")
    here, there = laptop.new_page(), phone.new_page()
    for page in (here, there):
        sign_in(page, live_server.url, EMAIL, PASSWORD)
    here.goto(f"{live_server.url}/accounts/security/")
    here.locator("tr", has_text="Phone").get_by_role("button", name="Sign out").click()
    expect(here.get_by_text("Signed out there.")).to_be_visible()
    there.goto(f"{live_server.url}/t/northwind/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
    laptop.close()
    phone.close()


@pytest.mark.audit
def test_every_page_of_accounts_works_without_javascript(ada: User, browser: Browser, live_server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    page.goto(f"{live_server.url}/accounts/security/")
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    press(page, "Set up an authenticator app")
    page.get_by_label("Code").fill(code(page.locator("#secret").inner_text().replace(" ", "")))
    press(page, "Add authenticator app")
    expect(page.get_by_text("These codes are shown only now.")).to_be_visible()
    context.close()


@pytest.mark.audit
def test_single_sign_on_is_linked_and_then_signs_in(ada: User, page: Page, live_server) -> None:
    with serving() as issuer:
        row = in_thread(lambda: provider_of(issuer))
        sign_in(page, live_server.url, EMAIL, PASSWORD)
        page.goto(f"{live_server.url}/accounts/security/")
        page.get_by_role("button", name="Link your account of Northwind Estates").click()
        page.get_by_role("link", name="Continue to 127.0.0.1").click()
        expect(page.get_by_text("Linked. You can sign in with it from now on.")).to_be_visible()
        sign_out(page)
        page.goto(f"{live_server.url}/accounts/sign-on/{row.uid}/")
        page.wait_for_url(re.compile("/t/northwind/"))
        assert issuer.refused == []


def provider_of(issuer: Issuer) -> IdentityProvider:
    given = {"issuer": issuer.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return identities.set_provider(tenant=Tenant.objects.get(), actor="test", **given)
