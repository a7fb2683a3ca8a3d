"""One stream with all eight destinations in a real browser: created, changed, drifted, repaired, removed."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from onboarding.deliveries import form_codec
from onboarding.deliveries.kinds import KINDS, read
from portal.aws import firehose, kinesis
from portal.local.ministack import root_session
from tests.journeys.browser import chromium, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.grants import apply_permissions, open_permissions
from tests.onboarding.deliveries_examples import example

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.usefixtures("aws")]

ACCOUNT, STREAM = "444455556666", "sluice-sensors"
OTHERS = [
    f"arn:aws:aoss:eu-west-1:{ACCOUNT}:collection/abc123def456",
    f"arn:aws:glue:eu-west-1:{ACCOUNT}:database/buildings",
]
NAMES = {kind: example(kind, account=ACCOUNT)["name"] for kind in KINDS}
READY = re.compile("is ready, and its access key works")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def allow_everything(page: Page, demo: Demo, folder: Path) -> None:
    open_permissions(page, demo)
    for box in page.locator("details:has([name=other_resources]) input[type=checkbox]").all():
        box.check()
    page.locator("[name=other_resources]").fill("\n".join(OTHERS))
    apply_permissions(page, demo, folder)


def fill(page: Page, kind: str) -> None:
    """Fill in the form field by field from the declaration of a kind."""
    page.evaluate("document.querySelectorAll('.setup details').forEach(details => { details.open = true })")
    for name, value in form_codec.typed(read(example(kind, account=ACCOUNT))).items():
        field = page.locator(f".setup [name='{name}']")
        if name == "kind" or (not value and field.is_hidden()):  # a hidden field belongs to another choice
            continue
        if name == "bucket_mode":
            page.locator(f"[name=bucket_mode][value={value}]").check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.set_checked(value == "on")
        else:
            field.fill(value)


def delivery_streams() -> dict[str, firehose.DeliveryStream | None]:
    root = root_session(ACCOUNT)
    names = root.client("firehose").list_delivery_streams(Limit=100)["DeliveryStreamNames"]
    ours = [name for name in names if name in NAMES.values()]
    return {name: firehose.describe_delivery_stream(root, name) for name in ours}


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "the condition was not met in time"
        time.sleep(0.5)


def test_all_eight_in_the_browser(demo: Demo, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.new_context(accept_downloads=True).new_page()
        page.set_default_timeout(20_000)
        sign_in(page, demo.url, "admin@contoso.example", PASSWORD)
        allow_everything(page, demo, tmp_path)
        address = create(page, demo)
        assert {stream.destination for stream in delivery_streams().values()} == {
            kind.MEMBER for kind in KINDS.values()
        }
        assert len(roles()) == len(KINDS)
        change(page, address)
        found = delivery_streams()[NAMES["http"]]
        assert found.settings["RetryOptions"] == {"DurationInSeconds": 900}
        repair(page, address)
        assert set(delivery_streams()) == set(NAMES.values())
        remove(page, address)


def create(page: Page, demo: Demo) -> str:
    page.goto(f"{demo.url}/t/contoso/")
    press(page, "Set up stream")
    page.get_by_label(re.compile("production")).check()
    press(page, "^Continue to")
    page.get_by_label("Data stream name").fill(STREAM)
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    press(page, "^Continue to")
    heading(page, "Deliver the records")
    fill(page, "s3")
    press(page, "Add another delivery")
    for kind in KINDS:
        if kind != "s3":
            page.locator(f"button[value='add:{kind}']").click()
            heading(page, f"Deliver to {KINDS[kind].TITLE}")
            fill(page, kind)
            press(page, "Save delivery")
            heading(page, "Deliver the records")
    expect(page.locator(".delivery-line")).to_have_count(len(KINDS))
    uid = page.url.split("/integrations/")[1].split("/")[0]
    press(page, "^Continue to")
    heading(page, "Who receives the data?")
    press(page, "^Continue to")
    page.locator("input[name=fingerprints]").first.check()
    press(page, "^Continue to")
    heading(page, "Review")
    press(page, "Create resources in account")
    expect(page.get_by_text(READY)).to_be_visible(timeout=180_000)
    return f"{demo.url}/t/contoso/integrations/{uid}/"


def change(page: Page, address: str) -> None:
    page.goto(address)
    press(page, "Change settings")
    page.goto(page.url.replace("/stream/", "/delivery/"))
    page.get_by_role("link", name=re.compile(f"^Edit .*{NAMES['http']}")).click()
    page.get_by_label("Retry duration").first.fill("900")
    press(page, "Save delivery")
    press(page, "^Continue to")
    heading(page, "Who receives the data?")
    press(page, "^Continue to")
    heading(page, "Choose recipients")
    press(page, "^Continue to")
    heading(page, "Review")
    press(page, "Apply changes in account")
    expect(page.get_by_text(READY).first).to_be_visible(timeout=180_000)


def repair(page: Page, address: str) -> None:
    for kind in ("splunk", "iceberg"):
        firehose.delete_delivery_stream(root_session(ACCOUNT), NAMES[kind])
    page.goto(address)
    press(page, "^Check now")
    expect(page.get_by_text(f"Firehose stream {NAMES['iceberg']}").first).to_be_visible(timeout=60_000)
    press(page, "^Repair")
    wait_for(lambda: set(delivery_streams()) == set(NAMES.values()))
    page.goto(address)
    page.reload()


def remove(page: Page, address: str) -> None:
    def is_idle() -> bool:
        page.goto(f"{address}remove/")
        return page.get_by_role("button", name=re.compile("Remove from account")).is_enabled()

    wait_for(is_idle)
    page.locator("[name=delete_data]").check()
    page.locator("[name=confirmed]").fill(STREAM)
    press(page, "Remove from account")
    root = root_session(ACCOUNT)
    wait_for(lambda: not delivery_streams() and not roles() and kinesis.describe_stream(root, STREAM) is None)
    expect(page.get_by_text(re.compile(f"{STREAM} is removed")).first).to_be_visible(timeout=60_000)


def roles() -> list[str]:
    rows = root_session(ACCOUNT).client("iam").list_roles(PathPrefix="/sluice/")["Roles"]
    return [role["RoleName"] for role in rows if role["RoleName"].startswith(f"{STREAM}-")]
