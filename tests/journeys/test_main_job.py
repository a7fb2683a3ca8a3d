"""The main job, as a new user does it: from sign-in to an encrypted credential that works, in a real browser.

Everything is real: `make demo`'s PostgreSQL, Redis, Celery worker, gpg and Chromium, against an AWS that enforces IAM.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, Page, expect

from portal.aws import s3
from portal.aws.credentials import AwsCredentials
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.aws.shards import shard_iterator
from portal.local.ministack import root_session
from portal.openpgp.generate import generate_keypair
from tests import real_aws_cli
from tests.journeys import leaks
from tests.journeys.browser import browser_errors, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.opening import opened, prove_possession

pytestmark = [needs_chromium, pytest.mark.timeout(600), pytest.mark.usefixtures("aws")]

ACCOUNT = "111122223333"
STREAM = "sluice-northwind"
BUCKET = f"sluice-northwind-{ACCOUNT}"
SECONDS = 20_000


@pytest.fixture(scope="module")
def keypair() -> tuple[str, str]:
    return generate_keypair("Ada Northwind <ada@northwind.example>")


def page_of(browser: Browser, demo: Demo, *, javascript: bool = True) -> Page:
    context = browser.new_context(java_script_enabled=javascript, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    sign_in(page, demo.url, "admin@northwind.example", PASSWORD)
    return page


def onward(page: Page, to: str) -> None:
    press(page, "^Continue to")
    # A page may wait for a check by a worker, of which a busy machine has many.
    expect(page.get_by_role("heading", level=1)).to_have_text(to, timeout=90_000)


def connect(page: Page, demo: Demo, folder: Path) -> None:
    page.get_by_label("Account name").fill("production")
    page.get_by_label("AWS account ID").fill("1111-2222")
    press(page, "Create external ID")
    expect(page.get_by_text("12 digits").first).to_be_visible()
    expect(page.get_by_label("AWS account ID")).to_have_value("1111-2222")
    page.get_by_label("AWS account ID").fill("1111 2222 3333")
    press(page, "Create external ID")
    assert len(page.locator("#external-id").input_value()) >= 40
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"Download sluice-access")).first.click()
    template = folder / "sluice-access.yaml"
    download.value.save_as(template)
    press(page, "Verify role")
    expect(page.locator("#trust")).to_contain_text("Waiting for the role to become active")
    assert f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess" in demo.grant(template)
    # The page tries again by itself.
    expect(page.locator("#trust")).to_contain_text("The role works", timeout=20_000)


def design(page: Page) -> None:
    page.get_by_label("Data stream name").fill("bad name!")
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    press(page, "^Continue to")
    expect(page.locator("#id_name_error, [id$=name_error]").first).to_be_visible()
    expect(page.get_by_label("Data stream name")).to_have_value("bad name!")
    page.get_by_label("Data stream name").fill(STREAM)
    page.get_by_role("textbox", name="Number of shards").fill("2")


def deliver(page: Page) -> None:
    page.get_by_role("textbox", name="Bucket name").fill("Northwind_Data")
    press(page, "^Continue to")
    expect(page.locator("[id$=bucket_error]").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Bucket name")).to_have_value("Northwind_Data")
    page.get_by_role("textbox", name="Bucket name").fill(BUCKET)
    page.get_by_role("textbox", name="Buffer interval").fill("60")


def add_recipient(page: Page, keypair: tuple[str, str]) -> None:
    certificate, private_key = keypair
    expect(page.get_by_text("Only the vendor can decrypt the access key.")).to_be_visible()
    page.get_by_text("Add an OpenPGP key").click()
    page.get_by_label("Public key").fill(private_key)
    if page.get_by_label("Public key").input_value():  # without scripts it is sent, and refused
        press(page, "Add key")
        expect(page.get_by_text("You pasted a private key.")).to_be_visible()
    else:
        expect(page.get_by_text("This is a private key.")).to_be_visible()
    assert "BEGIN PGP PRIVATE" not in page.content()
    page.get_by_label("Public key").fill(certificate)
    press(page, "Add key")
    page.get_by_label(re.compile("I compared this fingerprint")).check()
    press(page, "Confirm key")
    chosen = page.get_by_role("checkbox", name=re.compile("Ada Northwind"))
    expect(chosen).to_be_visible()
    chosen.check()


def set_up(page: Page, demo: Demo, folder: Path, keypair: tuple[str, str]) -> None:
    """The wizard, from the empty home page to a run that is done."""
    press(page, "Set up first stream")
    connect(page, demo, folder)
    onward(page, "Design the stream")
    design(page)
    onward(page, "Deliver the records")
    left_at = page.url
    page.goto(f"{demo.url}/t/northwind/")  # leave, and come back
    page.goto(left_at)
    deliver(page)
    onward(page, "Who receives the data?")
    onward(page, "Choose recipients")
    add_recipient(page, keypair)
    onward(page, "Review")
    expect(
        page.get_by_text(f"May put records into the data stream {STREAM} in eu-west-1. Nothing else.")
    ).to_be_visible()
    press(page, "Create resources in account")
    expect(page.get_by_text("is ready, and its access key works")).to_be_visible(timeout=90_000)


@pytest.fixture(scope="module")
def downloaded(
    demo: Demo, browser: Browser, keypair: tuple[str, str], tmp_path_factory
) -> tuple[Page, dict[str, str], list[str]]:
    """The key of a stream that was set up, downloaded and decrypted: the page, its files, browser errors."""
    folder = tmp_path_factory.mktemp("j")
    page = page_of(browser, demo)
    errors = browser_errors(page)
    try:
        set_up(page, demo, folder, keypair)
        page.get_by_role("link", name="Download access key", exact=True).click()
        prove_possession(page, keypair[1])
        with page.expect_download() as download:
            press(page, "Download")
    except BaseException:
        page.screenshot(path=folder / "failed.png", full_page=True)
        print(folder / "failed.png", page.url, demo.logs())
        raise
    encrypted = folder / download.value.suggested_filename
    download.value.save_as(encrypted)
    assert encrypted.suffix == ".asc"
    return page, opened(encrypted, keypair[1]), errors


@pytest.fixture
def key(downloaded: tuple[Page, dict[str, str], list[str]]) -> AwsSession:
    """The producer's access key, as the downloaded file has it."""
    header, row = downloaded[1]["credentials.csv"].splitlines()
    assert header == "User name,Access key ID,Secret access key"
    _user_name, key_id, secret = row.split(",")
    return AwsSession(region="eu-west-1", credentials=AwsCredentials(key_id, secret))


