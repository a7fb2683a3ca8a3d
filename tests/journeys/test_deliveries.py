"""Deliveries of several kinds, created, changed and removed in a real browser, against an AWS that enforces IAM."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.aws import firehose
from portal.local.ministack import root_session
from tests.journeys import leaks
from tests.journeys.browser import browser_errors, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.grants import apply_permissions, open_permissions

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.usefixtures("aws")]

ACCOUNT, STREAM = "444455556666", "sluice-contoso-doors"
TOKEN = "0f3a8c11-90aa-4b2c-8d3e-444455556666"  # no real secret
SECONDS = 20_000


@pytest.fixture(scope="module")
def page(browser: Browser, demo: Demo) -> Page:
    opened = browser.new_context(accept_downloads=True).new_page()
    opened.set_default_timeout(SECONDS)
    sign_in(opened, demo.url, "admin@contoso.example", PASSWORD)
    return opened


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def allow_secrets(page: Page, demo: Demo, folder: Path) -> None:
    """Allow deliveries to read secrets on the connection's page, and apply the file of the role."""
    open_permissions(page, demo)
    page.get_by_label(re.compile("Read secrets of destinations")).check()
    apply_permissions(page, demo, folder)


def begin(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/t/contoso/")
    press(page, "Set up stream")
    page.get_by_label(re.compile("production")).check()
    press(page, "^Continue to")
    heading(page, "Design the stream")
    page.get_by_label("Data stream name").fill(STREAM)
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    press(page, "^Continue to")
    heading(page, "Deliver the records")


def secret() -> str:
    created = (
        root_session(ACCOUNT).client("secretsmanager").create_secret(Name="sluice-doors-splunk", SecretString="{}")
    )
    return str(created["ARN"])


def to_splunk(page: Page) -> None:
    heading(page, "Deliver to Splunk")
    page.get_by_label("HTTP Event Collector URL").fill("https://hec.example.com:8088")
    page.get_by_label("Secret", exact=True).fill(TOKEN)
    press(page, "Save delivery")
    expect(page.locator("#id_secret_arn_error")).to_contain_text("seems to contain a secret")
    assert TOKEN not in page.content()
    page.get_by_label("Secret", exact=True).fill(secret())
    press(page, "Save delivery")
    heading(page, "Deliver the records")


def to_http(page: Page) -> None:
    heading(page, "Deliver to HTTP endpoint")
    page.get_by_label("URL", exact=True).fill("http://in.example.com/doors")
    press(page, "Save delivery")
    expect(page.locator("#id_url_error")).to_contain_text("https://")
    page.get_by_label("URL", exact=True).fill("https://in.example.com/doors")
    press(page, "Save delivery")
    heading(page, "Deliver the records")


def listed(page: Page) -> list[str]:
    return [text.split("\n")[0] for text in page.locator(".delivery-line").all_inner_texts()]


def streams() -> dict[str, Any]:
    names = root_session(ACCOUNT).client("firehose").list_delivery_streams()["DeliveryStreamNames"]
    found = {name: firehose.describe_delivery_stream(root_session(ACCOUNT), name) for name in names}
    return {name: stream for name, stream in found.items() if name.startswith(STREAM)}


def roles() -> list[str]:
    rows = root_session(ACCOUNT).client("iam").list_roles(PathPrefix="/sluice/")["Roles"]
    return sorted(role["RoleName"].rpartition("-")[0] for role in rows if role["RoleName"].startswith(STREAM))


@pytest.fixture(scope="module")
def integration(page: Page, demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """A stream with three deliveries, created in the browser: the address of its page, and browser errors."""
    errors = browser_errors(page)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in demo.aws_environment.items():
            patch.setenv(name, value)
        allow_secrets(page, demo, tmp_path_factory.mktemp("role"))
        begin(page, demo)
        press(page, "Add another delivery")
        page.locator("button[value='add:splunk']").click()
        to_splunk(page)
        page.locator("button[value='add:http']").click()
        to_http(page)
    assert listed(page) == ["Amazon S3", "Splunk", "HTTP endpoint"]
    expect(page.get_by_text("3 deliveries: S3, Splunk, HTTP endpoint").first).to_be_attached()
    uid = page.url.split("/integrations/")[1].split("/")[0]
    press(page, "^Continue to")
    page.locator("input[name=fingerprints]").first.check()
    press(page, "^Continue to")
    heading(page, "Review")
    press(page, "Create resources in account")
    expect(page.get_by_text("is ready, and its access key works")).to_be_visible(timeout=120_000)
    return f"{demo.url}/t/contoso/integrations/{uid}/", errors


def test_every_delivery_is_created_with_a_role_of_its_own(integration: tuple[str, list[str]]) -> None:
    assert {stream.destination for stream in streams().values()} == {
        "ExtendedS3Destination",
        "SplunkDestination",
        "HttpEndpointDestination",
    }
    assert roles() == sorted(streams())


def test_one_is_changed_one_removed_one_added_and_the_rest_stays(
    page: Page, integration: tuple[str, list[str]]
) -> None:
    before = streams()
    page.goto(integration[0])
    press(page, "Change settings")
    page.goto(page.url.replace("/stream/", "/delivery/"))
    assert listed(page) == ["Amazon S3", "Splunk", "HTTP endpoint"], "none is lost when settings are opened"
    page.get_by_role("link", name=re.compile("^Edit .*splunk")).click()
    page.get_by_label("Retry duration").first.fill("900")
    press(page, "Save delivery")
    press(page, "^Remove .*-to-http")
    page.locator("button[value='add:s3']").click()
    page.get_by_role("textbox", name="Firehose stream name").fill(f"{STREAM}-raw")
    press(page, "Save delivery")
    press(page, "^Continue to")
    heading(page, "Who receives the data?")
    press(page, "^Continue to")
    heading(page, "Choose recipients")
    press(page, "^Continue to")
    heading(page, "Review")
    changes = page.get_by_role("region", name="Changes")
    for verb in ("Create", "Update", "Remove"):
        expect(changes.get_by_text(verb, exact=True).first).to_be_visible()
    press(page, "Apply changes in account")
    expect(page.get_by_text("is ready, and its access key works").first).to_be_visible(timeout=120_000)

    after = streams()
    assert set(after) == {f"{STREAM}-to-s3", f"{STREAM}-to-splunk", f"{STREAM}-raw"}
    assert after[f"{STREAM}-to-splunk"].settings["RetryOptions"] == {"DurationInSeconds": 900}
    assert after[f"{STREAM}-to-s3"] == before[f"{STREAM}-to-s3"]
    assert roles() == sorted(after)


def test_the_token_is_stored_nowhere_and_the_browser_reported_no_error(
    integration: tuple[str, list[str]], demo: Demo
) -> None:
    assert list(leaks.in_files(demo.state, TOKEN)) == []
    assert list(leaks.in_database(demo.database_url, TOKEN)) == []
    assert integration[1] == []
