"""Records that Firehose cannot deliver: grouped on the page as they appear, masked for staff, and put back."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.local.ministack import root_session
from tests.journeys.browser import browser_errors, needs_chromium, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.grants import apply_permissions
from tests.waiting import wait_for

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.usefixtures("aws"), pytest.mark.timeout(900)]

ACCOUNT, STREAM = "444455556666", "sluice-contoso-sensors"
DELIVERY, BUCKET = f"{STREAM}-to-s3", f"{STREAM}-{ACCOUNT}"
CODE = "Lambda.ProcessingFailedStatus"
WAIT = 150_000  # error files are shown after two minutes at most
# Refuses the records of this test, and lets those of the building pass.
FUNCTION = """
import base64

def handler(event, context):
    def outcome(record):
        return "ProcessingFailed" if b"fault-" in base64.b64decode(record["data"]) else "Ok"
    return {"records": [
        {"recordId": r["recordId"], "result": outcome(r), "data": r["data"]} for r in event["records"]
    ]}
"""


def client(service: str) -> Any:
    return root_session(ACCOUNT).client(service)


def transform(processors: list[dict[str, Any]]) -> None:
    """Change how the delivery transforms records, as the client could."""
    firehose = client("firehose")
    described = firehose.describe_delivery_stream(DeliveryStreamName=DELIVERY)["DeliveryStreamDescription"]
    firehose.update_destination(
        DeliveryStreamName=DELIVERY,
        CurrentDeliveryStreamVersionId=described["VersionId"],
        DestinationId=described["Destinations"][0]["DestinationId"],
        ExtendedS3DestinationUpdate={
            "ProcessingConfiguration": {"Enabled": bool(processors), "Processors": processors}
        },
    )


def refuse_faults() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", FUNCTION)
    role = client("iam").get_role(RoleName="SluiceAccess")["Role"]["Arn"]  # the emulated function calls nothing
    arn = client("lambda").create_function(
        FunctionName="refuse-faults",
        Runtime="python3.12",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
    )["FunctionArn"]
    parameter = {"ParameterName": "LambdaArn", "ParameterValue": f"{arn}:$LATEST"}
    transform([{"Type": "Lambda", "Parameters": [parameter]}])


def put(*numbers: int) -> None:
    for number in numbers:
        data = json.dumps({"badge": f"fault-{number}", "celsius": 21.5}).encode()
        client("kinesis").put_record(StreamName=STREAM, Data=data, PartitionKey="k")


def objects(prefix: str) -> list[str]:
    listed = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", ())]


def delivered() -> list[str]:
    """The faults that were delivered, of all files."""
    bodies = [client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in objects("sensors/")]
    unpacked = [gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body for body in bodies]
    return sorted(re.findall(r"fault-\d", b"".join(unpacked).decode()))


def opened(browser: Browser, demo: Demo, email: str) -> tuple[Page, list[str]]:
    page = browser.new_context(accept_downloads=True).new_page()
    page.set_default_timeout(20_000)
    sign_in(page, demo.url, email, PASSWORD)
    return page, browser_errors(page)


def open_deliveries(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/t/contoso/streams/")
    address = page.locator("main a[href*='/streams/']").first.get_attribute("href")
    page.goto(f"{demo.url}{address}deliveries/")


def row(page: Page) -> Locator:
    return page.locator("table.failures tbody tr").filter(has_text=CODE)


def run(script: Path, demo: Demo, *options: str) -> str:
    """Run the script as the client does, with credentials of the account."""
    own = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test"}  # the root user of the emulated account
    environment = {**os.environ, **demo.aws_environment, **own}
    environment.pop("AWS_SESSION_TOKEN", None)
    done = subprocess.run(
        [sys.executable, script.name, *options],
        cwd=script.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_failed_records_appear_are_masked_for_staff_and_are_put_back(
    browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    page, errors = opened(browser, demo, "admin@contoso.example")
    open_deliveries(page, demo)
    expect(page.get_by_text("Sluice may not read what Firehose could not deliver")).to_be_visible()
    page.get_by_role("link", name="Allow Sluice to read what could not be delivered").click()
    page.get_by_label(re.compile("Read what could not be delivered")).check()
    apply_permissions(page, demo, tmp_path)
    open_deliveries(page, demo)
    expect(page.get_by_text("No error files")).to_be_visible(timeout=WAIT)

    refuse_faults()
    put(1, 2, 3)
    wait_for(lambda: len(objects("errors/")) == 3, 60, "the error files")
    expect(row(page)).to_contain_text("3", timeout=WAIT)
    first, last = (row(page).locator("time").nth(place).get_attribute("datetime") for place in (0, 1))
    assert str(first) <= str(last)
    row(page).get_by_text("Samples", exact=True).click()
    expect(row(page).locator("pre")).to_have_count(3)
    expect(row(page).locator("pre").first).to_contain_text("fault-")

    put(4, 5)
    wait_for(lambda: len(objects("errors/")) == 5, 60, "more error files")
    expect(row(page).locator("td.num")).to_have_text("5", timeout=WAIT)
    assert row(page).locator("time").nth(0).get_attribute("datetime") == first
    assert str(row(page).locator("time").nth(1).get_attribute("datetime")) >= str(last)

    staff, staff_errors = opened(browser, demo, "support@halcyon.example")
    staff.goto(page.url)
    staff.get_by_label("Reason").fill("Ticket 4711: records are not delivered")
    staff.locator("main form button[type=submit]").click()
    expect(row(staff).locator("td.num")).to_have_text("5")
    row(staff).get_by_text("Samples", exact=True).click()
    expect(row(staff).locator("pre").first).to_contain_text("•••")
    assert "fault-" not in staff.content()
    assert "ProcessingFailed status set for record" not in staff.content()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download script").click()
    script = tmp_path / "put_back.py"
    download.value.save_as(script)
    assert re.search(rf"5\s+{CODE}\nNothing was put", run(script, demo))
    assert delivered() == []
    transform([])  # what the client repairs
    assert "Put back." in run(script, demo, "--yes")
    wait_for(
        lambda: delivered() == [f"fault-{number}" for number in range(1, 6)], 120, "the records that were put back"
    )
    assert CODE not in run(script, demo, "--yes"), "finished files are not read again"
    assert errors + staff_errors == []