def test_the_key_puts_records_and_can_do_nothing_else(key: AwsSession) -> None:
    assert put_record(key, STREAM, data=b'{"a": 1}', partition_key="a").shard_id.startswith("shardId-")
    root_session(ACCOUNT).client("kinesis").create_stream(StreamName="sluice-other", ShardCount=1)
    iterator = shard_iterator(root_session(ACCOUNT), STREAM, "shardId-000000000000", kind="TRIM_HORIZON")
    client = key.client("kinesis")
    for call, arguments in (
        (client.get_records, {"ShardIterator": iterator}),
        (client.list_streams, {}),
        (client.put_record, {"StreamName": "sluice-other", "Data": b"x", "PartitionKey": "a"}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(**arguments)


@pytest.mark.parametrize("how", ["put_record.txt", "put_record.py", "docker.env"])
def test_a_first_record_is_put_as_the_files_say(downloaded, demo: Demo, tmp_path: Path, how: str) -> None:
    files = downloaded[1]
    (tmp_path / "profile").write_text(files["profile"])
    real_aws_cli.install(tmp_path)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        **demo.aws_environment,
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "profile"),
        "HOME": str(tmp_path),
    }
    command = ["sh", "-c", files["put_record.txt"]]
    if how == "put_record.py":
        command = [sys.executable, "-c", files[how]]
    if how == "docker.env":
        environment |= dict(line.split("=", 1) for line in files[how].splitlines())
        command = ["sh", "-c", files["put_record.txt"].replace(f"--profile {STREAM} ", "")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert "shardId-" in done.stdout, done.stderr


def test_a_record_is_delivered_to_the_bucket(key: AwsSession) -> None:
    marker = f"journey-{time.time_ns()}".encode()
    put_record(key, STREAM, data=b'{"marker": "%s"}' % marker, partition_key="a")
    root, until = root_session(ACCOUNT), time.monotonic() + 90
    while time.monotonic() < until:
        keys = s3.list_keys(root, BUCKET, prefix="sensors/", limit=1000)
        if any(marker in _plain(s3.object_bytes(root, BUCKET, found.key)) for found in keys[-200:]):
            return
        time.sleep(1)
    pytest.fail("The record was not delivered to the bucket within 90 seconds.")


def _plain(body: bytes) -> bytes:
    import gzip

    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def test_the_simulated_building_sends_and_the_stream_page_shows_it(downloaded, demo: Demo) -> None:
    page = downloaded[0]
    page.goto(f"{demo.url}/t/northwind/streams/")
    page.get_by_role("link", name=re.compile(STREAM)).first.click()
    rows = page.locator("table tbody tr", has_text=re.compile("temperature|occupancy|humidity|leak|desk"))
    expect(rows.first).to_be_visible(timeout=60_000)
    seen = rows.first.inner_text()
    expect(rows.first).not_to_have_text(seen, timeout=30_000)  # it is live: the newest record changes by itself
    expect(page.get_by_text(re.compile("records/s")).first).to_be_visible()


def test_the_activity_names_who_downloaded_the_key(downloaded, demo: Demo) -> None:
    page = downloaded[0]
    page.goto(f"{demo.url}/t/northwind/")
    page.get_by_role("link", name="Activity").first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("admin@northwind.example downloaded an encrypted copy"))


