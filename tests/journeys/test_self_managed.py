"""Onboarding with no access at all, in a real browser: from the account's digits to the vendor's first records."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.aws import kinesis
from portal.aws.iam.users import get_user
from portal.local.ministack import root_session
from tests.journeys import leaks
from tests.journeys.browser import browser_errors, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo

pytestmark = [needs_chromium, pytest.mark.timeout(600), pytest.mark.usefixtures("aws")]

ACCOUNT, STREAM = "444455556666", "harbour-air"
SECONDS = 20_000


def designed(page: Page, demo: Demo) -> None:
    """The wizard, from the account to the page with the files."""
    page.goto(f"{demo.url}/t/contoso/")
    press(page, "Set up stream")
    page.get_by_label(re.compile("Another AWS account")).check()
    page.get_by_label("Account name").fill("by ourselves")
    page.get_by_label("AWS account ID").fill(ACCOUNT)
    press(page, "Set it up myself")
    expect(page.get_by_role("heading", level=1)).to_have_text("Design the stream")
    page.get_by_label("Data stream name").fill(STREAM)
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    for following in ("Deliver the records", "Who receives the data?", "Choose recipients", "Review"):
        press(page, "^Continue to")
        expect(page.get_by_role("heading", level=1)).to_have_text(following)
    press(page, "^Set it up myself$")
    expect(page.get_by_role("heading", level=1)).to_have_text(STREAM)


def downloaded(page: Page, link: str, folder: Path) -> Path:
    """Download the file of a link."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def records_in(seconds: float = 40) -> int:
    """Wait until the vendor's records arrive in the stream."""
    client = root_session(ACCOUNT, region="eu-west-1").client("kinesis")
    [shard] = client.list_shards(StreamName=STREAM)["Shards"]
    start = {"StreamName": STREAM, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        iterator = client.get_shard_iterator(**start)["ShardIterator"]
        if found := client.get_records(ShardIterator=iterator)["Records"]:
            return len(found)
        time.sleep(0.5)
    return 0


def test_without_any_access_from_the_account_to_records_and_back(demo: Demo, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_context(accept_downloads=True).new_page()
    page.set_default_timeout(SECONDS)
    errors = browser_errors(page)
    sign_in(page, demo.url, "admin@contoso.example", PASSWORD)
    designed(page, demo)

    demo.run(downloaded(page, "AWS CLI", tmp_path))
    demo.run(downloaded(page, "Download key script", tmp_path))
    page.get_by_label("Or paste its content").fill("AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    press(page, "Upload encrypted key")
    expect(page.get_by_text("The key is not encrypted.")).to_be_visible()
    expect(page.get_by_label("Or paste its content")).to_have_value("")
    assert page.url.endswith("#key")
    [message] = tmp_path.glob("*.asc")
    page.get_by_label("Encrypted key file").set_input_files(message)
    press(page, "Upload encrypted key")
    expect(page.get_by_text("Encrypted key uploaded. Only the vendor can decrypt it.")).to_be_visible()

    assert records_in() > 0, demo.logs()
    page.reload()
    expect(page.get_by_text("Downloaded by")).to_be_visible()
    for pasted in ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",):
        assert list(leaks.in_database(demo.database_url, pasted)) == []
        assert list(leaks.in_files(demo.state, pasted)) == []

    page.get_by_role("link", name=re.compile("^End integration")).click()
    script = downloaded(page, "Download removal script", tmp_path)
    assert "Nothing was deleted" in demo.run(script)
    assert "delete        IAM user" in demo.run(script, "--yes")
    root = root_session(ACCOUNT, region="eu-west-1")
    [user] = re.findall(r"^user=(\S+)$", script.read_text(), re.MULTILINE)
    assert get_user(root, user) is None
    assert kinesis.describe_stream(root, STREAM) is not None, "the stream is kept unless its deletion is requested"
    page.get_by_label(f"Type {STREAM} to confirm").fill(STREAM)
    press(page, "^End integration$")
    expect(page.get_by_text("You ended this integration.")).to_be_visible()
    assert errors == []
