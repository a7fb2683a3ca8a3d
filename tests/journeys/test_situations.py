"""The demo's switch, seen in Chromium in fast time: each situation leads to its status, its alert and its end.

What `make demo-switch` runs is run; the building and the collections are those of tests/portal/demo/replay.py, which
replay an hour in seconds. The replay begins so long ago that the alert opens about now.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from onboarding.models.integration import Integration
from portal.aws.session import AwsSession
from portal.demo.building.situations import EXPECTED, Situation, Switch
from portal.demo.places import Places
from portal.tenancy import services
from portal.tenancy.models import Tenant, TenantRole, User
from tests.journeys.browser import EMAIL, browser_errors, chromium, in_thread, needs_chromium, sign_in
from tests.journeys.demo import PROJECT
from tests.monitoring.collection.test_collector import account
from tests.monitoring.conftest import aws, live_integration
from tests.portal.demo.replay import NAME, Replay
from tests.portal.demo.test_situations_replayed import LEADS_TO, USUAL_MINUTES
from tests.world import PASSWORD

__all__ = ["account", "aws"]
pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
    pytest.mark.timeout(900),
]
MOST_MINUTES = 40
SAYS = {
    Situation.HOT_SHARD: r"throttled",
    Situation.BURST: r"write limit",
    Situation.SILENCE: r"No records have arrived for",
    Situation.BROKEN_DELIVERY: r"deliver",
    Situation.STOPPED_CONSUMER: r"behind",
}


@pytest.fixture
def integration() -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    person = User.objects.create_user(EMAIL, PASSWORD)
    services.add_member(tenant=tenant, user=person, role=TenantRole.ADMIN, actor="test")
    return live_integration(tenant)


@pytest.fixture
def browser(live_server, settings, integration: Integration, account: AwsSession) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SLUICE_METRIC_DELAY_SECONDS = 15  # as in the demo
    with chromium() as started:
        yield started


def turn(state: Path, situation: Situation, replay: Replay) -> str:
    """Turn the switch as a person does; the building reads its file, with the time of the replay."""
    Places(state).aws_environment.write_text("{}")  # as where a demo runs
    command = [sys.executable, "-m", "portal.demo.console", "switch", "--state", str(state), situation]
    printed = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True, timeout=90).stdout
    found = Switch(Places(state).situation).read()
    replay.switch(found.of(NAME))
    return printed


def until(replay: Replay, is_so: Callable[[], bool]) -> None:
    for _ in range(MOST_MINUTES):
        replay.minute()
        if is_so():
            return
    raise AssertionError((replay.status, replay.alerts))


@pytest.mark.parametrize("situation", EXPECTED)
def test_a_situation_from_the_switch_to_the_end_of_its_alert(
    browser: Browser, live_server, integration: Integration, account: AwsSession, tmp_path: Path, situation: Situation
) -> None:
    state, _, kind = LEADS_TO[situation]
    expected = EXPECTED[situation]
    begin = timezone.now() - timedelta(minutes=USUAL_MINUTES + expected.alert_minutes)
    replay = Replay(integration, account, begin.replace(second=0, microsecond=0))
    in_thread(lambda: [replay.minute() for _ in range(USUAL_MINUTES)])
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    errors = browser_errors(page)

    assert f"{expected.alert}." in turn(tmp_path, situation, replay)
    in_thread(lambda: until(replay, lambda: replay.alerts == {kind: "open"}))
    title = f"{expected.alert}: {NAME}"
    _shows(page, live_server.url, state, SAYS[situation], alert=title)

    assert "back to normal" in turn(tmp_path, Situation.NORMAL, replay)
    in_thread(lambda: until(replay, lambda: replay.alerts == {kind: "closed"}))
    page.goto(f"{live_server.url}/t/northwind/streams/")
    expect(page.get_by_text("Healthy").first).to_be_visible()
    page.goto(f"{live_server.url}/t/northwind/alerts/")
    expect(page.get_by_role("heading", name="No open alerts")).to_be_visible()
    page.goto(f"{live_server.url}/t/northwind/streams/{integration.uid}/")
    expect(page.locator(".page-title").get_by_text("Healthy")).to_be_visible()
    assert errors == []


def _shows(page: Page, url: str, state: str, sentence: str, *, alert: str) -> None:
    """The board, the stream's page, the alerts' page, the bell and the notifications all say it."""
    page.goto(f"{url}/t/northwind/streams/")
    row = page.get_by_role("row").filter(has_text=NAME)
    expect(row.get_by_text(state.capitalize()).first).to_be_visible()
    expect(row).to_contain_text(re.compile(sentence))
    row.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_text("1 open alert")).to_be_visible()
    expect(page.get_by_role("link", name=alert)).to_be_visible()
    page.goto(f"{url}/t/northwind/alerts/")
    expect(page.get_by_role("link", name=alert).first).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Notifications.*unread"))).to_be_visible()
    page.goto(f"{url}/notifications/")
    expect(page.get_by_text(alert).first).to_be_visible()
