"""A stream is shared with another account, by two people in two browsers: shared, opened, read, and checked.

The owner shares it in the wizard and sends a link. The reader, who has no account here, opens the link, gives the role
of the other account the policy from it, reads records with it, runs the check, and has the owner's side checked.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from onboarding.integrations import drift, runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from portal.aws.errors import AwsFault
from portal.demo import aws_cli
from portal.messages.message import Message
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium, press
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.portal.local.emulator.other_account import Reader, reader_of
from tests.world import PASSWORD, World, client_keypair, new_account_id, portal_user, vendor_keypair, world

__all__ = ["client_keypair", "portal_user", "vendor_keypair", "world"]

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]
FILES = ("reader-policy.json", "check.sh")


@pytest.fixture
def integration(world: World) -> Integration:
    """A live integration with records, encrypted with a key that Sluice created, and shared with no one."""
    spec = world.spec(world.connected(), world.recipient(), delivery=False)
    spec = replace(spec, stream=replace(spec.stream, kms_key="new"))
    draft = Integration.objects.create(tenant=world.tenant, name="draft")
    run = carried_out(runs.start_run(integration=draft, actor=world.admin, spec=spec))
    assert run.state == RunState.DONE, failed_steps(run)
    return Integration.objects.get(pk=draft.pk)


@pytest.fixture
def reader(world: World) -> Reader:
    """A role of another account that may do nothing yet."""
    found = reader_of(world.ministack, new_account_id())
    iam = world.ministack.root(found.arn.split(":")[4]).client("iam")
    iam.delete_role_policy(RoleName="reader", PolicyName="read")
    return found


@pytest.fixture
def browser(live_server, settings, integration: Integration) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SLUICE_PORTAL_URL = live_server.url
    with chromium() as started:
        yield started


def owner_of(browser: Browser, world: World, url: str) -> Page:
    def signed_in() -> str:
        client = Client()
        assert client.login(username=world.admin.email, password=PASSWORD)
        return str(client.cookies[django_settings.SESSION_COOKIE_NAME].value)

    page = browser.new_context().new_page()
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": in_thread(signed_in), "url": url}])
    return page


def shared_in_wizard(page: Page, uid: str, principal: str) -> None:
    """Change the settings of the live integration: one share, and start the run that adds it."""
    press(page, "^Change settings$")
    page.goto(page.url.split("/t/")[0] + page_url(uid, "consumers"))
    press(page, "^Add share$")
    page.get_by_label("Label").fill("reporting")
    page.get_by_label("Who reads").fill(principal)
    press(page, "^Continue")
    page.goto(page.url.split("/t/")[0] + page_url(uid, "review"))
    expect(page.get_by_text(principal).first).to_be_visible()
    press(page, "^(Apply changes|Update|Apply|Create)")


def page_url(uid: str, page: str) -> str:
    at = {"slug": "northwind", "uid": uid, "page": page}
    return reverse("setup", kwargs=at)


def carried_out_last(integration: Integration) -> tuple[str, dict[str, Message]]:
    run = carried_out(Run.objects.filter(integration=integration).order_by("-pk")[0])
    return run.state, failed_steps(run)


def downloaded(page: Page, name: str) -> str:
    with page.expect_download() as waiting:
        page.locator(f'a[href$="{name}"]').first.click()
    return Path(waiting.value.path()).read_text()


def checked(script: str, world: World, reader: Reader, folder: Path) -> str:
    """What the script of the link says, run in the other account."""
    aws_cli.install(folder)
    given = reader.session.credentials
    assert given is not None
    keys = {
        "AWS_ACCESS_KEY_ID": given.access_key_id,
        "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
        "AWS_SESSION_TOKEN": given.session_token or "",
    }
    shell = {**os.environ, **world.ministack.environment, **keys, "PATH": f"{folder}:{os.environ['PATH']}"}
    command = ["bash", "-c", script]
    done = subprocess.run(command, env=shell, capture_output=True, text=True, check=False, timeout=250)
    return done.stdout + done.stderr


def test_a_stream_is_shared_with_another_account_and_read_there(
    browser: Browser, live_server, world: World, integration: Integration, reader: Reader, tmp_path: Path
) -> None:
    arn = f"arn:aws:kinesis:eu-west-1:{world.account_id}:stream/sluice-sensors"
    tab = live_server.url + reverse("consumers", kwargs={"slug": world.tenant.slug, "uid": integration.uid})
    owner, other = owner_of(browser, world, live_server.url), browser.new_context(accept_downloads=True).new_page()
    errors = [*browser_errors(owner), *browser_errors(other)]

    # 1. The owner shares the stream, and a worker carries the run out.
    owner.goto(tab)
    shared_in_wizard(owner, integration.uid, reader.arn)
    owner.wait_for_url("**/runs/**")
    state, failed = in_thread(lambda: carried_out_last(integration))
    assert (state, failed) == (RunState.DONE, {})
    owner.goto(tab)
    press(owner, "^Create link")
    address = owner.locator("dd", has_text="sluice_link_").inner_text().strip()

    # 2. The reader opens the link in another browser, without an account, and gives the role its policy.
    assert other.goto(address).status == 200
    expect(other.get_by_text(reader.arn)).to_be_visible()
    policy, script = (downloaded(other, name) for name in FILES)
    assert "failed  kinesis:ListShards" in checked(script, world, reader, tmp_path), "the own half is missing"
    with pytest.raises(AwsFault):
        reader.read(arn)
    iam = world.ministack.root(reader.arn.split(":")[4]).client("iam")
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=policy)

    # 3. The role reads. 4. Both sides are checked, and green.
    assert reader.read(arn)
    assert "You can read the stream" in checked(script, world, reader, tmp_path)
    press(other, "^Check the owner’s side$")
    expect(other.get_by_text("A check is requested")).to_be_visible()
    assert in_thread(lambda: drift.check(Integration.objects.get(pk=integration.pk))) == []
    other.goto(address)
    expect(other.get_by_text("last checked on")).to_be_visible()
    for page, where in ((other, address), (owner, tab)):
        page.goto(where)
        expect(page.locator(".chip", has_text="Shared").first).to_be_visible()
    assert other.context.cookies() == []
    assert errors == []