def test_the_secret_is_stored_nowhere(key: AwsSession, demo: Demo) -> None:
    secret = key.credentials.secret_access_key
    processes = leaks.children(demo.process.pid)
    redis_url = _variable(processes, "REDIS_URL")
    found = [
        *leaks.in_files(demo.state, secret),
        *leaks.in_database(demo.database_url, secret),
        *leaks.in_redis(redis_url, secret),
        *leaks.of_processes(processes, secret),
    ]
    assert found == []


def test_the_search_for_the_secret_finds_what_is_there(key: AwsSession, demo: Demo) -> None:
    key_id = key.credentials.access_key_id
    assert any(line.startswith("table onboarding_credential") for line in leaks.in_database(demo.database_url, key_id))
    assert any(line.startswith("postgres/") for line in leaks.in_files(demo.state, key_id))


def _variable(processes: list[int], name: str) -> str:
    for pid in processes:
        for line in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if line.startswith(f"{name}=".encode()):
                return line.decode().partition("=")[2]
    raise AssertionError(f"no process has {name}")


def test_the_browser_reported_no_error(downloaded) -> None:
    assert downloaded[2] == []


def test_the_same_for_the_vendor_alone_and_without_javascript(downloaded, demo: Demo, browser: Browser) -> None:
    page = page_of(browser, demo, javascript=False)
    page.goto(f"{demo.url}/t/northwind/")
    press(page, "Set up stream")
    page.get_by_label(re.compile("production")).check()
    press(page, "Show account")
    onward(page, "Design the stream")
    page.get_by_label("Data stream name").fill(STREAM)
    page.get_by_label("Region", exact=True).select_option("eu-west-1")
    press(page, "^Continue to")
    expect(page.locator("[id$=name_error]").first).to_contain_text("already exists")
    page.get_by_label("Data stream name").fill("sluice-plain")
    onward(page, "Deliver the records")
    page.get_by_role("button", name=re.compile("No delivery")).click()
    onward(page, "Who receives the data?")
    onward(page, "Choose recipients")
    expect(page.get_by_role("checkbox", name=re.compile("Ada Northwind"))).not_to_be_checked()
    onward(page, "Review")
    expect(page.get_by_text("No one at Northwind Estates can decrypt the access key")).to_be_visible()
    press(page, "Create resources in account")
    until = time.monotonic() + 90
    while "is ready, and its access key works" not in page.content():
        assert time.monotonic() < until, page.content()
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_role("link", name="View access key", exact=True).click()
    expect(page.get_by_text("Only the vendor has a copy.")).to_be_visible()
    expect(page.get_by_role("button", name="Download access key")).to_have_count(0)
    page.get_by_role("link", name="Stream", exact=True).click()
    rows, until = page.locator("table tbody tr"), time.monotonic() + 60
    while not rows.filter(has_text=re.compile("temperature|occupancy|humidity|leak|desk")).count():
        assert time.monotonic() < until, page.content()
        page.wait_for_timeout(1_000)
        page.reload()


def test_a_copy_is_downloaded_without_javascript(downloaded, demo: Demo, browser: Browser) -> None:
    page = page_of(browser, demo, javascript=False)
    page.goto(f"{demo.url}/t/northwind/")
    page.get_by_role("listitem").filter(has_text=STREAM).get_by_role("link", name="Access key", exact=True).click()
    with page.expect_download() as download:
        press(page, "Download access key")
    assert download.value.suggested_filename.endswith(".zip.asc")


def test_support_sees_the_run_in_the_admin(downloaded, demo: Demo, browser: Browser) -> None:
    page = browser.new_context().new_page()
    errors = browser_errors(page)
    sign_in(page, demo.url, "support@halcyon.example", PASSWORD)
    page.goto(f"{demo.url}/admin/onboarding/run/")
    page.get_by_role("row", name=re.compile(STREAM)).get_by_role("link").first.click()
    expect(page.get_by_role("cell", name=re.compile("^A test record")).first).to_be_visible()
    assert errors == []
