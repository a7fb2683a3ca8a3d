"""axe finds nothing on any page, in light and dark, wide and narrow; and nothing is wider than the screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from onboarding.deliveries.kinds import KINDS
from portal.local.ministack import root_session
from tests.journeys.browser import needs_chromium, sign_in
from tests.journeys.demo import PASSWORD, Demo

pytestmark = [pytest.mark.audit, needs_chromium]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LOOKS = {"wide and light": (1280, "light"), "narrow and dark": (390, "dark")}
STREAM = "sluice-contoso-sensors"
WIZARD = ("connect", "stream", "delivery", "consumers", "recipients", "review")


def page_of(browser: Browser, demo: Demo, email: str, look: str) -> Page:
    width, scheme = LOOKS[look]
    # axe is put into the page as a script of its own, which the page's policy rightly blocks.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    if email:
        sign_in(page, demo.url, email, PASSWORD)
    return page


def violations_on(page: Page) -> list[str]:
    """What axe finds on the page, and whether the page is wider than the window."""
    found = Axe().run(page, options=RULES).response["violations"]
    violations = [f"{page.url} {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*violations, f"{page.url} is {width} px too wide"] if width > 1 else violations


def open_first_stream(page: Page, demo: Demo) -> None:
    # Not by a click: a row that is redrawn at the same moment would lose it.
    address = page.locator("main a[href*='/streams/']").first.get_attribute("href")
    page.goto(f"{demo.url}{address}")
    page.wait_for_url(re.compile(r"/streams/[0-9a-f]+/"))


def visit(page: Page, url: str) -> list[str]:
    answer = page.goto(url)
    assert answer is not None
    assert answer.status < 500, url
    page.wait_for_timeout(300)
    return violations_on(page)


@pytest.mark.parametrize("look", LOOKS)
def test_a_clients_pages(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "admin@contoso.example", look)
    home = f"{demo.url}/t/contoso/"
    places = ("", "streams/", "alerts/", "alerts/thresholds/", "keys/", "activity/", "streams/?wall=1")
    found = [violation for place in places for violation in visit(page, home + place)]
    page.goto(f"{home}streams/")
    open_first_stream(page, demo)
    uid = page.url.rstrip("/").rsplit("/", 1)[-1]
    found += violations_on(page)
    found += visit(page, f"{home}integrations/{uid}/credentials/")
    found += visit(page, f"{home}runs/1/")
    page.goto(home)
    page.get_by_role("button", name=re.compile("Set up stream")).click()
    page.wait_for_url(re.compile("/setup/connect/"))
    draft = page.url.removesuffix("connect/")
    found += [violation for place in WIZARD for violation in visit(page, f"{draft}{place}/")]
    page.goto(f"{draft}delivery/")
    page.get_by_role("button", name="Add another delivery").click()
    for number, kind in enumerate(KINDS, start=2):
        page.locator(f"button[value='add:{kind}']").click()
        page.wait_for_url(re.compile(f"/delivery/{number}/"))
        page.evaluate("document.querySelectorAll('.setup details').forEach(details => { details.open = true })")
        found += violations_on(page)
        page.get_by_role("button", name="Save delivery").click()
        page.wait_for_load_state()
        found += violations_on(page) + visit(page, f"{draft}delivery/")
    assert found == []


def cause_drift(page: Page, demo: Demo, integration: str) -> None:
    """Change the stream outside of Sluice, and check that the page lists the change."""
    client = root_session("444455556666").client("kinesis")
    client.increase_stream_retention_period(StreamName=STREAM, RetentionPeriodHours=72)
    page.goto(integration)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Retention period").first).to_be_visible()
    expect(page.get_by_role("region", name="Differences").get_by_text("72 hours")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_an_active_integrations_pages(browser: Browser, demo: Demo, look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in demo.aws_environment.items():
        monkeypatch.setenv(name, value)
    page = page_of(browser, demo, "admin@contoso.example", look)
    home = f"{demo.url}/t/contoso/"
    found = visit(page, home)
    connection = page.locator("main a[href*='/connections/']").first
    connection.click()
    page.wait_for_url(re.compile(r"/connections/[0-9a-f]+/"))
    page.get_by_role("button", name="Check permissions").click()
    # A worker checks them; the page shows the progress and loads again.
    expect(page.locator("#permission-report").get_by_text(re.compile("passed")).first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Checking…")).to_have_count(0)
    found += violations_on(page)
    page.goto(f"{home}streams/")
    open_first_stream(page, demo)
    integration = f"{home}integrations/{page.url.rstrip('/').rsplit('/', 1)[-1]}/"
    found += visit(page, integration)
    cause_drift(page, demo, integration)
    found += violations_on(page)
    found += visit(page, f"{integration}policies/") + visit(page, f"{integration}policies/?principal=rubbish")
    found += visit(page, f"{integration}remove/")
    page.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.get_by_text("Enter the stream name to confirm.", exact=True)).to_be_visible()
    assert found + violations_on(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_a_self_managed_integration(browser: Browser, demo: Demo, look: str) -> None:
    page, name = page_of(browser, demo, "admin@contoso.example", look), f"ours-{re.sub('[^a-z0-9]', '-', look)}"
    page.goto(f"{demo.url}/t/contoso/")
    page.get_by_role("button", name=re.compile("Set up stream")).click()
    page.get_by_label(re.compile("Another AWS account")).check()
    page.get_by_label("Account name").fill(name)
    page.get_by_label("AWS account ID").fill("777788889999")
    page.get_by_role("button", name="Set it up myself").click()
    page.wait_for_url(re.compile("/setup/stream/"))
    found = violations_on(page) + visit(page, page.url.replace("/stream/", "/connect/"))
    page.get_by_role("button", name=re.compile("^Continue to")).click()
    page.get_by_label("Data stream name").fill(name)
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    for following in ("delivery", "consumers", "recipients", "review"):
        page.get_by_role("button", name=re.compile("^Continue to")).click()
        page.wait_for_url(re.compile(f"/setup/{following}/"))
        found += violations_on(page)
    page.get_by_role("button", name="Set it up myself").click()
    page.wait_for_url(re.compile("/integrations/[0-9a-f]+/$"))
    integration = page.url
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    found += violations_on(page)
    page.get_by_label("Or paste its content").fill("AKIAIOSFODNN7EXAMPLE")
    page.get_by_role("button", name="Upload encrypted key").click()
    expect(page.get_by_text("The key is not encrypted.")).to_be_visible()
    found += violations_on(page) + visit(page, f"{integration}self-managed/end/")
    page.goto(f"{demo.url}/t/contoso/")
    page.get_by_role("link", name=name).last.click()
    page.wait_for_load_state()
    assert found + violations_on(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_admins_pages(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "support@halcyon.example", look)
    found = visit(page, f"{demo.url}/admin/")
    lists = page.eval_on_selector_all("#content-main th a", "links => links.map(link => link.href)")
    assert len(lists) >= 8
    for address in lists:
        found += visit(page, address)
        rows = page.eval_on_selector_all("#result_list a", "links => links.map(link => link.href)")
        found += [violation for row in [row for row in rows if "/change/" in row][:1] for violation in visit(page, row)]
    assert found == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_staffs_pages(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "operator@halcyon.example", look)
    assert visit(page, f"{demo.url}/board/") + visit(page, f"{demo.url}/t/contoso/") == []
    page.get_by_label("Reason").fill("Ticket 4711")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Contoso Towers")).to_be_visible()
    assert violations_on(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_pages_without_sign_in(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "", look)
    found = visit(page, f"{demo.url}/accounts/login/") + visit(page, f"{demo.url}/nowhere/")
    page.goto(f"{demo.url}/accounts/login/")
    page.get_by_label("Email").fill("someone@nowhere.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    assert found + violations_on(page) == []
