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
WIZARD = ("connect", "stream", "delivery", "recipients", "review")


def page_of(browser: Browser, demo: Demo, email: str, look: str) -> Page:
    width, scheme = LOOKS[look]
    # axe is put into the page as a script of its own, which the page's policy would rightly refuse.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    if email:
        sign_in(page, demo.url, email, PASSWORD)
    return page


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it is now, and whether it is wider than the window."""
    found = Axe().run(page, options=RULES).response["violations"]
    said = [f"{page.url} {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*said, f"{page.url} is {width} px too wide"] if width > 1 else said


def open_first_stream(page: Page, demo: Demo) -> None:
    # Not by a click: a row that is drawn anew in that very moment would swallow it.
    address = page.locator("main a[href*='/streams/']").first.get_attribute("href")
    page.goto(f"{demo.url}{address}")
    page.wait_for_url(re.compile(r"/streams/[0-9a-f]+/"))


def visit(page: Page, url: str) -> list[str]:
    answer = page.goto(url)
    assert answer is not None
    assert answer.status < 500, url
    page.wait_for_timeout(300)
    return faults(page)


@pytest.mark.parametrize("look", LOOKS)
def test_a_clients_pages(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "admin@contoso.example", look)
    home = f"{demo.url}/t/contoso/"
    found = [fault for place in ("", "streams/", "keys/", "activity/") for fault in visit(page, home + place)]
    page.goto(f"{home}streams/")
    open_first_stream(page, demo)
    uid = page.url.rstrip("/").rsplit("/", 1)[-1]
    found += faults(page)
    found += visit(page, f"{home}integrations/{uid}/credentials/")
    found += visit(page, f"{home}runs/1/")
    page.goto(home)
    page.get_by_role("button", name=re.compile("Set up another stream")).click()
    page.wait_for_url(re.compile("/setup/connect/"))
    draft = page.url.removesuffix("connect/")
    found += [fault for place in WIZARD for fault in visit(page, f"{draft}{place}/")]
    page.goto(f"{draft}delivery/")
    page.get_by_role("button", name="Add another delivery").click()
    for number, kind in enumerate(KINDS, start=2):
        page.locator(f"button[value='add:{kind}']").click()
        page.wait_for_url(re.compile(f"/delivery/{number}/"))
        page.evaluate("document.querySelectorAll('.setup details').forEach(one => { one.open = true })")
        found += faults(page)
        page.get_by_role("button", name="Save delivery").click()
        page.wait_for_load_state()
        found += faults(page) + visit(page, f"{draft}delivery/")
    assert found == []


def drifted(page: Page, demo: Demo, integration: str) -> None:
    """Change something of the integration behind Sluice's back, and have the page list it."""
    client = root_session("444455556666").client("kinesis")
    client.increase_stream_retention_period(StreamName=STREAM, RetentionPeriodHours=72)
    page.goto(integration)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Retention period").first).to_be_visible()
    expect(page.get_by_text("72 h")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_a_living_integrations_pages(browser: Browser, demo: Demo, look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in demo.aws_environment.items():
        monkeypatch.setenv(name, value)
    page = page_of(browser, demo, "admin@contoso.example", look)
    home = f"{demo.url}/t/contoso/"
    found = visit(page, home)
    connection = page.locator("main a[href*='/connections/']").first
    connection.click()
    page.wait_for_url(re.compile(r"/connections/[0-9a-f]+/"))
    page.get_by_role("button", name="Check permissions").click()
    page.wait_for_url(re.compile("#sheet"))
    found += faults(page)
    page.goto(f"{home}streams/")
    open_first_stream(page, demo)
    integration = f"{home}integrations/{page.url.rstrip('/').rsplit('/', 1)[-1]}/"
    found += visit(page, integration)
    drifted(page, demo, integration)
    found += faults(page)
    found += visit(page, f"{integration}policies/") + visit(page, f"{integration}policies/?principal=rubbish")
    found += visit(page, f"{integration}remove/")
    page.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.get_by_text("Enter the stream name to confirm")).to_be_visible()
    assert found + faults(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_those_who_run_it_themselves(browser: Browser, demo: Demo, look: str) -> None:
    page, name = page_of(browser, demo, "admin@contoso.example", look), f"ours-{re.sub('[^a-z0-9]', '-', look)}"
    page.goto(f"{demo.url}/t/contoso/")
    page.get_by_role("button", name=re.compile("Set up another stream")).click()
    page.get_by_label(re.compile("Another AWS account")).check()
    page.get_by_label("Account name").fill(name)
    page.get_by_label("AWS account ID").fill("777788889999")
    page.get_by_role("button", name="Set it up myself").click()
    page.wait_for_url(re.compile("/setup/stream/"))
    found = faults(page) + visit(page, page.url.replace("/stream/", "/connect/"))
    page.get_by_role("button", name=re.compile("^Continue to")).click()
    page.get_by_label("Data stream name").fill(name)
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    for following in ("delivery", "recipients", "review"):
        page.get_by_role("button", name=re.compile("^Continue to")).click()
        page.wait_for_url(re.compile(f"/setup/{following}/"))
        found += faults(page)
    page.get_by_role("button", name="Set it up myself").click()
    page.wait_for_url(re.compile("/integrations/[0-9a-f]+/$"))
    integration = page.url
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found += faults(page)
    page.get_by_label("Or paste its content").fill("AKIAIOSFODNN7EXAMPLE")
    page.get_by_role("button", name="Upload encrypted key").click()
    expect(page.get_by_text("The key is not encrypted.")).to_be_visible()
    found += faults(page) + visit(page, f"{integration}self-managed/end/")
    page.goto(f"{demo.url}/t/contoso/")
    page.get_by_role("link", name=name).last.click()
    page.wait_for_load_state()
    assert found + faults(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_admins_pages(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "support@halcyon.example", look)
    found = visit(page, f"{demo.url}/admin/")
    lists = page.eval_on_selector_all("#content-main th a", "links => links.map(link => link.href)")
    assert len(lists) >= 8
    for address in lists:
        found += visit(page, address)
        rows = page.eval_on_selector_all("#result_list a", "links => links.map(link => link.href)")
        found += [fault for row in [row for row in rows if "/change/" in row][:1] for fault in visit(page, row)]
    assert found == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_staffs_pages(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "operator@halcyon.example", look)
    assert visit(page, f"{demo.url}/board/") == []


@pytest.mark.parametrize("look", LOOKS)
def test_pages_for_everybody(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "", look)
    found = visit(page, f"{demo.url}/accounts/login/") + visit(page, f"{demo.url}/nowhere/")
    page.goto(f"{demo.url}/accounts/login/")
    page.get_by_label("Email").fill("somebody@nowhere.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    assert found + faults(page) == []
